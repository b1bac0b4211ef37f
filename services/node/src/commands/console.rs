//! `hedgerow-node console` and `hedgerow-node invite`

use std::path::Path;

use anyhow::Context;
use clap::Args;
use hedgerow_server::lock::DataDirLock;
use hedgerow_server::program::{println, start_command};

use crate::config::{Config, PROGRAM};
use crate::node::{Deps, Node};
use crate::pages_address::read_pages_address;

#[derive(Debug, Args)]
pub(super) struct Invite {
    /// Your name for the group: a-z, 0-9 and hyphens. It is never published.
    label: String,
}

/// Prints a link that opens the console of the running node.
pub(super) async fn console(dir: &Path) -> anyhow::Result<()> {
    let config = Config::load(dir)?;
    let pages = pages_of(&config, dir)?;
    let link = Node::make_console_link(&config, &Deps::system()).await?;
    println(format_args!("{pages}{link}"))?;
    println("It works once, for 15 minutes. Anyone who has it can publish for every group here.")
}

impl Invite {
    /// Prints a link for the steward of a group.
    pub(super) async fn run(self, dir: &Path) -> anyhow::Result<()> {
        let config = Config::load(dir)?;
        let pages = pages_of(&config, dir)?;
        let link = Node::make_invitation(&config, &Deps::system(), &self.label).await?;
        println(format_args!("{pages}{link}"))?;
        println(format_args!(
            "Send it to the steward of `{}` only. It works once, for 7 days.",
            self.label
        ))?;
        if pages.starts_with("http://") {
            println(
                "This address works on this machine only. For stewards elsewhere, set `domain` in \
                 the configuration",
            )?;
        }
        Ok(())
    }
}

/// The address of the running node's pages.
fn pages_of(config: &Config, dir: &Path) -> anyhow::Result<String> {
    // A link of a node that does not run leads nowhere.
    let is_running = DataDirLock::acquire(&config.data_dir).is_err();
    anyhow::ensure!(
        is_running,
        "the node is not running: start it with `{}`",
        start_command(PROGRAM, dir)
    );
    read_pages_address(config).with_context(|| {
        format!(
            "this node serves no pages that a browser accepts: it listens on {}. Set `domain`, or \
             listen on 127.0.0.1",
            config.listen
        )
    })
}
