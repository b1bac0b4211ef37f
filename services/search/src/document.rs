//! A record as a document.

use hedgerow_core::id::GroupId;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::time::Timestamp;
use sha2::Digest;
use sha2::Sha256;
use tantivy::TantivyDocument;
use tantivy::Term;

use super::audience;
use super::entry::Entry;
use super::entry::language_terms;
use super::entry::region_term;
use super::entry::tag_term;
use super::facets;
use super::facts;
use super::position;
use super::schema::Fields;
use super::times::Times;
use super::words::weighted;
use hedgerow_proto::v1;

/// How much a word counts for where it stands.
const IN_TITLE: u8 = 6;
const IN_OTHER_NAMES: u8 = 5;
const IN_OWN_WORDS: u8 = 4;
const IN_LABELS: u8 = 3;
const IN_SUMMARY: u8 = 3;
const IN_PLACES: u8 = 2;
const IN_TEXT: u8 = 1;
/// Words that the group rejects find it, and no more.
const IN_REJECTED: u8 = 1;

/// Standing is kept in thousandths.
pub(crate) const FULL_STANDING: u64 = 1_000;

/// The 16 bytes that name a record in the index.
pub(crate) fn record_id(group: &GroupId, name: &RecordName) -> [u8; 16] {
    let digest = Sha256::new()
        .chain_update(group.as_bytes())
        .chain_update(name.collection.as_str())
        .chain_update([0])
        .chain_update(name.key.as_str())
        .finalize();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    id
}

/// Finds one record's document.
pub(crate) fn record_term(fields: &Fields, group: &GroupId, name: &RecordName) -> Term {
    Term::from_field_bytes(fields.record, &record_id(group, name))
}

/// Finds every document of a group.
pub(crate) fn group_term(fields: &Fields, group: &GroupId) -> Term {
    Term::from_field_bytes(fields.group, group.as_bytes())
}

/// The document of a record.
pub(crate) fn document(
    fields: &Fields,
    group: &GroupId,
    name: &RecordName,
    hash: &RecordHash,
    entry: &Entry,
    now: Timestamp,
) -> TantivyDocument {
    let times = Times::of(&entry.summary, now);
    let mut document = TantivyDocument::default();
    add_name(&mut document, fields, group, name, hash);
    add_words(&mut document, fields, entry);
    add_facts(&mut document, fields, entry);
    add_times(&mut document, fields, &times);
    for (facet, value) in facets::values(name, entry, &times) {
        document.add_text(fields.facets[facet], value);
    }
    for number in audience::numbers(&entry.summary.who_for) {
        document.add_u64(fields.audience, number);
    }
    document.add_u64(fields.facts, facts::facts(name, entry));
    for (_, point) in entry.points() {
        document.add_u64(fields.point, position::packed(&point));
    }
    document
}

fn add_name(
    document: &mut TantivyDocument,
    fields: &Fields,
    group: &GroupId,
    name: &RecordName,
    hash: &RecordHash,
) {
    let id = record_id(group, name);
    let [a, b, c, d, e, f, g, h, ..] = id;
    document.add_bytes(fields.record, &id);
    document.add_u64(
        fields.identity,
        u64::from_be_bytes([a, b, c, d, e, f, g, h]),
    );
    document.add_bytes(fields.group, group.as_bytes());
    document.add_text(fields.collection, name.collection.as_str());
    document.add_text(fields.key, name.key.as_str());
    document.add_bytes(fields.hash, hash.as_bytes());
}

fn add_words(document: &mut TantivyDocument, fields: &Fields, entry: &Entry) {
    let said = &entry.summary;
    let mut add = |weight: u8, text: &str| {
        if text.is_empty() {
            return;
        }
        document.add_text(fields.words, weighted(weight, text));
        document.add_text(fields.forms, text);
        if weight > IN_PLACES {
            document.add_text(fields.pairs, weighted(weight, text));
        }
    };
    add(IN_TITLE, &said.title);
    add(IN_SUMMARY, &said.summary);
    for (weight, texts) in [
        (IN_OTHER_NAMES, &said.other_names),
        (IN_TEXT, &said.text),
        (IN_REJECTED, &said.rejected_terms),
    ] {
        for text in texts {
            add(weight, text);
        }
    }
    for words in entry.own_words() {
        add(IN_OWN_WORDS, words);
    }
    for label in entry.labels().chain(entry.kind_words()) {
        add(IN_LABELS, label);
    }
    for name in entry.place_names() {
        add(IN_PLACES, name);
    }
    for name in std::iter::once(&said.title).chain(&said.other_names) {
        document.add_text(fields.title, name);
    }
}

fn add_times(document: &mut TantivyDocument, fields: &Fields, times: &Times) {
    for (field, values) in [
        (fields.occurrence, &times.occurrences),
        (fields.availability, &times.availability),
        (fields.time_block, &times.blocks),
        (fields.time_slot, &times.slots),
    ] {
        for value in values {
            document.add_u64(field, *value);
        }
    }
    if let Some(day) = times.expand_again {
        document.add_u64(fields.expand_again, day);
    }
}

fn add_facts(document: &mut TantivyDocument, fields: &Fields, entry: &Entry) {
    let said = &entry.summary;
    for tag in entry.tag_terms() {
        document.add_text(fields.tag, tag);
    }
    for way in &said.how_to_join {
        document.add_text(fields.way_to_join, tag_term(way));
    }
    for language in said.languages.iter().flat_map(|tag| language_terms(tag)) {
        document.add_text(fields.language, language);
    }
    if let Some(voice) = said.voice {
        document.add_u64(fields.voice, number(voice as i32));
    }
    if let Some(kind) = said.resource_kind {
        document.add_u64(fields.resource_kind, number(kind as i32));
    }
    if let Some(capacity) = said.capacity {
        document.add_u64(fields.capacity, capacity.into());
    }
    if let Some(confirmed_at) = said.confirmed_at {
        document.add_i64(fields.confirmed_at, confirmed_at.as_seconds());
    }
    let mut regions: Vec<String> = entry
        .regions()
        .map(|(scheme, name)| region_term(scheme, name))
        .collect();
    regions.sort_unstable();
    regions.dedup();
    for region in regions {
        document.add_text(fields.region, region);
    }
    document.add_u64(fields.standing, standing(entry));
}

/// How a record ranks for what it is: catalogued below itself, ended far below.
fn standing(entry: &Entry) -> u64 {
    let catalogued = entry.summary.voice == Some(v1::Voice::Catalogued);
    let voice = if catalogued { 750 } else { FULL_STANDING };
    let activity = match entry.summary.activity_state {
        Some(v1::ActivityState::Closed) => 400,
        Some(v1::ActivityState::Paused) => 900,
        Some(v1::ActivityState::Active | v1::ActivityState::Unspecified) | None => FULL_STANDING,
    };
    // A group says more than one of its meetings, even a group that is catalogued.
    let event = if entry.event().is_some() {
        700
    } else {
        FULL_STANDING
    };
    voice * activity * event / (FULL_STANDING * FULL_STANDING)
}

/// An enum's number as a term; those of this protocol are never negative.
pub(crate) fn number(value: i32) -> u64 {
    u64::from(value.unsigned_abs())
}
