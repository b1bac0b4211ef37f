//! `hedgerow-node aggregator forget`

use std::path::Path;

use clap::Subcommand;
use hedgerow_core::address::Address;

use super::open;
use super::talk::say;

#[derive(Debug, Subcommand)]
pub(super) enum Aggregator {
    /// Lets an aggregator introduce itself anew: for when its operator confirms that it
    /// was set up again with another key log.
    Forget {
        /// Its address, as it stands in the configuration.
        address: Address,
    },
}

impl Aggregator {
    pub(super) async fn carry_out(&self, dir: &Path) -> anyhow::Result<()> {
        let Self::Forget { address } = self;
        let node = open(dir).await?;
        let known = node.forget_aggregator(address).await?;
        node.close().await;
        if known {
            say(format_args!(
                "{address} may introduce itself anew when the node next runs."
            ))
        } else {
            say(format_args!(
                "{address} was not known; nothing was changed."
            ))
        }
    }
}
