//! Opens the node of a folder.

use std::path::Path;

use anyhow::Context;

use crate::config::Config;
use crate::node::{Deps, Node};

/// Opens the node of a folder that `init` has created.
pub(super) async fn open(dir: &Path) -> anyhow::Result<Node> {
    let config = Config::load(dir)?;
    let node = Node::open(config, Deps::system()).await;
    node.with_context(|| format!("cannot open the node in {}", dir.display()))
}
