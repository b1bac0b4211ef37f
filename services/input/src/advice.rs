//! Mistakes in a record that the rules allow, and that its author is asked about: example text,
//! an event that is over, near-misses of the vocabulary, duplicates.
//!
//! What could harm a person is asked by the rules in `hedgerow-core`, whichever program
//! publishes. These questions are for programs in which people write records.

mod draft;
mod examples;
mod hours;
mod own_records;
mod question;
mod references;
mod terms;
mod times;
mod walk;

use std::collections::BTreeSet;

use hedgerow_core::id::GroupId;
use hedgerow_core::rules::Violation;
use hedgerow_core::time::Timestamp;

pub use self::draft::Draft;
pub use self::examples::Examples;
pub use self::own_records::OwnRecord;
pub use self::question::KEY_GONE;

/// What is known of the world around a record. Empty if it is checked offline.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The records of the group at its node.
    pub own: Option<Vec<OwnRecord>>,
    /// Groups that no aggregator has.
    pub unknown_groups: BTreeSet<GroupId>,
}

/// Returns every question about a record, those that the author has confirmed included.
/// `examples` are the texts that the program offers as templates.
pub fn check(
    draft: &Draft<'_>,
    examples: &Examples,
    around: &Surroundings,
    now: Timestamp,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    if let Some(body) = walk::body_of(draft.kind, draft.body) {
        violations.extend(examples::check(&body, examples));
        violations.extend(times::check(draft, &body, now));
        violations.extend(hours::check(&body, now));
        violations.extend(terms::check(&body));
        violations.extend(references::check(&body, &around.unknown_groups));
    }
    if let Some(own) = &around.own {
        violations.extend(own_records::check(draft, own));
    }
    violations
}

/// Returns the groups that a record names by their ids.
pub fn named_groups(draft: &Draft<'_>) -> BTreeSet<GroupId> {
    let body = walk::body_of(draft.kind, draft.body);
    let ids = body.iter().flat_map(references::ids);
    ids.map(|(_, id)| id).collect()
}

/// Returns whether a record names a key that its group no longer has. If the author confirms
/// [`KEY_GONE`], it is published as a new record.
pub fn is_key_gone(draft: &Draft<'_>, own: &[OwnRecord]) -> bool {
    own_records::check(draft, own)
        .iter()
        .any(|it| it.reason == KEY_GONE)
}

#[cfg(test)]
mod tests {
    use hedgerow_proto::v1;
    use prost::Message as _;

    use super::*;

    #[test]
    fn a_vouch_for_a_group_that_no_aggregator_has_asks() {
        let body = v1::Vouch {
            subject: Some(v1::GroupReference {
                group_id: vec![0xab; 32],
                name: "A".to_owned(),
            }),
            ..v1::Vouch::default()
        }
        .encode_to_vec();
        let draft = Draft {
            kind: "vouch",
            body: &body,
            key: None,
            has_subject: false,
            is_node_only: false,
        };
        let around = Surroundings {
            unknown_groups: named_groups(&draft),
            ..Surroundings::default()
        };
        let now = Timestamp::from_seconds(1_800_000_000);
        let found = check(&draft, &Examples::default(), &around, now);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].reason, "group_unknown");
        assert_eq!(found[0].field, "subject.group_id");
        let offline = Surroundings::default();
        assert!(check(&draft, &Examples::default(), &offline, now).is_empty());
    }
}
