//! The searchable content of a record.

use std::collections::BTreeSet;

use hedgerow_core::gazetteer::{gazetteer, normalise};
use hedgerow_core::id::GroupId;
use hedgerow_core::language::language_by_name;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::rules;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::summary::{Summary, SummaryPlace};
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_places::Places;
use hedgerow_proto::v1;
use hedgerow_store::StoredRecord;
use sha2::{Digest as _, Sha256};

/// The scheme of the gazetteer's regions.
const GAZETTEER_SCHEME: &str = "ons";
/// The scheme of council areas, which are derived from points. What a record names under it does
/// not count.
const COUNCIL_SCHEME: &str = "council";
/// Maximum number of regions of a record.
const MAX_REGIONS: usize = 50;

/// A record of a searchable kind.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// The words that a group rejects are in a field of their own, so that they are never
    /// displayed.
    pub summary: Summary,
    /// The body of an event, an offer or a need: callers need more of it than its summary.
    body: Option<RecordBody>,
}

impl Entry {
    /// Parses a stored record and checks it by the rules of this version; `None` if it fails, and
    /// for kinds that are not searchable. For the index: what it has needs no further check.
    pub fn parse(group: &GroupId, record: &[u8]) -> Option<Self> {
        // The store holds only records within its operator's size limit, which may be above
        // the default.
        let parsed = ParsedRecord::parse_within(record, group, record.len()).ok()?;
        Self::from_body(&rules::check_received(&parsed).ok()?)
    }

    /// Parses a stored record that passed the rules before: the same hash means the same bytes.
    /// `None` for kinds that are not searchable, and if the stored bytes are damaged.
    pub fn parse_checked(group: &GroupId, stored: &StoredRecord) -> Option<Self> {
        let parsed = ParsedRecord::parse_within(&stored.record, group, stored.record.len());
        let parsed = parsed
            .ok()
            .filter(|parsed| parsed.hash() == stored.record_hash)?;
        let collection = stored.name.collection.as_str();
        Self::from_body(&RecordBody::parse(collection, &parsed.message().body).ok()?)
    }

    /// Reads a checked record; `None` for kinds that are not searchable: unknown kinds, and
    /// circumstances, which only make sense on the page of their group.
    pub fn from_body(body: &RecordBody) -> Option<Self> {
        let summary = Summary::from_body(body)?;
        let body = match body {
            RecordBody::Circumstances(_) => return None,
            RecordBody::Event(_) | RecordBody::Offer(_) | RecordBody::Need(_) => Some(body.clone()),
            _ => None,
        };
        Some(Self { summary, body })
    }

    pub fn event(&self) -> Option<&v1::Event> {
        match &self.body {
            Some(RecordBody::Event(event)) => Some(event),
            _ => None,
        }
    }

    pub fn offer(&self) -> Option<&v1::Offer> {
        match &self.body {
            Some(RecordBody::Offer(offer)) => Some(offer),
            _ => None,
        }
    }

    pub fn need(&self) -> Option<&v1::Need> {
        match &self.body {
            Some(RecordBody::Need(need)) => Some(need),
            _ => None,
        }
    }

    /// Its places, then the areas that it serves.
    pub fn places(&self) -> impl Iterator<Item = &SummaryPlace> {
        self.summary.places.iter().chain(&self.summary.areas_served)
    }

    /// The points for distances: those of places at most as hidden as a town.
    pub fn points(&self) -> impl Iterator<Item = (&SummaryPlace, v1::Point)> {
        self.places().filter_map(|place| {
            let is_public = match place.precision {
                v1::Precision::Exact | v1::Precision::Neighbourhood | v1::Precision::Town => true,
                v1::Precision::Region | v1::Precision::Hidden | v1::Precision::Unspecified => false,
            };
            place
                .point
                .filter(|_| is_public)
                .map(|point| (place, point))
        })
    }

    /// The regions that it lies in or serves, each with its scheme and once, at most
    /// `MAX_REGIONS`: those that the record names, the gazetteer's own (`ons`), and the council
    /// areas of its points. Names under `ons` that the gazetteer does not know are left out.
    pub fn regions(&self) -> Vec<(&str, &str)> {
        let regions = self.places().flat_map(|place| {
            let named = place
                .regions
                .iter()
                .map(|region| (region.scheme.as_str(), region.name.as_str()))
                .filter(|(scheme, _)| {
                    ![GAZETTEER_SCHEME, COUNCIL_SCHEME].contains(&plain_term(scheme).as_str())
                });
            let known = place
                .region
                .as_deref()
                .map(|region| (GAZETTEER_SCHEME, region));
            known.into_iter().chain(named)
        });
        let councils = self.points().filter_map(|(place, point)| {
            let council = Places::embedded().council_of(&point, place.region.as_deref());
            Some((COUNCIL_SCHEME, council?))
        });
        let regions = regions.chain(councils);
        let mut distinct = BTreeSet::new();
        for region in regions {
            if distinct.len() == MAX_REGIONS {
                break;
            }
            distinct.insert(region);
        }
        distinct.into_iter().collect()
    }

    /// The areas that it serves or is in, as far as it states only an area: its places at
    /// region precision, those that it serves first.
    pub fn areas(&self) -> impl Iterator<Item = &SummaryPlace> {
        let served = self.summary.areas_served.iter();
        let places = served.chain(&self.summary.places);
        places.filter(|place| place.precision == v1::Precision::Region && !place.name.is_empty())
    }

