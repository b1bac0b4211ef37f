//! Follows other servers: those in the configuration, and the nodes that the heads of groups
//! name as their endpoint.
//!
//! Each has a task of its own, so that none delays another. What they send is processed like a
//! push. A source's claim about a group's status is shown to people and never acted upon.

mod context;
mod cursor_window;
mod endpoint_hints;
mod fetch;
mod follower;
mod followers;
mod metrics;
mod places;
mod probe_limiter;
mod quota_reporter;
mod retry_queue;
mod row_pace;
mod session;
mod source;
mod transfer_quota;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::{GroupId, SpkiHash};
use hedgerow_core::random::Random;
use hedgerow_core::time::Clock;
use hedgerow_server::metrics::Metrics;
use hedgerow_store::StoreError;
use hedgerow_transport::connector::{Connector, Trust};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

pub use endpoint_hints::HintSender;

use crate::config::CrawlConfig;
use crate::transfer::TransferProcessor;
use context::CrawlContext;
use follower::Follower;
use followers::{AnnouncedFollowers, FollowerHandle};
use metrics::CrawlMetrics;
use places::places_to_follow;
use probe_limiter::ProbeLimiter;
use transfer_quota::TransferQuota;

/// How often the endpoints that heads name are read from the store.
const REFRESH_INTERVAL: Duration = Duration::from_secs(60);
/// The shortest time between two such reads, if hints about new endpoints arrive.
const MIN_REFRESH_INTERVAL: Duration = Duration::from_secs(5);
/// How often the exclusions are read: a group that is included again returns within this time
/// and a fetch. Another process ends an exclusion and does not signal it.
const EXCLUSIONS_INTERVAL: Duration = Duration::from_secs(10);
/// Number of endpoints that are read for each place that is followed: heads may name one place
/// with many keys.
const KEYS_PER_PLACE: usize = 4;

/// Follows other servers.
pub struct Crawler {
    context: Arc<CrawlContext>,
    sources: Vec<Endpoint>,
    own: SpkiHash,
}

/// The dependencies of a [`Crawler`].
pub struct CrawlerParts {
    /// Processes what the sources send.
    pub processor: Arc<TransferProcessor>,
    /// Connects to them.
    pub connector: Connector,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// For jitter.
    pub random: Arc<dyn Random>,
    /// Limits and intervals.
    pub config: CrawlConfig,
    /// The servers in the configuration.
    pub sources: Vec<Endpoint>,
    /// This server's own TLS key: it does not follow itself.
    pub own: SpkiHash,
}

impl Crawler {
    /// Makes a crawler, which follows nothing until [`run`](Self::run).
    pub fn new(parts: CrawlerParts) -> Self {
        let config = parts.config;
        let context = CrawlContext {
            transfers: Semaphore::new(config.transfers),
            announced_transfers: Semaphore::new((config.transfers / 2).max(1)),
            quota: TransferQuota::new(config.transfers_per_source),
            probes: ProbeLimiter::new(Duration::from_secs(config.probe_seconds)),
            metrics: CrawlMetrics::default(),
            announced: AnnouncedFollowers::default(),
            inclusions: watch::Sender::new(0),
            processor: parts.processor,
            connector: parts.connector,
            clock: parts.clock,
            random: parts.random,
            config,
        };
        Self {
            context: Arc::new(context),
            sources: parts.sources,
            own: parts.own,
        }
    }

    /// Adds the states of the sources to the exported metrics.
    pub fn register(&self, metrics: &mut Metrics) {
        self.context.metrics.register(metrics);
    }

    /// Follows until `shutdown`.
    pub async fn run(self, mut hints: mpsc::Receiver<Endpoint>, shutdown: CancellationToken) {
        let mut followers = JoinSet::new();
        for source in &self.sources {
            if source.pin == Some(self.own) {
                tracing::warn!(%source, "this source is this server: it does not follow itself");
                continue;
            }
            let handle = FollowerHandle::new(&shutdown);
            self.follow(&mut followers, source.clone(), Trust::Configured, handle);
        }
        let mut last_refresh = Instant::now();
        let mut next_refresh = last_refresh;
        let mut exclusions = tokio::time::interval(EXCLUSIONS_INTERVAL);
        exclusions.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut excluded = HashSet::new();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = tokio::time::sleep_until(next_refresh), if self.context.config.announced => {
                    if let Err(error) = self.refresh(&mut followers, &shutdown).await {
                        tracing::error!(%error, "cannot read the endpoints that heads name");
                    }
                    last_refresh = Instant::now();
                    next_refresh = last_refresh + REFRESH_INTERVAL;
                }
                _ = exclusions.tick() => {
                    if let Err(error) = self.update_exclusions(&mut excluded).await {
                        tracing::error!(%error, "cannot read which groups are excluded");
                    }
                }
                // A hint alone starts no follower: only heads in the store name endpoints.
                Some(endpoint) = hints.recv() => if !self.context.announced.wake(&endpoint) {
                    next_refresh = next_refresh.min(last_refresh + MIN_REFRESH_INTERVAL);
                },
                Some(_) = followers.join_next(), if !followers.is_empty() => {}
            }
        }
        while followers.join_next().await.is_some() {}
    }

    /// Reads which groups are excluded now, and signals the followers if one no longer is.
    async fn update_exclusions(&self, excluded: &mut HashSet<GroupId>) -> Result<(), StoreError> {
        let exclusions = self.context.processor.store().list_exclusions().await?;
        let now: HashSet<GroupId> = exclusions.into_iter().map(|(group, _)| group).collect();
        if !excluded.is_subset(&now) {
            self.context.inclusions.send_modify(|count| *count += 1);
        }
        *excluded = now;
        Ok(())
    }

    /// Reads which servers heads name now, adjusts the followers to them, and deletes the
    /// progress of servers that are no longer followed.
    async fn refresh(
        &self,
        followers: &mut JoinSet<()>,
        shutdown: &CancellationToken,
    ) -> Result<(), StoreError> {
        let CrawlContext {
            processor,
            config,
            announced,
            ..
        } = self.context.as_ref();
        let store = processor.store();
        let max = config.max_announced;
        let endpoints = store
            .announced_endpoints(max.saturating_mul(KEYS_PER_PLACE))
            .await?;
        let named = places_to_follow(&endpoints, &self.sources, self.own, max);
        announced.reconcile(named, |place| {
            let handle = FollowerHandle::new(shutdown);
            self.follow(followers, place, Trust::Announced, handle.clone());
            handle
        });
        let configured = self.sources.iter().map(ToString::to_string);
        let followed: HashSet<String> = configured.chain(announced.places()).collect();
        store.retain_sources(&followed).await
    }

    fn follow(
        &self,
        followers: &mut JoinSet<()>,
        endpoint: Endpoint,
        trust: Trust,
        handle: FollowerHandle,
    ) {
        let context = Arc::clone(&self.context);
        followers.spawn(Follower::new(context, endpoint, trust, handle).run());
    }
}
