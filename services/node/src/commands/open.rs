//! Opens the node of a folder.

use std::path::Path;

use anyhow::Context;

use crate::config::Config;
use crate::node::{Deps, Node};

/// Opens the node of a folder that `init` has created.
pub(super) async fn open(dir: &Path) -> anyhow::Result<Node> {
    open_configured(Config::load(dir)?).await
}

/// Opens the node of a configuration that may differ from the file of its folder.
pub(super) async fn open_configured(config: Config) -> anyhow::Result<Node> {
    let dir = config.data_dir.display().to_string();
    let node = Node::open(config, Deps::system()).await;
    node.with_context(|| format!("cannot open the node in {dir}"))
}
