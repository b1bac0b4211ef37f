//! How much of the server searches may take, and how peers share it.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hedgerow_search::IndexError;
use hedgerow_server::peer::PeerKey;
use hedgerow_transport::failure::{Failure, Kind};
use tokio::time::timeout;

use crate::failure::OrFailure as _;
use fair_queue::{QueueFull, QueueLimits};
use scheduler::Scheduler;
pub(super) use turn::Turn;

mod fair_queue;
mod scheduler;
mod turn;
mod virtual_time;

/// How long a search waits for its turn.
const MAX_WAIT: Duration = Duration::from_secs(2);
/// How long a search may run, with its pauses and its reads of the store.
const MAX_RUN: Duration = Duration::from_secs(5);
/// The retry delay sent with a rejection.
const RETRY_DELAY: Duration = Duration::from_secs(1);
/// The time for which a search runs before others can run instead. Longer than most searches
/// take, and the longest time that a peer which has used little waits for one which has used
/// much.
const SLICE: Duration = Duration::from_millis(5);
/// Two, because while one search waits for the disk another can compute.
const PLACES_PER_CORE: usize = 2;
/// Waiting searches of one peer: as many as it may have calls at once.
const MAX_WAITING_PER_PEER: usize = 64;
/// Waiting searches of all peers. Paused ones among them keep a blocking thread each, of which
/// Tokio has 512; the store needs some too.
const MAX_WAITING: usize = 256;

/// Runs searches on blocking threads, those of the peer that has used least first. Clones share
/// the places.
#[derive(Clone)]
pub(super) struct SearchLimiter {
    scheduler: Arc<Scheduler>,
    peer: PeerKey,
    max_wait: Duration,
    max_run: Duration,
}

impl Default for SearchLimiter {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let limits = QueueLimits {
            cores,
            places: cores * PLACES_PER_CORE,
            per_peer: MAX_WAITING_PER_PEER,
            total: MAX_WAITING,
        };
        Self::new(limits, SLICE, MAX_WAIT, MAX_RUN)
    }
}

impl SearchLimiter {
    fn new(limits: QueueLimits, slice: Duration, max_wait: Duration, max_run: Duration) -> Self {
        Self {
            scheduler: Arc::new(Scheduler::new(limits, slice)),
            peer: PeerKey::from(IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
            max_wait,
            max_run,
        }
    }

    /// The same limiter for the searches of a peer.
    pub(super) fn for_peer(&self, peer: PeerKey) -> Self {
        Self {
            peer,
            ..self.clone()
        }
    }

    /// Runs work on the index alone, like [`run_page`](Self::run_page).
    pub(super) async fn run<T: Send + 'static>(
        &self,
        search: impl FnOnce(&Arc<Turn>) -> Result<T, IndexError> + Send + 'static,
    ) -> Result<T, Failure> {
        self.run_page(move |turn| search(turn).or_failure()).await
    }

    /// Runs `search` on a blocking thread when it is its turn, which may read the store too
    /// ([`Turn::wait`]): handing each step to another thread takes longer than most steps. Cancels
    /// it if it takes too long or the caller leaves; its place is released at its next checkpoint.
    pub(super) async fn run_page<T: Send + 'static>(
        &self,
        search: impl FnOnce(&Arc<Turn>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let cancel = CancelOnDrop::new(&self.scheduler);
        let is_cancelled = Arc::clone(&cancel.is_cancelled);
        let place = self
            .scheduler
            .queue(self.peer, &is_cancelled)
            .map_err(busy)?;
        let Ok(Ok(place)) = timeout(self.max_wait, place).await else {
            return Err(busy(QueueFull::All));
        };
        let running = tokio::task::spawn_blocking(move || {
            let turn = Arc::new(Turn::begin(place, is_cancelled));
            let result = search(&turn);
            turn.end();
            result
        });
        match timeout(self.max_run, running).await {
            Ok(result) => {
                cancel.disarm();
                result.map_err(IndexError::from).or_failure().flatten()
            }
            Err(_) => Err(Failure::new(
                Kind::DeadlineExceeded,
                "search_too_slow",
                "the search took too long: narrow it",
            )),
        }
    }
}

fn busy(full: QueueFull) -> Failure {
    let message = match full {
        QueueFull::Peer => {
            "too many searches from your address are waiting: try again when some have ended"
        }
        QueueFull::All => "too many searches are running: try again in a second",
    };
    Failure::resource_exhausted("search_busy", message, RETRY_DELAY)
}

/// Cancels a search when the call that waits for it ends first.
struct CancelOnDrop {
    is_cancelled: Arc<AtomicBool>,
    scheduler: Option<Arc<Scheduler>>,
}

impl CancelOnDrop {
    fn new(scheduler: &Arc<Scheduler>) -> Self {
        Self {
            is_cancelled: Arc::default(),
            scheduler: Some(Arc::clone(scheduler)),
        }
    }

    fn disarm(mut self) {
        self.scheduler = None;
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        if let Some(scheduler) = &self.scheduler {
            self.is_cancelled.store(true, Ordering::Relaxed);
            scheduler.remove_cancelled();
        }
    }
}

#[cfg(test)]
mod tests;
