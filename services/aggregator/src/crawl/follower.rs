//! One source, followed for as long as it is named: through every failure, with waits that
//! grow to a day at most.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::address::Address;
use hedgerow_rpc::backoff::Backoff;
use hedgerow_rpc::backoff::Retry;
use hedgerow_rpc::connector::ConnectFailure;
use hedgerow_rpc::connector::ConnectReason;
use hedgerow_rpc::connector::Trust;
use hedgerow_rpc::failure::CallFailure;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;

use super::Crawl;
use super::visit::not_connected;
use crate::store::SourceRow;

/// The wait before a held stream that ended well is begun again.
const SOON: Duration = Duration::from_secs(1);
/// A visit that lasted so long was no failure to begin with: waits start small again.
const GOOD_VISIT: Duration = Duration::from_secs(60);

/// Where an announced server may be dialled; nothing of a configured one.
type Found = Result<Vec<SocketAddr>, ConnectFailure>;

/// Follows one source.
pub(super) struct Follower {
    pub(super) crawl: Arc<Crawl>,
    pub(super) address: Address,
    pub(super) trust: Trust,
    wake: Arc<Notify>,
    pub(super) stop: CancellationToken,
    pub(super) row: SourceRow,
    /// The connection of a visit that ended well, for the next one.
    pub(super) channel: Option<Channel>,
    /// Whether the last visit began with a cursor.
    pub(super) went_on: bool,
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
            missed: false,
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
            channel: None,
            went_on: false,
            retry: Retry::new(backoff),
        }
    }

    pub(super) async fn run(mut self) {
        let mut standing = self.crawl.standings.begin(self.trust);
        loop {
            self.load().await;
            let Some(found) = self.find().await else {
                return;
            };
            let began = Instant::now();
            let visited = tokio::select! {
                () = self.stop.clone().cancelled_owned() => None,
                visited = self.visit_one_of(found) => Some(visited),
            };
            let wait = match visited {
                None => {
                    self.save().await;
                    return;
                }
                Some(Ok(())) => {
                    standing.is(true);
                    self.row.failures = 0;
                    let was_short = began.elapsed() < SOON;
                    if !was_short {
                        self.retry.reset();
                    }
                    match self.trust {
                        // One that hangs up at once is asked ever more rarely.
                        Trust::Configured if was_short => {
                            self.retry.failed(None, self.crawl.random.as_ref())
                        }
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
        let unknown = failure.reason == "cursor_unknown" && self.went_on;
        if unknown && self.row.cursor.take().is_some() {
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

    /// Waits for the server's turn, and finds where its name leads now. `None` at the end.
    async fn find(&self) -> Option<Found> {
        if self.trust == Trust::Configured {
            return (!self.stop.is_cancelled()).then(|| Ok(Vec::new()));
        }
        // What answered last time is no bystander, and has a turn of its own: others at
        // its host must not take it.
        let port =
            (self.row.answered_at.is_some() && self.row.failures == 0).then_some(self.address.port);
        let turn = |host: &str| match port {
            Some(port) => format!("{host} {port}"),
            None => host.to_owned(),
        };
        let probes = &self.crawl.probes;
        while let Err(wait) = probes.take(&turn(&self.address.host), self.crawl.clock.now()) {
            self.pause(wait).await?;
        }
        loop {
            let found = self.crawl.connector.find(&self.address, self.trust);
            let found = match found.await {
                Ok(found) => found,
                Err(failure) => return Some(Err(failure)),
            };
            let mut shortest = Duration::MAX;
            let now = self.crawl.clock.now();
            // Many names may lead to one bystander. A host that is written as an
            // address had its turn.
            let mut is_free = |target: &SocketAddr| {
                let ip = target.ip().to_canonical().to_string();
                if ip == self.address.host.trim_matches(['[', ']']) {
                    return true;
                }
                let taken = probes.take(&turn(&ip), now);
                if let Err(wait) = taken {
                    shortest = shortest.min(wait);
                }
                taken.is_ok()
            };
            let free: Vec<_> = found.into_iter().filter(|one| is_free(one)).collect();
            if !free.is_empty() {
                return Some(Ok(free));
            }
            self.pause(shortest).await?;
        }
    }

    async fn pause(&self, wait: Duration) -> Option<()> {
        tokio::select! {
            () = self.stop.cancelled() => None,
            () = tokio::time::sleep(wait) => Some(()),
        }
    }

    /// Visits the first of these addresses that there is a connection to; a configured
    /// source wherever its name leads.
    async fn visit_one_of(&mut self, found: Found) -> Result<(), CallFailure> {
        let found = found.map_err(not_connected)?;
        if found.is_empty() {
            return self.visit(None).await;
        }
        let mut failed = None;
        for target in found {
            match self.visit(Some(target)).await {
                Err(failure)
                    if matches!(
                        failure.connect,
                        Some(ConnectReason::ConnectFailed | ConnectReason::ConnectTimedOut)
                    ) =>
                {
                    failed = Some(failure);
                }
                visited => return visited,
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Reads how far it came, and whether anything was missed.
    async fn load(&mut self) {
        match self.crawl.apply.store().source(&self.row.address).await {
            Ok(Some(row)) => self.row = row,
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "a source's cursor could not be read"),
        }
    }

    /// Remembers how far it came.
    pub(super) async fn save(&self) {
        if let Err(error) = self.crawl.apply.store().save_source(&self.row).await {
            tracing::error!(%error, "a source's cursor could not be kept");
        }
    }
}
