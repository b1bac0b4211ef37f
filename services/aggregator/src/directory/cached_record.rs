//! A cached record with derived display data: stemmed words and the next event start.
//! Neither depends on the search.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};

use hedgerow_core::id::RecordHash;
use hedgerow_core::recurrence;
use hedgerow_core::recurrence::Occurrence;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_search::{Availability, Entry, tokenize};
use parking_lot::Mutex;

use super::resource_hours;
use super::resource_hours::{MAX_STEPS, expand};

/// Memory for each byte of a record, with its stemmed words.
const BYTES_PER_BYTE: usize = 4;
/// Memory for each shown text and each audience, besides their bytes.
const BYTES_PER_TEXT: usize = 128;
const BYTES_PER_AUDIENCE: usize = 256;
/// Memory for the dated times of an offer or need.
const BYTES_OF_HOURS: usize = 1_024;

const HOUR_S: i64 = 60 * 60;

/// Bytes of a record's texts from which snippets are taken. A group's longest text fits; the
/// longest record does not, and would take a millisecond of each hit.
const MAX_SHOWN_BYTES: usize = 16 * 1024;

pub(super) struct CachedRecord {
    pub(super) hash: RecordHash,
    pub(super) entry: Entry,
    /// For each shown text, computed on first use.
    words: Box<[Words]>,
    next_start: Mutex<Option<NextStart>>,
    hours: Mutex<Option<CachedHours>>,
}

/// The words of a text, computed on first use.
type Words = OnceLock<Box<[StemmedWord]>>;

/// A word of a text by its byte range and the hash of its stem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StemmedWord {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) stem: u64,
}

/// A text of a record with its words.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) text: &'a str,
    words: &'a Words,
}

/// The first occurrence that had not ended by `from`.
struct NextStart {
    from: Timestamp,
    occurrence: Option<Occurrence>,
}

/// The hours of an offer or need from the start of an hour on.
struct CachedHours {
    from: Timestamp,
    hours: Arc<Availability>,
}

/// Hashes a stem. A number takes less memory than the stem; if two stems ever collide, one
/// word too many is highlighted.
pub(super) fn stem_hash(stem: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    stem.hash(&mut hasher);
    hasher.finish()
}

impl<'a> Text<'a> {
    pub(super) fn new(text: &'a str, words: &'a Words) -> Self {
        Self { text, words }
    }

    /// The words, in order.
    pub(super) fn words(self) -> &'a [StemmedWord] {
        // A record has at most 64 KiB, so its offsets fit.
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.words.get_or_init(|| {
            let words = tokenize(self.text).into_iter();
            words
                .map(|word| StemmedWord {
                    start: offset(word.from),
                    end: offset(word.to),
                    stem: stem_hash(&word.stem),
                })
                .collect()
        })
    }
}

impl CachedRecord {
    pub(super) fn new(hash: RecordHash, entry: Entry) -> Self {
        Self {
            words: shown_texts(&entry).map(|_| Words::default()).collect(),
            hash,
            entry,
            next_start: Mutex::default(),
            hours: Mutex::default(),
        }
    }

    /// An estimate of the memory used, for a record of `length` bytes.
    pub(super) fn memory(&self, length: usize) -> usize {
        let audiences = self.entry.summary.who_for.len();
        let has_hours = resource_hours::resource(&self.entry).is_some();
        length * BYTES_PER_BYTE
            + self.words.len() * BYTES_PER_TEXT
            + audiences * BYTES_PER_AUDIENCE
            + usize::from(has_hours) * BYTES_OF_HOURS
    }

    /// The texts that may be shown.
    pub(super) fn texts(&self) -> impl Iterator<Item = Text<'_>> {
        let texts = shown_texts(&self.entry).zip(&self.words);
        texts.map(|(text, words)| Text::new(text, words))
    }

    /// The hours of an offer or need, from the start of the hour of `now` on, so that requests
    /// within an hour share them. Subtracts the steps of an expansion from `steps`; `None` if it
    /// may need more than are left.
    pub(super) fn hours(&self, now: Timestamp, steps: &mut u64) -> Option<Arc<Availability>> {
        let resource = resource_hours::resource(&self.entry)?;
        let from = Timestamp::from_seconds(now.as_seconds().div_euclid(HOUR_S) * HOUR_S);
        let mut cached = self.hours.lock();
        if let Some(cached) = cached.as_ref().filter(|cached| cached.from == from) {
            return Some(Arc::clone(&cached.hours));
        }
        if resource.schedule.is_some() && *steps < MAX_STEPS {
            return None;
        }
        let (hours, taken) = expand(resource, from);
        *steps = steps.saturating_sub(taken);
        let hours = Arc::new(hours);
        *cached = Some(CachedHours {
            from,
            hours: Arc::clone(&hours),
        });
        Some(hours)
    }

    /// The start of the event's occurrence that is on or comes next, unless the event is cancelled
    /// or postponed.
    pub(super) fn next_start(&self, now: Timestamp) -> Option<Timestamp> {
        let event = self.entry.event()?;
        match event.status() {
            v1::EventStatus::Cancelled | v1::EventStatus::Postponed => return None,
            v1::EventStatus::Planned | v1::EventStatus::Unspecified => {}
        }
        let mut known = self.next_start.lock();
        // Valid from when it was computed until the occurrence has ended.
        if let Some(NextStart { from, occurrence }) = &*known
            && *from <= now
            && occurrence.as_ref().is_none_or(|one| !one.has_ended_by(now))
        {
            return occurrence.as_ref().map(|one| one.start);
        }
        let occurrence = recurrence::next_occurrence(event, now).ok().flatten();
        let start = occurrence.as_ref().map(|one| one.start);
        *known = Some(NextStart {
            from: now,
            occurrence,
        });
        start
    }
}

