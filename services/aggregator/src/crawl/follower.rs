//! One source, followed for as long as it is named: through every failure, with waits that
//! grow to a day at most.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::address::Address;
use hedgerow_rpc::backoff::{Backoff, Retry};
use hedgerow_rpc::connector::Trust;
use hedgerow_rpc::failure::CallFailure;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Crawl;
use crate::apply::Origin;
use crate::store::SourceRow;

/// The wait before a held stream that ended well is begun again.
const SOON: Duration = Duration::from_secs(1);
/// A visit that lasted so long was no failure to begin with: waits start small again.
const GOOD_VISIT: Duration = Duration::from_secs(60);

/// Follows one source.
pub(super) struct Follower {
    pub(super) crawl: Arc<Crawl>,
    pub(super) address: Address,
    pub(super) trust: Trust,
    wake: Arc<Notify>,
    pub(super) stop: CancellationToken,
    pub(super) row: SourceRow,
    retry: Retry,
}

impl Follower {
    pub(super) fn new(
        crawl: Arc<Crawl>,
        address: Address,
        trust: Trust,
        wake: Arc<Notify>,
        stop: CancellationToken,
    ) -> Self {
        let backoff = Backoff {
            first: Duration::from_millis(crawl.config.first_retry_milliseconds),
            cap: Duration::from_secs(crawl.config.longest_retry_seconds),
        };
        let row = SourceRow {
            address: address.to_string(),
            cursor: None,
            listed_at: None,
            answered_at: None,
            failures: 0,
        };
        Self {
            crawl,
            address,
            trust,
            wake,
            stop,
            row,
            retry: Retry::new(backoff),
        }
    }

    pub(super) fn origin(&self) -> Origin {
        match self.trust {
            Trust::Configured => Origin::Configured,
            Trust::Announced => Origin::Announced(self.address.host.clone()),
        }
    }

    pub(super) async fn run(mut self) {
        match self.crawl.apply.store().source(&self.row.address).await {
            Ok(Some(row)) => self.row = row,
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "a source's cursor could not be read"),
        }
        let mut standing = self.crawl.standings.begin(self.trust);
        loop {
            if !self.may_probe().await {
                return;
            }
            let began = Instant::now();
            let visited = tokio::select! {
                () = self.stop.clone().cancelled_owned() => None,
                visited = self.visit() => Some(visited),
            };
            let wait = match visited {
                None => {
                    self.save().await;
                    return;
                }
                Some(Ok(())) => {
                    standing.is(true);
                    self.retry.reset();
                    self.row.failures = 0;
                    match self.trust {
                        Trust::Configured => SOON,
                        Trust::Announced => Duration::from_secs(self.crawl.config.visit_seconds),
                    }
                }
                Some(Err(failure)) => {
                    standing.is(false);
                    if began.elapsed() >= GOOD_VISIT {
                        self.retry.reset();
                    }
                    self.failed(&failure)
                }
            };
            self.save().await;
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
                () = self.wake.notified() => self.retry.reset(),
            }
        }
    }

    fn failed(&mut self, failure: &CallFailure) -> Duration {
        if failure.reason == "cursor_unknown" && self.row.cursor.take().is_some() {
            self.row.listed_at = None;
            return SOON;
        }
        self.row.failures = self.row.failures.saturating_add(1);
        let wait = self
            .retry
            .failed(failure.retry_after, self.crawl.random.as_ref());
        tracing::info!(source = %self.address, reason = %failure.reason, ?wait, "a source failed");
        wait
    }

    /// Waits for the host's turn. False at the end.
    async fn may_probe(&self) -> bool {
        if self.trust == Trust::Configured {
            return !self.stop.is_cancelled();
        }
        while let Err(wait) = self
            .crawl
            .probes
            .take(&self.address.host, self.crawl.clock.now())
        {
            tokio::select! {
                () = self.stop.cancelled() => return false,
                () = tokio::time::sleep(wait) => {}
            }
        }
        true
    }

    /// Remembers how far it came.
    pub(super) async fn save(&self) {
        if let Err(error) = self.crawl.apply.store().save_source(&self.row).await {
            tracing::error!(%error, "a source's cursor could not be kept");
        }
    }
}
