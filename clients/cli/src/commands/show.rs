//! `hedgerow show`.

use std::time::Duration;

use clap::Args;
use hedgerow_client::{Evidence, Group, Record, Verified};
use hedgerow_core::rules::RecordBody;
use hedgerow_core::summary::{Summary, over_since};
use hedgerow_core::time::Timestamp;
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_input::labels::count;
use hedgerow_input::{labels, recurrence};
use hedgerow_proto::directory_v1::Identity;
use hedgerow_proto::v1::{Event, Listing, Schedule, Voice};
use prost_reflect::DynamicMessage;
use serde_json::json;
use serde_yaml_ng::Value;

use crate::context::Context;
use crate::document::{message_of_kind, to_value};
use crate::exit::Exit;
use crate::results::sources;
use crate::{names, style};
use hedgerow_input::next_times::{last_time, next_times};

/// Printed next times of an event.
const NEXT_TIMES: usize = 3;

/// Shows a group, or one of its records in full, checked.
#[derive(Debug, Args)]
#[command(after_help = "`hedgerow search … --ids` prints the name of each hit.")]
pub struct Arguments {
    /// A group's id, or GROUP/KIND/KEY for one record.
    #[arg(value_name = "GROUP[/KIND/KEY]")]
    name: String,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
    /// Print a record as a document for `hedgerow publish`.
    #[arg(long, conflicts_with = "json")]
    yaml: bool,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let directory = context.directory()?;
    let (group, record) = names::parse(&arguments.name)?;
    let Some(name) = record else {
        let group = directory.get_group(&group).await?;
        sources::warn_of_unresponsive(group.evidence.iter(), context)?;
        if arguments.json {
            print_group_json(&group, context)?;
        } else {
            print_group(&group, context)?;
        }
        return Ok(Exit::Done);
    };
    let shown = directory.get_record_details(&group, &name).await?;
    let record = shown.record;
    sources::warn_of_unresponsive(std::iter::once(record.evidence()), context)?;
    if arguments.json {
        print_record_json(&record, context)?;
    } else if arguments.yaml {
        writeln!(context.out, "{}", document(record.value(), "public", None)?)?;
    } else {
        print_record(&record, shown.identity.into_claimed(), context)?;
    }
    Ok(Exit::Done)
}

fn print_group(group: &Group, context: &mut Context) -> anyhow::Result<()> {
    let claim = group.response.as_claimed();
    let (title, quiet, good) = (style::TITLE, style::QUIET, style::GOOD);
    let name = match claim.name.as_str() {
        "" => "(no listing of its own)",
        name => name,
    };
    let admission = claim.admission.clone().unwrap_or_default();
    writeln!(context.out, "{title}{name}{title:#}")?;
    writeln!(context.out, "{quiet}{}{quiet:#}", group.group_id)?;
    writeln!(context.out, "{}", labels::identity(claim.identity()))?;
    writeln!(context.out, "here: {}", labels::admission(&admission))?;
    let now = context.now();
    match &group.evidence {
        Some(evidence) => writeln!(
            context.out,
            "{good}Head and key log are valid:{good:#} {} under it, {}, {}.",
            count(usize::try_from(evidence.head().count())?, "record"),
            sources::head_age(evidence, now),
            sources::agreement(evidence.agreement())
        )?,
        None => writeln!(context.out, "This server shows no head.")?,
    }
    if !claim.records.is_empty() {
        writeln!(
            context.out,
            "\nRecords shown here (`hedgerow verify` checks them all):"
        )?;
    }
    for record in &claim.records {
        let title = if record.title.is_empty() {
            "(no title)"
        } else {
            &record.title
        };
        writeln!(
            context.out,
            "  {:<12} {title}\n  {quiet}{:<12} {}/{}/{}{quiet:#}",
            record.collection, "", group.group_id, record.collection, record.key
        )?;
    }
    if claim.more_records {
        writeln!(context.out, "  … and more")?;
    }
    Ok(())
}

