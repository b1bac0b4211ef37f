//! `hedgerow-node restore`

use std::path::Path;

use clap::Args;
use hedgerow_input::labels::count;
use hedgerow_server::program::println;

use super::open::open;
use super::terminal::{is_interactive, prompt};
use crate::restore::RemoteState;

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The group's label.
    group: String,
    /// Restores without confirmation.
    #[arg(long)]
    yes: bool,
}

impl Restore {
    pub(super) async fn run(&self, dir: &Path) -> anyhow::Result<()> {
        let node = open(dir).await?;
        let remote = node.remote_state(&self.group).await?;
        print_changes(&remote)?;
        if !self.yes && !confirm()? {
            return println("Nothing was changed.");
        }
        let restored = node.restore(remote).await?;
        node.close().await;
        println(format_args!(
            "Restored. A new head (number {}) over {} is signed, and is delivered when the node \
             runs.",
            restored.seq,
            count(restored.records, "record")
        ))
    }
}

fn print_changes(remote: &RemoteState) -> anyhow::Result<()> {
    println(format_args!(
        "{} holds a newer head (number {}, signed {}).",
        remote.aggregator, remote.seq, remote.issue_time
    ))?;
    if remote.changes.is_empty() {
        return println("Its records equal those of this node: only the number changes.");
    }
    println("The restore would change these records:")?;
    for change in &remote.changes {
        let title = change.title.as_deref().unwrap_or("(no title)");
        println(format_args!(
            "  {}  {title}: {}",
            change.name,
            change.effect.words()
        ))?;
    }
    Ok(())
}

fn confirm() -> anyhow::Result<bool> {
    anyhow::ensure!(
        is_interactive(),
        "cannot ask for confirmation: standard input is not a terminal. Use --yes to restore \
         without it"
    );
    let answer = prompt("Restore? [y/N]")?;
    Ok(answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes"))
}
