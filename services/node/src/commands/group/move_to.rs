//! `hedgerow-node group move`

use std::path::{Path, PathBuf};

use clap::Args;
use hedgerow_server::program::println;

use super::key_change::confirm;
use crate::commands::open::open;

#[derive(Debug, Args)]
pub(in crate::commands) struct Move {
    /// The group's label.
    label: String,
    /// The file to write: everything that no aggregator has. It contains no key and no token, but
    /// records for the node only, so keep it private and delete it afterwards.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
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
        let records = node.move_group(&self.label, &self.to).await?;
        node.close().await;
        println(format_args!(
            "{records} records were written to {}.",
            self.to.display()
        ))?;
        println(format_args!(
            "On the new machine, with the group's phrase:\n  hedgerow-node --dir DIR group recover {} \
             --from {}",
            self.label,
            self.to.display()
        ))
    }
}
