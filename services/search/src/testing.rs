//! A store with its index, for tests of code that searches.

#![expect(
    clippy::unwrap_used,
    reason = "test code: what cannot fail in a test panics"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_store::contract::StoredGroup;
use hedgerow_store::{IndexSource, RevisionStream};
use hedgerow_store_sqlite::SqliteStore;
use hedgerow_testkit::ManualClock;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::IndexConfig;
use crate::index::Index;

/// The time that the clock shows at first.
const START_MILLIS: i64 = 1_790_000_000_000;
/// How long a test waits for a revision to become searchable.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A store, an index over it and the indexer while it runs.
pub struct IndexedStore {
    pub folder: TempDir,
    pub store: Arc<SqliteStore>,
    pub clock: Arc<ManualClock>,
    pub index: Index,
    indexer: Option<(CancellationToken, JoinHandle<()>)>,
}

impl IndexedStore {
    /// An empty store with a running indexer.
    pub async fn start() -> Self {
        let mut indexed = Self::stopped().await;
        indexed.start_indexer();
        indexed
    }

    /// An empty store whose indexer does not run yet.
    pub async fn stopped() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(open_store(&folder).await);
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(START_MILLIS)));
        let index = open_index(&folder, &store, &clock);
        Self {
            folder,
            store,
            clock,
            index,
            indexer: None,
        }
    }

    /// Opens the store a second time, as a command in another process does.
    pub async fn open_store_again(&self) -> SqliteStore {
        open_store(&self.folder).await
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn start_indexer(&mut self) {
        let stop = CancellationToken::new();
        let (index, token) = (self.index.clone(), stop.clone());
        let indexer = tokio::spawn(async move { index.run(token, &()).await });
        self.indexer = Some((stop, indexer));
    }

    pub async fn stop_indexer(&mut self) {
        if let Some((stop, indexer)) = self.indexer.take() {
            stop.cancel();
            indexer.await.unwrap();
        }
    }

    /// Opens the index again, as after a restart of the program.
    pub async fn restart(&mut self) {
        self.stop_indexer().await;
        self.index = open_index(&self.folder, &self.store, &self.clock);
        self.start_indexer();
    }

    /// Publishes, and waits until searches see it.
    pub async fn publish(&self, group: &mut StoredGroup) {
        let revision = group.publish(self.store.as_ref(), self.now()).await;
        self.wait_for(revision).await;
    }

    /// Waits until searches see a revision.
    pub async fn wait_for(&self, revision: u64) {
        let mut searchable = self.index.searchable_revision();
        let reached = searchable.wait_for(|seen| *seen >= revision);
        tokio::time::timeout(TIMEOUT, reached)
            .await
            .unwrap()
            .unwrap();
    }

    /// Waits until searches see everything in the store.
    pub async fn wait_for_latest(&self) {
        self.wait_for(self.store.latest_revision().await.unwrap())
            .await;
    }
}

/// The folder of the index within the folder of a test.
pub(crate) fn index_folder(folder: &TempDir) -> PathBuf {
    folder.path().join("index")
}

pub(crate) fn open_index(
    folder: &TempDir,
    store: &Arc<SqliteStore>,
    clock: &Arc<ManualClock>,
) -> Index {
    let store: Arc<dyn IndexSource> = store.clone();
    let config = IndexConfig::default();
    Index::open(&index_folder(folder), store, clock.clone(), config).unwrap()
}

async fn open_store(folder: &TempDir) -> SqliteStore {
    let own_id = GroupId::from_bytes([0xee; 32]);
    let file = folder.path().join("store.sqlite");
    SqliteStore::open(&file, own_id, "s1").await.unwrap()
}