fn evidence_json(evidence: &Evidence, context: &Context) -> serde_json::Value {
    json!({
        "head": evidence.head().hash().to_string(),
        "key_index": evidence.head().position().key_index,
        "seq": evidence.head().position().seq.get(),
        "count": evidence.head().count(),
        "head_age_s": evidence.head_age(context.now()).as_secs(),
        "issue_time": evidence.head().issue_time().to_string(),
        "expire_time": evidence.head().expire_time().to_string(),
        "sources": sources::to_json(evidence),
    })
}

fn print_group_json(group: &Group, context: &mut Context) -> anyhow::Result<()> {
    let claim = group.response.as_claimed();
    let records: Vec<_> = claim
        .records
        .iter()
        .map(|record| {
            json!({"collection": record.collection, "key": record.key, "title": record.title})
        })
        .collect();
    let admission = claim.admission.clone().unwrap_or_default();
    let json = json!({
        "group_id": group.group_id.to_string(),
        "name": claim.name,
        "identity": labels::identity_word(claim.identity()),
        "status": labels::status_word(admission.status()),
        "status_reason": admission.reason,
        "unconfirmed": admission.unconfirmed,
        "checked": group.evidence.as_ref().map(|evidence| evidence_json(evidence, context)),
        "records": records,
        "more_records": claim.more_records,
    });
    context.print_json("group", &json)
}

fn print_record_json(record: &Verified<Record>, context: &mut Context) -> anyhow::Result<()> {
    let message = record.value().message();
    let json = json!({
        "group_id": record.evidence().group_id().to_string(),
        "collection": message.collection,
        "key": message.key,
        "title": record.value().title(),
        "language": message.language,
        "subject": message.subject.as_ref().map(|subject| json!({
            "scheme": subject.scheme, "id": subject.id, "name": subject.name,
        })),
        "body": body(record.value()),
        "record_hash": record.value().hash().to_string(),
        "unaltered": true,
        "checked": evidence_json(record.evidence(), context),
    });
    context.print_json("record", &json)
}

/// The body as a person would write it. `None` for a kind unknown to this build.
fn body(record: &Record) -> Option<Value> {
    let descriptor = message_of_kind(record.name().collection.as_str())?;
    let message = DynamicMessage::decode(descriptor, record.message().body.as_slice()).ok()?;
    Some(to_value(&message))
}

/// The record as a document that can be published again. With an etag, publishing it fails if
/// the record has changed meanwhile on another computer.
pub(super) fn document(
    record: &Record,
    audience: &str,
    etag: Option<&str>,
) -> anyhow::Result<String> {
    let body = body(record).ok_or_else(|| {
        anyhow::anyhow!(
            "cannot show the kind “{}” as a document: it is newer than this program. `--json` shows \
             the rest of the record",
            record.name().collection
        )
    })?;
    let name = record.name();
    let language = match record.message().language.as_str() {
        "" => "en",
        language => language,
    };
    Ok(format!(
        "kind: {}\nkey: {}\n{}audience: {audience}\nlanguage: {language}\n{}",
        name.collection,
        name.key,
        etag.map_or_else(String::new, |etag| format!("etag: \"{etag}\"\n")),
        serde_yaml_ng::to_string(&body)?.trim_end()
    ))
}

