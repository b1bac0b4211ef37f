//! Entries of the embedded catalogue as catalogued listings.

use hedgerow_proto::v1;
use hedgerow_proto::words::from_word;

use super::entry::{Entry, Source, TermStatus};
use super::listing::CataloguedListing;
use super::mapping::{Field, Mapping};
use super::places::PlaceTable;
use super::tags::add_tag;

/// The scheme of the embedded catalogue's ids.
pub(super) const SCHEME: &str = "jigsaw-2013";

/// Translates an entry. `parent` is the name of the organisation that it is part of.
pub(super) fn from_entry(
    entry: &Entry,
    parent: Option<&str>,
    places: &PlaceTable,
    mapping: &Mapping,
) -> CataloguedListing {
    let mut listing = v1::Listing {
        name: entry.name.clone(),
        summary: entry.summary.clone(),
        voice: v1::Voice::Catalogued.into(),
        other_names: entry.also_known_as.clone(),
        website: entry.website.clone().unwrap_or_default(),
        used_terms: terms(entry, TermStatus::Used),
        rejected_terms: terms(entry, TermStatus::Rejected),
        founded_year: entry
            .founded
            .as_deref()
            .and_then(|year| year.parse().ok())
            .unwrap_or_default(),
        peer_work: entry.paid_peer_workers.map(|paid| v1::PeerWork {
            paid: Some(paid),
            ..Default::default()
        }),
        source: Some(source(&entry.source, entry.note.as_deref())),
        other_sources: entry
            .other_sources
            .iter()
            .map(|other| source(other, None))
            .collect(),
        ..Default::default()
    };
    listing.parents.extend(parent.map(|name| v1::Affiliation {
        group: Some(v1::GroupReference {
            group_id: Vec::new(),
            name: name.to_owned(),
        }),
        ..Default::default()
    }));
    match places.resolve(entry.place.as_deref(), &entry.region) {
        Some((area, true)) => listing.areas_served.push(area),
        Some((place, false)) => listing.places.push(place),
        None => {}
    }
    for (field, word) in entry.words() {
        add_word(&mut listing, field, word, mapping);
    }
    CataloguedListing {
        subject: v1::Subject {
            scheme: SCHEME.to_owned(),
            id: entry.id.clone(),
            name: entry.name.clone(),
            group_id: None,
        },
        listing,
        confirmed: Vec::new(),
    }
}

fn terms(entry: &Entry, status: TermStatus) -> Vec<String> {
    entry
        .self_described_terms
        .iter()
        .filter(|term| term.status == status)
        .map(|term| term.term.clone())
        .collect()
}

fn source(source: &Source, note: Option<&str>) -> v1::Source {
    v1::Source {
        title: source.title.clone(),
        section: source.section.clone(),
        recorded_year: source.year.unwrap_or_default(),
        date: source.year.map(|year| year.to_string()).unwrap_or_default(),
        note: note.unwrap_or_default().to_owned(),
        ..Default::default()
    }
}

/// Adds the term that covers a word. A word without a term is left out: it was the
/// cataloguer's, not the group's own.
fn add_word(listing: &mut v1::Listing, field: Field, word: &str, mapping: &Mapping) {
    let Some(term) = mapping.term(field, word) else {
        return;
    };
    if field == Field::Roles {
        // The table maps to roles of the protocol; `other` covers the rest.
        let role = from_word(term).unwrap_or(v1::Role::Other);
        if !listing.roles.contains(&role.into()) {
            listing.roles.push(role.into());
        }
        if role == v1::Role::Other {
            let plain = word.replace('-', " ");
            let words = mapping.note(field, word).unwrap_or(&plain);
            if !listing.role_words.is_empty() {
                listing.role_words += "; ";
            }
            listing.role_words += words;
        }
        return;
    }
    add_tag(listing, term);
}
