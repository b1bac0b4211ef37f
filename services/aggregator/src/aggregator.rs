//! The aggregator's parts, opened together and then run.

mod error;
mod identity;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::GroupId;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::random::{Random, RandomExt};
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_search::Index;
use hedgerow_server::acme::PublicName;
use hedgerow_server::backup::{Options, Schedule, pack_before_migration};
use hedgerow_server::feed::FeedHandler;
use hedgerow_server::identity::Identity;
use hedgerow_server::lock::DataDirLock;
use hedgerow_server::metrics::{Metrics, ServerMetrics, serve};
use hedgerow_server::private_files::create_private_dir;
use hedgerow_server::server::{Pages, Server, standard_services};
use hedgerow_store::{Store, StoreError};
use hedgerow_store_sqlite::{SqliteStore, pending_migration};
use hedgerow_transport::clock::{SystemClock, SystemRandom};
use hedgerow_transport::connector::Connector;
use hedgerow_web::map::Maps;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backup::AggregatorBackup;
use crate::config::Config;
use crate::crawl::{Crawler, CrawlerParts, HintSender};
use crate::directory::{Directory, Geocoder};
use crate::feed::StoredFeed;
use crate::inbox::Inbox;
use crate::index_metrics::IndexMetrics;
use crate::ingest::Ingest;
use crate::keys::Keys;
use crate::metrics::{Census, refresh_census};
use crate::receipts::Receipts;
use crate::site::SiteState;
use crate::transfer::TransferProcessor;
use crate::{inbox, retention, site};

/// How often the store is checked for changes by an operator's command, which runs in another
/// process.
const REFRESH_INTERVAL: Duration = Duration::from_secs(2);
/// Services whose responses do not depend on the caller, and which web pages of any origin may
/// therefore call.
const OPEN_TO_PAGES: [&str; 2] = [
    "hedgerow.directory.v1.DirectoryService",
    hedgerow_server::feed::SERVICE,
];
/// 1 January 2026, before this program was written: a clock that is behind this is wrong.
const MIN_TIME: Timestamp = Timestamp::from_seconds(1_767_225_600);

pub use error::AggregatorError;

/// Dependencies that tests replace.
#[derive(Clone)]
pub struct Deps {
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
}

impl Deps {
    /// Returns the system's clock and randomness.
    #[must_use]
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        }
    }
}

/// An opened aggregator: it owns its folder, and [`Aggregator::run`] serves it.
pub struct Aggregator {
    config: Config,
    deps: Deps,
    identity: Identity,
    address: Endpoint,
    keys: Arc<Keys>,
    store: Arc<dyn Store>,
    index: Index,
    index_metrics: IndexMetrics,
    geocoder: Arc<Geocoder>,
    maps: Arc<Maps>,
    processor: Arc<TransferProcessor>,
    _lock: DataDirLock,
}

impl Aggregator {
    /// Makes a new aggregator's keys and certificate in the configuration's folder. The
    /// phrase, which alone can replace the keys, is not stored.
    pub fn initialise(
        config: &Config,
        phrase: &Phrase,
        random: &dyn Random,
    ) -> Result<GroupId, AggregatorError> {
        create_private_dir(&config.data_dir)?;
        let keys = Keys::make(phrase, random)?;
        keys.save(&config.keys_file())?;
        identity::load_or_make(config)?;
        Ok(keys.id())
    }

    /// Opens an initialised aggregator, and locks its folder.
    pub async fn open(config: Config, deps: Deps) -> Result<Self, AggregatorError> {
        config.check()?;
        let now = deps.clock.now();
        if now < MIN_TIME {
            return Err(AggregatorError::Clock(now));
        }
        // Before the lock: a missing folder is reported as missing keys, with the command to run.
        let keys = Arc::new(Keys::load(&config.keys_file())?);
        let lock = DataDirLock::acquire(&config.data_dir)?;
        let identity = identity::load_or_make(&config)?;
        let address = identity::address(&config, &identity)?;
        if let Some(version) = pending_migration(&config.database_file()).await? {
            let options = Options {
                passphrase: None,
                random: deps.random.as_ref(),
                now,
            };
            pack_before_migration(&AggregatorBackup, &config.data_dir, version, options).await?;
        }
        let store = open_store(&config, &keys, deps.random.as_ref()).await?;
        let index = Index::open(
            &config.index_folder(),
            store.clone(),
            Arc::clone(&deps.clock),
            config.index.clone(),
        )?;
        let index_metrics = IndexMetrics::default();
        let geocoder = Arc::new(Geocoder::open(&config)?);
        let maps = site::maps(&config)?;
        let processor = TransferProcessor::new(
            Arc::clone(&store),
            Arc::clone(&deps.clock),
            keys.id(),
            &config.ingest,
        )
        .with_trace_links(index_metrics.links().clone());
        Ok(Self {
            config,
            deps,
            identity,
            address,
            keys,
            store,
            index,
            index_metrics,
            geocoder,
            maps,
            processor: Arc::new(processor),
            _lock: lock,
        })
    }

