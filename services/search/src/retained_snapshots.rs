//! Snapshots retained for a while, so that all pages of a search see the same state.

use std::collections::VecDeque;
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use parking_lot::Mutex;

use crate::snapshot::Snapshot;

/// How long a snapshot is retained after it was last the current one. Reading pages does not
/// extend it, so that nobody can keep records readable that have left the index.
const MAX_AGE: Duration = Duration::from_secs(180);
/// Maximum number of retained snapshots: each keeps the files of its segments open.
const MAX_SNAPSHOTS: usize = 32;

/// Snapshots by generation. Contains no queries.
#[derive(Default)]
pub struct RetainedSnapshots(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    snapshots: VecDeque<Retained>,
    /// Snapshots before this generation contain records that were hidden since.
    min_generation: u64,
}

struct Retained {
    generation: u64,
    since: Timestamp,
    snapshot: Snapshot,
}

impl RetainedSnapshots {
    /// Retains the current snapshot for further pages.
    pub fn retain(&self, snapshot: &Snapshot, now: Timestamp) {
        let generation = snapshot.generation();
        let mut inner = self.0.lock();
        if generation < inner.min_generation {
            return;
        }
        inner
            .snapshots
            .retain(|one| one.generation != generation && one.is_fresh(now));
        while inner.snapshots.len() >= MAX_SNAPSHOTS {
            inner.snapshots.pop_front();
        }
        inner.snapshots.push_back(Retained {
            generation,
            since: now,
            snapshot: snapshot.clone(),
        });
    }

    pub fn get(&self, generation: u64, now: Timestamp) -> Option<Snapshot> {
        let mut inner = self.0.lock();
        inner.snapshots.retain(|one| one.is_fresh(now));
        inner
            .snapshots
            .iter()
            .find(|one| one.generation == generation)
            .map(|one| one.snapshot.clone())
    }

    /// Drops all snapshots before a generation, and rejects them from now on: a search that is
    /// still running could retain one later.
    pub fn drop_older(&self, generation: u64) {
        let mut inner = self.0.lock();
        inner.min_generation = inner.min_generation.max(generation);
        inner.snapshots.retain(|one| one.generation >= generation);
    }
}

impl Retained {
    fn is_fresh(&self, now: Timestamp) -> bool {
        now.minus(MAX_AGE) <= self.since
    }
}
