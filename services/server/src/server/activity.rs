//! Detects idle connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::limits::{EarlyEnd, Progress};

/// The calls in flight on one connection.
#[derive(Debug)]
pub(super) struct ConnectionActivity {
    /// Waits for the peer while no call is in flight.
    progress: Arc<Progress>,
    in_flight: AtomicUsize,
    refused: AtomicU32,
    last: Mutex<LastCall>,
}

#[derive(Clone, Copy, Debug)]
struct LastCall {
    /// When the last call ended, or the connection began.
    ended: Instant,
    /// Whether there has been a call.
    any: bool,
}

impl ConnectionActivity {
    pub(super) fn new(progress: Arc<Progress>) -> Self {
        Self {
            progress,
            in_flight: AtomicUsize::new(0),
            refused: AtomicU32::new(0),
            last: Mutex::new(LastCall {
                ended: Instant::now(),
                any: false,
            }),
        }
    }

    /// Counts a call until the returned value is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> InFlight {
        self.in_flight.fetch_add(1, Ordering::SeqCst);
        self.progress.advance(0);
        InFlight(Arc::clone(self))
    }

    /// Returns when the connection has been idle for a time: `first` if there has never been a
    /// call, `later` after the end of the last one.
    pub(super) async fn idle_for(&self, first: Duration, later: Duration) {
        loop {
            let last = *self.last.lock();
            let limit = if last.any { later } else { first };
            // Checked again at this time, rather than woken by each call: calls are frequent.
            let due = if self.in_flight.load(Ordering::SeqCst) > 0 {
                Instant::now() + limit
            } else {
                last.ended + limit
            };
            if due <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(due).await;
        }
    }
}

/// A call in flight on a connection.
#[derive(Debug)]
pub(super) struct InFlight(Arc<ConnectionActivity>);

impl InFlight {
    /// Counts a refused call, and returns how many the connection has had.
    pub(super) fn count_refused(&self) -> u32 {
        self.0
            .refused
            .fetch_add(1, Ordering::Relaxed)
            .saturating_add(1)
    }

    /// Ends the whole connection, soon after the responses that are ready.
    pub(super) fn end_connection(&self) {
        self.0.progress.end(EarlyEnd::Penalised);
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        *self.0.last.lock() = LastCall {
            ended: Instant::now(),
            any: true,
        };
        if self.0.in_flight.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.progress.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_secs(10);
    const LATER: Duration = Duration::from_secs(300);

    fn new() -> ConnectionActivity {
        ConnectionActivity::new(Arc::new(Progress::begin_waiting()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_any_call_is_idle_soon() {
        let start = Instant::now();
        new().idle_for(FIRST, LATER).await;
        assert_eq!(start.elapsed().as_secs(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_idle_only_after_the_end_of_its_last_call() {
        let activity = Arc::new(new());
        let call = activity.begin();
        let start = Instant::now();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(3_600)).await;
            drop(call);
        });
        activity.idle_for(FIRST, LATER).await;
        let waited = start.elapsed().as_secs();
        assert!((3_900..4_210).contains(&waited), "{waited}");
    }
}
