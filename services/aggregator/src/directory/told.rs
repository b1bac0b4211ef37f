//! A record as it is told of, with what was worked out to tell of it: its words as stems, and
//! when its event begins next. Neither depends on what was asked.

use std::hash::DefaultHasher;
use std::hash::Hash;
use std::hash::Hasher;
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::PoisonError;

use hedgerow_core::id::RecordHash;
use hedgerow_core::recurrence;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;

use crate::index::Entry;
use crate::index::words::words_of;

/// What a record takes for each byte of it, together with its words.
const HELD_A_BYTE: usize = 4;
/// What each of its texts, and each audience, takes beside that.
const HELD_A_TEXT: usize = 128;
const HELD_AN_AUDIENCE: usize = 256;

/// A record as it is told of.
pub(super) struct Told {
    /// Its hash.
    pub(super) hash: RecordHash,
    /// What it says.
    pub(super) entry: Entry,
    /// Of each shown text, once they were needed.
    words: Box<[Words]>,
    next_start: Mutex<Option<NextStart>>,
}

/// The words of a text, once they were needed.
type Words = OnceLock<Box<[Stemmed]>>;

/// A word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stemmed {
    /// Where it begins, in bytes.
    pub(super) from: u32,
    /// Where it ends.
    pub(super) to: u32,
    /// What its stem is [known by](known_by).
    pub(super) stem: u64,
}

/// A text and its words.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    /// The text.
    pub(super) text: &'a str,
    words: &'a Words,
}

struct NextStart {
    /// From when it was looked for.
    from: Timestamp,
    found: Option<Timestamp>,
}

/// What a stem is known by: a number takes less room than the stem, and two stems hardly
/// ever have the same. If they had, a word too much would be marked.
pub(super) fn known_by(stem: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    stem.hash(&mut hasher);
    hasher.finish()
}

impl<'a> Text<'a> {
    /// A text, with a place for its words.
    pub(super) fn of(text: &'a str, words: &'a Words) -> Self {
        Self { text, words }
    }

    /// Its words, in order.
    pub(super) fn words(self) -> &'a [Stemmed] {
        let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.words.get_or_init(|| {
            let words = words_of(self.text).into_iter();
            words
                .map(|word| Stemmed {
                    from: at(word.from),
                    to: at(word.to),
                    stem: known_by(&word.stem),
                })
                .collect()
        })
    }
}

impl Told {
    /// A record that was read.
    pub(super) fn new(hash: RecordHash, entry: Entry) -> Self {
        Self {
            words: entry.shown_texts().map(|_| Words::default()).collect(),
            hash,
            entry,
            next_start: Mutex::default(),
        }
    }

    /// About how many bytes it takes, of a record of so many.
    pub(super) fn held_bytes(&self, length: usize) -> usize {
        let audiences = self.entry.summary.who_for.len();
        length * HELD_A_BYTE + self.words.len() * HELD_A_TEXT + audiences * HELD_AN_AUDIENCE
    }

    /// Its texts that may be shown, with their words.
    pub(super) fn texts(&self) -> impl Iterator<Item = Text<'_>> {
        let texts = self.entry.shown_texts().zip(&self.words);
        texts.map(|(text, words)| Text::of(text, words))
    }

    /// When its event begins next, unless it does not take place.
    pub(super) fn next_start(&self, now: Timestamp) -> Option<Timestamp> {
        let event = self.entry.event()?;
        match event.status() {
            v1::EventStatus::Cancelled | v1::EventStatus::Postponed => return None,
            v1::EventStatus::Planned | v1::EventStatus::Unspecified => {}
        }
        let mut known = self.lock();
        if let Some(NextStart { from, found }) = &*known
            && *from <= now
            && found.is_none_or(|found| now <= found)
        {
            return *found;
        }
        let found = recurrence::next_occurrence(event, now).ok().flatten();
        let found = found.map(|next| next.start);
        *known = Some(NextStart { from: now, found });
        found
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<NextStart>> {
        self.next_start
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hedgerow_core::name::collection;
    use hedgerow_core::rules::Known;
    use prost::Message;

    use super::*;
    use crate::index::tests::place::weekly;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn told(event: &v1::Event) -> Told {
        let known = Known::parse(collection::EVENT, &event.encode_to_vec()).unwrap();
        Told::new(RecordHash::from_bytes([1; 32]), Entry::of(&known).unwrap())
    }

    #[test]
    fn the_next_start_is_the_same_whenever_it_was_asked_for_before() {
        let mut ending = weekly("Tea", "2026-05-05T14:00", "Leeds");
        let schedule = ending.schedule.as_mut().unwrap();
        schedule.rrules = vec!["FREQ=WEEKLY;COUNT=4".to_owned()];
        let told = told(&ending);
        let start = Timestamp::from_seconds(1_777_800_000);
        // On, back, and on again past the last of them.
        for days in (0..40).chain((0..40).rev()).chain([0, 39, 1, 7, 7, 30, 3]) {
            let now = start.plus(DAY * days);
            let next = recurrence::next_occurrence(&ending, now).unwrap();
            assert_eq!(told.next_start(now), next.map(|next| next.start), "{days}");
        }
    }

    #[test]
    fn what_does_not_take_place_does_not_begin() {
        let now = Timestamp::from_seconds(1_777_800_000);
        let mut event = weekly("Tea", "2026-05-05T14:00", "Leeds");
        assert!(told(&event).next_start(now).is_some());
        event.status = v1::EventStatus::Postponed.into();
        assert_eq!(told(&event).next_start(now), None);
    }
}
