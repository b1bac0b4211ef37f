//! The running side of a search: its place, its pauses and its end.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::ThreadId;

use futures::FutureExt as _;
use hedgerow_search::{Checkpoint, IndexError};
use parking_lot::Mutex;
use tokio::runtime::Handle;

use super::scheduler::Place;

/// The turn of a search that runs.
pub(in super::super) struct Turn {
    /// `None` once the search is cancelled or has ended.
    place: Mutex<Option<Place>>,
    is_cancelled: Arc<AtomicBool>,
    thread: ThreadId,
}

impl Turn {
    /// Begins on the thread that runs the search.
    pub(super) fn begin(place: Place, is_cancelled: Arc<AtomicBool>) -> Self {
        Self {
            place: Mutex::new(Some(place)),
            is_cancelled,
            thread: std::thread::current().id(),
        }
    }

    /// Lets work of other peers run first if it is their turn. To be called between parts of
    /// long work.
    ///
    /// # Errors
    /// If the search is cancelled, because it took too long or its caller has left.
    pub(in super::super) fn checkpoint(&self) -> Result<(), IndexError> {
        if self.may_continue() {
            Ok(())
        } else {
            Err(IndexError::Interrupted)
        }
    }

    /// Waits for reads of the store. The search keeps its place and its thread: reads are short, and
    /// waking two more threads would take longer.
    pub(in super::super) fn wait<T>(&self, reads: impl Future<Output = T>) -> T {
        Handle::current().block_on(reads)
    }

    /// The same, with work to do meanwhile, which may pass checkpoints.
    pub(in super::super) fn wait_during<T, W>(
        &self,
        reads: impl Future<Output = T>,
        work: impl FnOnce() -> W,
    ) -> (T, W) {
        let mut reads = pin!(reads);
        // The first poll hands the statements to the threads of the store.
        let begun = reads.as_mut().now_or_never();
        let worked = work();
        (begun.unwrap_or_else(|| self.wait(reads)), worked)
    }

    /// Releases the place, even if something still refers to the turn.
    pub(super) fn end(&self) {
        self.place.lock().take();
    }
}

impl Checkpoint for Turn {
    fn may_continue(&self) -> bool {
        if self.is_cancelled.load(Ordering::Relaxed) {
            return false;
        }
        // Other threads search a segment each for a single request. They are not paused: they
        // are shared with the searches that would run instead.
        if std::thread::current().id() != self.thread {
            return true;
        }
        let mut held = self.place.lock();
        *held = held
            .take()
            .and_then(|place| place.pass_on(&self.is_cancelled));
        held.is_some()
    }
}
