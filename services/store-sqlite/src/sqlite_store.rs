//! The store, and opening it: migrations, and this aggregator's row of the `server` table.

use std::path::Path;
use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_store::{Result, StoreError};
use sqlx::SqlitePool;
use sqlx::migrate::{MigrateError, Migrator};
use tokio::sync::watch;

use crate::change_signal::ChangeSignal;
use crate::connection::{open_readers, open_writer};
use crate::decode::unsigned;
use crate::disk_reserve::DiskReserve;
use crate::write_tx::committed_revision;
use crate::writer::Writer;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/aggregator/sqlite");

/// A store in one SQLite file. Several processes may open it: a running aggregator and the
/// operator's commands.
#[derive(Debug)]
pub struct SqliteStore {
    pub(crate) writer: Writer,
    pub(crate) readers: SqlitePool,
    /// The aggregator's own group id, the key of its row in `server` and `source`.
    pub(crate) own: GroupId,
    pub(crate) changed: watch::Sender<u64>,
    pub(crate) change_signal: Arc<ChangeSignal>,
}

impl SqliteStore {
    /// Opens the file, creates it if it does not exist, and migrates its schema. `own` is the
    /// aggregator's group id; `stream_id` names the stream of revisions of a new store.
    pub async fn open(path: &Path, own: GroupId, stream_id: &str) -> Result<Self> {
        let writer = open_writer(path).await?;
        MIGRATIONS
            .run(&writer)
            .await
            .map_err(|error| migration_error(error, path))?;
        sqlx::query(
            "INSERT INTO server (group_id, stream_id, revision, pruned_revision) \
             VALUES (?, ?, 0, 0) ON CONFLICT DO NOTHING",
        )
        .bind(own.as_bytes().as_slice())
        .bind(stream_id)
        .execute(&writer)
        .await?;
        let change_signal = Arc::new(ChangeSignal::new(path));
        // Observed before the revision is read: a change in between makes the signal stale.
        let observation = change_signal.observe();
        let revision = committed_revision(&writer, &own).await?;
        let readers = open_readers(path).await?;
        let (changed, _) = watch::channel(unsigned(revision));
        change_signal.acknowledge(&observation);
        let writer = Writer::start(
            writer,
            own,
            changed.clone(),
            Arc::clone(&change_signal),
            DiskReserve::new(path),
        );
        Ok(Self {
            writer,
            readers,
            own,
            changed,
            change_signal,
        })
    }
}

/// Returns the version of the schema that [`SqliteStore::open`] would migrate an existing database
/// to.
///
/// # Errors
/// If a later version of this program wrote the database, or it cannot be read.
pub async fn pending_migration(path: &Path) -> Result<Option<i64>> {
    if !std::fs::metadata(path).is_ok_and(|file| file.len() > 0) {
        return Ok(None);
    }
    let readers = open_readers(path).await?;
    let applied = applied_migration(&readers).await;
    readers.close().await;
    let versions = MIGRATIONS.iter().map(|migration| migration.version);
    let known = versions.max().unwrap_or_default();
    match applied? {
        Some(version) if version > known => Err(StoreError::Newer {
            path: path.display().to_string(),
            version,
        }),
        applied => Ok(applied.filter(|found| *found < known).map(|_| known)),
    }
}

async fn applied_migration(readers: &SqlitePool) -> sqlx::Result<Option<i64>> {
    // A process that was killed at its first start may have left a file without tables.
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")
            .fetch_one(readers)
            .await?;
    if tables == 0 {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(readers)
        .await
}

fn migration_error(error: MigrateError, path: &Path) -> StoreError {
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
