//! What the node keeps: one SQLite file, and the only place with SQL.
//!
//! There is one writing connection and a few reading ones. Everything happens in
//! a [`Transaction`]; a write is durable when its `commit` has returned
//! (`synchronous=FULL`), and not a moment before anything is told to anyone.

mod aggregator;
mod body;
mod delivery;
mod error;
mod head;
mod manifest;
mod open;
mod publisher;
mod record;
mod request;
mod stop;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use sqlx::Sqlite;
use sqlx::SqliteConnection;
use sqlx::SqlitePool;

pub use aggregator::KnownAggregator;
pub use delivery::Acknowledgement;
pub use delivery::Delivery;
pub use delivery::DeliveryState;
pub use error::StoreError;
pub use head::KeptHead;
pub use manifest::REMOVALS_KEPT;
pub use publisher::Publisher;
pub use record::KeptRecord;
pub use record::RecordToKeep;
pub use stop::Stop;

/// A handle on the node's database; clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    writer: SqlitePool,
    reader: SqlitePool,
    /// Set once the file has shown damage: nothing is written or acknowledged after.
    damaged: Arc<AtomicBool>,
}

/// One transaction: a consistent picture to read from, or changes that happen
/// together. Dropped without [`Transaction::commit`], it changes nothing.
#[derive(Debug)]
pub struct Transaction {
    inner: sqlx::Transaction<'static, Sqlite>,
    damaged: Arc<AtomicBool>,
}

impl Store {
    /// Opens or creates the file, and brings its tables up to date. `stream_id`
    /// becomes the name of a new store's order of revisions.
    pub async fn open(file: &Path, stream_id: &str) -> Result<Self, StoreError> {
        let (writer, reader) = open::open(file).await?;
        let store = Self {
            writer,
            reader,
            damaged: Arc::new(AtomicBool::new(false)),
        };
        let mut transaction = store.write().await?;
        transaction.begin_stream(stream_id).await?;
        transaction.commit().await?;
        Ok(store)
    }

    /// Begins to write; waits for the writer before.
    pub async fn write(&self) -> Result<Transaction, StoreError> {
        if self.damaged.load(Ordering::Relaxed) {
            return Err(StoreError::StoppedByDamage);
        }
        self.begin(&self.writer, "BEGIN IMMEDIATE").await
    }

    /// Begins to read one consistent picture.
    pub async fn read(&self) -> Result<Transaction, StoreError> {
        self.begin(&self.reader, "BEGIN").await
    }

    /// Takes the write-ahead log into the file, so that what was erased is in neither.
    pub async fn truncate_log(&self) -> Result<(), StoreError> {
        let result = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&self.writer)
            .await;
        result
            .map(drop)
            .map_err(|error| note(&self.damaged, error.into()))
    }

    /// Finishes what is under way and closes the file.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    async fn begin(&self, pool: &SqlitePool, how: &'static str) -> Result<Transaction, StoreError> {
        match pool.begin_with(how).await {
            Ok(inner) => Ok(Transaction {
                inner,
                damaged: Arc::clone(&self.damaged),
            }),
            Err(error) => Err(note(&self.damaged, error.into())),
        }
    }
}

impl Transaction {
    /// Makes the changes durable. Only after this may anyone be told of them.
    pub async fn commit(self) -> Result<(), StoreError> {
        let damaged = self.damaged;
        self.inner
            .commit()
            .await
            .map_err(|error| note(&damaged, error.into()))
    }

    fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.inner
    }

    /// Passes an error on, and stops all later writing where it tells of damage.
    fn noted<T>(&self, result: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        result.map_err(|error| note(&self.damaged, error.into()))
    }
}

fn note(damaged: &AtomicBool, error: StoreError) -> StoreError {
    if error.is_damage() && !damaged.swap(true, Ordering::Relaxed) {
        tracing::error!(
            %error,
            "the database is damaged: nothing more is written or acknowledged; \
             stop the node and restore its folder from a backup"
        );
    }
    error
}

#[cfg(test)]
mod tests {
    use hedgerow_core::id::GroupId;
    use hedgerow_core::id::RecordHash;
    use hedgerow_core::time::Timestamp;

    use super::*;

    const GROUP: GroupId = GroupId::from_bytes([7; 32]);

    async fn store(folder: &tempfile::TempDir) -> Store {
        let file = folder.path().join("node.sqlite");
        Store::open(&file, "stream").await.unwrap()
    }

    async fn with_group(folder: &tempfile::TempDir) -> Store {
        let store = store(folder).await;
        let mut writing = store.write().await.unwrap();
        let publisher = Publisher {
            group_id: GROUP,
            label: "us".to_owned(),
            token_hash: [1; 32],
        };
        let now = Timestamp::from_seconds(0);
        writing
            .add_publisher(&publisher, &[2; 32], &[3; 32], now)
            .await
            .unwrap();
        writing.commit().await.unwrap();
        store
    }

    async fn put(store: &Store, number: u8) -> Result<(), StoreError> {
        let mut writing = store.write().await?;
        let hash = RecordHash::from_bytes([number; 32]);
        writing.put_body(&GROUP, &hash, &[number; 60_000]).await?;
        writing.commit().await
    }

    #[tokio::test]
    async fn a_transaction_that_is_dropped_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = with_group(&folder).await;
        let mut writing = store.write().await.unwrap();
        let revision = writing.next_revision().await.unwrap();
        drop(writing);
        let mut writing = store.write().await.unwrap();
        assert_eq!(writing.next_revision().await.unwrap(), revision);
    }

    #[tokio::test]
    async fn the_streams_name_outlasts_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        store(&folder).await.close().await;
        let file = folder.path().join("node.sqlite");
        let store = Store::open(&file, "another").await.unwrap();
        let (name, _) = store.read().await.unwrap().stream().await.unwrap();
        assert_eq!(name, "stream");
    }

    #[tokio::test]
    async fn a_full_disk_is_told_as_such_and_passes() {
        let folder = tempfile::tempdir().unwrap();
        let store = with_group(&folder).await;
        sqlx::query("PRAGMA max_page_count = 60")
            .execute(&store.writer)
            .await
            .unwrap();
        let mut kept = 0;
        let error = loop {
            match put(&store, kept).await {
                Ok(()) => kept += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(error, StoreError::Full(_)), "{error}");
        assert!(!error.is_damage());
        sqlx::query("PRAGMA max_page_count = 6000")
            .execute(&store.writer)
            .await
            .unwrap();
        put(&store, kept).await.unwrap();
        let mut reading = store.read().await.unwrap();
        for number in 0..=kept {
            let hash = RecordHash::from_bytes([number; 32]);
            assert!(reading.body(&GROUP, &hash).await.unwrap().is_some());
        }
    }

    #[tokio::test]
    async fn after_damage_nothing_is_written_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let store_of_old = with_group(&folder).await;
        for number in 0..20 {
            put(&store_of_old, number).await.unwrap();
        }
        store_of_old.close().await;
        let file = folder.path().join("node.sqlite");
        let mut bytes = std::fs::read(&file).unwrap();
        let length = bytes.len();
        // The first page says what tables there are: spared, so that it opens.
        bytes[4096..length].fill(0xa5);
        std::fs::write(&file, bytes).unwrap();
        let Ok(store) = Store::open(&file, "stream").await else {
            return;
        };
        let error = put(&store, 30).await.unwrap_err();
        assert!(error.is_damage(), "{error}");
        let error = put(&store, 31).await.unwrap_err();
        assert!(matches!(error, StoreError::StoppedByDamage), "{error}");
    }
}
