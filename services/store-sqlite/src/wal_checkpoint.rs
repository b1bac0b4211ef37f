//! Emptying the write-ahead log while nothing is being written.

use std::time::Duration;

use hedgerow_store::Result;
use sqlx::{AssertSqlSafe, SqliteConnection, SqlitePool};

use crate::connection::BUSY_TIMEOUT;

/// The log is emptied after this time without a change. SQLite alone would keep withdrawn
/// records in it until the next [automatic checkpoint](crate::connection), which is weeks away
/// for an aggregator with few changes.
pub(crate) const IDLE_TIME: Duration = if cfg!(test) {
    Duration::from_millis(200)
} else {
    Duration::from_secs(5)
};

/// Copies the log into the database and truncates it. Returns false if a reader still needs the
/// log.
pub(crate) async fn empty_log(pool: &SqlitePool) -> Result<bool> {
    let mut connection = pool.acquire().await?;
    // A long-running reader must not delay the writer: this is tried again later.
    set_busy_timeout(&mut connection, Duration::ZERO).await?;
    let emptied = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_one(&mut *connection)
        .await;
    set_busy_timeout(&mut connection, BUSY_TIMEOUT).await?;
    let (is_in_use, ..): (bool, i64, i64) = emptied?;
    Ok(!is_in_use)
}

async fn set_busy_timeout(connection: &mut SqliteConnection, timeout: Duration) -> Result<()> {
    let statement = format!("PRAGMA busy_timeout = {}", timeout.as_millis());
    sqlx::query(AssertSqlSafe(statement))
        .execute(connection)
        .await?;
    Ok(())
}
