//! What can be counted over what is found, and how it is counted: one column of values for
//! each facet.

use std::collections::HashMap;
use std::sync::Arc;

use hedgerow_core::name::RecordName;
use hedgerow_core::name::collection;
use hedgerow_proto::v1;

use super::columns::Columns;
use super::entry::Entry;
use super::entry::plain_term;
use super::entry::tag_term;
use super::times::Times;

/// How many facets there are.
pub(crate) const COUNT: usize = 11;

/// The names by which they are asked for.
pub(crate) const NAMES: [&str; COUNT] = [
    "collection",
    "role",
    "community",
    "experience",
    "approach",
    "region",
    "activity",
    "language",
    "resource_kind",
    "accessibility",
    "weekday",
];

/// Their columns, in the same order.
pub(crate) const COLUMNS: [&str; COUNT] = [
    "facet_collection",
    "facet_role",
    "facet_community",
    "facet_experience",
    "facet_approach",
    "facet_region",
    "facet_activity",
    "facet_language",
    "facet_resource_kind",
    "facet_accessibility",
    "facet_weekday",
];

/// Facets whose values are the tags of a group of the vocabulary with the same name.
const OF_TAGS: [&str; 5] = [
    "community",
    "experience",
    "approach",
    "activity",
    "accessibility",
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

/// One of the facets, by its place in [`NAMES`].
pub(crate) type FacetAt = usize;

/// The facet with this name.
pub(crate) fn named(name: &str) -> Option<FacetAt> {
    NAMES.iter().position(|known| *known == name)
}

/// What is to be counted of a record: each value once.
pub(crate) fn values(name: &RecordName, entry: &Entry, times: &Times) -> Vec<(FacetAt, String)> {
    let said = &entry.summary;
    let mut values: Vec<(FacetAt, String)> = Vec::new();
    let mut add = |facet: &str, value: String| {
        if let Some(at) = named(facet).filter(|_| !value.is_empty()) {
            values.push((at, value));
        }
    };
    add("collection", name.collection.to_string());
    if name.collection.as_str() == collection::LISTING {
        for role in &said.roles {
            add("role", role_value(*role).to_owned());
        }
    }
    for tag in &said.tags {
        let term = tag_term(tag);
        if let Some(facet) = term.split_once(':').map(|(group, _)| group.to_owned())
            && OF_TAGS.contains(&facet.as_str())
        {
            add(&facet, term);
        }
    }
    for (scheme, region) in entry.regions() {
        add("region", format!("{scheme}:{region}"));
    }
    for language in &said.languages {
        add("language", plain_term(language));
    }
    if let Some(kind) = said.resource_kind {
        add("resource_kind", kind_value(kind).to_owned());
    }
    for slot in &times.slots {
        // Monday is 1, as in ISO 8601.
        let weekday = usize::try_from(slot / 24)
            .ok()
            .and_then(|day| WEEKDAYS.get(day.checked_sub(1)?));
        add("weekday", weekday.copied().unwrap_or_default().to_owned());
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

/// Counts of one facet, by value.
pub(crate) type Counts = HashMap<String, u64>;

/// Counts the values of one facet in one segment.
pub(crate) struct Counter {
    facet: FacetAt,
    columns: Arc<Columns>,
    counts: Vec<u64>,
}

impl Counter {
    pub(crate) fn open(facet: FacetAt, columns: &Arc<Columns>) -> Self {
        let values = columns.facet(facet).map_or(0, |column| column.num_terms());
        Self {
            facet,
            columns: Arc::clone(columns),
            counts: vec![0; values],
        }
    }

    pub(crate) fn count(&mut self, document: tantivy::DocId) {
        let Some(column) = self.columns.facet(self.facet) else {
            return;
        };
        for value in column.ords().values_for_doc(document) {
            if let Some(count) = usize::try_from(value)
                .ok()
                .and_then(|at| self.counts.get_mut(at))
            {
                *count += 1;
            }
        }
    }

    /// The facet, and its values that were counted.
    pub(crate) fn finish(self) -> (FacetAt, Counts) {
        let mut counts = Counts::new();
        let Some(column) = self.columns.facet(self.facet) else {
            return (self.facet, counts);
        };
        let mut value = String::new();
        for (at, count) in self.counts.into_iter().enumerate() {
            if count == 0 {
                continue;
            }
            // A dictionary that cannot be read has no value to tell.
            if let Ok(true) = column.ord_to_str(at as u64, &mut value) {
                counts.insert(value.clone(), count);
            }
        }
        (self.facet, counts)
    }
}
