//! `hedgerow verify`.

use clap::Args;
use hedgerow_client::{Directory, Evidence, Presence};
use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_input::labels::{count, short};
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::results::sources;
use crate::{names, progress, style};

/// Checks everything that a group publishes: its key log, its newest head, the tree over
/// all its records, and the bytes of every record. With a kind and a key: that one record,
/// or the proof that there is none.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The group's id.
    group: String,
    /// A record's kind.
    #[arg(requires = "key")]
    kind: Option<String>,
    /// The record's key.
    key: Option<String>,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let directory = context.directory()?;
    // GROUP/KIND/KEY in one word is accepted too, as `search --ids` prints it.
    let (group, mut record) = names::parse(&arguments.group)?;
    if let (Some(kind), Some(key)) = (&arguments.kind, &arguments.key) {
        record = Some(names::parse_record(kind, key)?);
    }
    match record {
        Some(name) => verify_record(&directory, &group, &name, arguments.json, context).await,
        None => verify_group(&directory, &group, arguments.json, context).await,
    }
}

async fn verify_record(
    directory: &Directory,
    group: &GroupId,
    name: &RecordName,
    json: bool,
    context: &mut Context,
) -> anyhow::Result<Exit> {
    let (good, care) = (style::GOOD, style::CARE);
    let (present, record, evidence) = match directory.get_record(group, name).await {
        Ok(record) => {
            let evidence = record.evidence().clone();
            (true, Some(record.into_value()), evidence)
        }
        Err(error) if error.is_not_found() => {
            // The server may hide a record that is published: fetch a proof of absence.
            let presence = directory.get_presence(group, name).await?;
            let published = *presence.value() == Presence::Published;
            (published, None, presence.evidence().clone())
        }
        Err(error) => return Err(error.into()),
    };
    let title = record.as_ref().and_then(hedgerow_client::Record::title);
    sources::warn_of_unresponsive(std::iter::once(&evidence), context)?;
    if json {
        let json = json!({
            "group_id": group.to_string(),
            "collection": name.collection.as_str(),
            "key": name.key.as_str(),
            "published": present,
            "title": title,
            "unaltered": record.as_ref().map(|_| true),
            "head_age_s": evidence.head_age(context.now()).as_secs(),
            "head": evidence.head().hash().to_string(),
            "sources": sources::to_json(&evidence),
        });
        context.print_json("verify-record", &json)?;
    } else {
        print_evidence(&evidence, context)?;
        match (&record, present) {
            (Some(_), _) => writeln!(
                context.out,
                "{good}✓{good:#} the record: “{}” is unaltered; its bytes are under that head",
                title.as_deref().unwrap_or(name.key.as_str())
            )?,
            (None, true) => writeln!(
                context.out,
                "{care}•{care:#} the record is under that head, but this server does not return it"
            )?,
            (None, false) => writeln!(
                context.out,
                "{good}✓{good:#} proved: the group does not publish {name} under that head"
            )?,
        }
        print_limits(&evidence, context)?;
    }
    Ok(Exit::of_results(present, false))
}

async fn verify_group(
    directory: &Directory,
    group: &GroupId,
    json: bool,
    context: &mut Context,
) -> anyhow::Result<Exit> {
    let spinner = progress::spinner(context, "fetching and checking everything");
    let published = directory.get_all_records(group).await;
    spinner.finish_and_clear();
    let published = published?;
    let evidence = published.evidence();
    let value = published.value();
    sources::warn_of_unresponsive(std::iter::once(evidence), context)?;
    let is_complete = value.missing.is_empty() && value.unreadable.is_empty();
    if json {
        let records: Vec<_> = value
            .records
            .iter()
            .map(|record| {
                json!({
                    "collection": record.name().collection.as_str(),
                    "key": record.name().key.as_str(),
                    "title": record.title(),
                    "record_hash": record.hash().to_string(),
                    "unaltered": true,
                })
            })
            .collect();
        let json = json!({
            "group_id": group.to_string(),
            "key_events": evidence.key_log().events().len(),
            "head": evidence.head().hash().to_string(),
            "seq": evidence.head().position().seq.get(),
            "head_age_s": evidence.head_age(context.now()).as_secs(),
            "count": evidence.head().count(),
            "sources": sources::to_json(evidence),
            "records": records,
            "missing": value.missing.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "unreadable": value.unreadable.iter()
                .map(|(hash, reason)| json!({"record_hash": hash.to_string(), "reason": reason}))
                .collect::<Vec<_>>(),
        });
        context.print_json("verify-group", &json)?;
        return Ok(Exit::Done);
    }
    let (good, care) = (style::GOOD, style::CARE);
    print_evidence(evidence, context)?;
    writeln!(
        context.out,
        "{good}✓{good:#} the tree: its root over all {} is the one that was signed",
        count(value.manifest.leaves().len(), "record")
    )?;
    writeln!(
        context.out,
        "{good}✓{good:#} {} fetched, each unaltered",
        count(value.records.len(), "record")
    )?;
    for record in &value.records {
        let title = record.title().unwrap_or_default();
        writeln!(context.out, "    {:<50} {title}", record.name().to_string())?;
    }
    if !is_complete {
        for hash in &value.missing {
            writeln!(
                context.out,
                "{care}•{care:#} this server does not return the record {}: use another server",
                short(hash)
            )?;
        }
        for (hash, why) in &value.unreadable {
            writeln!(
                context.out,
                "{care}•{care:#} {} is unaltered, but it is not a valid record: {why}",
                short(hash)
            )?;
        }
    }
    print_limits(evidence, context)?;
    Ok(Exit::Done)
}

/// Prints the checks that every record of the group depends on.
fn print_evidence(evidence: &Evidence, context: &mut Context) -> anyhow::Result<()> {
    let good = style::GOOD;
    let events = evidence.key_log().events().len();
    let position = evidence.head().position();
    writeln!(
        context.out,
        "{good}✓{good:#} the key log: {}, and the hash of the first is the group's id",
        count(events, "event")
    )?;
    let age = sources::head_age(evidence, context.now());
    writeln!(
        context.out,
        "{good}✓{good:#} the head: number {}, signed by the group's key, {age}",
        position.seq.get(),
    )?;
    Ok(())
}

/// Prints what the checks do not prove.
fn print_limits(evidence: &Evidence, context: &mut Context) -> anyhow::Result<()> {
    let quiet = style::QUIET;
    writeln!(
        context.out,
        "{quiet}“Unaltered” means: in the tree of a head that this key signed. It does not mean that \
         the head is the newest ({}), nor that the key belongs to the group that it names.{quiet:#}",
        sources::agreement(evidence.agreement())
    )?;
    Ok(())
}
