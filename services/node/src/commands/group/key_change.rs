//! What the commands that change a group's keys have in common: their options, their questions
//! and their output.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, bail};
use clap::Args;
use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::Commitment;
use hedgerow_core::name::RecordName;
use hedgerow_server::program::{println, start_command};

use crate::commands::terminal::{is_interactive, prompt};
use crate::config::PROGRAM;
use crate::delivery::Delivered;
use crate::recovery::{KeyChange, KeyChanged, RecoveryOptions};

/// Options of `recover` and `rotate`.
#[derive(Debug, Args)]
pub(super) struct KeyChangeOptions {
    /// For scripts: reads the phrase from this file, or from standard input if it is -.
    #[arg(long, value_name = "FILE")]
    pub(super) phrase_file: Option<PathBuf>,
    /// Requests from this aggregator besides the configured ones; may be repeated.
    #[arg(long = "aggregator", value_name = "ADDRESS")]
    aggregators: Vec<Endpoint>,
    /// Does not bring this record back; may be repeated.
    #[arg(long, value_name = "KIND/KEY")]
    leave_out: Vec<LeftOut>,
    /// Goes on although no aggregator serves the records now.
    #[arg(long)]
    without_records: bool,
    /// Goes on without confirmation.
    #[arg(long)]
    pub(super) yes: bool,
}

/// A record's name on the command line.
#[derive(Clone, Debug)]
struct LeftOut(RecordName);

impl FromStr for LeftOut {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (collection, key) = text
            .split_once('/')
            .ok_or("expected a kind and a key, such as event/4f1c…")?;
        RecordName::parse(collection, key)
            .map(Self)
            .map_err(|error| error.to_string())
    }
}

impl KeyChangeOptions {
    pub(super) fn to_recovery_options(&self) -> RecoveryOptions {
        RecoveryOptions {
            aggregators: self.aggregators.clone(),
            without_records: self.without_records,
            leave_out: self.leave_out.iter().map(|name| name.0.clone()).collect(),
            ..RecoveryOptions::default()
        }
    }

    /// Whether the host has named an aggregator.
    pub(super) fn names_aggregators(&self) -> bool {
        !self.aggregators.is_empty()
    }

    /// Aggregators that the host has named and the configuration has not: nothing is delivered to
    /// them when the node runs.
    pub(super) fn print_unconfigured(
        &self,
        configured: &[Endpoint],
        file: &Path,
    ) -> anyhow::Result<()> {
        for address in &self.aggregators {
            if !configured.contains(address) {
                println(format_args!(
                    "{address} is not in the configuration: add it to `aggregators` in {}, or it \
                     gets no later change.",
                    file.display()
                ))?;
            }
        }
        Ok(())
    }
}

/// Prints what a prepared change does.
pub(super) fn print_plan(change: &KeyChange) -> anyhow::Result<()> {
    println(format_args!("The group is {}.", change.group_id()))?;
    for problem in change.silent() {
        println(format_args!("No answer from {problem}"))?;
    }
    if change.rivals() > 0 {
        println(format_args!(
            "Its key log is forked. The new key event sets {} rival branch(es) aside.",
            change.rivals()
        ))?;
    }
    if let Some((aggregator, time)) = change.source() {
        let aggregator = plain(aggregator);
        if change.changes().is_empty() {
            println(format_args!(
                "The records at {aggregator}, signed {time}, equal those of this node."
            ))?;
        } else {
            println(format_args!(
                "These records come back, from {aggregator}, signed {time}:"
            ))?;
        }
    }
    if let Some(index) = change.ended_head() {
        println(format_args!(
            "No aggregator has a head under the group's newest key event, {}: the group was lost \
             before it published again. These are the records of its last head before, under key \
             event {index}.",
            change.next_index() - 1
        ))?;
    }
    for record in change.changes() {
        let title = record.title.as_deref().unwrap_or("(no title)");
        println(format_args!(
            "  {}  {title}: {}",
            record.name,
            record.effect.words()
        ))?;
    }
    Ok(())
}

/// Makes the host confirm, unless `yes`.
pub(super) fn confirm(yes: bool, question: &str) -> anyhow::Result<bool> {
    if yes {
        return Ok(true);
    }
    if !is_interactive() {
        bail!(
            "cannot ask for confirmation: standard input is not a terminal. In a script, add --yes"
        );
    }
    let answer = prompt(&format!("{question} [y/N]"))?;
    Ok(answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes"))
}

/// Prints the new keys and head, and what each aggregator has.
pub(super) fn print_changed(changed: &KeyChanged, dir: &Path) -> anyhow::Result<()> {
    match changed.seq {
        Some(seq) => println(format_args!(
            "Key event {} and head {seq} are signed. Records under it: {}.",
            changed.key_index, changed.records
        ))?,
        None => println(format_args!(
            "Key event {} is signed. There is nothing to publish yet.",
            changed.key_index
        ))?,
    }
    if let Some(file) = &changed.token_file {
        println(format_args!("  steward's file  {}", file.display()))?;
    }
    print_delivered(&changed.delivered)?;
    println(format_args!("Next: {}", start_command(PROGRAM, dir)))?;
    match &changed.token_file {
        Some(file) => println(format_args!(
            "Then, because the steward's file of the old machine no longer works: hedgerow login {}",
            file.display()
        )),
        None => Ok(()),
    }
}

/// Prints what each aggregator has.
pub(super) fn print_delivered(delivered: &[Delivered]) -> anyhow::Result<()> {
    for delivery in delivered {
        match &delivery.problem {
            None => println(format_args!(
                "  delivered to {}",
                plain(&delivery.aggregator)
            ))?,
            Some(problem) => println(format_args!(
                "  not delivered to {} yet: {problem}. The node delivers it when it runs.",
                plain(&delivery.aggregator)
            ))?,
        }
    }
    Ok(())
}

/// An address without the hash of its key, which the configuration has.
fn plain(address: &str) -> &str {
    address.split_once('#').map_or(address, |(plain, _)| plain)
}

/// Reads a commitment: 64 hex digits, or a file that `hedgerow group new` wrote.
pub(super) fn parse_commitment(text: &str) -> anyhow::Result<Commitment> {
    if let Ok(commitment) = text.parse() {
        return Ok(commitment);
    }
    let content = fs::read_to_string(text).with_context(|| {
        format!("cannot read `{text}`: expected a commitment (64 hex digits), or a file with one")
    })?;
    let word = content.split_whitespace().last().unwrap_or_default();
    word.parse()
        .with_context(|| format!("{text} does not contain a commitment"))
}
