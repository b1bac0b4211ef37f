//! Putting what the log gathered in its places, when there is time for it.

use std::time::Duration;

use sqlx::AssertSqlSafe;
use sqlx::SqliteConnection;
use sqlx::SqlitePool;

use super::open::BUSY;
use hedgerow_store::Result;

/// After so long without a change the log is emptied: what was taken back is not to stay in
/// it for weeks where little is written.
pub(super) const QUIET: Duration = if cfg!(test) {
    Duration::from_millis(200)
} else {
    Duration::from_secs(5)
};

/// Puts what the log has in its places, and makes it empty. False where somebody still reads
/// from it: nobody waits for him.
pub(super) async fn empty_log(pool: &SqlitePool) -> Result<bool> {
    let mut connection = pool.acquire().await?;
    wait_for(&mut connection, Duration::ZERO).await?;
    let emptied = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_one(&mut *connection)
        .await;
    wait_for(&mut connection, BUSY).await?;
    let (is_in_use, ..): (bool, i64, i64) = emptied?;
    Ok(!is_in_use)
}

/// Sets how long the connection waits for others.
async fn wait_for(connection: &mut SqliteConnection, long: Duration) -> Result<()> {
    let statement = format!("PRAGMA busy_timeout = {}", long.as_millis());
    sqlx::query(AssertSqlSafe(statement))
        .execute(connection)
        .await?;
    Ok(())
}
