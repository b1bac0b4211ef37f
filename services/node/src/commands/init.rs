//! `hedgerow-node init`

use std::path::Path;

use anyhow::Context;
use clap::Args;
use hedgerow_core::endpoint::Endpoint;
use hedgerow_server::private_files::{create_private_dir, write_private_new};
use hedgerow_server::program::{command, println, start_command};

use super::open::open;
use crate::config::{Config, DEFAULT_LISTEN, FILE_NAME, PROGRAM};

#[derive(Debug, Args)]
pub(super) struct Init {
    /// Where stewards' tools reach the node: an IP address and a port.
    #[arg(long, default_value = DEFAULT_LISTEN)]
    listen: String,
    /// An aggregator to publish to; may be repeated.
    #[arg(long = "aggregator", value_name = "ADDRESS")]
    aggregators: Vec<Endpoint>,
}

impl Init {
    pub(super) async fn run(&self, dir: &Path) -> anyhow::Result<()> {
        let file = dir.join(FILE_NAME);
        anyhow::ensure!(
            !file.exists(),
            "{} already exists: this folder has a node. Edit that file, or name another folder \
             with --dir",
            file.display()
        );
        let config = Config {
            listen: self.listen.clone(),
            aggregators: self.aggregators.clone(),
            ..Config::default()
        };
        // Checked before anything is written, so that a typing error leaves no folder behind.
        config.check()?;
        let text = config
            .annotated()
            .context("cannot format the configuration")?;
        create_private_dir(dir)?;
        write_private_new(&file, text.as_bytes())?;
        let node = open(dir).await?;
        let (address, hint) = (node.steward_address(None), node.steward_address_hint());
        node.close().await;
        println(format_args!("A node was created in {}.", dir.display()))?;
        println(format_args!("  configuration  {}", file.display()))?;
        println(format_args!("  address        {address}"))?;
        if let Some(hint) = hint {
            println(hint)?;
        }
        println(
            "It publishes over outbound connections only, and does not reveal where it is. Setting \
             `public_endpoint` reveals where this machine is, and that its groups share it.",
        )?;
        if self.aggregators.is_empty() {
            println("Next: name an aggregator in the configuration, then")?;
        } else {
            println("Next:")?;
        }
        println(format_args!("  {} group add LABEL", command(PROGRAM, dir)))?;
        println(format_args!(
            "    or, for a group whose machine was lost: group recover LABEL"
        ))?;
        println(format_args!("  {}", start_command(PROGRAM, dir)))
    }
}
