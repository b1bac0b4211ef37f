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
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::{Sqlite, SqliteConnection, SqlitePool};

pub use aggregator::KnownAggregator;
pub use delivery::{Acknowledgement, Delivery};
pub use error::StoreError;
pub use head::KeptHead;
pub use manifest::REMOVALS_KEPT;
pub use publisher::Publisher;
pub use record::{KeptRecord, RecordToKeep};
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
