//! Following others: the servers in the configuration, and the nodes whose groups' heads
//! name an endpoint.
//!
//! Each is followed by a task of its own: whatever one does, the others go on. What comes
//! goes through the same [`Apply`] as what is pushed. A source's word about a group's
//! status is shown to people and never obeyed.

mod fetch;
mod follower;
mod heard;
mod line;
mod probes;
mod standing;
mod visit;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::address::Address;
use hedgerow_core::id::SpkiHash;
use hedgerow_core::time::{Clock, Random};
use hedgerow_rpc::connector::{Connector, Trust};
use hedgerow_rpc::metrics::Metrics;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use heard::{Heard, Listening};

use crate::apply::Apply;
use crate::config::CrawlConfig;
use crate::store::StoreError;
use follower::Follower;
use probes::Probes;
use standing::Standings;

/// How often it is looked which endpoints heads name.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// How many endpoints are read from the store at once.
const PAGE: usize = 500;

/// Follows others.
pub struct Crawl {
    apply: Arc<Apply>,
    connector: Connector,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    config: CrawlConfig,
    sources: Vec<Address>,
    /// This server's own TLS key: it does not follow itself.
    own: SpkiHash,
    transfers: Semaphore,
    probes: Probes,
    standings: Standings,
}

/// What [`Crawl`] works with.
pub struct CrawlParts {
    /// Where what comes goes.
    pub apply: Arc<Apply>,
    /// How others are reached.
    pub connector: Connector,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// For jitter.
    pub random: Arc<dyn Random>,
    /// Its settings.
    pub config: CrawlConfig,
    /// The servers in the configuration.
    pub sources: Vec<Address>,
    /// This server's own TLS key.
    pub own: SpkiHash,
}

/// A follower's reins.
struct Reins {
    wake: Arc<Notify>,
    stop: CancellationToken,
}

impl Crawl {
    /// Follows with these parts.
    pub fn new(parts: CrawlParts) -> Self {
        Self {
            transfers: Semaphore::new(parts.config.transfers),
            probes: Probes::new(Duration::from_secs(parts.config.probe_seconds)),
            standings: Standings::default(),
            apply: parts.apply,
            connector: parts.connector,
            clock: parts.clock,
            random: parts.random,
            config: parts.config,
            sources: parts.sources,
            own: parts.own,
        }
    }

    /// Adds how the sources are to what is told.
    pub fn tell(&self, metrics: &mut Metrics) {
        self.standings.tell(metrics);
    }

    /// Follows until `shutdown`.
    pub async fn run(self: Arc<Self>, mut listening: Listening, shutdown: CancellationToken) {
        let mut followers = JoinSet::new();
        for address in &self.sources {
            self.follow(
                &mut followers,
                address.clone(),
                Trust::Configured,
                &shutdown,
            );
        }
        let mut announced: HashMap<String, Reins> = HashMap::new();
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                _ = look.tick(), if self.config.announced => {
                    match self.endpoints().await {
                        Ok(named) => self.reconcile(&mut followers, &mut announced, &named, &shutdown),
                        Err(error) => tracing::error!(%error, "endpoints could not be read"),
                    }
                }
                Some(address) = listening.next() => {
                    if let Some(reins) = announced.get(&address.to_string()) {
                        reins.wake.notify_one();
                    } else if self.config.announced {
                        self.begin(&mut followers, &mut announced, address, &shutdown);
                    }
                }
                Some(_) = followers.join_next(), if !followers.is_empty() => {}
            }
        }
        while followers.join_next().await.is_some() {}
    }

    /// Endpoints that heads name now.
    async fn endpoints(&self) -> Result<HashSet<String>, StoreError> {
        let mut named = HashSet::new();
        let mut after: Option<String> = None;
        while named.len() < self.config.max_announced {
            let page = self
                .apply
                .store()
                .announced_endpoints(after.as_deref(), PAGE)
                .await?;
            let Some(last) = page.last() else { break };
            after = Some(last.clone());
            named.extend(page);
        }
        Ok(named)
    }

    /// Follows what is named and lets go of what is named no more.
    fn reconcile(
        self: &Arc<Self>,
        followers: &mut JoinSet<()>,
        announced: &mut HashMap<String, Reins>,
        named: &HashSet<String>,
        shutdown: &CancellationToken,
    ) {
        announced.retain(|address, reins| {
            let keep = named.contains(address);
            if !keep {
                reins.stop.cancel();
            }
            keep
        });
        for address in named {
            if let Ok(address) = Address::parse(address) {
                self.begin(followers, announced, address, shutdown);
            }
        }
    }

    /// Begins to follow an announced endpoint, unless it is followed already, is this
    /// server, or there are enough.
    fn begin(
        self: &Arc<Self>,
        followers: &mut JoinSet<()>,
        announced: &mut HashMap<String, Reins>,
        address: Address,
        shutdown: &CancellationToken,
    ) {
        let name = address.to_string();
        let is_known = announced.contains_key(&name) || self.sources.contains(&address);
        let is_own = address.pin == Some(self.own);
        if is_known || is_own || announced.len() >= self.config.max_announced {
            return;
        }
        let reins = self.follow(followers, address, Trust::Announced, shutdown);
        announced.insert(name, reins);
    }

    fn follow(
        self: &Arc<Self>,
        followers: &mut JoinSet<()>,
        address: Address,
        trust: Trust,
        shutdown: &CancellationToken,
    ) -> Reins {
        let reins = Reins {
            wake: Arc::new(Notify::new()),
            stop: shutdown.child_token(),
        };
        let follower = Follower::new(
            Arc::clone(self),
            address,
            trust,
            Arc::clone(&reins.wake),
            reins.stop.clone(),
        );
        followers.spawn(follower.run());
        reins
    }
}
