//! Searchers kept for a while, so that the pages of one search see one index.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use tantivy::Searcher;

/// How long a searcher outlives its last page.
const KEPT_FOR: Duration = Duration::from_secs(180);
/// How many are kept: each holds the files of its segments.
const MOST: usize = 32;

/// The kept searchers, by generation. What was searched for is not kept.
#[derive(Default)]
pub(crate) struct Snapshots {
    kept: Mutex<VecDeque<Kept>>,
}

struct Kept {
    generation: u64,
    last_used: Timestamp,
    searcher: Searcher,
}

impl Snapshots {
    /// Keeps a searcher for the next page.
    pub(crate) fn keep(&self, searcher: &Searcher, now: Timestamp) {
        let generation = searcher.generation().generation_id();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| one.generation != generation && now.minus(KEPT_FOR) <= one.last_used);
        while kept.len() >= MOST {
            kept.pop_front();
        }
        kept.push_back(Kept {
            generation,
            last_used: now,
            searcher: searcher.clone(),
        });
    }

    /// A kept searcher. `None` where it is gone.
    pub(crate) fn get(&self, generation: u64) -> Option<Searcher> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .find(|one| one.generation == generation)
            .map(|one| one.searcher.clone())
    }
}
