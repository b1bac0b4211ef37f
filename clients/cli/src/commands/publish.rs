//! `hedgerow publish`.

mod check;
mod keys;

use std::path::PathBuf;

use clap::Args;
use hedgerow_client::{ClientError, GroupId, Steward};
use hedgerow_core::name::RecordName;
use hedgerow_core::rules::RecordBody;
use hedgerow_input::labels::local_time;
use hedgerow_proto::steward_v1::record_change::Change;
use hedgerow_proto::steward_v1::{RecordChange, ReplacedRecord, StewardRecord};
use serde_json::json;

use super::publish_status::wait_and_print;
use super::status::is_waiting;
use crate::context::Context;
use crate::document::{Document, read_file};
use crate::draft::put;
use crate::exit::Exit;
use crate::guards::Surroundings;
use crate::usage::Usage;
use crate::{guards, progress, style};
use hedgerow_input::next_times::next_times;

/// Printed next times of an event.
const NEXT_TIMES: usize = 3;

/// Publishes records from files. A file may have several, with a line `---` between them.
///
/// A document without a `key` becomes a new record; with one it replaces that record.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hedgerow template event > event.yaml     write an example to a file
  hedgerow publish --dry-run event.yaml    check it
  hedgerow publish event.yaml              publish it")]
pub struct Arguments {
    /// Files in YAML or JSON; - for the standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only check; publish nothing. Needs no node.
    #[arg(long)]
    dry_run: bool,
    /// Confirm that this is meant so, by its reason, such as `looks_like_address`. Repeatable.
    #[arg(long, value_name = "REASON")]
    confirm: Vec<String>,
    /// Write the new records' keys into the YAML files, so that publishing them again
    /// replaces those records.
    #[arg(long, conflicts_with = "dry_run")]
    keep_keys: bool,
    /// How long to wait for the aggregators, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    wait: u64,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let mut documents = Vec::new();
    for file in &arguments.files {
        documents.extend(read_file(file)?);
    }
    for document in &mut documents {
        document.confirmed.extend(arguments.confirm.iter().cloned());
    }
    if arguments.dry_run {
        return dry_run(&mut documents, &arguments, context);
    }
    let options = PublishOptions {
        keep_keys: arguments.keep_keys,
        names_file: true,
        wait: arguments.wait,
        json: arguments.json,
    };
    publish(documents, options, context).await
}

/// How documents are published, and what is printed then.
pub(super) struct PublishOptions {
    pub(super) keep_keys: bool,
    /// Whether the person keeps the files, and so needs the keys in them.
    pub(super) names_file: bool,
    /// In seconds.
    pub(super) wait: u64,
    pub(super) json: bool,
}

/// Checks documents, publishes them under one head, and prints what became of each.
///
/// # Errors
/// If a document is invalid, or the node rejects it or does not respond.
pub(super) async fn publish(
    mut documents: Vec<Document>,
    options: PublishOptions,
    context: &mut Context,
) -> anyhow::Result<Exit> {
    let steward = context.steward()?;
    // Whatever is wrong with the files themselves is reported although no node responds.
    let group = steward.group_id();
    check::check(&mut documents, &group, &Surroundings::default(), context)?;
    let around = check::surroundings(&documents, &steward, context).await?;
    check::check(&mut documents, &group, &around, context)?;
    for document in &mut documents {
        if guards::is_new_after_all(document, around.own.as_deref().unwrap_or_default()) {
            document.key = None;
        }
    }
    let records = loop {
        match send(&documents, &steward, context).await {
            Ok(records) => break records,
            // The node compares with records that this computer does not have.
            Err(error) if check::confirm_refused(&mut documents, &error, context)? => {}
            Err(error) => return Err(error),
        }
    };
    if options.json {
        print_json(&documents, &records, context)?;
    } else {
        report(&documents, &records, &options, context)?;
    }
    if options.keep_keys {
        keys::keep(&documents, &records, context)?;
    }
    if options.json {
        return Ok(Exit::Done);
    }
    wait_and_print(&steward, options.wait, "Published", context).await
}

async fn send(
    documents: &[Document],
    steward: &Steward,
    context: &Context,
) -> anyhow::Result<Vec<StewardRecord>> {
    let changes = documents.iter().map(change).collect::<Result<_, _>>()?;
    let bar = progress::bar(context, documents.len() as u64, "publishing");
    let published = steward
        .publish_records(changes, |through| bar.set_position(through as u64))
        .await;
    bar.finish_and_clear();
    Ok(published.map_err(|error| with_file_names(error, documents))?)
}

