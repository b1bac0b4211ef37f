//! Asks the author of a document about mistakes that the rules allow
//! ([`hedgerow_input::advice`]), with the templates of this program as examples.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use hedgerow_client::{FieldViolation, GroupId};
use hedgerow_core::time::Timestamp;
use hedgerow_input::advice;
use hedgerow_input::advice::{Draft, Examples, KEY_GONE};

pub use hedgerow_input::advice::{OwnRecord, Surroundings};

use crate::document::{Audience, Document, parse_text};
use crate::template::{TEMPLATES, template};

/// Every violation that the author has not confirmed.
pub fn check(document: &Document, around: &Surroundings, now: Timestamp) -> Vec<FieldViolation> {
    let violations = advice::check(&draft(document), examples(), around, now).into_iter();
    violations
        .filter(|one| !one.is_confirmed(&document.confirmed))
        .map(FieldViolation::from)
        .collect()
}

/// Whether the author has confirmed that a document whose key is gone is a new record.
pub fn is_new_after_all(document: &Document, own: &[OwnRecord]) -> bool {
    let is_confirmed = document.confirmed.iter().any(|it| it == KEY_GONE);
    is_confirmed && advice::is_key_gone(&draft(document), own)
}

/// The groups that documents name by their ids.
pub fn named_groups(documents: &[Document]) -> BTreeSet<GroupId> {
    let groups = documents.iter().map(draft);
    groups.flat_map(|it| advice::named_groups(&it)).collect()
}

fn draft(document: &Document) -> Draft<'_> {
    Draft {
        kind: &document.kind,
        body: &document.body,
        key: document.key.as_deref(),
        has_subject: document.subject.is_some(),
        is_node_only: document.audience == Some(Audience::NodeOnly),
    }
}

fn examples() -> &'static Examples {
    static EXAMPLES: OnceLock<Examples> = OnceLock::new();
    EXAMPLES.get_or_init(|| {
        // The dates in the templates do not matter here.
        let now = Timestamp::from_seconds(1_800_000_000);
        let texts = TEMPLATES
            .iter()
            .filter_map(|(name, _)| parse_text(name, &template(name, now)?).ok());
        let documents: Vec<Document> = texts.flatten().collect();
        Examples::collect(
            documents
                .iter()
                .map(|it| (it.kind.as_str(), it.body.as_slice())),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn sentences_of_a_template_are_asked_about() {
        let text = template("listing", NOW).expect("a template");
        let text = text
            .replace(" (example)", "")
            .replace("example.org", "kettle.org.uk");
        let document = parse_text("a.yaml", &text).expect("a document").remove(0);
        let violations = check(&document, &Surroundings::default(), NOW);
        let unchanged = violations
            .iter()
            .find(|it| it.reason == "example_unchanged");
        assert!(
            unchanged.is_some_and(|it| it.confirmable),
            "{violations:#?}"
        );
    }

    #[test]
    fn a_confirmed_question_is_not_asked_again() {
        let text = "kind: listing\nname: A\nvoice: itself\nroles: [support-group]\n\
                    who_for: [{emphasis: welcome, communities: [community:wimmin]}]\n";
        let mut document = parse_text("a.yaml", text).expect("a document").remove(0);
        let reasons = |document: &Document| -> Vec<String> {
            let found = check(document, &Surroundings::default(), NOW).into_iter();
            found.map(|one| one.reason).collect()
        };
        assert_eq!(reasons(&document), ["unknown_term"]);
        document.confirmed = vec!["unknown_term".to_owned()];
        assert!(reasons(&document).is_empty());
    }
}
