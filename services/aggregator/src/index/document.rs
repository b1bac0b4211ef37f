//! A record as a document.

use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::{RecordName, collection};
use sha2::{Digest, Sha256};
use tantivy::{TantivyDocument, Term};

use super::cells::cells_of;
use super::entry::{Entry, language_terms, tag_term};
use super::position;
use super::schema::Fields;
use hedgerow_proto::v1;

/// Standing is kept in thousandths.
pub(crate) const FULL_STANDING: u64 = 1_000;

/// Stands for a role in what is no listing, so that asking for roles lets it pass.
pub(crate) const NO_LISTING: u64 = u64::MAX;

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
) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    add_name(&mut document, fields, group, name, hash);
    add_words(&mut document, fields, entry);
    add_facts(&mut document, fields, entry);
    if name.collection.as_str() != collection::LISTING {
        document.add_u64(fields.role, NO_LISTING);
    }
    for (_, point) in entry.points() {
        document.add_u64(fields.point, position::packed(&point));
        for cell in cells_of(&point) {
            document.add_u64(fields.cell, cell);
        }
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
    document.add_text(fields.title, &said.title);
    document.add_text(fields.summary, &said.summary);
    for (field, texts) in [
        (fields.names, &said.other_names),
        (fields.text, &said.text),
        (fields.rejected, &said.rejected_terms),
    ] {
        for text in texts {
            document.add_text(field, text);
        }
    }
    for words in entry.own_words() {
        document.add_text(fields.own_words, words);
    }
    for label in entry.labels().chain(entry.kind_words()) {
        document.add_text(fields.labels, label);
    }
    for name in entry.place_names() {
        document.add_text(fields.places, name);
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
    for role in &said.roles {
        document.add_u64(fields.role, number(*role as i32));
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
    // What is not said is neither free nor priced.
    if let Some(free) = said.free_of_charge {
        document.add_u64(fields.free, free.into());
    }
    document.add_u64(fields.online, said.online.into());
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
    voice * activity / FULL_STANDING
}

/// An enum's number as a term; those of this protocol are never negative.
pub(crate) fn number(value: i32) -> u64 {
    u64::from(value.unsigned_abs())
}
