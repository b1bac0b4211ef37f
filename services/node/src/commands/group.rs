//! `hedgerow-node group`: adding groups, changing their keys, and ending them.

mod deactivate;
mod key_change;
mod move_to;
mod passphrase;
mod recover;
mod rotate;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use hedgerow_core::id::Commitment;
use hedgerow_server::program::{command, println};

use super::open::open;
use super::phrase;
use crate::config::{Config, PROGRAM};
use crate::node::{Node, NodeError};
use key_change::parse_commitment;

#[derive(Debug, Subcommand)]
pub(super) enum Group {
    /// Adds a group: shows its phrase once, asks for some of its words, then creates its keys.
    Add {
        /// Your own name for the group: of a-z, 0-9 and `-`. Never published.
        label: String,
        /// For scripts: reads the phrase from this file. If the file does not exist, generates
        /// a phrase and writes it there, readable by its owner only.
        #[arg(long, value_name = "FILE")]
        phrase_file: Option<PathBuf>,
        /// Instead of a phrase: the commitment that the steward's `hedgerow group new` printed,
        /// or its file. You never see the words.
        #[arg(long, value_name = "HEX|FILE", conflicts_with = "phrase_file")]
        commitment: Option<String>,
    },
    /// Lists the groups.
    List,
    /// Prints the file of a group's steward, to pass on. Anyone who has it can publish for the group.
    /// Also works while the node is running.
    Steward {
        /// The group's label.
        label: String,
    },
    /// Creates a new token for a group's steward. The old one stops working.
    Token {
        /// The group's label.
        label: String,
    },
    /// Brings a group back from its phrase alone, after its machine was lost: its id, its public
    /// records, and new keys. The keys on every other machine end.
    Recover(recover::Recover),
    /// Gives a group of this node new keys, after a theft, a leak or a fork. The keys before end.
    Rotate(rotate::Rotate),
    /// Moves a group to another machine: writes what no aggregator has, and signs nothing more
    /// here.
    Move(move_to::Move),
    /// Ends a group permanently.
    Deactivate(deactivate::Deactivate),
}

impl Group {
    pub(super) async fn run(&self, dir: &Path) -> anyhow::Result<()> {
        match self {
            Self::Add {
                label,
                phrase_file,
                commitment,
            } => add(dir, label, phrase_file.as_deref(), commitment.as_deref()).await,
            Self::List => list(dir).await,
            Self::Steward { label } => steward(dir, label).await,
            Self::Token { label } => token(dir, label).await,
            Self::Recover(recover) => recover.run(dir).await,
            Self::Rotate(rotate) => rotate.run(dir).await,
            Self::Move(move_to) => move_to.run(dir).await,
            Self::Deactivate(deactivate) => deactivate.run(dir).await,
        }
    }
}

async fn add(
    dir: &Path,
    label: &str,
    phrase_file: Option<&Path>,
    commitment: Option<&str>,
) -> anyhow::Result<()> {
    // Opened and checked first, so that nobody writes down twelve words in vain.
    let node = open(dir).await?;
    node.check_new_label(label).await?;
    let added = if let Some(text) = commitment {
        let commitment = parse_commitment(text)?;
        check_unused(&node, commitment, label).await?;
        node.add_group_by_commitment(label, commitment).await?
    } else {
        let new = match phrase_file {
            Some(file) => phrase::from_file(file)?,
            None => phrase::show_and_confirm(label)?,
        };
        if !new.generated {
            check_unused(&node, new.phrase.commitment(1), label).await?;
        }
        node.add_group(label, &new.phrase).await?
    };
    let hint = node.steward_address_hint();
    let aggregators = node.aggregators();
    node.close().await;
    println(format_args!("The group `{label}` was added."))?;
    println(format_args!("  group id        {}", added.group_id))?;
    println(format_args!(
        "  steward's file  {}",
        added.token_file.display()
    ))?;
    println("Give that file to the group's steward, and to nobody else: it opens this group.")?;
    if !aggregators.is_empty() {
        println(
            "To bring the group back after a loss, you need the words and the address of an aggregator \
             that has it. Keep a copy of this:",
        )?;
        for aggregator in aggregators {
            println(format_args!("  {aggregator}"))?;
        }
    }
    print_hint(hint)
}

/// Refuses a phrase that already belongs to a group, here or at a configured aggregator. A second
/// group next to it would not bring the first one back.
async fn check_unused(node: &Node, commitment: Commitment, label: &str) -> anyhow::Result<()> {
    node.check_new_commitment(commitment).await?;
    let (groups, silent) = node.find_groups(commitment).await;
    if let Some(group) = groups.first() {
        bail!(
            "the phrase belongs to the group {group}. To bring that group back, run \
             `{} group recover {label}`; a new group needs a phrase of its own",
            command(PROGRAM, &node.config().data_dir)
        );
    }
    for problem in silent {
        println(format_args!(
            "Not checked whether the phrase belongs to another group: {problem}"
        ))?;
    }
    Ok(())
}

async fn list(dir: &Path) -> anyhow::Result<()> {
    let config = Config::load(dir)?;
    let groups = Node::list_groups(&config).await;
    let groups = groups.with_context(|| format!("cannot read the node in {}", dir.display()))?;
    if groups.is_empty() {
        return println(format_args!(
            "No groups yet. `{} group add LABEL` adds one.",
            command(PROGRAM, dir)
        ));
    }
    for group in groups {
        println(format_args!("{}  {}", group.group_id, group.label))?;
    }
    Ok(())
}

/// Prints the text of the steward's file and nothing else, so that it can be redirected.
async fn steward(dir: &Path, label: &str) -> anyhow::Result<()> {
    let config = Config::load(dir)?;
    let groups = Node::list_groups(&config).await;
    let groups = groups.with_context(|| format!("cannot read the node in {}", dir.display()))?;
    if !groups.iter().any(|group| group.label == label) {
        return Err(NodeError::NoSuchGroup(label.to_owned()).into());
    }
    let file = config.steward_file(label);
    let text = fs::read_to_string(&file).with_context(|| {
        format!(
            "cannot read {}: `{} group token {label}` makes a new one, and ends the old",
            file.display(),
            command(PROGRAM, dir)
        )
    })?;
    println(text.trim_end())
}

async fn token(dir: &Path, label: &str) -> anyhow::Result<()> {
    let node = open(dir).await?;
    let renewed = node.renew_token(label).await?;
    let hint = node.steward_address_hint();
    node.close().await;
    println(format_args!(
        "A new token for `{label}` was created; the old one no longer works."
    ))?;
    println(format_args!(
        "  steward's file  {}",
        renewed.token_file.display()
    ))?;
    print_hint(hint)
}

/// Prints what to set before a steward's file works on another device.
fn print_hint(hint: Option<String>) -> anyhow::Result<()> {
    hint.map_or(Ok(()), println)
}
