//! Names of groups and records as a person types them.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;

use crate::usage::Usage;

/// Reads a group's id.
///
/// # Errors
/// If it does not have 64 hexadecimal digits.
pub fn parse_group(text: &str) -> Result<GroupId, Usage> {
    text.parse().map_err(|_| {
        Usage(format!(
            "“{text}” is not a group id: it has 64 digits 0-9 and a-f, as `hedgerow search --ids` \
             prints"
        ))
    })
}

/// Reads a record's kind and key.
///
/// # Errors
/// If one of them is malformed.
pub fn parse_record(kind: &str, key: &str) -> Result<RecordName, Usage> {
    RecordName::parse(kind, key)
        .map_err(|error| Usage(format!("“{kind}/{key}” is not a record: {error}")))
}

/// Reads `GROUP[/KIND/KEY]`.
///
/// # Errors
/// If a part is malformed, or the key is missing.
pub fn parse(name: &str) -> Result<(GroupId, Option<RecordName>), Usage> {
    let Some((group, record)) = name.split_once('/') else {
        return Ok((parse_group(name)?, None));
    };
    let group = parse_group(group)?;
    let (kind, key) = record
        .split_once('/')
        .ok_or_else(|| Usage("a record is named GROUP/KIND/KEY: the key is missing".to_owned()))?;
    Ok((group, Some(parse_record(kind, key)?)))
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
}
