//! Follows one source for as long as it is named: through every failure, with a back-off of at
//! most a day.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_transport::backoff::{Backoff, Retry};
use hedgerow_transport::connector::{ConnectFailure, ConnectReason, Trust};
use hedgerow_transport::failure::CallFailure;
use tokio::sync::watch;
use tokio::time::Instant;

use super::context::CrawlContext;
use super::followers::FollowerHandle;
use super::session::{connect_failure, visit};
use super::source::Source;

/// The wait between two sessions with a configured source that end well.
const SOON: Duration = Duration::from_secs(1);
/// The length of a session that counts as a success even if it ends in a failure: the back-off
/// starts small again.
const GOOD_SESSION: Duration = Duration::from_secs(60);

/// The addresses at which an announced server may be dialled; empty for a configured one.
type Targets = Result<Vec<SocketAddr>, ConnectFailure>;

/// Follows one source.
pub(super) struct Follower {
    context: Arc<CrawlContext>,
    source: Source,
    handle: FollowerHandle,
    retry: Retry,
    inclusions: watch::Receiver<u64>,
}

impl Follower {
    pub(super) fn new(
        context: Arc<CrawlContext>,
        endpoint: Endpoint,
        trust: Trust,
        handle: FollowerHandle,
    ) -> Self {
        let backoff = Backoff {
            first: Duration::from_millis(context.config.first_retry_milliseconds),
            cap: Duration::from_secs(context.config.longest_retry_seconds),
        };
        Self {
            inclusions: context.inclusions.subscribe(),
            context,
            source: Source::new(endpoint, trust),
            handle,
            retry: Retry::new(backoff),
        }
    }

    pub(super) async fn run(mut self) {
        let context = Arc::clone(&self.context);
        let store = context.processor.store().as_ref();
        let mut gauge = context.metrics.follow(self.source.trust);
        loop {
            self.source.load(store).await;
            let Some(targets) = self.resolve().await else {
                return;
            };
            let start = Instant::now();
            let stop = self.handle.stop.clone();
            let visited = tokio::select! {
                () = stop.cancelled() => None,
                visited = self.visit_first(targets) => Some(visited),
            };
            let Some(visited) = visited else {
                self.source.save(store).await;
                return;
            };
            gauge.set(visited.is_ok());
            let wait = match visited {
                Ok(()) => self.after_success(start.elapsed()),
                Err(failure) => {
                    if start.elapsed() >= GOOD_SESSION {
                        self.retry.reset();
                    }
                    self.after_failure(&failure)
                }
            };
            self.source.save(store).await;
            tokio::select! {
                () = self.handle.stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
                () = self.handle.wake.notified() => self.retry.reset(),
                Ok(()) = self.inclusions.changed() => self.source.must_list = true,
            }
        }
    }

    /// Returns the wait before the next session.
    fn after_success(&mut self, length: Duration) -> Duration {
        self.source.row.failures = 0;
        let was_short = length < SOON;
        if !was_short {
            self.retry.reset();
        }
        match self.source.trust {
            // A source that hangs up at once is backed off from, like one that fails.
            Trust::Configured if was_short => self.retry.failed(None, self.context.random.as_ref()),
            Trust::Configured => SOON,
            Trust::Announced => Duration::from_secs(self.context.config.visit_seconds),
        }
    }

    /// Returns the wait before the next attempt.
    fn after_failure(&mut self, failure: &CallFailure) -> Duration {
        let row = &mut self.source.row;
        let cursor_unknown = failure.reason == "cursor_unknown" && self.source.resumed;
        if cursor_unknown && row.cursor.take().is_some() {
            row.listed_at = None;
            return SOON;
        }
        row.failures = row.failures.saturating_add(1);
        let random = self.context.random.as_ref();
        let wait = self.retry.failed(failure.retry_after, random);
        tracing::info!(
            source = %self.source.endpoint,
            reason = %failure.reason,
            ?wait,
            "a source failed"
        );
        wait
    }

    /// Waits until the server may be probed, and resolves its name. `None` at shutdown.
    async fn resolve(&self) -> Option<Targets> {
        let (context, source) = (&self.context, &self.source);
        if source.trust == Trust::Configured {
            return (!self.handle.stop.is_cancelled()).then(|| Ok(Vec::new()));
        }
        // A server that responded last time is not a bystander. It is limited by its port as
        // well, so that others on its host cannot use up its probes.
        let responded = source.row.answered_at.is_some() && source.row.failures == 0;
        let key = |host: &str| match responded {
            true => format!("{host} {}", source.endpoint.port),
            false => host.to_owned(),
        };
        let (probes, host) = (&context.probes, &source.endpoint.host);
        while let Err(wait) = probes.try_acquire(&key(host), context.clock.now()) {
            self.pause(wait).await?;
        }
        loop {
            let resolved = context
                .connector
                .resolve(&source.endpoint, source.trust)
                .await;
            let targets = match resolved {
                Ok(targets) => targets,
                Err(failure) => return Some(Err(failure)),
            };
            let mut min_wait = Duration::MAX;
            let now = context.clock.now();
            // By address too: many names may resolve to one bystander.
            let mut may_probe = |target: &SocketAddr| {
                let ip = target.ip().to_canonical().to_string();
                if ip == host.trim_matches(['[', ']']) {
                    // The host was written as this address, and was counted above.
                    return true;
                }
                let acquired = probes.try_acquire(&key(&ip), now);
                if let Err(wait) = acquired {
                    min_wait = min_wait.min(wait);
                }
                acquired.is_ok()
            };
            let targets: Vec<_> = targets.into_iter().filter(|it| may_probe(it)).collect();
            if !targets.is_empty() {
                return Some(Ok(targets));
            }
            self.pause(min_wait).await?;
        }
    }

    async fn pause(&self, wait: Duration) -> Option<()> {
        tokio::select! {
            () = self.handle.stop.cancelled() => None,
            () = tokio::time::sleep(wait) => Some(()),
        }
    }

    /// Visits an announced source at the first of its addresses that accepts a connection, and
    /// a configured one wherever its name leads.
    async fn visit_first(&mut self, targets: Targets) -> Result<(), CallFailure> {
        let (context, source) = (&self.context, &mut self.source);
        let inclusions = &mut self.inclusions;
        let targets = targets.map_err(connect_failure)?;
        if targets.is_empty() {
            return visit(context, source, None, inclusions).await;
        }
        let mut last_failure = None;
        for target in targets {
            match visit(context, source, Some(target), inclusions).await {
                Err(failure)
                    if matches!(
                        failure.connect,
                        Some(ConnectReason::ConnectFailed | ConnectReason::ConnectTimedOut)
                    ) =>
                {
                    last_failure = Some(failure);
                }
                visited => return visited,
            }
        }
        last_failure.map_or(Ok(()), Err)
    }
}