    /// Returns its id, by which heads permit it to index; its key signs receipts.
    pub fn id(&self) -> GroupId {
        self.keys.id()
    }

    /// Returns the endpoint at which it is reached, with the hash of its TLS key.
    pub fn address(&self) -> &Endpoint {
        &self.address
    }

    /// Returns the same endpoint with the port of its listener: the configured port may be 0,
    /// which lets the system choose one. A public name and a domain have a port of their own.
    pub fn address_at(&self, port: u16) -> Endpoint {
        let mut address = self.address.clone();
        if self.config.public_name.is_none() && self.config.domain.is_none() {
            address.port = port;
        }
        address
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    pub fn index(&self) -> &Index {
        &self.index
    }

    pub fn processor(&self) -> &Arc<TransferProcessor> {
        &self.processor
    }

    /// Serves calls, follows other servers and updates the index until `shutdown`, then drains.
    pub async fn run(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), AggregatorError> {
        let (hint_sender, hints) = HintSender::channel();
        let directory = self.directory();
        let inbox = self.inbox();
        let pages = self.pages(directory.clone(), inbox.clone(), &listener);
        let routes = self.routes(directory, inbox, hint_sender).await?;
        let calls = ServerMetrics::default();
        let (clock, random) = (&self.deps.clock, &self.deps.random);
        let public_name = identity::public_name(&self.config, &self.identity, clock, random)?;
        let server = Server::new(self.config.limits.clone(), &self.identity)?
            .metrics(calls.clone())
            .public_name(public_name.clone())
            .behind(self.config.site.reverse_proxy())
            .routes(routes)
            .pages(pages)
            .web(&OPEN_TO_PAGES);
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let index = self.index.clone();
        let (index_metrics, index_stop) = (self.index_metrics.clone(), stop.clone());
        tasks.spawn(async move { index.run(index_stop, &index_metrics).await });
        let crawler = self.crawler();
        let backups = self.backups()?;
        let mut metrics_server = self
            .serve_metrics(&calls, &crawler, (&backups, public_name.as_ref()))
            .await?;
        if let Some(name) = public_name {
            tasks.spawn(name.run(stop.clone()));
        }
        tasks.spawn(crawler.run(hints, stop.clone()));
        tasks.spawn(retention::run(
            Arc::clone(&self.store),
            Arc::clone(&self.deps.clock),
            self.config.ingest.staged_for(),
            stop.clone(),
        ));
        tasks.spawn(refresh(Arc::clone(&self.store), stop.clone()));
        tasks.spawn(backups.run(stop.clone()));
        tasks.close();
        server.serve(listener, shutdown).await;
        metrics_server.abort_all();
        stop.cancel();
        tasks.wait().await;
        self.store.close().await;
        Ok(())
    }

    /// Serves metrics, if they are configured, until the returned set is dropped.
    async fn serve_metrics(
        &self,
        calls: &ServerMetrics,
        crawler: &Crawler,
        (backups, public_name): (&Schedule, Option<&PublicName>),
    ) -> Result<JoinSet<()>, AggregatorError> {
        let mut tasks = JoinSet::new();
        let bound = self.config.metrics.bind().await;
        let Some(listener) = bound.map_err(AggregatorError::Metrics)? else {
            return Ok(tasks);
        };
        let census = Census::default();
        let mut metrics = Metrics::default();
        calls.register(&mut metrics);
        metrics.add_program(self.config.data_dir.clone());
        backups.register(&mut metrics);
        self.processor.counters().register(&mut metrics);
        crawler.register(&mut metrics);
        self.index_metrics.register(&mut metrics);
        census.register(&mut metrics);
        if let Some(name) = public_name {
            name.register(&mut metrics);
        }
        let refresh = refresh_census(&census, &self.store, &self.index, &self.deps.clock);
        tasks.spawn(serve(listener, metrics, refresh));
        Ok(tasks)
    }

    fn backups(&self) -> Result<Schedule, AggregatorError> {
        let settings = (self.config.data_dir.clone(), self.config.backup.clone());
        let (clock, random) = (Arc::clone(&self.deps.clock), Arc::clone(&self.deps.random));
        Ok(Schedule::new(&AggregatorBackup, settings, clock, random)?)
    }

    fn directory(&self) -> Directory {
        Directory::new(
            Arc::clone(&self.store),
            self.index.clone(),
            Arc::clone(&self.deps.clock),
            self.deps.random.as_ref(),
            Arc::clone(&self.geocoder),
            &self.config,
        )
    }

    fn inbox(&self) -> Inbox {
        Inbox::new(
            Arc::clone(&self.store),
            Arc::clone(&self.deps.clock),
            Arc::clone(&self.deps.random),
            self.id(),
            &self.config.inbox,
        )
    }

    /// The pages, over the same directory as the calls, so that both share its limits.
    fn pages(&self, directory: Directory, inbox: Inbox, listener: &TcpListener) -> Pages {
        let port = listener.local_addr().map_or(0, |address| address.port());
        let state = SiteState::new(
            directory,
            Arc::clone(&self.deps.clock),
            &self.config.site,
            self.id().to_string(),
            self.address_at(port).to_string(),
        );
        site::pages(state.with_maps(Arc::clone(&self.maps)).with_inbox(inbox))
    }

    async fn routes(
        &self,
        directory: Directory,
        inbox: Inbox,
        hints: HintSender,
    ) -> Result<tonic::service::Routes, AggregatorError> {
        let services = [
            hedgerow_server::feed::SERVICE,
            "hedgerow.ingest.v1.IngestService",
            "hedgerow.directory.v1.DirectoryService",
            inbox::SERVICE,
        ];
        let standard = standard_services(&services)
            .await
            .map_err(|error| AggregatorError::Reflection(error.to_string()))?;
        let message_bytes = self.config.limits.message_bytes;
        let feed = StoredFeed::new(Arc::clone(&self.store), Arc::clone(&self.deps.clock));
        let receipts = Receipts::new(
            Arc::clone(&self.keys),
            Arc::clone(&self.deps.clock),
            self.config.ingest.in_effect_within(),
        );
        let ingest = Ingest::new(
            Arc::clone(&self.processor),
            receipts,
            self.config.ingest.clone(),
            hints,
            message_bytes,
        );
        let feed = FeedHandler::new(Arc::new(feed), self.config.feed.clone());
        Ok(standard
            .add_service(feed.into_service(message_bytes))
            .add_service(ingest.into_service())
            .add_service(inbox.into_service(message_bytes))
            .add_service(directory.into_service(message_bytes)))
    }

    fn crawler(&self) -> Crawler {
        Crawler::new(CrawlerParts {
            processor: Arc::clone(&self.processor),
            connector: Connector::new(self.config.connector.clone()),
            clock: Arc::clone(&self.deps.clock),
            random: Arc::clone(&self.deps.random),
            config: self.config.crawl.clone(),
            sources: self.config.sources.clone(),
            own: self.identity.spki_hash(),
        })
    }
}

/// Opens the store of a folder, for an aggregator or for an operator's command.
pub async fn open_store(
    config: &Config,
    keys: &Keys,
    random: &dyn Random,
) -> Result<Arc<dyn Store>, StoreError> {
    let stream_id = new_stream_id(random);
    let store = SqliteStore::open(&config.database_file(), keys.id(), &stream_id).await?;
    Ok(Arc::new(store))
}

/// Generates a name for a stream of revisions.
pub fn new_stream_id(random: &dyn Random) -> String {
    hex::encode(random.bytes::<8>())
}

async fn refresh(store: Arc<dyn Store>, stop: CancellationToken) {
    let mut tick = tokio::time::interval(REFRESH_INTERVAL);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = store.refresh().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "cannot check the store for changes"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hedgerow_testkit::{ManualClock, SeededRandom};

    fn deps(now: Timestamp) -> Deps {
        Deps {
            clock: Arc::new(ManualClock::at(now)),
            random: Arc::new(SeededRandom::new(1)),
        }
    }

    fn initialised() -> (tempfile::TempDir, Config) {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::new(folder.path());
        let phrase = Phrase::from_entropy([1; 16]);
        Aggregator::initialise(&config, &phrase, &SeededRandom::new(1)).unwrap();
        (folder, config)
    }

    #[tokio::test]
    async fn a_clock_before_the_program_was_written_is_reported() {
        let (_folder, config) = initialised();
        let opened = Aggregator::open(config, deps(Timestamp::from_seconds(0))).await;
        let message = opened.err().unwrap().to_string();
        assert!(message.contains("it says 1970-01-01"), "{message}");
    }

    #[tokio::test]
    async fn a_folder_has_one_aggregator_at_a_time() {
        let (_folder, config) = initialised();
        let now = Timestamp::from_seconds(1_800_000_000);
        let first = Aggregator::open(config.clone(), deps(now)).await.unwrap();
        let second = Aggregator::open(config.clone(), deps(now)).await;
        assert!(matches!(second, Err(AggregatorError::Lock(_))));
        drop(first);
        Aggregator::open(config, deps(now)).await.unwrap();
    }

    #[tokio::test]
    async fn an_address_carries_the_public_name_and_the_keys_hash() {
        let (_folder, config) = initialised();
        let config = Config {
            public_name: Some("aggregator.example:7450".to_owned()),
            ..config
        };
        let now = Timestamp::from_seconds(1_800_000_000);
        let aggregator = Aggregator::open(config, deps(now)).await.unwrap();
        let address = aggregator.address().to_string();
        assert_eq!(aggregator.address_at(1), *aggregator.address());
        assert!(
            address.starts_with("https://aggregator.example:7450#sha256="),
            "{address}"
        );
        drop(aggregator);
        let (_folder, config) = initialised();
        let config = Config {
            domain: Some("directory.example".parse().unwrap()),
            ..config
        };
        let aggregator = Aggregator::open(config, deps(now)).await.unwrap();
        let address = aggregator.address_at(1).to_string();
        assert!(
            address.starts_with("https://directory.example:443#sha256="),
            "{address}"
        );
    }
}
