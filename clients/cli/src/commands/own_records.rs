//! The records of the steward's group, as a person names them.

use hedgerow_client::{Record, Steward};
use hedgerow_core::name::RecordName;
use hedgerow_input::labels::one_line;
use hedgerow_proto::steward_v1::StewardRecord;

use crate::usage::Usage;

/// Listed choices, if a title fits several records.
const MAX_CHOICES: usize = 10;
/// A title below it is not suggested.
const MIN_SIMILARITY: f64 = 0.75;

/// A record with what people call it.
pub(super) struct OwnRecordName {
    pub(super) name: RecordName,
    pub(super) title: String,
    pub(super) stored: StewardRecord,
}

/// Fetches every record of the group that this build can read.
///
/// # Errors
/// If the node does not respond.
pub(super) async fn list(steward: &Steward) -> anyhow::Result<Vec<OwnRecordName>> {
    let group = steward.group_id();
    let records = steward.list_records(None).await?;
    let named = records.into_iter().filter_map(|stored| {
        let record = Record::parse(&stored.record, &group).ok()?;
        Some(OwnRecordName {
            name: record.name().clone(),
            title: record.title().unwrap_or_default(),
            stored,
        })
    });
    Ok(named.collect())
}

/// The one record that a person means by a key, a title, the name of a kind, or `KIND/KEY`.
///
/// # Errors
/// If there is none or several, with the choices.
pub(super) fn select<'a>(
    what: &str,
    kind: Option<&str>,
    own: &'a [OwnRecordName],
) -> Result<&'a OwnRecordName, Usage> {
    let plain = |text: &str| one_line(text).to_lowercase();
    let of_kind = || {
        own.iter()
            .filter(|one| kind.is_none_or(|kind| one.name.collection.as_str() == kind))
    };
    let mut found: Vec<_> = of_kind()
        .filter(|one| one.name.key.as_str() == what || one.name.to_string() == what)
        .collect();
    if found.is_empty() {
        found = of_kind()
            .filter(|one| plain(&one.title) == plain(what))
            .collect();
    }
    if found.is_empty() {
        // `hedgerow edit listing`: most groups have one.
        found = of_kind()
            .filter(|one| one.name.collection.as_str() == what)
            .collect();
    }
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(Usage(none(what, of_kind()))),
        several => Err(Usage(format!(
            "several records are called “{what}”: name one by its key{}",
            choices(several.iter().copied())
        ))),
    }
}

fn none<'a>(what: &str, own: impl Iterator<Item = &'a OwnRecordName>) -> String {
    let mut near: Vec<_> = own
        .map(|one| {
            let similarity = strsim::jaro_winkler(&what.to_lowercase(), &one.title.to_lowercase());
            (similarity, one)
        })
        .filter(|(similarity, _)| *similarity > MIN_SIMILARITY)
        .collect();
    near.sort_by(|left, right| right.0.total_cmp(&left.0));
    if near.is_empty() {
        return format!(
            "your group has no record called “{what}”: `hedgerow status` lists titles and keys"
        );
    }
    format!(
        "your group has no record called “{what}”; did you mean one of these?{}",
        choices(near.into_iter().map(|(_, one)| one))
    )
}

fn choices<'a>(records: impl Iterator<Item = &'a OwnRecordName>) -> String {
    records.take(MAX_CHOICES).fold(String::new(), |text, one| {
        format!("{text}\n  {}  {}", one.name, one_line(&one.title))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(kind: &str, key: &str, title: &str) -> OwnRecordName {
        OwnRecordName {
            name: RecordName::parse(kind, key).expect("a name"),
            title: title.to_owned(),
            stored: StewardRecord::default(),
        }
    }

    #[test]
    fn a_record_is_named_by_key_title_or_kind() {
        let records = [
            own("listing", "0a", "Kettle Room"),
            own("event", "0b", "Tuesday table"),
            own("event", "0c", "Walk"),
        ];
        let key = |what: &str| {
            let found = select(what, None, &records).map_err(|error| error.to_string());
            found.map(|one| one.name.key.as_str().to_owned())
        };
        assert_eq!(key("0b").as_deref(), Ok("0b"));
        assert_eq!(key("event/0c").as_deref(), Ok("0c"));
        assert_eq!(key("tuesday  TABLE").as_deref(), Ok("0b"));
        assert_eq!(key("listing").as_deref(), Ok("0a"));
        assert!(key("event").expect_err("two").contains("event/0b"));
        assert!(
            key("Tuesday tabel")
                .expect_err("none")
                .contains("Tuesday table")
        );
        assert!(key("zzz").expect_err("none").contains("hedgerow status"));
    }
}