/// Prints a record in full, with its publisher's identity and how far it is checked.
///
/// # Errors
/// If the output cannot be written.
pub fn print_record(
    record: &Verified<Record>,
    identity: Identity,
    context: &mut Context,
) -> anyhow::Result<()> {
    let (title, quiet, good, care) = (style::TITLE, style::QUIET, style::GOOD, style::CARE);
    let value = record.value();
    let name = value.title().unwrap_or_else(|| "(no title)".to_owned());
    writeln!(context.out, "{title}{name}{title:#}")?;
    let listing = value.body::<Listing>();
    let voice = listing.as_ref().map(Listing::voice);
    match (
        voice,
        listing.as_ref().and_then(|listing| listing.source.as_ref()),
    ) {
        (Some(Voice::Catalogued), Some(source)) => {
            writeln!(context.out, "{care}{}{care:#}", labels::recorded(source))?;
            writeln!(context.out, "from: {}", labels::source(source))?;
        }
        (Some(Voice::OnBehalf), _) => {
            writeln!(
                context.out,
                "{care}another group speaks for it, with its permission{care:#}"
            )?;
        }
        _ => {
            writeln!(context.out, "{}", labels::identity(identity))?;
        }
    }
    if let Some(schedule) = value.body::<Event>().and_then(|event| event.schedule) {
        print_times(&schedule, context)?;
    } else if let Some(over) = over_time(value, context.now()) {
        // A last day ends at midnight after it.
        let last = over.minus(Duration::from_secs(1));
        writeln!(
            context.out,
            "{care}over since{care:#} {}",
            labels::day(last)
        )?;
    }
    writeln!(context.out)?;
    match body(value) {
        Some(body) => print_fields(&body, 0, &mut context.out)?,
        None => writeln!(
            context.out,
            "A kind that is newer than this program: {} ({} bytes)",
            value.name().collection,
            value.message().body.len()
        )?,
    }
    let evidence = record.evidence();
    writeln!(
        context.out,
        "\n{good}Checked:{good:#} exactly as published, under a head that the publisher's key signed.\n\
         {quiet}Head {}, {}.\nThis does not prove that it is the newest, or that the key belongs to \
         the group that it names.{quiet:#}",
        sources::head_age(evidence, context.now()),
        sources::agreement(evidence.agreement())
    )?;
    Ok(())
}

fn over_time(record: &Record, now: Timestamp) -> Option<Timestamp> {
    let collection = record.name().collection.as_str();
    let body = RecordBody::parse(collection, &record.message().body).ok()?;
    over_since(&Summary::from_body(&body)?, now)
}

/// Prints the next times of an event, or that it is over.
fn print_times(schedule: &Schedule, context: &mut Context) -> anyhow::Result<()> {
    let next = next_times(schedule, context.now(), NEXT_TIMES);
    let times: Vec<_> = next.iter().map(|time| labels::local_time(time)).collect();
    let care = style::CARE;
    match (times.is_empty(), last_time(schedule, context.now())) {
        (false, _) => writeln!(context.out, "next: {}", times.join("; "))?,
        (true, Some(last)) => writeln!(
            context.out,
            "{care}over since{care:#} {}",
            labels::local_time(&last)
        )?,
        (true, None) => {}
    }
    Ok(())
}

/// Prints fields as lines: `How to join: …`, nested ones indented.
fn print_fields(
    value: &Value,
    depth: usize,
    out: &mut Box<dyn std::io::Write + Send>,
) -> anyhow::Result<()> {
    let Value::Mapping(mapping) = value else {
        return Ok(());
    };
    let indent = "  ".repeat(depth);
    for (key, value) in mapping {
        let key = key.as_str().unwrap_or_default();
        // The voice and its source are printed above, in words. Points are for programs.
        let is_above = depth == 0 && ["voice", "source"].contains(&key);
        if is_above || ["point", "geonames_id"].contains(&key) {
            continue;
        }
        let label = label(key);
        match value {
            Value::Sequence(items) if in_words(key, "").is_some() => {
                for item in items {
                    let text = value_text(item);
                    let text = in_words(key, &text).unwrap_or_default();
                    writeln!(out, "{indent}{label}: {text}")?;
                }
            }
            Value::Mapping(_) => {
                writeln!(out, "{indent}{label}:")?;
                print_fields(value, depth + 1, out)?;
            }
            Value::Sequence(items) if items.iter().all(|item| !item.is_mapping()) => {
                let items: Vec<_> = items.iter().map(value_text).collect();
                writeln!(out, "{indent}{label}: {}", items.join(", "))?;
            }
            Value::Sequence(items) => {
                for item in items {
                    writeln!(out, "{indent}{label}:")?;
                    print_fields(item, depth + 1, out)?;
                }
            }
            single => {
                let text = value_text(single);
                let text = in_words(key, &text).unwrap_or(text);
                let text = text.trim_end().replace('\n', &format!("\n{indent}  "));
                writeln!(out, "{indent}{label}: {text}")?;
            }
        }
    }
    Ok(())
}

