//! `hedgerow-node init`

use std::path::Path;

use anyhow::Context;
use clap::Args;
use hedgerow_core::address::Address;
use hedgerow_rpc::files::create_private_dir;
use hedgerow_rpc::files::write_private_new;

use super::open;
use super::talk::say;
use crate::config::Config;
use crate::config::DEFAULT_LISTEN;
use crate::config::FILE_NAME;
use crate::config::annotated;

#[derive(Debug, Args)]
pub(super) struct Init {
    /// Where stewards' tools reach the node: an IP address and a port.
    #[arg(long, default_value = DEFAULT_LISTEN)]
    listen: String,
    /// An aggregator to publish to; may be given several times.
    #[arg(long = "aggregator", value_name = "ADDRESS")]
    aggregators: Vec<Address>,
}

impl Init {
    pub(super) async fn carry_out(&self, dir: &Path) -> anyhow::Result<()> {
        let file = dir.join(FILE_NAME);
        anyhow::ensure!(
            !file.exists(),
            "{} is there already: this folder has a node. Edit that file, or name another folder \
             with --dir",
            file.display()
        );
        let text = annotated(&self.listen, &self.aggregators);
        let config = Config::parse(&text).context("the configuration cannot be written so")?;
        config.check()?;
        create_private_dir(dir)?;
        write_private_new(&file, text.as_bytes())?;
        let node = open(dir).await?;
        let address = node.address();
        node.close().await;
        say(format_args!("A node was made in {}.", dir.display()))?;
        say(format_args!("  configuration  {}", file.display()))?;
        say(format_args!("  address        {address}"))?;
        say(
            "It publishes by outbound connections only, and tells nobody where it is. Whoever sets \
             `public_endpoint` tells where this machine stands, and that its groups share it.",
        )?;
        if self.aggregators.is_empty() {
            say("Next: name an aggregator in the configuration, then")?;
        } else {
            say("Next:")?;
        }
        let dir = dir.display();
        say(format_args!("  hedgerow-node --dir {dir} group add LABEL"))?;
        say(format_args!("  hedgerow-node --dir {dir} run"))
    }
}
