//! Copies of the database for backups.

use std::path::Path;

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::tree::Manifest;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::error::{StoreError, check_column, group_id};
use super::manifest::LeafRow;
use super::open::{BUSY_TIMEOUT, create_private};

/// What a checked copy holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CopySummary {
    pub groups: usize,
    /// Records under the groups' heads.
    pub records: usize,
}

/// Copies a database at one moment into a new file, also while a node writes to it. Pages that
/// were freed are not copied, nor are earlier versions of records: otherwise what was taken back
/// would be left for the time in which it can be undone, and then for the time of the backup.
pub async fn copy_database(database: &Path, copy: &Path) -> Result<(), StoreError> {
    create_private(copy)?;
    let options = SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(false)
        .busy_timeout(BUSY_TIMEOUT);
    let mut connection = options.connect().await?;
    // An empty file, which has its mode already, is filled; any other one is refused.
    sqlx::query("VACUUM INTO ?")
        .bind(copy.display().to_string())
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    forget_versions(copy).await
}

/// Erases earlier versions of records from a copy that no process uses.
async fn forget_versions(copy: &Path) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(copy)
        .create_if_missing(false)
        // Leaves no side files next to the copy, which is made again after a crash.
        .journal_mode(SqliteJournalMode::Memory)
        .pragma("secure_delete", "ON");
    let mut connection = options.connect().await?;
    // Before the console there was no history.
    let (tables,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM sqlite_schema WHERE name = 'history'")
            .fetch_one(&mut connection)
            .await?;
    if tables > 0 {
        sqlx::query(
            "UPDATE history SET before = NULL, before_audience = NULL WHERE before IS NOT NULL",
        )
        .execute(&mut connection)
        .await?;
    }
    connection.close().await?;
    Ok(())
}

/// Checks a copy that no process writes to: its form, and that each group's records have the root
/// that its head signs. Reads only what every version of the schema has.
pub async fn check_copy(copy: &Path) -> Result<CopySummary, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(copy)
        .create_if_missing(false)
        // Leaves no side files next to the copy.
        .immutable(true);
    let mut connection = options.connect().await?;
    check_form(&mut connection).await?;
    let groups: Vec<Vec<u8>> = sqlx::query_scalar("SELECT group_id FROM publisher")
        .fetch_all(&mut connection)
        .await?;
    let mut summary = CopySummary::default();
    for id in &groups {
        let id = group_id(id, "publisher.group_id")?;
        summary.groups += 1;
        summary.records += check_group(&mut connection, id).await?;
    }
    connection.close().await?;
    Ok(summary)
}

async fn check_form(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let damaged = |problem| StoreError::Damaged(sqlx::Error::Protocol(problem));
    let problems: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(10)")
        .fetch_all(&mut *connection)
        .await?;
    if problems != ["ok"] {
        return Err(damaged(problems.join("; ")));
    }
    let dangling = sqlx::query("PRAGMA foreign_key_check")
        .fetch_optional(&mut *connection)
        .await?;
    if dangling.is_some() {
        return Err(damaged("a row refers to a missing one".to_owned()));
    }
    let (missing,): (i64,) = sqlx::query_as(
        "SELECT count(*) FROM leaf WHERE NOT EXISTS (SELECT 1 FROM body
         WHERE body.group_id = leaf.group_id AND body.record_hash = leaf.record_hash)",
    )
    .fetch_one(&mut *connection)
    .await?;
    if missing > 0 {
        return Err(damaged(format!("{missing} records are missing")));
    }
    Ok(())
}

/// Returns the number of records under the group's heads.
async fn check_group(connection: &mut SqliteConnection, id: GroupId) -> Result<usize, StoreError> {
    let log: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT envelope FROM key_event WHERE group_id = ? ORDER BY key_index")
            .bind(id.to_vec())
            .fetch_all(&mut *connection)
            .await?;
    let log = check_column(KeyLog::verify(&log), "key_event.envelope", id)?;
    let heads: Vec<(String, Vec<u8>)> =
        sqlx::query_as("SELECT view, envelope FROM head WHERE group_id = ?")
            .bind(id.to_vec())
            .fetch_all(&mut *connection)
            .await?;
    let mut records = 0;
    for (view, envelope) in heads {
        let head = VerifiedHead::verify_past(&envelope, &log);
        let head = check_column(head, "head.envelope", id)?;
        let rows: Vec<LeafRow> = sqlx::query_as(
            "SELECT collection, key, length, record_hash FROM leaf
             WHERE group_id = ? AND view = ?",
        )
        .bind(id.to_vec())
        .bind(view)
        .fetch_all(&mut *connection)
        .await?;
        let leaves: Result<Vec<_>, StoreError> = rows
            .into_iter()
            .map(|row| row.into_leaf("leaf.record_hash", "leaf.key"))
            .collect();
        let manifest = check_column(Manifest::new(leaves?), "leaf.key", id)?;
        if manifest.root() != head.root() || manifest.count() != head.count() {
            return Err(StoreError::Inconsistent {
                column: "head.root",
                id: id.to_string(),
            });
        }
        records += manifest.len();
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Action, Before};
    use crate::testing::{LABEL, TestNode};

    #[tokio::test]
    async fn a_copy_has_no_earlier_versions_of_records() {
        const MARKER: &[u8] = b"Zq7earlier4711";
        let contains = |file: &Path| {
            let bytes = std::fs::read(file).unwrap();
            bytes.windows(MARKER.len()).any(|part| part == MARKER)
        };
        let mut test = TestNode::running(&[]).await;
        let record = test.steward().create("Kept").await.record.unwrap();
        test.stop().await;
        let node = test.open().await;
        let group = node.group(LABEL).await.unwrap().group_id;
        let name = record.name.as_ref().unwrap().try_into().unwrap();
        let before = Before {
            bytes: MARKER.repeat(1_000),
            audience: String::new(),
        };
        let mut writing = node.shared().store.write().await.unwrap();
        let change = ("Ada", Action::Change, &name);
        let now = node.shared().now();
        writing
            .add_history(&group, change, Some(&before), now)
            .await
            .unwrap();
        writing.commit().await.unwrap();
        node.close().await;
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy.sqlite");
        let database = test.config.database_file();
        assert!(contains(&database), "the check below can fail");
        copy_database(&database, &copy).await.unwrap();
        assert!(!contains(&copy));
        let entries: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(entries.len(), 1, "nothing is left next to it");
        check_copy(&copy).await.unwrap();
    }

    #[tokio::test]
    async fn a_copy_whose_records_are_not_those_of_its_head_is_refused() {
        let mut test = TestNode::running(&[]).await;
        test.steward().create("Kept").await;
        test.stop().await;
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy.sqlite");
        let database = test.config.database_file();
        copy_database(&database, &copy).await.unwrap();
        let summary = CopySummary {
            groups: 1,
            records: 1,
        };
        assert_eq!(check_copy(&copy).await.unwrap(), summary);
        copy_database(&database, &copy).await.unwrap_err();
        let options = SqliteConnectOptions::new().filename(&copy);
        let mut connection = options.connect().await.unwrap();
        sqlx::query("UPDATE leaf SET length = length + 1")
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        let error = check_copy(&copy).await.unwrap_err().to_string();
        assert!(error.contains("head.root"), "{error}");
    }
}
