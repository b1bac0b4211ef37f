//! Connections to the database file, and their settings.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqlitePool};

const READERS: u32 = 4;
/// How long one process waits for another that holds the write lock.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Limit of the writing connection's page cache. Group ids are random, so every new group
/// touches a page of nine indexes: with SQLite's default of 2 MB most pages were read again for
/// each transaction. The cache grows with the database, so a small one never uses this much.
const CACHE_KIB: u32 = 64 * 1024;
/// Size of the log, in pages of 4 KiB, at which SQLite copies it into the database. New groups
/// change the same index pages again and again; a page in the log is copied once, however often
/// it was written. SQLite's default is 1,000.
const CHECKPOINT_PAGES: u32 = 8_000;
/// Bytes of the database file that readers map into memory. Hits of a search are on random pages,
/// each of which would otherwise be copied from the system's cache; mapped pages are that cache.
/// It is address space, not memory, and the most that SQLite maps.
#[cfg(target_pointer_width = "64")]
const MAPPED_BYTES: u64 = 0x7fff_0000;
#[cfg(not(target_pointer_width = "64"))]
const MAPPED_BYTES: u64 = 0;

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        // Readers do not block the writer, and the writer does not block readers.
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL would lose acknowledged commits in a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // Overwrites deleted rows: withdrawn records must not remain readable in free pages.
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY_TIMEOUT)
}

/// Opens the writing connection, a pool of one, and creates the file if it does not exist.
pub(crate) async fn open_writer(path: &Path) -> sqlx::Result<SqlitePool> {
    let options = options(path)
        .pragma("cache_size", format!("-{CACHE_KIB}"))
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string())
        // Statement journals are small and short-lived: not worth a file.
        .pragma("temp_store", "MEMORY");
    SqlitePoolOptions::new()
        .max_connections(1)
        // See `open_readers`.
        .test_before_acquire(false)
        // SQLite itself ends a transaction when the disk is full or fails. sqlx does not notice
        // and would reject every later transaction, so such a connection is closed.
        .after_release(|connection, _| {
            Box::pin(async move {
                // Waits for a queued rollback.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
        .connect_with(options)
        .await
}

/// Opens the pool of reading connections.
pub(crate) async fn open_readers(path: &Path) -> sqlx::Result<SqlitePool> {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        // A file does not hang up as a server might: a ping before each query would only add
        // another hop to the connection's thread.
        .test_before_acquire(false)
        .connect_with(options(path).pragma("mmap_size", MAPPED_BYTES.to_string()))
        .await
}
