//! Running the indexer, with retries.

use std::convert::Infallible;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::error::IndexError;
use crate::index::Index;
use crate::indexing::expunge::REWRITE_CHECK;
use crate::indexing::observer::CommitObserver;
use crate::indexing::refresh::REFRESH_INTERVAL;
use crate::indexing::worker::{Indexer, Progress};

/// The first and the longest delay before a retry.
const MIN_RETRY_DELAY: Duration = Duration::from_millis(50);
const MAX_RETRY_DELAY: Duration = Duration::from_secs(30);

impl Index {
    /// Follows the store until `shutdown`. After a failure it retries from the last commit,
    /// with a growing delay and without a limit: everything can be read from the store again.
    pub async fn run(&self, shutdown: CancellationToken, observer: &dyn CommitObserver) {
        let mut delay = MIN_RETRY_DELAY;
        loop {
            let before = *self.searchable_revision().borrow();
            let error = tokio::select! {
                () = shutdown.cancelled() => return,
                followed = follow(self, observer, shutdown.clone()) => match followed {
                    Ok(never) => match never {},
                    Err(error) => error,
                },
            };
            if *self.searchable_revision().borrow() > before {
                delay = MIN_RETRY_DELAY;
            }
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                retry_in = ?delay,
                "cannot update the search index; retrying"
            );
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(delay) => {}
            }
            delay = (delay * 2).min(MAX_RETRY_DELAY);
        }
    }
}

/// Follows the store until something fails.
async fn follow(
    index: &Index,
    observer: &dyn CommitObserver,
    stop: CancellationToken,
) -> Result<Infallible, IndexError> {
    let mut changed = index.store().changed();
    let mut indexer = Indexer::resume(index, observer, stop).await?;
    loop {
        changed.borrow_and_update();
        if indexer.catch_up().await? == Progress::More
            || indexer.refresh_due().await? == Progress::More
        {
            continue;
        }
        indexer.expunge().await?;
        tokio::select! {
            received = changed.changed() => if received.is_err() {
                // The store is closing, and with it the program.
                std::future::pending::<()>().await;
            },
            () = tokio::time::sleep(indexer.time_until_commit()), if indexer.has_pending() => {
                indexer.commit().await?;
            }
            () = tokio::time::sleep(REWRITE_CHECK), if indexer.is_rewriting() => {}
            () = tokio::time::sleep(REFRESH_INTERVAL) => {}
        }
    }
}
