//! `hedgerow-node aggregator`: lists the aggregators, and forgets the identity of one.

use std::path::Path;

use clap::Subcommand;
use hedgerow_core::endpoint::Endpoint;
use hedgerow_server::program::println;

use super::open::open;
use crate::aggregators::list_aggregators;
use crate::config::{Config, FILE_NAME};

#[derive(Debug, Subcommand)]
pub(super) enum Aggregator {
    /// Lists the aggregators of the configuration, and those that people have named in the console,
    /// each with the groups that are sent to it. Also works while the node is running.
    List,
    /// Removes an aggregator's pinned identity: for when its operator confirms that it was
    /// set up again with another key log. The node must not be running.
    Forget {
        /// Its address, exactly as in the configuration or as `list` prints it.
        address: Endpoint,
    },
}

impl Aggregator {
    pub(super) async fn run(&self, dir: &Path) -> anyhow::Result<()> {
        match self {
            Self::List => list(dir).await,
            Self::Forget { address } => forget(dir, address).await,
        }
    }
}

async fn list(dir: &Path) -> anyhow::Result<()> {
    let config = Config::load(dir)?;
    let mut lines = list_aggregators(&config).await?;
    if lines.is_empty() {
        lines.push(format!(
            "No aggregator: name one under `aggregators` in {}, or in the console.",
            config.data_dir.join(FILE_NAME).display()
        ));
    }
    println(format_args!("{}", lines.join("\n")))
}

async fn forget(dir: &Path, address: &Endpoint) -> anyhow::Result<()> {
    let node = open(dir).await?;
    let known = node.forget_aggregator(address).await?;
    node.close().await;
    if known {
        println(format_args!(
            "The identity of {address} was removed; the node pins its new one when it next runs."
        ))
    } else {
        println(format_args!(
            "The node has no identity for {address}; nothing was changed."
        ))
    }
}
