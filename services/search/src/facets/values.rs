//! The facet values of a record.

use hedgerow_core::name::{RecordName, collection};
use hedgerow_proto::directory_v1::FacetKind;
use hedgerow_proto::v1;

use crate::entry::{Entry, plain_term, tag_term};
use crate::times::expansion::DocumentTimes;

/// Facets whose values are the tags of one group of the vocabulary.
const TAG_FACETS: [(&str, FacetKind); 5] = [
    ("community", FacetKind::Community),
    ("experience", FacetKind::Experience),
    ("approach", FacetKind::Approach),
    ("activity", FacetKind::Activity),
    ("accessibility", FacetKind::Accessibility),
];

const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Returns each value once.
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
            add(FacetKind::Role, role_value(*role).to_owned());
        }
    }
    for tag in &summary.tags {
        let term = tag_term(tag);
        let group = term.split_once(':').map(|(group, _)| group);
        let facet = TAG_FACETS.iter().find(|(name, _)| Some(*name) == group);
        if let Some((_, facet)) = facet {
            add(*facet, term);
        }
    }
    for (scheme, region) in entry.regions() {
        add(FacetKind::Region, format!("{scheme}:{region}"));
    }
    for language in &summary.languages {
        add(FacetKind::Language, plain_term(language));
    }
    if let Some(kind) = summary.resource_kind {
        add(FacetKind::ResourceKind, kind_value(kind).to_owned());
    }
    for slot in &times.slots {
        // Monday is 1, as in ISO 8601.
        let weekday = usize::try_from(slot / 24)
            .ok()
            .and_then(|day| WEEKDAYS.get(day.checked_sub(1)?));
        add(
            FacetKind::Weekday,
            weekday.copied().unwrap_or_default().to_owned(),
        );
    }
    values.sort_unstable();
    values.dedup();
    values
}

fn role_value(role: v1::Role) -> &'static str {
    match role {
        v1::Role::SupportGroup => "support-group",
        v1::Role::Network => "network",
        v1::Role::Host => "host",
        v1::Role::Funder => "funder",
        v1::Role::Trainer => "trainer",
        v1::Role::Partner => "partner",
        v1::Role::Other => "other",
        v1::Role::Unspecified => "",
    }
}

fn kind_value(kind: v1::ResourceKind) -> &'static str {
    match kind {
        v1::ResourceKind::Space => "space",
        v1::ResourceKind::Equipment => "equipment",
        v1::ResourceKind::Skills => "skills",
        v1::ResourceKind::Training => "training",
        v1::ResourceKind::Documents => "documents",
        v1::ResourceKind::Funding => "funding",
        v1::ResourceKind::VolunteerTime => "volunteer-time",
        v1::ResourceKind::TimeCredits => "time-credits",
        v1::ResourceKind::Unspecified => "",
    }
}