/// The value of a field that is written for programs, in words. `None` for other fields.
fn in_words(field: &str, text: &str) -> Option<String> {
    match field {
        "rrules" => Some(recurrence::in_words(text).unwrap_or_else(|| text.to_owned())),
        "exdates" | "rdates" | "start" | "end" => Some(labels::local_time(text)),
        "precision" => Some(labels::precision(text).to_owned()),
        "duration_minutes" => {
            let minutes = text.parse().map(|minutes: u64| count(minutes, "minute"));
            Some(minutes.unwrap_or_else(|_| text.to_owned()))
        }
        _ => None,
    }
}

fn label(field: &str) -> String {
    let mut label = match field {
        "rrules" => "repeats",
        "exdates" => "not on",
        "rdates" => "also on",
        "precision" => "how exactly",
        "duration_minutes" => "lasts",
        other => other,
    }
    .replace('_', " ");
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if ABOUT_OTHERS.contains(&field) {
        label += " (says the publisher; not confirmed by them)";
    }
    label
}

/// Fields in which a publisher names other groups, which may never have agreed.
const ABOUT_OTHERS: [&str; 3] = ["co_hosts", "venue", "claims"];

fn value_text(value: &Value) -> String {
    match value {
        // Terms of the vocabulary have a label. Other text is returned as it is.
        Value::String(text) => vocabulary().label(text).to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_about_other_groups_are_labelled_as_unconfirmed() {
        let yaml = "title: Open day\nco_hosts: [{name: A Group That Never Agreed}]\n\
                    place: {venue: {name: The hall}}\nclaims: [{group_id: ab}]\n";
        let value: Value = serde_yaml_ng::from_str(yaml).expect("YAML");
        let shared = crate::context::tests::Shared::default();
        let mut out: Box<dyn std::io::Write + Send> = Box::new(shared.clone());
        print_fields(&value, 0, &mut out).expect("written");
        let text = shared.text();
        for label in ["Co hosts", "Venue", "Claims"] {
            let line = format!("{label} (says the publisher; not confirmed by them):");
            assert!(text.contains(&line), "{text}");
        }
        assert!(text.starts_with("Title: Open day\n"), "{text}");
    }

    #[test]
    fn times_and_precision_are_in_words() {
        let yaml = "schedule:\n  start: 2026-12-04T19:00\n  duration_minutes: 90\n  rrules: \
                    [FREQ=WEEKLY;INTERVAL=2;BYDAY=FR]\n  exdates: [2026-12-18T19:00]\nplace:\n  \
                    precision: town\n";
        let value: Value = serde_yaml_ng::from_str(yaml).expect("YAML");
        let shared = crate::context::tests::Shared::default();
        let mut out: Box<dyn std::io::Write + Send> = Box::new(shared.clone());
        print_fields(&value, 0, &mut out).expect("written");
        assert_eq!(
            shared.text(),
            "Schedule:\n  Start: Fri 4 December 2026, 19:00\n  Lasts: 90 minutes\n  Repeats: every two \
             weeks on Friday\n  Not on: Fri 18 December 2026, 19:00\nPlace:\n  How exactly: only the \
             town is shown\n"
        );
    }

    #[test]
    fn fields_read_like_plain_english() {
        let yaml = "how_to_join_words: just come\nmay_bring_someone: true\n\
                    price: {kind: free}\nlanguages: [en, ur]\nvoice: itself\n";
        let value: Value = serde_yaml_ng::from_str(yaml).expect("YAML");
        let shared = crate::context::tests::Shared::default();
        let mut out: Box<dyn std::io::Write + Send> = Box::new(shared.clone());
        print_fields(&value, 0, &mut out).expect("written");
        assert_eq!(
            shared.text(),
            "How to join words: just come\nMay bring someone: yes\nPrice:\n  Kind: free\n\
             Languages: en, ur\n"
        );
    }
}
