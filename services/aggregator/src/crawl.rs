//! Following others: the servers in the configuration, and the nodes whose groups' heads
//! name an endpoint.
//!
//! Each is followed by a task of its own: whatever one does, the others go on. What comes
//! goes through the same [`Apply`] as what is pushed. A source's word about a group's
//! status is shown to people and never obeyed.

mod again;
mod fetch;
mod follower;
mod heard;
mod line;
mod probes;
mod shares;
mod standing;
mod visit;

use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use hedgerow_core::address::Address;
use hedgerow_core::id::SpkiHash;
use hedgerow_core::time::Clock;
use hedgerow_core::time::Random;
use hedgerow_rpc::connector::Connector;
use hedgerow_rpc::connector::Trust;
use hedgerow_rpc::metrics::Metrics;
use tokio::sync::Notify;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use heard::Heard;
pub use heard::Listening;

use crate::apply::Apply;
use crate::config::CrawlConfig;
use crate::store::StoreError;
use follower::Follower;
use probes::Probes;
use shares::Shares;
use standing::Standings;

/// How often it is looked which endpoints heads name.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// How soon after one look the next may be, where one hears of an endpoint that is new.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How many endpoints are read for each place that is followed: heads may name one place
/// with many keys.
const KEYS_OF_ONE: usize = 4;
/// How many ports of one host are followed.
const PORTS_OF_ONE: usize = 16;

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
    /// Of these, as many as servers may have that were only announced.
    announced_transfers: Semaphore,
    shares: Shares,
    /// Announced servers that are followed, by place.
    announced: Mutex<HashMap<Address, Reins>>,
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
            announced_transfers: Semaphore::new((parts.config.transfers / 2).max(1)),
            shares: Shares::new(parts.config.transfers_per_source),
            announced: Mutex::new(HashMap::new()),
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
        let mut looked = Instant::now();
        let mut look_at = looked;
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = tokio::time::sleep_until(look_at), if self.config.announced => {
                    if let Err(error) = self.look(&mut followers, &shutdown).await {
                        tracing::error!(%error, "endpoints could not be read");
                    }
                    looked = Instant::now();
                    look_at = looked + LOOK_EVERY;
                }
                // Only what the store names is followed: a head that is not held names
                // nothing.
                Some(address) = listening.next() => if !self.wake(&address) {
                    look_at = look_at.min(looked + LOOK_AGAIN);
                },
                Some(_) = followers.join_next(), if !followers.is_empty() => {}
            }
        }
        while followers.join_next().await.is_some() {}
    }

    /// Wakes the follower of an announced server, where it is followed.
    fn wake(&self, address: &Address) -> bool {
        let announced = self.announced();
        let reins = announced.get(&place(address));
        if let Some(reins) = reins {
            reins.wake.notify_one();
        }
        reins.is_some()
    }

    fn announced(&self) -> MutexGuard<'_, HashMap<Address, Reins>> {
        self.announced
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks which servers heads name now: follows them, lets go of the others, and
    /// forgets what was remembered of those let go of.
    async fn look(
        self: &Arc<Self>,
        followers: &mut JoinSet<()>,
        shutdown: &CancellationToken,
    ) -> Result<(), StoreError> {
        let store = self.apply.store();
        let limit = self.config.max_announced.saturating_mul(KEYS_OF_ONE);
        let named = store.announced_endpoints(limit).await?;
        let named = places(&named, &self.sources, self.own, self.config.max_announced);
        self.reconcile(followers, named, shutdown);
        let followed = self.announced().keys().map(ToString::to_string).collect();
        let configured = self.sources.iter().map(ToString::to_string);
        let followed: HashSet<String> = configured.chain::<HashSet<_>>(followed).collect();
        store.forget_sources_but(&followed).await
    }

    /// Follows what is named and lets go of what is named no more.
    fn reconcile(
        self: &Arc<Self>,
        followers: &mut JoinSet<()>,
        named: Vec<Address>,
        shutdown: &CancellationToken,
    ) {
        let keep: HashSet<&Address> = named.iter().collect();
        let mut announced = self.announced();
        announced.retain(|address, reins| {
            let keep = keep.contains(address);
            if !keep {
                reins.stop.cancel();
            }
            keep
        });
        for address in named {
            announced
                .entry(address.clone())
                .or_insert_with(|| self.follow(followers, address, Trust::Announced, shutdown));
        }
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

/// Where a server is, whatever key it is said to have.
fn place(address: &Address) -> Address {
    Address {
        pin: None,
        ..address.clone()
    }
}

/// The places that endpoints name, the first named first. Whatever number of keys is said
/// to be there, each is followed once: public data proves itself. Of one host, a few ports
/// are; this server itself and its configured sources are not among them.
fn places(endpoints: &[String], sources: &[Address], own: SpkiHash, most: usize) -> Vec<Address> {
    let mut seen: HashSet<Address> = sources.iter().map(place).collect();
    let mut ports: HashMap<String, usize> = HashMap::new();
    let mut places = Vec::new();
    for address in endpoints.iter().filter_map(|it| Address::parse(it).ok()) {
        let at = place(&address);
        if address.pin == Some(own) || seen.contains(&at) {
            continue;
        }
        let ports = ports.entry(at.host.clone()).or_default();
        if *ports >= PORTS_OF_ONE {
            continue;
        }
        *ports += 1;
        seen.insert(at.clone());
        places.push(at);
        if places.len() >= most {
            break;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pinned(place: &str, key: u8) -> String {
        let mut address = Address::parse(place).unwrap();
        address.pin = Some(SpkiHash::from_bytes([key; 32]));
        address.to_string()
    }

    #[test]
    fn made_up_keys_and_ports_take_nobodys_place() {
        let own = SpkiHash::from_bytes([255; 32]);
        let source = Address::parse("https://source.example:1").unwrap();
        let mut endpoints: Vec<_> = (0..50)
            .map(|key| pinned("https://honest.example:7443", key))
            .collect();
        endpoints.extend((1..1_000).map(|port| format!("https://honest.example:{port}")));
        endpoints.push(pinned("https://source.example:1", 7));
        endpoints.push(pinned("https://itself.example:1", 255));
        endpoints.push("https://other.example:7443".to_owned());
        let found = places(&endpoints, &[source], own, 100);
        assert_eq!(found.len(), PORTS_OF_ONE + 1);
        assert_eq!(found[0].to_string(), "https://honest.example:7443");
        assert_eq!(found[PORTS_OF_ONE].host, "other.example");
    }
}
