//! `hedgerow publish`.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use clap::Args;
use hedgerow_client::{ClientError, FieldViolation, GroupId};
use hedgerow_core::name::RecordName;
use hedgerow_core::rules;
use hedgerow_core::time::Timestamp;
use hedgerow_input::labels::count;
use hedgerow_proto::steward_v1::record_change::Change;
use hedgerow_proto::steward_v1::{RecordChange, ReplacedRecord, StewardRecord};
use serde_json::json;

use super::publish_status::wait_and_print;
use super::status::is_waiting;
use crate::context::Context;
use crate::document::{Document, read_file};
use crate::draft::{prepare, put};
use crate::exit::Exit;
use crate::usage::Usage;
use crate::violations::Violations;
use crate::{progress, style};

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
        return dry_run(&documents, &arguments, context);
    }
    let steward = context.steward()?;
    check(&documents, &steward.group_id(), context.now())?;
    let changes = documents.iter().map(change).collect::<Result<_, _>>()?;
    let bar = progress::bar(context, documents.len() as u64, "publishing");
    let published = steward
        .publish_records(changes, |through| bar.set_position(through as u64))
        .await;
    bar.finish_and_clear();
    let records = published.map_err(|error| with_file_names(error, &documents))?;
    report(&documents, &records, &arguments, context)?;
    if arguments.keep_keys {
        keep_keys(&documents, &records, context)?;
    }
    if arguments.json {
        return Ok(Exit::Done);
    }
    wait_and_print(&steward, arguments.wait, "Published", context).await
}

fn dry_run(
    documents: &[Document],
    arguments: &Arguments,
    context: &mut Context,
) -> anyhow::Result<Exit> {
    // Before there is a node there is no group id. Only one rule needs it: a group cannot
    // vouch for itself.
    let group = match &context.steward {
        Some(_) => context.steward()?.group_id(),
        None => GroupId::from_bytes([0; 32]),
    };
    let checked = check(documents, &group, context.now())?;
    let good = style::GOOD;
    for (document, prepared) in documents.iter().zip(checked) {
        if arguments.json {
            continue;
        }
        writeln!(
            context.out,
            "{good}✓{good:#} {}: {}",
            document.origin, document.kind
        )?;
        for adjustment in prepared.adjustments {
            writeln!(context.out, "    would be changed: {adjustment}")?;
        }
    }
    if arguments.json {
        writeln!(context.out, "{}", json!({ "valid": documents.len() }))?;
    } else {
        writeln!(context.notes, "Nothing was published.")?;
    }
    Ok(Exit::Done)
}

/// Checks every document by the rules that the node applies, so that a person sees all
/// violations of all files at once.
fn check(
    documents: &[Document],
    group_id: &GroupId,
    now: Timestamp,
) -> anyhow::Result<Vec<rules::Prepared>> {
    let mut prepared = Vec::new();
    let mut wrong: Vec<(String, Vec<FieldViolation>)> = Vec::new();
    for document in documents {
        match prepare(&document.kind, &document.to_draft(), group_id, now) {
            Ok(good) => prepared.push(good),
            Err(violations) => wrong.push((document.origin.to_string(), violations)),
        }
    }
    if wrong.is_empty() {
        return Ok(prepared);
    }
    let subject = match wrong.as_slice() {
        [(origin, _)] => origin.clone(),
        several => count(several.len(), "document"),
    };
    let several = wrong.len() > 1;
    let violations = wrong
        .into_iter()
        .flat_map(|(origin, violations)| {
            violations.into_iter().map(move |mut violation| {
                if several {
                    violation.field = format!("{origin}: {}", violation.field);
                }
                violation
            })
        })
        .collect();
    Err(Violations {
        subject,
        violations,
    }
    .into())
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
            etag: String::new(),
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

fn report(
    documents: &[Document],
    records: &[StewardRecord],
    arguments: &Arguments,
    context: &mut Context,
) -> anyhow::Result<()> {
    if arguments.json {
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
                })
            })
            .collect();
        return context.print_json(&records);
    }
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
        if document.key.is_none() && !arguments.keep_keys {
            writeln!(
                context.out,
                "{quiet}    To change it later, put `key: {}` into {}.{quiet:#}",
                name.key, document.origin
            )?;
        }
    }
    Ok(())
}

/// Writes `key: …` below `kind: …` of each new document.
fn keep_keys(
    documents: &[Document],
    records: &[StewardRecord],
    context: &mut Context,
) -> anyhow::Result<()> {
    let files: BTreeSet<&str> = documents
        .iter()
        .map(|document| document.origin.file.as_str())
        .collect();
    for file in files {
        let keys: Vec<Option<String>> = documents
            .iter()
            .zip(records)
            .filter(|(document, _)| document.origin.file == file)
            .map(|(document, record)| {
                let name = record.name.clone().unwrap_or_default();
                document.key.is_none().then_some(name.key)
            })
            .collect();
        let text = fs::read_to_string(file).unwrap_or_default();
        match with_keys(&text, &keys) {
            Some(text) => {
                fs::write(file, text)?;
                writeln!(context.notes, "The keys are in {file} now.")?;
            }
            None => writeln!(
                context.notes,
                "The keys could not be written into {file}: put them there by hand."
            )?,
        }
    }
    Ok(())
}

/// The text with a key below each document's `kind:` line. `None` if a document does not
/// have such a line, as in JSON.
fn with_keys(text: &str, keys: &[Option<String>]) -> Option<String> {
    let mut out = String::with_capacity(text.len() + keys.len() * 40);
    let mut keys = keys.iter();
    for line in text.split_inclusive('\n') {
        out += line;
        if !line.starts_with("kind:") {
            continue;
        }
        if let Some(key) = keys.next()? {
            if !line.ends_with('\n') {
                out.push('\n');
            }
            out += &format!("key: {key}\n");
        }
    }
    keys.next().is_none().then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::parse_text;

    #[test]
    fn keys_are_written_below_the_kind_of_each_new_document() {
        let text = "# a note\nkind: listing\nname: A\n---\nkind: event\nkey: ab\n---\nkind: story";
        let keys = [Some("11".to_owned()), None, Some("22".to_owned())];
        assert_eq!(
            with_keys(text, &keys).as_deref(),
            Some(
                "# a note\nkind: listing\nkey: 11\nname: A\n---\nkind: event\nkey: ab\n---\n\
                 kind: story\nkey: 22\n"
            )
        );
        assert_eq!(with_keys("{\"kind\": \"listing\"}", &keys[..1]), None);
    }

    #[test]
    fn every_violation_is_listed_at_once_by_file() {
        let mut documents = parse_text("a.yaml", "kind: listing\nname: A\n").expect("a document");
        documents.extend(parse_text("b.yaml", "kind: event\nsummary: B\n").expect("a document"));
        let group = GroupId::from_bytes([1; 32]);
        let error = check(&documents, &group, Timestamp::from_seconds(1_800_000_000))
            .expect_err("violations")
            .to_string();
        assert!(error.contains("a.yaml: voice"), "{error}");
        assert!(error.contains("b.yaml: title"), "{error}");
    }
}
