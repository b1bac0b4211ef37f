//! `hedgerow show`.

use clap::Args;
use hedgerow_client::Checked;
use hedgerow_client::Evidence;
use hedgerow_client::Group;
use hedgerow_client::Record;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_proto::v1;
use prost_reflect::DynamicMessage;
use serde_json::json;
use serde_yaml_ng::Value;

use crate::Context;
use crate::Exit;
use crate::context::style;
use crate::document::message_of_kind;
use crate::document::to_value;
use crate::exit::Usage;
use crate::found::sources;
use crate::wording;

/// Shows a group, or one of its records in full, checked.
#[derive(Debug, Args)]
#[command(after_help = "`hedgerow search … --ids` prints how each hit is named.")]
pub struct Arguments {
    /// A group's id, or GROUP/KIND/KEY for one record.
    #[arg(value_name = "GROUP[/KIND/KEY]")]
    name: String,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
    /// Print a record as a document that `hedgerow publish` takes.
    #[arg(long, conflicts_with = "json")]
    yaml: bool,
}

/// What `GROUP[/KIND/KEY]` names.
pub fn parse(name: &str) -> Result<(GroupId, Option<RecordName>), Usage> {
    let mut parts = name.splitn(3, '/');
    let group = parts.next().unwrap_or_default();
    let group = group.parse().map_err(|_| {
        Usage(format!(
            "“{group}” is not a group id: it has 64 digits 0-9 and a-f, as `hedgerow search --ids` \
             prints"
        ))
    })?;
    let record = match (parts.next(), parts.next()) {
        (None, _) => None,
        (Some(collection), Some(key)) => Some(
            RecordName::parse(collection, key)
                .map_err(|error| Usage(format!("“{collection}/{key}” is not a record: {error}")))?,
        ),
        (Some(_), None) => {
            return Err(Usage(
                "a record is named GROUP/KIND/KEY: the key is missing".to_owned(),
            ));
        }
    };
    Ok((group, record))
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let directory = context.directory()?;
    let (group, record) = parse(&arguments.name)?;
    let Some(name) = record else {
        let group = directory.get_group(&group).await?;
        sources::tell_silent(group.evidence.iter(), context)?;
        if arguments.json {
            group_json(&group, context)?;
        } else {
            print_group(&group, context)?;
        }
        return Ok(Exit::Done);
    };
    let shown = directory.show_record(&group, &name).await?;
    let record = shown.record;
    sources::tell_silent(std::iter::once(record.evidence()), context)?;
    if arguments.json {
        record_json(&record, context)?;
    } else if arguments.yaml {
        writeln!(context.out, "{}", document(record.value())?)?;
    } else {
        print_record(&record, shown.identity.take_the_servers_word(), context)?;
    }
    Ok(Exit::Done)
}

fn print_group(group: &Group, context: &mut Context) -> anyhow::Result<()> {
    let answer = group.answer.on_the_servers_word();
    let (title, quiet, good) = (style::TITLE, style::QUIET, style::GOOD);
    let name = match answer.name.as_str() {
        "" => "(no listing of its own)",
        name => name,
    };
    let admission = answer.admission.clone().unwrap_or_default();
    writeln!(context.out, "{title}{name}{title:#}")?;
    writeln!(context.out, "{quiet}{}{quiet:#}", group.group_id)?;
    writeln!(
        context.out,
        "{}",
        wording::identity_words(answer.identity())
    )?;
    writeln!(context.out, "here: {}", wording::standing(&admission))?;
    let now = context.now();
    match &group.evidence {
        Some(evidence) => writeln!(
            context.out,
            "{good}Head and key log hold:{good:#} {} under it, {}, {}.",
            wording::count(usize::try_from(evidence.head().count())?, "record"),
            wording::head_age(evidence, now),
            wording::agreement(evidence.agreement())
        )?,
        None => writeln!(context.out, "No head is shown.")?,
    }
    if !answer.records.is_empty() {
        writeln!(
            context.out,
            "\nRecords shown here (`hedgerow verify` checks them all):"
        )?;
    }
    for record in &answer.records {
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
    if answer.more_records {
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
        "issued_at": evidence.head().issued_at().to_string(),
        "expires_at": evidence.head().expires_at().to_string(),
        "sources": sources::json(evidence),
    })
}

