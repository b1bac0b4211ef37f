//! How many searches run at once, and how long each may take.

use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_search::IndexError;
use hedgerow_transport::failure::{Failure, Kind};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::failure::OrFailure as _;

/// How long a search waits for a permit.
const MAX_WAIT: Duration = Duration::from_secs(2);
/// How long one pass over the index may take.
const MAX_RUN: Duration = Duration::from_secs(5);
/// The retry delay sent with a rejection.
const RETRY_DELAY: Duration = Duration::from_secs(1);
/// Two, because while one search waits for the disk another can compute.
const PERMITS_PER_CORE: usize = 2;

/// Runs searches on blocking threads, a bounded number at a time.
pub(super) struct SearchLimiter {
    permits: Arc<Semaphore>,
    max_wait: Duration,
    max_run: Duration,
}

impl Default for SearchLimiter {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self::new(cores * PERMITS_PER_CORE, MAX_WAIT, MAX_RUN)
    }
}

impl SearchLimiter {
    fn new(permits: usize, max_wait: Duration, max_run: Duration) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(permits)),
            max_wait,
            max_run,
        }
    }

    /// Runs `search` on a blocking thread. The permit is released when the search ends, not
    /// when the caller disconnects: otherwise callers could pile up searches by leaving.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        search: impl FnOnce() -> Result<T, IndexError> + Send + 'static,
    ) -> Result<T, Failure> {
        let permit = timeout(self.max_wait, Arc::clone(&self.permits).acquire_owned()).await;
        let Ok(Ok(permit)) = permit else {
            return Err(Failure::resource_exhausted(
                "search_busy",
                "too many searches are running: try again in a second",
                RETRY_DELAY,
            ));
        };
        let running = tokio::task::spawn_blocking(move || {
            let result = search();
            drop(permit);
            result
        });
        match timeout(self.max_run, running).await {
            Ok(result) => result.map_err(IndexError::from).flatten().or_failure(),
            Err(_) => Err(Failure::new(
                Kind::DeadlineExceeded,
                "search_too_slow",
                "the search took too long: narrow it",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn without_a_free_permit_a_search_is_rejected_for_a_second() {
        let limiter = SearchLimiter::new(0, SOON, SOON);
        let failure = limiter.run(|| Ok(())).await.unwrap_err();
        assert_eq!(failure.reason(), "search_busy");
    }

    #[tokio::test]
    async fn a_search_that_takes_too_long_keeps_its_permit_until_it_ends() {
        let limiter = SearchLimiter::new(1, SOON, SOON);
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let slow = limiter.run(move || {
            let _ = ended.recv();
            Ok(())
        });
        assert_eq!(slow.await.unwrap_err().reason(), "search_too_slow");
        assert_eq!(
            limiter.run(|| Ok(())).await.unwrap_err().reason(),
            "search_busy"
        );
        drop(end);
        assert!(limiter.permits.acquire().await.is_ok());
        assert_eq!(limiter.run(|| Ok(7)).await.unwrap(), 7);
    }
}
