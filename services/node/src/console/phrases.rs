//! Recovery words that are shown and not confirmed yet. They are in memory only.

use std::collections::HashMap;
use std::time::Duration;

use hedgerow_core::phrase::{Phrase, WORD_COUNT};
use hedgerow_core::random::{Random, RandomExt as _};
use parking_lot::Mutex;
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::store::SessionHash;

/// How long words wait for their confirmation. They are in memory only.
const WAIT: Duration = Duration::from_secs(30 * 60);
/// Sessions that may be at this page at once. The one that waits longest makes room.
const MAX_WAITING: usize = 32;
/// Words that are asked back.
const ASKED: usize = 2;

/// Phrases that are shown and not confirmed yet, by session. Wiped when they are dropped.
#[derive(Default)]
pub(super) struct PendingPhrases(Mutex<HashMap<SessionHash, Pending>>);

pub(super) struct Pending {
    pub(super) phrase: Phrase,
    /// The words that are asked back, counted from 0.
    pub(super) asked: Vec<usize>,
    since: Instant,
}

impl PendingPhrases {
    /// Makes words, unless some are shown already: the person may be writing them down.
    pub(super) fn begin(&self, session: SessionHash, random: &dyn Random) {
        let now = Instant::now();
        let mut all = self.0.lock();
        all.retain(|_, pending| now.duration_since(pending.since) < WAIT);
        if all.len() >= MAX_WAITING {
            let oldest = all.iter().min_by_key(|(_, pending)| pending.since);
            let oldest = oldest.map(|(session, _)| *session);
            oldest.map(|session| all.remove(&session));
        }
        let entropy = Zeroizing::new(random.bytes::<16>());
        let pending = Pending {
            phrase: Phrase::from_entropy(*entropy),
            asked: choose_asked(random),
            since: now,
        };
        all.entry(session).or_insert(pending);
    }

    pub(super) fn with<T>(
        &self,
        session: &SessionHash,
        read: impl FnOnce(&Pending) -> T,
    ) -> Option<T> {
        let mut all = self.0.lock();
        all.retain(|_, pending| pending.since.elapsed() < WAIT);
        all.get(session).map(read)
    }

    pub(super) fn end(&self, session: &SessionHash) {
        self.0.lock().remove(session);
    }
}

/// Draws words to ask back, distinct and in order.
fn choose_asked(random: &dyn Random) -> Vec<usize> {
    let mut asked = Vec::with_capacity(ASKED);
    while asked.len() < ASKED {
        let [byte] = random.bytes::<1>();
        let index = usize::from(byte) % WORD_COUNT;
        if !asked.contains(&index) {
            asked.push(index);
        }
    }
    asked.sort_unstable();
    asked
}

#[cfg(test)]
mod tests {
    use hedgerow_testkit::SeededRandom;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn words_wait_for_half_an_hour_and_for_few_sessions() {
        let phrases = PendingPhrases::default();
        let random = SeededRandom::new(1);
        let words = |session| phrases.with(&session, |pending| pending.phrase.words());
        phrases.begin([1; 32], &random);
        let first = words([1; 32]).unwrap();
        phrases.begin([1; 32], &random);
        assert_eq!(
            words([1; 32]).unwrap(),
            first,
            "they do not change under the pen"
        );
        tokio::time::advance(WAIT / 2).await;
        for session in 2..40 {
            phrases.begin([session; 32], &random);
        }
        assert_eq!(words([1; 32]), None, "the oldest made room");
        assert!(words([39; 32]).is_some());
        tokio::time::advance(WAIT).await;
        assert_eq!(words([39; 32]), None);
    }
}