    /// The names of its places, and of their counties and regions, sorted.
    pub fn place_names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for place in self.places() {
            names.push(place.name.as_str());
            names.extend(place.region.as_deref());
            names.extend(place.regions.iter().map(|region| region.name.as_str()));
            let known = place.geonames_id.and_then(|id| gazetteer().by_id(id));
            names.extend(known.map(|known| known.county.as_str()));
        }
        names.retain(|name| !name.is_empty());
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The group's own words for itself and for the people it serves.
    pub fn own_words(&self) -> impl Iterator<Item = &str> {
        let who_for = self
            .summary
            .who_for
            .iter()
            .map(|who_for| &who_for.own_words);
        self.summary
            .own_words
            .iter()
            .chain(who_for)
            .map(String::as_str)
    }

    /// The labels of its tags; a tag outside the vocabulary is its own label.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.summary.tags.iter().map(|tag| vocabulary().label(tag))
    }

    /// Its kind in the words that people type.
    pub fn kind_words(&self) -> impl Iterator<Item = &str> {
        let roles = self.summary.roles.iter().map(|role| match role {
            v1::Role::SupportGroup => "support group",
            v1::Role::Network => "network",
            v1::Role::Host => "host",
            v1::Role::Funder => "funder",
            v1::Role::Trainer => "trainer",
            v1::Role::Partner => "partner",
            v1::Role::Other | v1::Role::Unspecified => "",
        });
        let resource = self.summary.resource_kind.map(|kind| match kind {
            v1::ResourceKind::Space => "room space",
            v1::ResourceKind::Equipment => "equipment",
            v1::ResourceKind::Skills => "skills",
            v1::ResourceKind::Training => "training",
            v1::ResourceKind::Documents => "documents",
            v1::ResourceKind::Funding => "funding",
            v1::ResourceKind::VolunteerTime => "volunteer time",
            v1::ResourceKind::TimeCredits => "time credits",
            v1::ResourceKind::Unspecified => "",
        });
        roles.chain(resource)
    }

    /// Its tags as exact terms, sorted.
    pub fn tag_terms(&self) -> Vec<String> {
        let (tags, conditions) = (&self.summary.tags, &self.summary.funding_conditions);
        let mut terms: Vec<String> = tags.iter().map(|tag| tag_term(tag)).collect();
        terms.extend(conditions.iter().map(|condition| (*condition).to_owned()));
        terms.sort_unstable();
        terms.dedup();
        terms
    }

    /// The texts from which a snippet may be taken, most descriptive first.
    pub fn snippet_texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.summary.summary.as_str())
            .chain(self.summary.text.iter().map(String::as_str))
            .chain(self.own_words())
            .filter(|text| !text.trim().is_empty())
    }
}

/// Normalises a tag to an exact term: to the id of a vocabulary term, if it is the id, the end
/// of the id or the label of exactly one; otherwise to lower case, single spaces and no `x:`.
pub fn tag_term(tag: &str) -> String {
    let term = plain_term(tag);
    if vocabulary().by_id(&term).is_some() {
        return term;
    }
    let name = term.strip_prefix("x:").unwrap_or(&term).trim_start();
    let mut named = vocabulary().by_word(name).into_iter().filter(|known| {
        plain_term(&known.label) == name || known.id.ends_with(&format!(":{name}"))
    });
    match (named.next(), named.next()) {
        (Some(known), None) => known.id.clone(),
        _ => name.to_owned(),
    }
}

/// Trims, converts to lower case, and collapses spaces.
pub fn plain_term(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// The number by which an area is found, from its name in any spelling that is equated.
#[must_use]
pub fn area_key(name: &str) -> u64 {
    let hash: [u8; 32] = Sha256::digest(normalise(name)).into();
    let [a, b, c, d, e, f, g, h, ..] = hash;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// Normalises a region to an exact term that ignores case.
pub fn region_term(scheme: &str, name: &str) -> String {
    format!("{}|{}", plain_term(scheme), normalise(name))
}

/// Returns a language tag in lower case, then its language alone if the tag is narrower:
/// `en-gb`, `en`. The name of a language stands for its tag: records have both.
pub fn language_terms(tag: &str) -> Vec<String> {
    let tag = language_by_name(tag).unwrap_or(tag).trim().to_lowercase();
    let alone = tag.split('-').next().unwrap_or_default().to_owned();
    if alone == tag {
        vec![tag]
    } else {
        vec![tag, alone]
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_core::name::RecordName;
    use hedgerow_core::record::record_hash;
    use hedgerow_testkit::record;
    use hedgerow_testkit::samples::listing;
    use prost::Message;

    use super::*;

    #[test]
    fn a_checked_record_is_read_as_at_first_unless_its_bytes_are_damaged() {
        let group = GroupId::from_bytes([1; 32]);
        let body = listing("Tea", "Every week.", Some("Leeds")).encode_to_vec();
        let bytes = record(group, "listing", "l1", &body);
        let mut stored = StoredRecord {
            name: RecordName::parse("listing", "l1").unwrap(),
            record_hash: record_hash(&bytes),
            record: bytes,
        };
        let first = Entry::parse(&group, &stored.record).unwrap();
        let again = Entry::parse_checked(&group, &stored).unwrap();
        assert_eq!(again.summary, first.summary);
        let title = stored.record.windows(3).position(|part| part == b"Tea");
        stored.record[title.unwrap()] = b'S';
        assert!(Entry::parse(&group, &stored.record).is_some());
        assert!(Entry::parse_checked(&group, &stored).is_none());
    }
}
