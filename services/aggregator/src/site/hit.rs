//! Hits of a search as rows.

use hedgerow_core::name::collection;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::{AreaMatch, SearchHit, UseState};
use hedgerow_record_views::place::precision;
use hedgerow_record_views::times::when;
use hedgerow_record_views::{RecordContent, kind, use_condition};
use hedgerow_web::view::{Also, Area, Hit, Place, Precision, When};
use hedgerow_web::{Marked, Text, Words};

use super::source::{freshness, state, voice};

/// The extent of a town around its point.
const METRES_A_TOWN: u32 = 1_600;

/// The address of a record's page.
pub(super) fn href(group: &[u8], collection: &str, key: &str) -> String {
    format!("{}/{collection}/{key}", group_href(group))
}

/// The address of a group's page.
pub(super) fn group_href(group: &[u8]) -> String {
    format!("/group/{}", hex::encode(group))
}

/// A row for a hit, with what its record says.
pub(super) fn hit(
    hit: &SearchHit,
    stored: Option<&RecordContent>,
    words: Words,
    now: Timestamp,
) -> Hit {
    let language = stored.map_or("", |stored| stored.language.as_str());
    let ranges = hit.highlights.iter();
    let ranges = ranges.map(|range| (range.start as usize, range.end as usize));
    Hit {
        href: href(&hit.group_id, &hit.collection, &hit.key),
        kind: kind(&hit.collection),
        title: Text::new(&hit.title, language),
        by: (hit.collection != collection::LISTING)
            .then(|| Text::new(&hit.publisher_name, language)),
        snippet: Marked::new(&hit.snippet, ranges, language),
        place: place(hit, language),
        online: stored
            .and_then(RecordContent::online)
            .is_some_and(|online| online.available),
        when: next_time(hit, stored, now),
        join: stored.and_then(|stored| stored.join(words)),
        state: state(hit, stored),
        room_then: room_then(hit, words),
        voice: voice(hit, language),
        freshness: freshness(hit, stored, now),
        also: Vec::new(),
    }
}

/// Rows for hits; one for all listings of an organisation, which follow each other.
pub(super) fn rows(
    hits: &[&SearchHit],
    stored: &[Option<RecordContent>],
    words: Words,
    now: Timestamp,
) -> Vec<Hit> {
    let mut rows: Vec<Hit> = Vec::new();
    for (one, stored) in hits.iter().zip(stored) {
        let row = hit(one, stored.as_ref(), words, now);
        match rows.last_mut().filter(|_| one.is_same_organisation) {
            Some(first) => first.also.push(Also {
                href: row.href,
                title: row.title,
                voice: row.voice,
            }),
            None => rows.push(row),
        }
    }
    rows
}

fn place(hit: &SearchHit, language: &str) -> Option<Place> {
    let mut place = Place::named(Text::new(&hit.place, language), precision(hit.precision()));
    // A town's point is that of its centre: so near to it, a distance says nothing.
    let is_vague = !matches!(place.precision, Precision::Exact | Precision::Neighbourhood);
    place.distance = hit
        .distance_m
        .filter(|metres| !is_vague || *metres > METRES_A_TOWN);
    place.area = match hit.area_match() {
        AreaMatch::Serves => Some(Area::Serves),
        AreaMatch::Within => Some(Area::Within),
        AreaMatch::Unspecified => None,
    };
    (!place.name.is_empty()).then_some(place)
}

/// The next time that the directory names, on the clock of the schedule that has it.
fn next_time(hit: &SearchHit, stored: Option<&RecordContent>, now: Timestamp) -> Option<When> {
    let start = Timestamp::try_from(hit.next_start_time?).ok()?;
    Some(when(start, stored?.dated_schedule()?, now))
}

fn room_then(hit: &SearchHit, words: Words) -> Option<Vec<Text>> {
    match hit.use_state() {
        UseState::Unspecified => None,
        UseState::Free => Some(Vec::new()),
        UseState::Ask => Some(
            hit.use_conditions()
                .map(|condition| Text::plain(&use_condition(condition, words)))
                .collect(),
        ),
    }
}
