//! An aggregator, built and then run.

mod identity;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::address::Address;
use hedgerow_core::address::AddressError;
use hedgerow_core::id::GroupId;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::time::Clock;
use hedgerow_core::time::Random;
use hedgerow_core::time::RandomExt;
use hedgerow_core::time::Timestamp;
use hedgerow_rpc::connector::Connector;
use hedgerow_rpc::feed::FeedHandler;
use hedgerow_rpc::files::WriteFailed;
use hedgerow_rpc::files::create_private_dir;
use hedgerow_rpc::lock::DataDirLock;
use hedgerow_rpc::lock::LockError;
use hedgerow_rpc::metrics::Metrics;
use hedgerow_rpc::metrics::ServerMetrics;
use hedgerow_rpc::metrics::serve;
use hedgerow_rpc::server::BindError;
use hedgerow_rpc::server::Server;
use hedgerow_rpc::server::standard_services;
use hedgerow_rpc::tls::Identity;
use hedgerow_rpc::tls::IdentityError;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::apply::Apply;
use crate::config::Config;
use crate::config::ConfigError;
use crate::crawl::Crawl;
use crate::crawl::CrawlParts;
use crate::crawl::Heard;
use crate::directory;
use crate::feed::StoredFeed;
use crate::index::Index;
use crate::index::IndexError;
use crate::ingest::Ingest;
use crate::keys::Keys;
use crate::keys::KeysError;
use crate::metrics::Census;
use crate::metrics::look;
use crate::receipts::Receipts;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::sqlite::SqliteStore;
use crate::sweep;