fn dry_run(
    documents: &mut [Document],
    arguments: &Arguments,
    context: &mut Context,
) -> anyhow::Result<Exit> {
    // Before there is a node there is no group id. Only one rule needs it: a group cannot
    // vouch for itself.
    let group = match &context.steward {
        Some(_) => context.steward()?.group_id(),
        None => GroupId::from_bytes([0; 32]),
    };
    let checked = check::check(documents, &group, &Surroundings::default(), context)?;
    let good = style::GOOD;
    if arguments.json {
        let documents: Vec<_> = documents
            .iter()
            .zip(&checked)
            .map(|(document, prepared)| {
                json!({
                    "from": document.origin.to_string(),
                    "collection": document.kind,
                    "adjustments": prepared.adjustments,
                })
            })
            .collect();
        let json = json!({"valid": documents.len(), "documents": documents});
        context.print_json("publish-dry-run", &json)?;
        return Ok(Exit::Done);
    }
    for (document, prepared) in documents.iter().zip(checked) {
        writeln!(
            context.out,
            "{good}✓{good:#} {}: {}",
            document.origin, document.kind
        )?;
        for adjustment in prepared.adjustments {
            writeln!(context.out, "    would be changed: {adjustment}")?;
        }
        print_next_times(document, context)?;
    }
    writeln!(context.notes, "Nothing was published.")?;
    Ok(Exit::Done)
}

fn change(document: &Document) -> Result<RecordChange, Usage> {
    let draft = document.to_draft();
    let Some(key) = &document.key else {
        return Ok(put(&document.kind, draft));
    };
    let name = RecordName::parse(&document.kind, key)
        .map_err(|error| Usage(format!("{}: key: {error}", document.origin)))?;
    Ok(RecordChange {
        change: Some(Change::Replace(ReplacedRecord {
            name: Some(name.to_proto()),
            draft: Some(draft),
            etag: document.etag.clone().unwrap_or_default(),
        })),
    })
}

/// Names the file in a node's error, which names a change by its number.
fn with_file_names(mut error: ClientError, documents: &[Document]) -> ClientError {
    if let ClientError::Refused { failure, .. } = &mut error {
        for violation in &mut failure.violations {
            let parts = violation
                .field
                .strip_prefix("changes[")
                .and_then(|rest| rest.split_once(']'));
            let field = parts.and_then(|(index, rest)| {
                let document = documents.get(index.parse::<usize>().ok()?)?;
                let rest = [".put", ".replace"]
                    .iter()
                    .find_map(|member| rest.strip_prefix(member))
                    .unwrap_or(rest);
                // The whole body is the whole file.
                let rest = rest.strip_suffix(".draft.body").unwrap_or(rest);
                Some(format!(
                    "{}{}",
                    document.origin,
                    rest.replacen('.', ": ", 1)
                ))
            });
            if let Some(field) = field {
                violation.field = field;
            }
        }
    }
    error
}

fn print_json(
    documents: &[Document],
    records: &[StewardRecord],
    context: &mut Context,
) -> anyhow::Result<()> {
    let records: Vec<_> = documents
        .iter()
        .zip(records)
        .map(|(document, record)| {
            let name = record.name.clone().unwrap_or_default();
            json!({
                "from": document.origin.to_string(),
                "collection": name.collection,
                "key": name.key,
                "published": record.published,
                "waiting": is_waiting(record),
                "adjustments": record.adjustments,
                "next_times": times_of(document, context),
            })
        })
        .collect();
    context.print_json("publish", &json!({"records": records}))
}

fn report(
    documents: &[Document],
    records: &[StewardRecord],
    options: &PublishOptions,
    context: &mut Context,
) -> anyhow::Result<()> {
    let quiet = style::QUIET;
    for (document, record) in documents.iter().zip(records) {
        let name = record.name.clone().unwrap_or_default();
        let (style, what) = if record.published {
            (style::GOOD, "Signed")
        } else if is_waiting(record) {
            (style::CARE, "Waiting to be signed")
        } else {
            (style::GOOD, "Kept on the node")
        };
        writeln!(
            context.out,
            "{style}{what}:{style:#} {} {}",
            name.collection, name.key
        )?;
        for adjustment in &record.adjustments {
            writeln!(
                context.out,
                "    changed before it was signed: {adjustment}"
            )?;
        }
        print_next_times(document, context)?;
        if document.key.is_none() && !options.keep_keys && options.names_file {
            writeln!(
                context.out,
                "{quiet}    To change it later, put `key: {}` into {}.{quiet:#}",
                name.key, document.origin
            )?;
        }
    }
    Ok(())
}

/// The next local starts of an event or a training. Empty for other records.
fn times_of(document: &Document, context: &Context) -> Vec<String> {
    let schedule = match RecordBody::parse(&document.kind, &document.body) {
        Ok(RecordBody::Event(event)) => event.schedule,
        Ok(RecordBody::Offer(offer)) => offer.resource.and_then(|it| it.schedule),
        _ => None,
    };
    schedule.map_or_else(Vec::new, |it| next_times(&it, context.now(), NEXT_TIMES))
}

fn print_next_times(document: &Document, context: &mut Context) -> anyhow::Result<()> {
    let times = times_of(document, context);
    if !times.is_empty() {
        let times: Vec<_> = times.iter().map(|time| local_time(time)).collect();
        writeln!(context.out, "    Next: {}", times.join("; "))?;
    }
    Ok(())
}
