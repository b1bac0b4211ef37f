//! `hedgerow-node group move`

use std::path::{Path, PathBuf};

use clap::Args;
use hedgerow_server::program::println;

use super::key_change::confirm;
use super::passphrase;
use crate::commands::open::open;

#[derive(Debug, Args)]
pub(in crate::commands) struct Move {
    /// The group's label.
    label: String,
    /// The file to write: everything that no aggregator has. It contains no key and no token, but
    /// records for the node only, so a passphrase encrypts it.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// For scripts: reads the passphrase from this file, or from standard input if it is -.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Moves without confirmation.
    #[arg(long)]
    yes: bool,
}

impl Move {
    pub(super) async fn run(&self, dir: &Path) -> anyhow::Result<()> {
        let node = open(dir).await?;
        let group = node.group(&self.label).await?;
        println(format_args!(
            "The group {} moves to another machine: this node signs nothing more for it.",
            group.group_id
        ))?;
        if !confirm(self.yes, "Move?")? {
            node.close().await;
            return println("Nothing was changed.");
        }
        let passphrase = passphrase::choose(self.passphrase_file.as_deref())?;
        let records = node.move_group(&self.label, &self.to, &passphrase).await?;
        node.close().await;
        println(format_args!(
            "Records written to {}, encrypted: {records}.",
            self.to.display()
        ))?;
        println(format_args!(
            "On the new machine, with the group's phrase and that passphrase:\n  hedgerow-node \
             --dir DIR group recover {} --from {}",
            self.label,
            self.to.display()
        ))
    }
}
