//! `hedgerow-node aggregator forget`

use std::path::Path;

use clap::Subcommand;
use hedgerow_core::endpoint::Endpoint;
use hedgerow_server::program::println;

use super::open::open;

#[derive(Debug, Subcommand)]
pub(super) enum Aggregator {
    /// Removes an aggregator's pinned identity: for when its operator confirms that it was
    /// set up again with another key log.
    Forget {
        /// Its address, exactly as in the configuration.
        address: Endpoint,
    },
}

impl Aggregator {
    pub(super) async fn run(&self, dir: &Path) -> anyhow::Result<()> {
        let Self::Forget { address } = self;
        let node = open(dir).await?;
        let known = node.forget_aggregator(address).await?;
        node.close().await;
        if known {
            println(format_args!(
                "The identity of {address} was removed; the node pins its new one when it next \
                 runs."
            ))
        } else {
            println(format_args!(
                "The node has no identity for {address}; nothing was changed."
            ))
        }
    }
}
