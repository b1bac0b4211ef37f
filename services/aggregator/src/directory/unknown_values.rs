//! Values of a filter that neither the vocabulary nor a record has: a search for them alone would
//! find nothing, and the person would not learn why.

use hedgerow_core::language::languages;
use hedgerow_core::vocabulary::{Term, vocabulary};
use hedgerow_proto::directory_v1::UnknownValue;
use hedgerow_search::{Filters, Snapshot, UnknownTag};
use hedgerow_transport::failure::{Failure, FieldViolation};

use crate::failure::OrFailure as _;

/// The nearest terms named for one tag.
const MAX_NEAREST: usize = 5;

/// The unknown values of a filter, to send with the hits that its other values have. Without a
/// hit they are the failure.
pub(super) fn unknown_values(
    snapshot: &Snapshot,
    filters: &Filters,
    has_hits: bool,
) -> Result<Vec<UnknownValue>, Failure> {
    let unknown = snapshot.unknown_tags(filters).or_failure()?;
    if has_hits || unknown.is_empty() {
        return Ok(unknown.into_iter().map(message).collect());
    }
    Err(Failure::invalid(unknown.iter().map(violation).collect()))
}

fn message(unknown: UnknownTag) -> UnknownValue {
    UnknownValue {
        filter: unknown.field.to_owned(),
        nearest: nearest(&unknown).map(|it| it.id.clone()).collect(),
        value: unknown.tag,
    }
}

fn violation(unknown: &UnknownTag) -> FieldViolation {
    let field = format!("filter.{}", unknown.field);
    if unknown.field == "languages" {
        let names: Vec<&str> = languages().map(|(_, name)| name).collect();
        let known = format!(
            "no record is in this language: expected a BCP 47 tag such as `pl`, or one of {}",
            names.join(", ")
        );
        return FieldViolation::new(field, "language_unknown", known);
    }
    let nearest: Vec<&Term> = nearest(unknown).collect();
    let known = match (nearest.as_slice(), group(unknown)) {
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
    FieldViolation::new(field, "tag_unknown", known)
}

/// The vocabulary's group of terms that a filter is about.
fn group(unknown: &UnknownTag) -> Option<&'static str> {
    match unknown.field {
        "accessibility" => Some("accessibility"),
        "how_to_join" => Some("referral-route"),
        _ => None,
    }
}

fn nearest(unknown: &UnknownTag) -> impl Iterator<Item = &'static Term> {
    let is_tag = unknown.field != "languages";
    let nearest = is_tag.then(|| vocabulary().nearest(&unknown.tag, group(unknown), MAX_NEAREST));
    nearest.into_iter().flatten()
}

fn names<'a>(terms: impl Iterator<Item = &'a Term>) -> String {
    let names: Vec<String> = terms.map(|term| format!("`{}`", term.id)).collect();
    names.join(", ")
}
