//! How many booklets are made at a time.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Booklets that are made at a time. Each has some MiB, and takes a processor for a while.
const MAX_AT_A_TIME: usize = 2;

/// Turns for booklets.
#[derive(Clone)]
pub(super) struct Press(Arc<Semaphore>);

impl Default for Press {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_AT_A_TIME)))
    }
}

impl Press {
    /// A turn, which ends when it is dropped. `None` if all are taken.
    pub(super) fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0).try_acquire_owned().ok()
    }
}
