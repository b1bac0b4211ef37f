//! `hedgerow-node take-newer`

use std::path::Path;

use clap::Args;

use super::open;
use super::talk::ask;
use super::talk::say;
use super::talk::somebody_is_there;
use crate::take_newer::Newer;

#[derive(Debug, Args)]
pub(super) struct TakeNewer {
    /// The group, by its label.
    group: String,
    /// Takes without asking.
    #[arg(long)]
    yes: bool,
}

impl TakeNewer {
    pub(super) async fn carry_out(&self, dir: &Path) -> anyhow::Result<()> {
        let node = open(dir).await?;
        let newer = node.newer(&self.group).await?;
        show(&newer)?;
        if !self.yes && !agreed()? {
            return say("Nothing was changed.");
        }
        let taken = node.take_newer(newer).await?;
        node.close().await;
        say(format_args!(
            "Taken. A new head (number {}) over {} records is signed, and goes out when the node runs.",
            taken.seq, taken.records
        ))
    }
}

fn show(newer: &Newer) -> anyhow::Result<()> {
    say(format_args!(
        "{} holds a newer head (number {}, signed {}).",
        newer.aggregator, newer.seq, newer.signed_at
    ))?;
    if newer.records.is_empty() {
        return say("Its records are those of this node: only the number moves on.");
    }
    say("Taking it would change these records:")?;
    for record in &newer.records {
        let title = record.title.as_deref().unwrap_or("(no title)");
        say(format_args!(
            "  {}  {title}: {}",
            record.name,
            record.what.words()
        ))?;
    }
    Ok(())
}

fn agreed() -> anyhow::Result<bool> {
    anyhow::ensure!(
        somebody_is_there(),
        "nobody is at the terminal to agree: say --yes to take it without asking"
    );
    let answer = ask("Take it? [y/N]")?;
    Ok(answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes"))
}