/// The first texts of a record, together at most [`MAX_SHOWN_BYTES`].
fn shown_texts(entry: &Entry) -> impl Iterator<Item = &str> {
    let mut left = MAX_SHOWN_BYTES;
    entry.snippet_texts().map_while(move |text| {
        let shown = &text[..text.floor_char_boundary(left)];
        left -= shown.len();
        (!shown.is_empty()).then_some(shown)
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hedgerow_core::name::collection;
    use hedgerow_core::rules::RecordBody;
    use prost::Message;

    use super::*;
    use hedgerow_testkit::samples::weekly;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn cached(event: &v1::Event) -> CachedRecord {
        let body = RecordBody::parse(collection::EVENT, &event.encode_to_vec()).unwrap();
        CachedRecord::new(
            RecordHash::from_bytes([1; 32]),
            Entry::from_body(&body).unwrap(),
        )
    }

    #[test]
    fn the_cached_next_start_equals_the_computed_one() {
        let mut ending = weekly("Tea", "2026-05-05T14:00", "Leeds");
        let schedule = ending.schedule.as_mut().unwrap();
        schedule.rrules = vec!["FREQ=WEEKLY;COUNT=4".to_owned()];
        let cached = cached(&ending);
        let start = Timestamp::from_seconds(1_777_800_000);
        // On, back, and on again past the last of them.
        for days in (0..40).chain((0..40).rev()).chain([0, 39, 1, 7, 7, 30, 3]) {
            let now = start.plus(DAY * days);
            let next = recurrence::next_occurrence(&ending, now).unwrap();
            assert_eq!(
                cached.next_start(now),
                next.map(|next| next.start),
                "{days}"
            );
        }
    }

    #[test]
    fn the_shown_texts_of_a_record_are_bounded() {
        let mut entry = Entry::default();
        entry.summary.summary = "é".repeat(600);
        entry.summary.text = vec!["w ".repeat(5_000); 4];
        let shown: Vec<&str> = shown_texts(&entry).collect();
        assert_eq!(shown[0], entry.summary.summary);
        assert_eq!(shown.len(), 3);
        assert_eq!(shown.concat().len(), MAX_SHOWN_BYTES);
        // The first character does not fit any more.
        entry.summary.summary = "w".repeat(MAX_SHOWN_BYTES - 1);
        entry.summary.text = vec!["é".into()];
        assert_eq!(shown_texts(&entry).count(), 1);
    }

    #[test]
    fn hours_are_expanded_once_an_hour_and_only_within_the_steps() {
        let offer = hedgerow_testkit::hostile::costly_offer();
        let body = RecordBody::parse(collection::OFFER, &offer.encode_to_vec()).unwrap();
        let entry = Entry::from_body(&body).unwrap();
        let cached = CachedRecord::new(RecordHash::from_bytes([1; 32]), entry);
        let now = Timestamp::from_seconds(1_777_800_000);
        let mut steps = MAX_STEPS - 1;
        assert!(cached.hours(now, &mut steps).is_none());
        steps = MAX_STEPS;
        let hours = cached.hours(now, &mut steps).unwrap();
        assert_eq!(steps, 0, "the schedule is too costly");
        assert!(!hours.is_empty(), "opening hours take no steps");
        let again = cached.hours(now.plus(Duration::from_secs(60)), &mut steps);
        assert!(Arc::ptr_eq(&again.unwrap(), &hours));
        let next_hour = now.plus(Duration::from_secs(3_600));
        assert!(cached.hours(next_hour, &mut steps).is_none());
    }

    #[test]
    fn a_postponed_event_has_no_next_start() {
        let now = Timestamp::from_seconds(1_777_800_000);
        let mut event = weekly("Tea", "2026-05-05T14:00", "Leeds");
        assert!(cached(&event).next_start(now).is_some());
        event.status = v1::EventStatus::Postponed.into();
        assert_eq!(cached(&event).next_start(now), None);
    }
}