fn group_json(group: &Group, context: &mut Context) -> anyhow::Result<()> {
    let answer = group.answer.on_the_servers_word();
    let records: Vec<_> = answer
        .records
        .iter()
        .map(|record| {
            json!({"collection": record.collection, "key": record.key, "title": record.title})
        })
        .collect();
    let admission = answer.admission.clone().unwrap_or_default();
    let json = json!({
        "group_id": group.group_id.to_string(),
        "name": answer.name,
        "identity": wording::identity(answer.identity()),
        "status": wording::status_name(admission.status()),
        "status_reason": admission.reason,
        "unconfirmed": admission.unconfirmed,
        "checked": group.evidence.as_ref().map(|evidence| evidence_json(evidence, context)),
        "records": records,
        "more_records": answer.more_records,
    });
    serde_json::to_writer_pretty(&mut context.out, &json)?;
    Ok(writeln!(context.out)?)
}

fn record_json(record: &Checked<Record>, context: &mut Context) -> anyhow::Result<()> {
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
    serde_json::to_writer_pretty(&mut context.out, &json)?;
    Ok(writeln!(context.out)?)
}

/// The body as a person would write it. `None` for a kind that this build does not know.
fn body(record: &Record) -> Option<Value> {
    let descriptor = message_of_kind(record.name().collection.as_str())?;
    let message = DynamicMessage::decode(descriptor, record.message().body.as_slice()).ok()?;
    Some(to_value(&message))
}

/// The record as a document that can be published again.
fn document(record: &Record) -> anyhow::Result<String> {
    let body = body(record).ok_or_else(|| {
        anyhow::anyhow!(
            "this build does not know the kind “{}”: `--json` shows what there is",
            record.name().collection
        )
    })?;
    let name = record.name();
    let language = match record.message().language.as_str() {
        "" => "en",
        language => language,
    };
    Ok(format!(
        "kind: {}\nkey: {}\naudience: public\nlanguage: {language}\n{}",
        name.collection,
        name.key,
        serde_yaml_ng::to_string(&body)?.trim_end()
    ))
}

/// Prints a record in full, with whose word it is and how far it is checked.
///
/// # Errors
/// Where it cannot be written.
pub fn print_record(
    record: &Checked<Record>,
    identity: v1::Identity,
    context: &mut Context,
) -> anyhow::Result<()> {
    let (title, quiet, good, care) = (style::TITLE, style::QUIET, style::GOOD, style::CARE);
    let value = record.value();
    let name = value.title().unwrap_or_else(|| "(no title)".to_owned());
    writeln!(context.out, "{title}{name}{title:#}")?;
    let listing = value.body::<v1::Listing>();
    let voice = listing.as_ref().map(v1::Listing::voice);
    match (
        voice,
        listing.as_ref().and_then(|listing| listing.source.as_ref()),
    ) {
        (Some(v1::Voice::Catalogued), Some(source)) => {
            writeln!(context.out, "{care}{}{care:#}", wording::recorded(source))?;
            writeln!(context.out, "from: {}", wording::source(source))?;
        }
        (Some(v1::Voice::OnBehalf), _) => {
            writeln!(
                context.out,
                "{care}another group speaks for it, with its leave{care:#}"
            )?;
        }
        _ => {
            writeln!(context.out, "{}", wording::identity_words(identity))?;
        }
    }
    writeln!(context.out)?;
    match body(value) {
        Some(body) => fields(&body, 0, &mut context.out)?,
        None => writeln!(
            context.out,
            "A kind that this build does not know: {} ({} bytes)",
            value.name().collection,
            value.message().body.len()
        )?,
    }
    let evidence = record.evidence();
    writeln!(
        context.out,
        "\n{good}Unaltered:{good:#} these bytes are under a head that the publisher's key signed.\n\
         {quiet}Head {}, {}.\nThat does not say that it is the newest, or that the key belongs to \
         whom it names.{quiet:#}",
        wording::head_age(evidence, context.now()),
        wording::agreement(evidence.agreement())
    )?;
    Ok(())
}

