//! States of the index kept for a while, so that the pages of one search see one.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use hedgerow_core::time::Timestamp;

use super::search::Snapshot;

/// How long a state outlives the time when it was last the newest. Pages do not
/// lengthen it: whoever keeps paging must not keep what was taken out of the index.
const KEPT_FOR: Duration = Duration::from_secs(180);
/// How many are kept: each holds the files of its segments.
const MOST: usize = 32;

/// The kept states, by generation. What was searched for is not kept.
#[derive(Default)]
pub(crate) struct Snapshots(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    kept: VecDeque<Kept>,
    /// Older ones show what is not to be shown any more.
    oldest: u64,
}

struct Kept {
    generation: u64,
    since: Timestamp,
    snapshot: Snapshot,
}

impl Snapshots {
    /// Keeps a state, the newest one, for the next page.
    pub(crate) fn keep(&self, snapshot: &Snapshot, now: Timestamp) {
        let generation = snapshot.generation();
        let mut inner = self.lock();
        if generation < inner.oldest {
            return;
        }
        inner
            .kept
            .retain(|one| one.generation != generation && one.is_good(now));
        while inner.kept.len() >= MOST {
            inner.kept.pop_front();
        }
        inner.kept.push_back(Kept {
            generation,
            since: now,
            snapshot: snapshot.clone(),
        });
    }

    /// A kept state. `None` where it is gone.
    pub(crate) fn get(&self, generation: u64, now: Timestamp) -> Option<Snapshot> {
        let mut inner = self.lock();
        inner.kept.retain(|one| one.is_good(now));
        inner
            .kept
            .iter()
            .find(|one| one.generation == generation)
            .map(|one| one.snapshot.clone())
    }

    /// Lets go of all that are older, also of those that a search still under way would
    /// keep.
    pub(crate) fn forget_before(&self, generation: u64) {
        let mut inner = self.lock();
        inner.oldest = inner.oldest.max(generation);
        inner.kept.retain(|one| one.generation >= generation);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn is_good(&self, now: Timestamp) -> bool {
        now.minus(KEPT_FOR) <= self.since
    }
}
