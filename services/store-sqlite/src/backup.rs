//! Copies of the database for backups.

use std::path::Path;

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::tree::Manifest;
use hedgerow_store::{Inconsistency, Result};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};

use crate::connection::BUSY_TIMEOUT;
use crate::decode;

/// What a checked copy holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CopySummary {
    /// Groups whose records are stored.
    pub groups: usize,
    pub records: usize,
}

/// Copies a database at one moment into `copy`, an empty file or a new one, also while an
/// aggregator writes to it. Pages that were freed are not copied, nor what they held.
pub async fn copy_database(database: &Path, copy: &Path) -> Result<()> {
    let options = SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(false)
        .busy_timeout(BUSY_TIMEOUT);
    let mut connection = options.connect().await?;
    sqlx::query("VACUUM INTO ?")
        .bind(copy.display().to_string())
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    Ok(())
}

/// Checks a copy that no process writes to: its form, and that each view's leaves have the root
/// that its head signs. Reads only what every version of the schema has.
pub async fn check_copy(copy: &Path) -> Result<CopySummary> {
    let options = SqliteConnectOptions::new()
        .filename(copy)
        .create_if_missing(false)
        // Leaves no side files next to the copy.
        .immutable(true);
    let mut connection = options.connect().await?;
    let problems: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(10)")
        .fetch_all(&mut connection)
        .await?;
    if problems != ["ok"] {
        let problems = problems.join("; ");
        return Err(Inconsistency::new("database", "page", problems).into());
    }
    let missing: i64 = sqlx::query_scalar(
        // State 0: the body is held.
        "SELECT count(*) FROM leaf WHERE state = 0 AND NOT EXISTS (SELECT 1 FROM body \
         WHERE body.group_id = leaf.group_id AND body.record_hash = leaf.record_hash)",
    )
    .fetch_one(&mut connection)
    .await?;
    if missing > 0 {
        return Err(Inconsistency::new("leaf", "state", format!("{missing} records")).into());
    }
    // One head at a time: an aggregator's heads need not fit in memory.
    let mut summary = CopySummary::default();
    let mut last = (Vec::new(), String::new());
    loop {
        let head = sqlx::query(
            "SELECT group_id, view, envelope FROM head \
             WHERE whole = 1 AND (group_id, view) > (?, ?) ORDER BY group_id, view LIMIT 1",
        )
        .bind(&last.0)
        .bind(&last.1)
        .fetch_optional(&mut connection)
        .await?;
        let Some(head) = head else {
            break;
        };
        let group = decode::group_id(&head)?;
        let view: String = head.try_get("view")?;
        let envelope: Vec<u8> = head.try_get("envelope")?;
        summary.groups += 1;
        summary.records += check_head(&mut connection, (&group, &view), &envelope).await?;
        last = (group.to_vec(), view);
    }
    connection.close().await?;
    Ok(summary)
}

/// Returns the number of leaves under a head.
async fn check_head(
    connection: &mut SqliteConnection,
    (group, view): (&GroupId, &str),
    envelope: &[u8],
) -> Result<usize> {
    let corrupt = |table, column| Inconsistency::new(table, column, group.to_string());
    let log: Vec<Vec<u8>> = sqlx::query_scalar(
        "SELECT envelope FROM key_event WHERE group_id = ? ORDER BY event_index",
    )
    .bind(group.as_bytes().as_slice())
    .fetch_all(&mut *connection)
    .await?;
    let log = KeyLog::verify(&log).map_err(|_| corrupt("key_event", "envelope"))?;
    let head = VerifiedHead::verify_past(envelope, &log);
    let head = head.map_err(|_| corrupt("head", "envelope"))?;
    let rows = sqlx::query(
        "SELECT collection, key, length, record_hash FROM leaf WHERE group_id = ? AND view = ?",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view)
    .fetch_all(&mut *connection)
    .await?;
    let leaves: Result<Vec<_>> = rows.iter().map(decode::leaf).collect();
    let manifest = Manifest::new(leaves?).map_err(|_| corrupt("leaf", "key"))?;
    if manifest.root() != head.root() || manifest.count() != head.count() {
        return Err(corrupt("head", "root").into());
    }
    Ok(manifest.len())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hedgerow_store::Store;
    use hedgerow_store::contract::commit_group;
    use sqlx::AssertSqlSafe;

    use super::*;
    use crate::SqliteStore;

    #[tokio::test]
    async fn a_copy_whose_records_are_not_those_of_its_heads_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("aggregator.sqlite");
        let own = GroupId::from_bytes([1; 32]);
        let store = SqliteStore::open(&database, own, "stream").await.unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        for number in 1..=2 {
            commit_group(&store, number).await;
        }
        // The store stays open: it is the copy of a running aggregator.
        let copy = folder.path().join("copy.sqlite");
        copy_database(&database, &copy).await.unwrap();
        let summary = CopySummary {
            groups: 2,
            records: 4,
        };
        assert_eq!(check_copy(&copy).await.unwrap(), summary);
        store.close().await;
        for (change, problem) in [
            (
                "DELETE FROM body WHERE record_hash = (SELECT MIN(record_hash) FROM leaf)",
                "leaf.state",
            ),
            (
                "UPDATE leaf SET length = length + 1 WHERE key = 'two'",
                "head.root",
            ),
            ("DELETE FROM leaf WHERE key = 'two'", "head.root"),
            ("DELETE FROM key_event", "key_event.envelope"),
        ] {
            let damaged = folder.path().join("damaged.sqlite");
            std::fs::copy(&copy, &damaged).unwrap();
            let options = SqliteConnectOptions::new().filename(&damaged);
            let mut connection = options.foreign_keys(false).connect().await.unwrap();
            sqlx::query(AssertSqlSafe(change))
                .execute(&mut connection)
                .await
                .unwrap();
            connection.close().await.unwrap();
            let error = check_copy(&damaged).await.unwrap_err().to_string();
            assert!(error.contains(problem), "{change}: {error}");
        }
    }
}