/// Fields as lines: `How to join: …`, nested ones indented.
fn fields(
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
        // The voice and its source stand above, in words; points are for programs.
        let elsewhere = depth == 0 && ["voice", "source"].contains(&key);
        if elsewhere || ["point", "geonames_id"].contains(&key) {
            continue;
        }
        let label = label(key);
        match value {
            Value::Mapping(_) => {
                writeln!(out, "{indent}{label}:")?;
                fields(value, depth + 1, out)?;
            }
            Value::Sequence(items) if items.iter().all(|item| !item.is_mapping()) => {
                let items: Vec<_> = items.iter().map(plain).collect();
                writeln!(out, "{indent}{label}: {}", items.join(", "))?;
            }
            Value::Sequence(items) => {
                for item in items {
                    writeln!(out, "{indent}{label}:")?;
                    fields(item, depth + 1, out)?;
                }
            }
            single => {
                let text = plain(single);
                let text = text.trim_end().replace('\n', &format!("\n{indent}  "));
                writeln!(out, "{indent}{label}: {text}")?;
            }
        }
    }
    Ok(())
}

fn label(field: &str) -> String {
    let mut label = field.replace('_', " ");
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if OF_OTHERS.contains(&field) {
        label += " (says the publisher; not confirmed by them)";
    }
    label
}

/// Fields in which a publisher speaks of another group, which may never have agreed.
const OF_OTHERS: [&str; 3] = ["co_hosts", "venue", "claims"];

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => {
            // A term of the vocabulary reads better by its label.
            hedgerow_core::vocabulary::vocabulary()
                .label(text)
                .to_owned()
        }
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
    fn a_record_is_named_by_group_kind_and_key() {
        let id = "ab".repeat(32);
        assert!(parse(&id).expect("a group").1.is_none());
        let (_, record) = parse(&format!("{id}/event/0a")).expect("a record");
        assert_eq!(record.expect("a name").to_string(), "event/0a");
        for wrong in ["ab", &format!("{id}/event"), &format!("{id}/Event/0a")] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_said_of_other_groups_is_shown_as_unconfirmed() {
        let yaml = "title: Open day\nco_hosts: [{name: A Group That Never Agreed}]\n\
                    place: {venue: {name: The hall}}\nclaims: [{group_id: ab}]\n";
        let value: Value = serde_yaml_ng::from_str(yaml).expect("YAML");
        let shared = crate::context::tests::Shared::default();
        let mut out: Box<dyn std::io::Write + Send> = Box::new(shared.clone());
        fields(&value, 0, &mut out).expect("written");
        let text = shared.text();
        for label in ["Co hosts", "Venue", "Claims"] {
            let told = format!("{label} (says the publisher; not confirmed by them):");
            assert!(text.contains(&told), "{text}");
        }
        assert!(text.starts_with("Title: Open day\n"), "{text}");
    }

    #[test]
    fn fields_read_like_plain_english() {
        let yaml = "how_to_join_words: just come\nmay_bring_someone: true\n\
                    cost: {kind: free}\nlanguages: [en, ur]\nvoice: itself\n";
        let value: Value = serde_yaml_ng::from_str(yaml).expect("YAML");
        let shared = crate::context::tests::Shared::default();
        let mut out: Box<dyn std::io::Write + Send> = Box::new(shared.clone());
        fields(&value, 0, &mut out).expect("written");
        assert_eq!(
            shared.text(),
            "How to join words: just come\nMay bring someone: yes\nCost:\n  Kind: free\n\
             Languages: en, ur\n"
        );
    }
}
