//! `hedgerow-node group recover`

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use hedgerow_core::id::GroupId;
use hedgerow_server::program::println;

use super::key_change::{KeyChangeOptions, confirm, parse_commitment, print_changed, print_plan};
use super::print_hint;
use crate::commands::open::open;
use crate::commands::phrase;
use crate::config::FILE_NAME;
use crate::recovery::{Authority, RecoveryOptions};

#[derive(Debug, Args)]
pub(in crate::commands) struct Recover {
    /// Your own name for the group: of a-z, 0-9 and `-`. Never published.
    label: String,
    #[command(flatten)]
    options: KeyChangeOptions,
    /// Instead of the phrase: the commitment that the steward's `hedgerow group new` printed, or
    /// its file. The steward then signs with `hedgerow group rotate`.
    #[arg(long, value_name = "HEX|FILE", conflicts_with = "phrase_file")]
    commitment: Option<String>,
    /// The file that `hedgerow-node group move` wrote on the old machine.
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// The group's id, if several groups have a commitment of this phrase.
    #[arg(long, value_name = "ID")]
    group: Option<GroupId>,
}

impl Recover {
    pub(super) async fn run(&self, dir: &Path) -> anyhow::Result<()> {
        let node = open(dir).await?;
        node.check_new_label(&self.label).await?;
        let (phrase, commitment) = match &self.commitment {
            Some(text) => (None, Some(parse_commitment(text)?)),
            None => {
                let file = self.options.phrase_file.as_deref();
                (Some(phrase::existing(file, &self.label)?), None)
            }
        };
        let authority = match (&phrase, commitment) {
            (Some(phrase), _) => Authority::Phrase(phrase),
            (None, Some(commitment)) => Authority::Commitment(commitment),
            (None, None) => bail!("a phrase or a commitment is needed"),
        };
        let options = RecoveryOptions {
            group: self.group,
            from: self.from.clone(),
            ..self.options.to_recovery_options()
        };
        let change = node
            .prepare_recovery(&self.label, authority, &options)
            .await?;
        print_plan(&change)?;
        if change.source().is_none() {
            println("No records come back: the group has no head that can be fetched.")?;
        }
        match change.moved_records() {
            Some((count, true)) => println(format_args!(
                "The {count} records of the move file come with it, also those for the node only."
            ))?,
            Some((_, false)) => println(
                "The group was published after the move file was written: of that file, only the \
                 records for the node only come back.",
            )?,
            None => println(
                "Records that were on the lost node only, and people's consents, do not come back: \
                 no aggregator has them.",
            )?,
        }
        let question =
            "The group continues here, and its keys on every other machine end. Recover?";
        if !confirm(self.options.yes, question)? {
            return println("Nothing was changed.");
        }
        let changed = node.apply_key_change(change, authority).await?;
        let configured = node.config().aggregators.clone();
        let hint = node.steward_address_hint();
        node.close().await;
        if changed.awaits_steward {
            println(format_args!(
                "The group `{}` was prepared. Its steward signs its new keys: give them the file, \
                 run the node, and have them run `hedgerow group rotate`.",
                self.label
            ))?;
            if let Some(file) = &changed.token_file {
                println(format_args!("  steward's file  {}", file.display()))?;
            }
            println(format_args!(
                "Next: hedgerow-node --dir {} run",
                dir.display()
            ))?;
        } else {
            println(format_args!("The group `{}` was recovered.", self.label))?;
            print_changed(&changed, dir)?;
        }
        print_hint(hint)?;
        self.options
            .print_unconfigured(&configured, &dir.join(FILE_NAME))
    }
}
