//! `hedgerow group`: the phrase of a group on a node that somebody else runs. The words stay on
//! this device; the node gets a commitment, and later signed key events.

mod phrase;

use std::fs::OpenOptions;
use std::io::{BufRead, IsTerminal, Write, stdin};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use hedgerow_client::Steward;
use hedgerow_core::id::Commitment;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::keys::VerifyingKey;
use hedgerow_core::recovery::Continuation;

use super::publish_status::wait_and_print;
use crate::context::Context;
use crate::exit::Exit;
use crate::style;
use crate::usage::Usage;

/// How long a command waits for the aggregators after a change of keys, in seconds.
const WAIT_SECONDS: u64 = 10;

#[derive(Debug, Subcommand)]
pub enum Arguments {
    /// Make the phrase of a new group on this device, and the commitment for its host.
    New(New),
    /// Sign new keys for your group with its phrase, after a theft, a leak or a new host.
    Rotate(Rotate),
    /// End your group permanently with its phrase.
    Deactivate(Deactivate),
}

/// Makes twelve words on this device. Only a commitment to them goes to the host, who adds the
/// group with `hedgerow-node group add LABEL --commitment …` and never sees the words.
#[derive(Debug, Args)]
pub struct New {
    /// For scripts: write the phrase to this new file, instead of showing it and having some of
    /// it typed back.
    #[arg(long, value_name = "FILE")]
    phrase_file: Option<PathBuf>,
    /// Write the commitment to this new file, for the host.
    #[arg(long, value_name = "FILE")]
    commitment_file: Option<PathBuf>,
}

/// Signs the group's next key event on this device. The keys before it end everywhere.
#[derive(Debug, Args)]
pub struct Rotate {
    /// For scripts: read the phrase from this file, or from standard input if it is -.
    #[arg(long, value_name = "FILE")]
    phrase_file: Option<PathBuf>,
}

/// Ends the group for good: everything that it published disappears from every directory that
/// learns of it, and nothing can be published under its id again.
#[derive(Debug, Args)]
pub struct Deactivate {
    /// For scripts: read the phrase from this file, or from standard input if it is -.
    #[arg(long, value_name = "FILE")]
    phrase_file: Option<PathBuf>,
    /// For scripts: the group's label, as confirmation.
    #[arg(long, value_name = "LABEL")]
    confirm: Option<String>,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    match arguments {
        Arguments::New(new) => make(&new, context),
        Arguments::Rotate(rotate) => sign_rotation(&rotate, context).await,
        Arguments::Deactivate(deactivate) => sign_deactivation(&deactivate, context).await,
    }
}

fn make(new: &New, context: &mut Context) -> anyhow::Result<Exit> {
    let phrase = phrase::make(new.phrase_file.as_deref(), context)?;
    let commitment = phrase.commitment(1);
    if let Some(file) = &new.commitment_file {
        write_commitment(file, &commitment)?;
    }
    let place = new
        .commitment_file
        .as_ref()
        .map_or_else(|| commitment.to_string(), |file| file.display().to_string());
    let good = style::GOOD;
    writeln!(context.out, "{good}Commitment:{good:#} {commitment}")?;
    writeln!(
        context.out,
        "Give it to the host of your node. It does not reveal the words. The host runs\n  \
         hedgerow-node group add LABEL --commitment {place}\nand gives you the steward's file of \
         your group."
    )?;
    Ok(Exit::Done)
}

fn write_commitment(file: &Path, commitment: &Commitment) -> anyhow::Result<()> {
    let text = format!(
        "The commitment to a Hedgerow group's phrase, for the host of its node. It does not reveal \
         the words.\n{commitment}\n"
    );
    let mut new = OpenOptions::new();
    new.write(true)
        .create_new(true)
        .open(file)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", file.display()))
}

async fn sign_rotation(rotate: &Rotate, context: &mut Context) -> anyhow::Result<Exit> {
    let steward = context.steward()?;
    let phrase = phrase::read(rotate.phrase_file.as_deref(), context)?;
    let draft = steward.draft_key_event().await?;
    let signing =
        VerifyingKey::parse(&draft.signing_key).context("the node's new signing key is invalid")?;
    let encryption: [u8; 32] = draft
        .encryption_key
        .as_slice()
        .try_into()
        .context("the node's new encryption key is invalid: expected 32 bytes")?;
    let continuation = continuation(&steward, &draft.branches, &phrase)?;
    let log = continuation.rotate(&phrase, &signing, encryption)?;
    steward.commit_key_event(log.tip().envelope.clone()).await?;
    let good = style::GOOD;
    writeln!(
        context.out,
        "{good}New keys:{good:#} key event {} is signed and in force at your node.",
        log.tip_index()
    )?;
    wait_and_print(&steward, WAIT_SECONDS, "Published", context).await
}

async fn sign_deactivation(deactivate: &Deactivate, context: &mut Context) -> anyhow::Result<Exit> {
    let steward = context.steward()?;
    let state = steward.get_state().await?;
    if !is_confirmed(&state.label, deactivate.confirm.as_deref(), context)? {
        writeln!(context.out, "Nothing was changed.")?;
        return Ok(Exit::Failed);
    }
    let phrase = phrase::read(deactivate.phrase_file.as_deref(), context)?;
    let draft = steward.draft_key_event().await?;
    let continuation = continuation(&steward, &draft.branches, &phrase)?;
    let log = continuation.deactivate(&phrase)?;
    steward.commit_key_event(log.tip().envelope.clone()).await?;
    writeln!(
        context.out,
        "The group `{}` was deactivated. Your node delivers that to every aggregator.",
        state.label
    )?;
    Ok(Exit::Done)
}

/// Verifies the branches that the node has sent, and chooses the one to continue. The event must
/// follow the node's own branch, because the node signs with it.
fn continuation(
    steward: &Steward,
    branches: &[hedgerow_proto::steward_v1::KeyLogBranch],
    phrase: &hedgerow_core::phrase::Phrase,
) -> anyhow::Result<Continuation> {
    let logs = branches
        .iter()
        .map(|branch| KeyLog::verify(&branch.key_log))
        .collect::<Result<Vec<_>, _>>()
        .context("the node has sent an invalid key log")?;
    let own = logs
        .first()
        .context("the node has sent no key log")?
        .clone();
    // The steward's file names the group, so the node cannot have another group's event signed.
    anyhow::ensure!(
        own.group_id() == steward.group_id(),
        "the node has sent the key log of another group"
    );
    let continuation = Continuation::choose(logs, phrase)?;
    anyhow::ensure!(
        continuation.log().tip_hash() == own.tip_hash(),
        "the group's keys were rotated elsewhere, and this node's key log is out of date. Have the \
         host of the node that is to keep the group run `hedgerow-node group recover` with the \
         group's commitment, and sign there"
    );
    Ok(continuation)
}

fn is_confirmed(label: &str, confirm: Option<&str>, context: &mut Context) -> anyhow::Result<bool> {
    if let Some(typed) = confirm {
        return Ok(typed == label);
    }
    if !stdin().is_terminal() {
        let message = format!(
            "cannot ask for confirmation, as this is not a terminal: give --confirm {label} if you \
             mean it"
        );
        return Err(Usage(message).into());
    }
    let bad = style::BAD;
    write!(
        context.notes,
        "{bad}This ends the group for good.{bad:#} To end it, type {label} and press Enter: "
    )?;
    context.notes.flush()?;
    let mut typed = String::new();
    stdin().lock().read_line(&mut typed)?;
    Ok(typed.trim() == label)
}
