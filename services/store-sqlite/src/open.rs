//! Opening the file: options, migrations, the server's one row.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use sqlx::Connection;
use sqlx::migrate::MigrateError;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::sqlite::SqliteJournalMode;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::sqlite::SqliteSynchronous;
use tokio::sync::watch;

use super::SqliteStore;
use super::change_signal::Notice;
use super::decode::unsigned;
use super::writer::Writer;
use hedgerow_store::Result;
use hedgerow_store::StoreError;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/aggregator/sqlite");

/// How many connections read.
const READERS: u32 = 4;
/// How long one process waits for another that writes.
pub(super) const BUSY: Duration = Duration::from_secs(10);
/// The most memory that the connection that writes keeps pages in. It fills as the database
/// grows, so that a small one never takes it.
const CACHE_KIB: u32 = 64 * 1024;
/// So many pages of the log are gathered before they are put in their places, each once,
/// however often it was written: new groups have random ids, and touch pages all over.
const CHECKPOINT_PAGES: u32 = 8_000;

impl SqliteStore {
    /// Opens the file, makes it where it is not there, and brings its schema up to date.
    /// `own` is the aggregator's group id; `stream_id` names the stream of revisions of
    /// a store that is new.
    pub async fn open(path: &Path, own: GroupId, stream_id: &str) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What was taken back is overwritten, not merely unlinked.
            .pragma("secure_delete", "ON")
            .busy_timeout(BUSY);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            // SQLite ends a transaction by itself when the disk is full or fails, which sqlx
            // does not notice: it would refuse every later one. Such a connection is closed.
            .after_release(|connection, _| {
                Box::pin(async move {
                    // Lets a rollback that was queued happen first.
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(writing(options.clone()))
            .await?;
        MIGRATIONS
            .run(&writer)
            .await
            .map_err(|error| migration_failure(error, path))?;
        sqlx::query(
            "INSERT INTO server (group_id, stream_id, revision, pruned_revision) \
             VALUES (?, ?, 0, 0) ON CONFLICT DO NOTHING",
        )
        .bind(own.as_bytes().as_slice())
        .bind(stream_id)
        .execute(&writer)
        .await?;
        let notice = Arc::new(Notice::beside(path));
        let look = notice.look();
        let revision: i64 = sqlx::query_scalar("SELECT revision FROM server WHERE group_id = ?")
            .bind(own.as_bytes().as_slice())
            .fetch_one(&writer)
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            // A file does not hang up: asking first would be one more wait for a thread.
            .test_before_acquire(false)
            .connect_with(options)
            .await?;
        let (changed, _) = watch::channel(unsigned(revision));
        notice.heed(&look);
        let writer = Writer::start(writer, own, changed.clone(), Arc::clone(&notice));
        Ok(Self {
            writer,
            readers,
            own,
            changed,
            notice,
        })
    }
}

/// What only the connection that writes needs.
fn writing(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .pragma("cache_size", format!("-{CACHE_KIB}"))
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string())
        // What a statement would need to be undone alone: not worth a file.
        .pragma("temp_store", "MEMORY")
}

fn migration_failure(error: MigrateError, path: &Path) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => {
            StoreError::Newer {
                path: path.display().to_string(),
                version,
            }
        }
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        other => StoreError::Backend(Box::new(other)),
    }
}
