//! `hedgerow-node group recover`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use hedgerow_core::id::GroupId;
use hedgerow_server::program::{println, start_command};

use super::key_change::{KeyChangeOptions, confirm, parse_commitment, print_changed, print_plan};
use super::{passphrase, print_hint};
use crate::commands::open::open;
use crate::commands::phrase;
use crate::config::{FILE_NAME, PROGRAM};
use crate::recovery::{Authority, RecoveryError, RecoveryOptions};

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
    /// The file that `hedgerow-node group move` wrote on the old machine. It is deleted after the
    /// new head is signed here.
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// For scripts: reads the passphrase of the move file from this file, or from standard input
    /// if it is -.
    #[arg(long, value_name = "FILE", requires = "from")]
    passphrase_file: Option<PathBuf>,
    /// The group's id, if several groups have a commitment of this phrase.
    #[arg(long, value_name = "ID")]
    group: Option<GroupId>,
}

impl Recover {
    pub(super) async fn run(&self, dir: &Path) -> anyhow::Result<()> {
        let node = open(dir).await?;
        node.check_new_label(&self.label).await?;
        // Before the words, so that nobody types them in vain.
        let searches = self.from.is_none();
        if searches && node.aggregators().is_empty() && !self.options.names_aggregators() {
            return Err(RecoveryError::NoAggregators.into());
        }
        let from = match &self.from {
            Some(file) => Some(passphrase::open(file, self.passphrase_file.as_deref())?),
            None => None,
        };
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
            from,
            ..self.options.to_recovery_options()
        };
        let change = node
            .prepare_recovery(&self.label, authority, &options)
            .await?;
        print_plan(&change)?;
        if change.source().is_none() {
            println("No records come back: the group has no head that can be fetched.")?;
        }
        print_losses(change.moved_records())?;
        let question =
            "The group continues here, and its keys on every other machine end. Recover?";
        if !confirm(self.options.yes, question)? {
            return println("Nothing was changed.");
        }
        let changed = node.apply_key_change(change, authority).await?;
        let configured = node.aggregators();
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
            if let Some(file) = &self.from {
                println(format_args!(
                    "Keep {} until then, and delete it and every copy afterwards.",
                    file.display()
                ))?;
            }
            println(format_args!("Next: {}", start_command(PROGRAM, dir)))?;
        } else {
            println(format_args!("The group `{}` was recovered.", self.label))?;
            if let Some(file) = &self.from {
                delete_move_file(file)?;
            }
            print_changed(&changed, dir)?;
        }
        print_hint(hint)?;
        self.options
            .print_unconfigured(&configured, &dir.join(FILE_NAME))
    }
}

/// Deletes the move file. Only call this after the new head is durable: until then it is the only
/// copy of the private records outside the old machine.
fn delete_move_file(file: &Path) -> anyhow::Result<()> {
    let name = file.display();
    match fs::remove_file(file) {
        Ok(()) => println(format_args!(
            "{name} was deleted, because this node has everything that was in it. Delete every other \
             copy of it."
        )),
        Err(error) => println(format_args!(
            "Cannot delete {name}: {error}. Delete it and every copy of it: this node has everything \
             that was in it."
        )),
    }
}

/// Prints what does not come back. `moved` is the number of records in the move file, and whether
/// they are as new as the newest head.
fn print_losses(moved: Option<(usize, bool)>) -> anyhow::Result<()> {
    match moved {
        Some((count, true)) => println(format_args!(
            "Records in the move file: {count}. All come with it, also those for the node or a \
             circle only, and so do edits that wait and consents."
        )),
        Some((_, false)) => println(
            "The group was published after the move file was written: of that file, only the records \
             for the node or a circle only come back, and consents. Public edits that waited on the \
             old machine do not.",
        ),
        None => println(
            "These do not come back, because no aggregator has them:\n  \
             records for the node only\n  \
             records for a circle\n  \
             consents given with stories\n  \
             edits that were not published yet\n  \
             other groups of the lost node: each has its own words\n\
             If the old machine still works, stop here and run `hedgerow-node group move` there \
             first. A backup of its folder has them too: then run `hedgerow-node restore`.",
        ),
    }
}
