//! The facet values of a record.

use hedgerow_core::name::{RecordName, collection};
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_proto::directory_v1::FacetKind;
use hedgerow_proto::v1;
use hedgerow_proto::words::{WordEnum, word};

use crate::entry::{Entry, plain_term, tag_term};
use crate::facets::kinds::{FACET_COUNT, facet_index};
use crate::times::expansion::DocumentTimes;

/// Facets whose values are the tags of one group of the vocabulary.
const TAG_FACETS: [(&str, FacetKind); 5] = [
    ("community", FacetKind::Community),
    ("experience", FacetKind::Experience),
    ("approach", FacetKind::Approach),
    ("activity", FacetKind::Activity),
    ("accessibility", FacetKind::Accessibility),
];

/// Maximum number of values of one facet for a record.
const MAX_VALUES: usize = 100;
/// Bytes of a language tag. Longer ones are not languages.
const MAX_LANGUAGE: usize = 35;

/// Returns each value once. Tags are values only if the vocabulary has them: a facet is a list
/// to choose from, and anybody could fill it with words of their own.
pub fn facet_values(
    name: &RecordName,
    entry: &Entry,
    times: &DocumentTimes,
) -> Vec<(FacetKind, String)> {
    let summary = &entry.summary;
    let mut values: Vec<(FacetKind, String)> = Vec::new();
    let mut add = |facet: FacetKind, value: String| {
        if !value.is_empty() {
            values.push((facet, value));
        }
    };
    add(FacetKind::Collection, name.collection.to_string());
    if name.collection.as_str() == collection::LISTING {
        for role in &summary.roles {
            add(FacetKind::Role, specified_word(*role));
        }
    }
    for tag in &summary.tags {
        let term = tag_term(tag);
        let group = term.split_once(':').map(|(group, _)| group);
        let facet = TAG_FACETS.iter().find(|(name, _)| Some(*name) == group);
        if let Some((_, facet)) = facet
            && vocabulary().by_id(&term).is_some()
        {
            add(*facet, term);
        }
    }
    for (scheme, region) in entry.regions() {
        add(FacetKind::Region, format!("{scheme}:{region}"));
    }
    for language in &summary.languages {
        let language = plain_term(language);
        let is_tag = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if language.len() <= MAX_LANGUAGE && language.bytes().all(is_tag) {
            add(FacetKind::Language, language);
        }
    }
    if let Some(kind) = summary.resource_kind {
        add(FacetKind::ResourceKind, specified_word(kind));
    }
    for slot in &times.slots {
        // Monday is 1, as in ISO 8601.
        let weekday = i32::try_from(slot / 24).unwrap_or_default();
        let weekday = v1::Weekday::try_from(weekday).unwrap_or_default();
        add(FacetKind::Weekday, specified_word(weekday));
    }
    values.sort_unstable();
    values.dedup();
    let mut counts = [0; FACET_COUNT];
    values.retain(|(facet, _)| {
        facet_index(*facet).is_none_or(|at| {
            counts[at] += 1;
            counts[at] <= MAX_VALUES
        })
    });
    values
}

/// The word of a value; empty for an unspecified one.
fn specified_word<E: WordEnum>(value: E) -> String {
    match value.into() {
        0 => String::new(),
        _ => word(value),
    }
}
