//! The document of a record.

use std::collections::BTreeSet;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::collection;
use hedgerow_proto::v1;
use hedgerow_store::StoredRecord;
use tantivy::TantivyDocument;

use crate::analysis::tokenizer::weighted;
use crate::audience::encode_audiences;
use crate::entry::{Entry, area_key, language_terms, region_term, tag_term};
use crate::facets::kinds::facet_index;
use crate::facets::values::facet_values;
use crate::geo::packed_point;
use crate::organisations::keys::{lister, organisation_keys};
use crate::own_listings::VOICES_OF_PUBLISHER;
use crate::schema::{FULL_STATIC_RANK, Fields, enum_term, record_id};
use crate::segment::flags::record_flags;
use crate::times::expansion::DocumentTimes;

// Weights of a word by its part of the record.
const TITLE_WEIGHT: u8 = 6;
const OTHER_NAMES_WEIGHT: u8 = 5;
const OWN_WORDS_WEIGHT: u8 = 4;
const LABELS_WEIGHT: u8 = 3;
const SUMMARY_WEIGHT: u8 = 3;
const PLACES_WEIGHT: u8 = 2;
const TEXT_WEIGHT: u8 = 1;
/// Words that the group rejects make it a hit, ranked low.
const REJECTED_WEIGHT: u8 = 1;

/// Areas of one record: a national body may name every county.
const MAX_AREAS: usize = 200;

/// Builds the document of a record, with the times of its schedules.
pub fn document(
    fields: &Fields,
    group: &GroupId,
    record: &StoredRecord,
    entry: &Entry,
    times: &DocumentTimes,
) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    add_name(&mut document, fields, group, record);
    add_words(&mut document, fields, entry);
    add_exact(&mut document, fields, entry);
    add_times(&mut document, fields, times);
    add_organisation(&mut document, fields, group, record, entry);
    for (facet, value) in facet_values(&record.name, entry, times) {
        if let Some(at) = facet_index(facet) {
            document.add_text(fields.facets[at], value);
        }
    }
    for number in encode_audiences(&entry.summary.who_for) {
        document.add_u64(fields.audience, number);
    }
    document.add_u64(fields.flags, record_flags(&record.name, entry, times));
    document.add_u64(fields.static_rank, static_rank(entry));
    for (_, point) in entry.points() {
        document.add_u64(fields.point, packed_point::pack(&point));
    }
    document
}

fn add_name(
    document: &mut TantivyDocument,
    fields: &Fields,
    group: &GroupId,
    StoredRecord {
        name, record_hash, ..
    }: &StoredRecord,
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
    document.add_bytes(fields.hash, record_hash.as_bytes());
}

fn add_words(document: &mut TantivyDocument, fields: &Fields, entry: &Entry) {
    let summary = &entry.summary;
    let mut add = |weight: u8, text: &str| {
        if text.is_empty() {
            return;
        }
        document.add_text(fields.words, weighted(weight, text));
        document.add_text(fields.forms, text);
        // Only for the parts of high weight: long texts have the most bigrams.
        if weight > PLACES_WEIGHT {
            document.add_text(fields.bigrams, weighted(weight, text));
        }
    };
    add(TITLE_WEIGHT, &summary.title);
    add(SUMMARY_WEIGHT, &summary.summary);
    for (weight, texts) in [
        (OTHER_NAMES_WEIGHT, &summary.other_names),
        (TEXT_WEIGHT, &summary.text),
        (REJECTED_WEIGHT, &summary.rejected_terms),
    ] {
        for text in texts {
            add(weight, text);
        }
    }
    for identifier in &summary.identifiers {
        add(OTHER_NAMES_WEIGHT, &identifier.id);
    }
    for words in entry.own_words() {
        add(OWN_WORDS_WEIGHT, words);
    }
    for label in entry.labels().chain(entry.kind_words()) {
        add(LABELS_WEIGHT, label);
    }
    for name in entry.place_names() {
        add(PLACES_WEIGHT, name);
    }
    for name in std::iter::once(&summary.title).chain(&summary.other_names) {
        document.add_text(fields.title, name);
    }
}

fn add_times(document: &mut TantivyDocument, fields: &Fields, times: &DocumentTimes) {
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
    if let Some(minute) = times.over_minute {
        document.add_u64(fields.over_minute, minute);
    }
    if let Some(day) = times.refresh_day {
        document.add_u64(fields.refresh_day, day);
    }
}

fn add_organisation(
    document: &mut TantivyDocument,
    fields: &Fields,
    group: &GroupId,
    record: &StoredRecord,
    entry: &Entry,
) {
    if record.name.collection.as_str() != collection::LISTING {
        return;
    }
    for key in organisation_keys(&entry.summary) {
        document.add_u64(fields.organisation, key);
    }
    document.add_u64(fields.lister, lister(group, &entry.summary));
}

fn add_exact(document: &mut TantivyDocument, fields: &Fields, entry: &Entry) {
    let summary = &entry.summary;
    for tag in entry.tag_terms() {
        document.add_text(fields.tag, tag);
    }
    for way in &summary.how_to_join {
        document.add_text(fields.how_to_join, tag_term(way));
    }
    for language in summary.languages.iter().flat_map(|tag| language_terms(tag)) {
        document.add_text(fields.language, language);
    }
    if let Some(voice) = summary.voice {
        document.add_u64(fields.voice, enum_term(voice as i32));
        if VOICES_OF_PUBLISHER.contains(&voice) {
            let activity = summary.activity_state.unwrap_or_default();
            document.add_text(fields.publisher_name, &summary.title);
            document.add_u64(fields.publisher_activity, enum_term(activity as i32));
        }
    }
    if let Some(kind) = summary.resource_kind {
        document.add_u64(fields.resource_kind, enum_term(kind as i32));
    }
    if let Some(capacity) = summary.capacity {
        document.add_u64(fields.capacity, capacity.into());
    }
    if let Some(confirm_time) = summary.confirm_time {
        document.add_i64(fields.confirm_time, confirm_time.as_seconds());
    }
    let mut regions: Vec<String> = entry
        .regions()
        .into_iter()
        .map(|(scheme, name)| region_term(scheme, name))
        .collect();
    regions.sort_unstable();
    regions.dedup();
    for region in regions {
        document.add_text(fields.region, region);
    }
    let areas = entry.areas().take(MAX_AREAS);
    let areas: BTreeSet<u64> = areas.map(|area| area_key(&area.name)).collect();
    for area in areas {
        document.add_u64(fields.area, area);
    }
}

/// Computes the static rank: a catalogued record ranks below a group's own, and a closed
/// group far below an active one.
fn static_rank(entry: &Entry) -> u64 {
    let voice = match entry.summary.voice {
        Some(v1::Voice::Catalogued) => 750,
        _ => FULL_STATIC_RANK,
    };
    let activity = match entry.summary.activity_state {
        Some(v1::ActivityState::Closed) => 400,
        Some(v1::ActivityState::Paused) => 900,
        Some(v1::ActivityState::Active | v1::ActivityState::Unspecified) | None => FULL_STATIC_RANK,
    };
    // Below a catalogued listing: a group is a better hit than one of its meetings.
    let event = match entry.event() {
        Some(_) => 700,
        None => FULL_STATIC_RANK,
    };
    voice * activity * event / (FULL_STATIC_RANK * FULL_STATIC_RANK)
}