/// How often it is looked whether an operator's command changed the store.
const REFRESH: Duration = Duration::from_secs(2);
/// Services that answer everybody alike, and so pages of any origin too.
const OPEN_TO_PAGES: [&str; 2] = ["hedgerow.v1.DirectoryService", hedgerow_rpc::feed::SERVICE];
/// 1 January 2026: no clock that tells the truth is before this program was written.
const EARLIEST: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// What an aggregator is given from outside.
#[derive(Clone)]
pub struct Deps {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

/// An aggregator. [`Aggregator::run`] serves it.
pub struct Aggregator {
    config: Config,
    deps: Deps,
    identity: Identity,
    address: Address,
    keys: Arc<Keys>,
    store: Arc<dyn Store>,
    index: Index,
    apply: Arc<Apply>,
    _lock: DataDirLock,
}

/// Why an aggregator cannot be made, opened or run.
#[derive(Debug, thiserror::Error)]
pub enum AggregatorError {
    /// Its configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Another process has its folder.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Its own keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Its certificate.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A file of its folder.
    #[error(transparent)]
    File(#[from] WriteFailed),
    /// Its store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its search index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The name under which others are to reach it.
    #[error("`public_name` is not HOST:PORT: {0}")]
    PublicName(#[source] AddressError),
    /// The descriptions of its services.
    #[error("the service descriptions could not be loaded: {0}")]
    Reflection(String),
    /// There is no listening where metrics are to be told.
    #[error("metrics cannot be told (`metrics.listen`): {0}")]
    Metrics(#[source] BindError),
    /// The machine's clock cannot be right.
    #[error("this machine's clock says {0}: set it, then start again")]
    Clock(Timestamp),
}

impl Aggregator {
    /// Makes a new aggregator's keys and certificate in the configuration's folder. The
    /// phrase, which alone can replace the keys, is not kept.
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

    /// Opens an aggregator that was initialised, and takes hold of its folder.
    pub async fn open(config: Config, deps: Deps) -> Result<Self, AggregatorError> {
        config.check()?;
        let now = deps.clock.now();
        if now < EARLIEST {
            return Err(AggregatorError::Clock(now));
        }
        // Without keys there is no such folder to lock.
        let keys = Arc::new(Keys::load(&config.keys_file())?);
        let lock = DataDirLock::acquire(&config.data_dir)?;
        let identity = identity::load_or_make(&config)?;
        let address = identity::address(&config, &identity)?;
        let store = open_store(&config, &keys, deps.random.as_ref()).await?;
        let index = Index::open(
            &config.index_folder(),
            Arc::clone(&store),
            Arc::clone(&deps.clock),
            config.index.clone(),
        )?;
        let apply = Apply::new(
            Arc::clone(&store),
            Arc::clone(&deps.clock),
            keys.id(),
            config.ingest.clone(),
        );
        let apply = Arc::new(apply.noting(index.watched().causes().clone()));
        Ok(Self {
            config,
            deps,
            identity,
            address,
            keys,
            store,
            index,
            apply,
            _lock: lock,
        })
    }

    /// Its id: what `indexing` names, and whose key signs receipts.
    pub fn id(&self) -> GroupId {
        self.keys.id()
    }

    /// Where it is reached, with the hash of its key.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// What it holds.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// What it finds by.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// What it takes by.
    pub fn apply(&self) -> &Arc<Apply> {
        &self.apply
    }

    /// Serves, follows others and keeps the index, until `shutdown`; then lets what is
    /// under way come to its end.
    pub async fn run(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), AggregatorError> {
        let (heard, listening) = Heard::channel();
        let routes = self.routes(heard).await?;
        let calls = ServerMetrics::default();
        let server = Server::builder(self.config.limits.clone())
            .tls(&self.identity)?
            .metrics(calls.clone())
            .routes(routes)
            .web(&OPEN_TO_PAGES);
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let index = self.index.clone();
        let index_stop = stop.clone();
        tasks.spawn(async move { index.run(index_stop).await });
        let crawl = self.crawl();
        let mut telling = self.tell(&calls, &crawl).await?;
        tasks.spawn(crawl.run(listening, stop.clone()));
        tasks.spawn(sweep::run(
            Arc::clone(&self.store),
            Arc::clone(&self.deps.clock),
            self.config.ingest.staged_for(),
            stop.clone(),
        ));
        tasks.spawn(refresh(Arc::clone(&self.store), stop.clone()));
        tasks.close();
        server.serve(listener, shutdown).await;
        telling.abort_all();
        stop.cancel();
        tasks.wait().await;
        self.store.close().await;
        Ok(())
    }

    /// Tells metrics, where the configuration says so, until what is returned is dropped.
    async fn tell(
        &self,
        calls: &ServerMetrics,
        crawl: &Crawl,
    ) -> Result<JoinSet<()>, AggregatorError> {
        let mut telling = JoinSet::new();
        let bound = self.config.metrics.bind().await;
        let Some(listener) = bound.map_err(AggregatorError::Metrics)? else {
            return Ok(telling);
        };
        let census = Census::default();
        let mut metrics = Metrics::new();
        calls.tell(&mut metrics);
        self.apply.counters().tell(&mut metrics);
        crawl.tell(&mut metrics);
        self.index.watched().tell(&mut metrics);
        census.tell(&mut metrics);
        let look = look(&census, &self.store, &self.index, &self.deps.clock);
        telling.spawn(serve(listener, metrics, look));
        Ok(telling)
    }

    async fn routes(&self, heard: Heard) -> Result<tonic::service::Routes, AggregatorError> {
        let services = [
            hedgerow_rpc::feed::SERVICE,
            "hedgerow.v1.IngestService",
            "hedgerow.v1.DirectoryService",
        ];
        let standard = standard_services(&services)
            .await
            .map_err(|error| AggregatorError::Reflection(error.to_string()))?;
        let feed = StoredFeed::new(Arc::clone(&self.store), Arc::clone(&self.deps.clock));
        let receipts = Receipts::new(
            Arc::clone(&self.keys),
            Arc::clone(&self.deps.clock),
            self.config.ingest.in_effect_within(),
        );
        let ingest = Ingest::new(
            Arc::clone(&self.apply),
            receipts,
            self.config.ingest.clone(),
            heard,
            self.config.limits.message_bytes,
        );
        let directory = directory::service(
            Arc::clone(&self.store),
            self.index.clone(),
            Arc::clone(&self.deps.clock),
            self.deps.random.as_ref(),
            &self.config,
        );
        let feed = FeedHandler::new(Arc::new(feed), self.config.feed.clone());
        Ok(standard
            .routes
            .add_service(feed.into_service(self.config.limits.message_bytes))
            .add_service(ingest.into_service())
            .add_service(directory))
    }

    fn crawl(&self) -> Arc<Crawl> {
        Arc::new(Crawl::new(CrawlParts {
            apply: Arc::clone(&self.apply),
            connector: Connector::new(self.config.connector.clone()),
            clock: Arc::clone(&self.deps.clock),
            random: Arc::clone(&self.deps.random),
            config: self.config.crawl.clone(),
            sources: self.config.sources.clone(),
            own: self.identity.spki_hash(),
        }))
    }
}

/// Opens the store of a folder: for a running aggregator, and for an operator's command
/// beside it.
pub async fn open_store(
    config: &Config,
    keys: &Keys,
    random: &dyn Random,
) -> Result<Arc<dyn Store>, StoreError> {
    let stream_id = new_stream_id(random);
    let store = SqliteStore::open(&config.database_file(), keys.id(), &stream_id).await?;
    Ok(Arc::new(store))
}

/// A name for a stream of revisions.
pub fn new_stream_id(random: &dyn Random) -> String {
    hex::encode(random.bytes::<8>())
}

async fn refresh(store: Arc<dyn Store>, stop: CancellationToken) {
    let mut tick = tokio::time::interval(REFRESH);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = store.refresh().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the store cannot be read"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::Dice;
    use crate::tests::StoppedClock;

    fn deps(now: Timestamp) -> Deps {
        Deps {
            clock: Arc::new(StoppedClock::at(now)),
            random: Arc::new(Dice::new(1)),
        }
    }

    fn initialised() -> (tempfile::TempDir, Config) {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::new(folder.path());
        let phrase = Phrase::from_entropy([1; 16]);
        Aggregator::initialise(&config, &phrase, &Dice::new(1)).unwrap();
        (folder, config)
    }

    #[tokio::test]
    async fn a_clock_that_cannot_be_right_is_told() {
        let (_folder, config) = initialised();
        let opened = Aggregator::open(config, deps(Timestamp::from_seconds(0))).await;
        let message = opened.err().unwrap().to_string();
        assert!(message.contains("clock says 1970-01-01"), "{message}");
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
        assert!(
            address.starts_with("https://aggregator.example:7450#sha256="),
            "{address}"
        );
    }
}
