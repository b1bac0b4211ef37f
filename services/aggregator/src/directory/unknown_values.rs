//! Errors for tags that neither the vocabulary nor a record has: a search for them would find
//! nothing, and the person would not learn why.

use hedgerow_core::vocabulary::{Term, vocabulary};
use hedgerow_search::UnknownTag;
use hedgerow_transport::failure::{Failure, FieldViolation};

/// The nearest terms named for one tag.
const MAX_NEAREST: usize = 5;

/// The failure for unknown tags, with the nearest known ones.
pub(super) fn unknown_tags(unknown: &[UnknownTag]) -> Failure {
    Failure::invalid(unknown.iter().map(violation).collect())
}

fn violation(unknown: &UnknownTag) -> FieldViolation {
    let group = match unknown.field {
        "accessibility" => Some("accessibility"),
        "how_to_join" => Some("referral-route"),
        _ => None,
    };
    let nearest = vocabulary().nearest(&unknown.tag, group, MAX_NEAREST);
    let known = match (nearest.as_slice(), group) {
        ([], None) => "neither the vocabulary nor a record has this tag".to_owned(),
        ([], Some(group)) => {
            let terms = vocabulary().terms().iter();
            let of_group = terms.filter(|term| term.group == group);
            let known = names(of_group);
            format!("neither the vocabulary nor a record has this tag: expected one of {known}")
        }
        (nearest, _) => {
            let known = names(nearest.iter().copied());
            format!("neither the vocabulary nor a record has this tag; the nearest are {known}")
        }
    };
    FieldViolation::new(format!("filter.{}", unknown.field), "tag_unknown", known)
}

fn names<'a>(terms: impl Iterator<Item = &'a Term>) -> String {
    let names: Vec<String> = terms.map(|term| format!("`{}`", term.id)).collect();
    names.join(", ")
}
