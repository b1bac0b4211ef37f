//! Opens the file: connection settings and migrations.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqlitePool};

use super::error::StoreError;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/node");

/// In WAL mode readers block neither each other nor the writer. Each connection costs a page
/// cache, so there are few.
const READERS: u32 = 3;

/// How long a connection waits for the lock of another process, such as a backup tool.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens the write pool (one connection) and the read pool, and runs the migrations.
pub(super) async fn open(file: &Path) -> Result<(SqlitePool, SqlitePool), StoreError> {
    create_private(file)?;
    let options = options(file)
        // Erased rows are overwritten with zeros, not only unlinked: a withdrawn record must
        // not be readable in the file.
        .pragma("secure_delete", "ON")
        .statement_cache_capacity(64);
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        // SQLite rolls a transaction back by itself when the disk is full or fails. sqlx does
        // not notice, and would refuse every later transaction on that connection, so it is
        // closed instead of returned to the pool.
        .after_release(|connection, _| {
            Box::pin(async move {
                // A ping runs any queued rollback first.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
        .connect_with(options.clone())
        .await?;
    migrate(file, &writer).await?;
    let reader = SqlitePoolOptions::new()
        .max_connections(READERS)
        .idle_timeout(Duration::from_secs(60))
        .connect_lazy_with(options.pragma("query_only", "ON"));
    Ok((writer, reader))
}

/// Opens connections that cannot write, to a file that must exist.
pub(super) async fn open_to_read(file: &Path) -> Result<SqlitePool, StoreError> {
    let options = options(file)
        .create_if_missing(false)
        .pragma("query_only", "ON");
    let pool = SqlitePoolOptions::new().max_connections(1);
    Ok(pool.connect_with(options).await?)
}

/// Opens one connection that can write, to a file that must exist.
pub(super) async fn open_beside(file: &Path) -> Result<SqlitePool, StoreError> {
    let options = options(file).create_if_missing(false);
    let pool = SqlitePoolOptions::new().max_connections(1);
    Ok(pool.connect_with(options).await?)
}

/// Returns the version of the schema that [`open`] would migrate an existing database to.
///
/// # Errors
/// If a later version of this program wrote the database, or it cannot be read.
pub(super) async fn pending_migration(file: &Path) -> Result<Option<i64>, StoreError> {
    if !std::fs::metadata(file).is_ok_and(|file| file.len() > 0) {
        return Ok(None);
    }
    let pool = open_to_read(file).await?;
    let applied = applied_migration(&pool).await;
    pool.close().await;
    let known = newest_migration();
    match applied? {
        Some(found) if found > known => Err(StoreError::Newer {
            file: file.display().to_string(),
            found,
            known,
        }),
        applied => Ok(applied.filter(|found| *found < known).map(|_| known)),
    }
}

async fn applied_migration(pool: &SqlitePool) -> Result<Option<i64>, sqlx::Error> {
    // A process that was killed at its first start may have left a file without tables.
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")
            .fetch_one(pool)
            .await?;
    if tables == 0 {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(pool)
        .await
}

pub(super) fn newest_migration() -> i64 {
    let versions = MIGRATIONS.iter().map(|migration| migration.version);
    versions.max().unwrap_or_default()
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
}

/// Creates the file readable by its owner alone, before SQLite writes a byte: it contains
/// signing keys. SQLite gives its side files (`-wal`, `-shm`) the same mode.
pub(super) fn create_private(file: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(file)
        .map(drop)
        .map_err(|source| StoreError::Open {
            file: file.display().to_string(),
            source,
        })
}

/// Makes a database of the version before the newest.
#[cfg(test)]
pub(crate) async fn make_previous(file: &Path) {
    make_old(file, newest_migration() - 1).await;
}

/// Makes a database of an earlier version of the schema.
#[cfg(test)]
pub(super) async fn make_old(file: &Path, version: i64) {
    create_private(file).unwrap();
    let earlier = MIGRATIONS.iter().filter(|it| it.version <= version);
    let earlier = Migrator::with_migrations(earlier.cloned().collect());
    let pool = SqlitePoolOptions::new().max_connections(1);
    let pool = pool.connect_with(options(file)).await.unwrap();
    earlier.run(&pool).await.unwrap();
    pool.close().await;
}

async fn migrate(file: &Path, writer: &SqlitePool) -> Result<(), StoreError> {
    let name = || file.display().to_string();
    let known = newest_migration();
    match MIGRATIONS.run(writer).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(found)) if found > known => Err(StoreError::Newer {
            file: name(),
            found,
            known,
        }),
        Err(MigrateError::Execute(error)) => Err(error.into()),
        Err(source) => Err(StoreError::Migration {
            file: name(),
            source,
        }),
    }
}
