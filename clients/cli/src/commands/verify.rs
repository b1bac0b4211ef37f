//! `hedgerow verify`.

use clap::Args;
use hedgerow_client::Directory;
use hedgerow_client::Evidence;
use hedgerow_client::Presence;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use serde_json::json;

use crate::Context;
use crate::Exit;
use crate::context::style;
use crate::exit::Usage;
use crate::found::sources;
use crate::progress;
use crate::wording;

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
    // GROUP/KIND/KEY in one word is taken too: it is what `search --ids` prints.
    let (group, mut record) = super::show::parse(&arguments.group)?;
    if let (Some(kind), Some(key)) = (&arguments.kind, &arguments.key) {
        let name = RecordName::parse(kind, key)
            .map_err(|error| Usage(format!("“{kind}/{key}” is not a record: {error}")))?;
        record = Some(name);
    }
    match record {
        Some(name) => one(&directory, &group, &name, arguments.json, context).await,
        None => all(&directory, &group, arguments.json, context).await,
    }
}

async fn one(
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
            // Not shown is not yet not published: ask for the proof of that.
            let presence = directory.presence(group, name).await?;
            let published = *presence.value() == Presence::Published;
            (published, None, presence.evidence().clone())
        }
        Err(error) => return Err(error.into()),
    };
    let title = record.as_ref().and_then(hedgerow_client::Record::title);
    sources::tell_silent(std::iter::once(&evidence), context)?;
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
            "sources": sources::json(&evidence),
        });
        serde_json::to_writer_pretty(&mut context.out, &json)?;
        writeln!(context.out)?;
    } else {
        checked_so_far(&evidence, context)?;
        match (&record, present) {
            (Some(_), _) => writeln!(
                context.out,
                "{good}✓{good:#} the record: “{}” is unaltered; its bytes are under that head",
                title.as_deref().unwrap_or(name.key.as_str())
            )?,
            (None, true) => writeln!(
                context.out,
                "{care}•{care:#} the record is under that head, but this server does not give it"
            )?,
            (None, false) => writeln!(
                context.out,
                "{good}✓{good:#} proved: the group does not publish {name} under that head"
            )?,
        }
        caution(&evidence, context)?;
    }
    Ok(if present {
        Exit::Done
    } else {
        Exit::NothingFound
    })
}

async fn all(
    directory: &Directory,
    group: &GroupId,
    json: bool,
    context: &mut Context,
) -> anyhow::Result<Exit> {
    let spinner = progress::spinner(context, "fetching and checking everything");
    let published = directory.published(group).await;
    spinner.finish_and_clear();
    let published = published?;
    let evidence = published.evidence();
    let value = published.value();
    sources::tell_silent(std::iter::once(evidence), context)?;
    let whole = value.missing.is_empty() && value.unreadable.is_empty();
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
            "sources": sources::json(evidence),
            "records": records,
            "missing": value.missing.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "unreadable": value.unreadable.iter()
                .map(|(hash, why)| json!({"record_hash": hash.to_string(), "why": why}))
                .collect::<Vec<_>>(),
        });
        serde_json::to_writer_pretty(&mut context.out, &json)?;
        writeln!(context.out)?;
        return Ok(Exit::Done);
    }
    let (good, care) = (style::GOOD, style::CARE);
    checked_so_far(evidence, context)?;
    writeln!(
        context.out,
        "{good}✓{good:#} the tree: its root over all {} is the one that was signed",
        wording::count(value.manifest.leaves().len(), "record")
    )?;
    writeln!(
        context.out,
        "{good}✓{good:#} {} fetched, each unaltered",
        wording::count(value.records.len(), "record")
    )?;
    for record in &value.records {
        let title = record.title().unwrap_or_default();
        writeln!(context.out, "    {:<50} {title}", record.name().to_string())?;
    }
    if !whole {
        for hash in &value.missing {
            writeln!(
                context.out,
                "{care}•{care:#} this server does not give the record {}: ask another",
                wording::short(hash)
            )?;
        }
        for (hash, why) in &value.unreadable {
            writeln!(
                context.out,
                "{care}•{care:#} {} is as published, and yet no proper record: {why}",
                wording::short(hash)
            )?;
        }
    }
    caution(evidence, context)?;
    Ok(Exit::Done)
}

fn checked_so_far(evidence: &Evidence, context: &mut Context) -> anyhow::Result<()> {
    let good = style::GOOD;
    let events = evidence.key_log().events().len();
    let position = evidence.head().position();
    writeln!(
        context.out,
        "{good}✓{good:#} the key log: {}, and its first hashes to the group's id",
        wording::count(events, "event")
    )?;
    let age = wording::head_age(evidence, context.now());
    writeln!(
        context.out,
        "{good}✓{good:#} the head: number {}, signed by the group's key, {age}",
        position.seq.get(),
    )?;
    Ok(())
}

fn caution(evidence: &Evidence, context: &mut Context) -> anyhow::Result<()> {
    let quiet = style::QUIET;
    writeln!(
        context.out,
        "{quiet}Unaltered means: in the tree of a head that this key signed. It does not mean that \
         the head is the newest ({}), nor that the key belongs to whom it names.{quiet:#}",
        wording::agreement(evidence.agreement())
    )?;
    Ok(())
}
