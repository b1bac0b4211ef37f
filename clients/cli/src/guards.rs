//! Checks of a document for mistakes that the rules allow: example text, events that are over,
//! near-misses of the vocabulary, private addresses, duplicates.
//!
//! The rules in `hedgerow-core` are the protocol's, and the same for every program. These are
//! for the person who publishes: most of them ask, and can be confirmed.

mod contacts;
mod examples;
mod published;
mod references;
mod terms;
mod times;
mod walk;

use std::collections::BTreeSet;

use hedgerow_client::{FieldViolation, GroupId};
use hedgerow_core::time::Timestamp;

pub use self::published::OwnRecord;
use crate::document::Document;

/// What is known of the world around a document. Empty if it is checked offline.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The records of the group at its node.
    pub own: Option<Vec<OwnRecord>>,
    /// Groups that no aggregator has.
    pub unknown_groups: BTreeSet<GroupId>,
}

/// Every violation that the author has not confirmed.
pub fn check(document: &Document, around: &Surroundings, now: Timestamp) -> Vec<FieldViolation> {
    let mut violations = Vec::new();
    if let Some(body) = walk::body_of(document) {
        violations.extend(examples::check(&body));
        violations.extend(times::check(document, &body, now));
        violations.extend(terms::check(&body));
        violations.extend(contacts::check(&body));
        violations.extend(references::check(&body, &around.unknown_groups));
    }
    if let Some(own) = &around.own {
        violations.extend(published::check(document, own));
    }
    violations.retain(|one| !(one.confirmable && document.confirmed.contains(&one.reason)));
    violations
}

/// Whether the author has confirmed that a document whose key is gone is a new record.
pub fn is_new_after_all(document: &Document, own: &[OwnRecord]) -> bool {
    let is_confirmed = document
        .confirmed
        .iter()
        .any(|it| it == published::KEY_GONE);
    is_confirmed && !published::check(document, own).is_empty()
}

/// The groups that documents name by their ids.
pub fn named_groups(documents: &[Document]) -> BTreeSet<GroupId> {
    let bodies = documents.iter().filter_map(walk::body_of);
    let ids = bodies.flat_map(|body| references::ids(&body));
    ids.map(|(_, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::parse_text;
    use crate::template::{TEMPLATES, template};

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    #[test]
    fn every_template_is_refused_until_its_text_is_replaced() {
        for (name, _) in TEMPLATES {
            let text = template(name, NOW).expect("a template");
            let document = parse_text(name, &text).expect("a document").remove(0);
            let violations = check(&document, &Surroundings::default(), NOW);
            assert!(
                violations
                    .iter()
                    .any(|one| one.reason == "example_text" && !one.confirmable),
                "{name}: {violations:#?}"
            );
        }
    }

    #[test]
    fn a_confirmed_question_is_not_asked_again() {
        let text = "kind: listing\nname: A\nvoice: itself\nroles: [support-group]\n\
                    contacts: [{kind: email, value: a@gmail.com}]\n\
                    who_for: [{emphasis: welcome, communities: [community:wimmin]}]\n";
        let mut document = parse_text("a.yaml", text).expect("a document").remove(0);
        let reasons = |document: &Document| -> Vec<String> {
            let found = check(document, &Surroundings::default(), NOW).into_iter();
            found.map(|one| one.reason).collect()
        };
        assert_eq!(reasons(&document), ["unknown_term", "personal_contact"]);
        document.confirmed = vec!["unknown_term".to_owned(), "personal_contact".to_owned()];
        assert!(reasons(&document).is_empty());
    }

    #[test]
    fn a_vouch_for_a_group_that_no_aggregator_has_asks() {
        let text = format!(
            "kind: vouch\nsubject: {{group_id: {}, name: A}}\ngrade: endorsed\n",
            "ab".repeat(32)
        );
        let documents = parse_text("a.yaml", &text).expect("a document");
        let around = Surroundings {
            unknown_groups: named_groups(&documents),
            ..Surroundings::default()
        };
        let violations = check(&documents[0], &around, NOW);
        assert_eq!(violations.len(), 1);
        assert_eq!(violations[0].reason, "group_unknown");
        assert!(check(&documents[0], &Surroundings::default(), NOW).is_empty());
    }
}
