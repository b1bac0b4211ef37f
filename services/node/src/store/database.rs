//! The database handle and its transactions.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::query::{Query, QueryAs};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{FromRow, Sqlite, SqlitePool};

use super::error::StoreError;
use super::open;

type Select<'q, T> = QueryAs<'q, Sqlite, T, SqliteArguments>;

/// A type that a row can be read into.
pub(super) trait Row: for<'r> FromRow<'r, SqliteRow> + Send + Unpin {}

impl<T: for<'r> FromRow<'r, SqliteRow> + Send + Unpin> Row for T {}

/// A handle on the node's database; clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) writer: SqlitePool,
    reader: SqlitePool,
    /// Set once SQLite has reported damage: later writes are refused, because a receipt or
    /// a head that rests on a damaged file could contradict one that is already published.
    damaged: Arc<AtomicBool>,
}

/// One transaction: a consistent snapshot to read from, or changes that are applied
/// together. Dropped without [`Transaction::commit`], it changes nothing.
#[derive(Debug)]
pub struct Transaction {
    inner: sqlx::Transaction<'static, Sqlite>,
    damaged: Arc<AtomicBool>,
}

impl Store {
    /// Opens or creates the file and runs the migrations. `stream_id` names the revision
    /// sequence of a new store; an existing store keeps its own.
    pub async fn open(file: &Path, stream_id: &str) -> Result<Self, StoreError> {
        let (writer, reader) = open::open(file).await?;
        let store = Self {
            writer,
            reader,
            damaged: Arc::new(AtomicBool::new(false)),
        };
        let mut transaction = store.write().await?;
        transaction.init_stream(stream_id).await?;
        transaction.commit().await?;
        Ok(store)
    }

    /// Returns the version of the schema that [`Store::open`] would migrate an existing database to.
    pub async fn pending_migration(file: &Path) -> Result<Option<i64>, StoreError> {
        open::pending_migration(file).await
    }

    /// Opens a database that another process may be using, to read it. Does not create or
    /// migrate it.
    pub async fn open_to_read(file: &Path) -> Result<Self, StoreError> {
        let reader = open::open_to_read(file).await?;
        Ok(Self {
            writer: reader.clone(),
            reader,
            damaged: Arc::new(AtomicBool::new(false)),
        })
    }

    /// Opens a database that another process may be using, to write single rows that the other
    /// process only reads. Does not create or migrate it.
    pub async fn open_beside(file: &Path) -> Result<Self, StoreError> {
        let writer = open::open_beside(file).await?;
        Ok(Self {
            reader: writer.clone(),
            writer,
            damaged: Arc::new(AtomicBool::new(false)),
        })
    }

    /// Begins a write transaction, after waiting for the one write connection.
    pub async fn write(&self) -> Result<Transaction, StoreError> {
        if self.damaged.load(Ordering::Relaxed) {
            return Err(StoreError::StoppedByDamage);
        }
        // IMMEDIATE takes the write lock now. A deferred transaction would take it at its
        // first write, and fail there if it had read an older snapshot.
        self.begin(&self.writer, "BEGIN IMMEDIATE").await
    }

    /// Begins a read transaction over one consistent snapshot.
    pub async fn read(&self) -> Result<Transaction, StoreError> {
        self.begin(&self.reader, "BEGIN").await
    }

    /// Moves the write-ahead log into the main file and truncates it. `secure_delete`
    /// overwrites erased rows in the main file only; the log would keep their bytes.
    pub async fn truncate_log(&self) -> Result<(), StoreError> {
        let result = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&self.writer)
            .await;
        result
            .map(drop)
            .map_err(|error| track_damage(&self.damaged, error.into()))
    }

    /// Waits for open transactions and closes the file.
    pub async fn close(&self) {
        // When its last connection closes, SQLite checkpoints and removes the log.
        self.reader.close().await;
        self.writer.close().await;
    }

    async fn begin(
        &self,
        pool: &SqlitePool,
        statement: &'static str,
    ) -> Result<Transaction, StoreError> {
        match pool.begin_with(statement).await {
            Ok(inner) => Ok(Transaction {
                inner,
                damaged: Arc::clone(&self.damaged),
            }),
            Err(error) => Err(track_damage(&self.damaged, error.into())),
        }
    }
}

impl Transaction {
    /// Makes the changes durable. Only then may they be reported to anyone.
    pub async fn commit(self) -> Result<(), StoreError> {
        let damaged = self.damaged;
        self.inner
            .commit()
            .await
            .map_err(|error| track_damage(&damaged, error.into()))
    }

    /// Runs a statement and returns how many rows it changed.
    pub(super) async fn execute(
        &mut self,
        query: Query<'_, Sqlite, SqliteArguments>,
    ) -> Result<u64, StoreError> {
        let result = query.execute(&mut *self.inner).await;
        Ok(self.checked(result)?.rows_affected())
    }

    pub(super) async fn fetch_one<T: Row>(
        &mut self,
        query: Select<'_, T>,
    ) -> Result<T, StoreError> {
        let result = query.fetch_one(&mut *self.inner).await;
        self.checked(result)
    }

    pub(super) async fn fetch_optional<T: Row>(
        &mut self,
        query: Select<'_, T>,
    ) -> Result<Option<T>, StoreError> {
        let result = query.fetch_optional(&mut *self.inner).await;
        self.checked(result)
    }

    pub(super) async fn fetch_all<T: Row>(
        &mut self,
        query: Select<'_, T>,
    ) -> Result<Vec<T>, StoreError> {
        let result = query.fetch_all(&mut *self.inner).await;
        self.checked(result)
    }

    /// Converts a query's error, and stops all later writes if it reports damage.
    fn checked<T>(&self, result: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        result.map_err(|error| track_damage(&self.damaged, error.into()))
    }
}

fn track_damage(damaged: &AtomicBool, error: StoreError) -> StoreError {
    if error.is_damage() && !damaged.swap(true, Ordering::Relaxed) {
        tracing::error!(
            %error,
            "the database is damaged: nothing more is written or acknowledged; \
             stop the node and restore its folder from a backup"
        );
    }
    error
}
