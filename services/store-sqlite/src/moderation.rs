//! The operator's decisions. Commands make them next to a running aggregator.

use std::time::Duration;

use async_trait::async_trait;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_store::{Exclude, Exclusion, Moderation, Result};

use crate::decode;
use crate::decode::unsigned;
use crate::sqlite_store::SqliteStore;
use crate::view::erase_records;
use crate::write_tx::{Done, WriteTx};

/// Somewhat more than the interval of two seconds in which a running aggregator refreshes.
const REFRESH_TIME: Duration = Duration::from_secs(3);

#[async_trait]
impl Moderation for SqliteStore {
    async fn exclude(&self, change: Exclude) -> Result<u64> {
        let revision = self.writer.execute_hiding(change, exclude).await?;
        self.notify_processes().await;
        Ok(revision)
    }

    async fn include(&self, group: &GroupId) -> Result<bool> {
        let included = self.writer.execute(*group, include).await?;
        self.notify_processes().await;
        Ok(included)
    }

    async fn list_exclusions(&self) -> Result<Vec<(GroupId, Exclusion)>> {
        let rows = sqlx::query(
            "SELECT group_id, reason AS excluded_reason, at AS excluded_at FROM exclusion \
             ORDER BY at DESC, group_id",
        )
        .fetch_all(&self.readers)
        .await?;
        let exclusion = |row| Ok((decode::group_id(row)?, decode::exclusion(row)?));
        rows.iter()
            .map(exclusion)
            .filter_map(|read: Result<_>| match read {
                Ok((group, exclusion)) => exclusion.map(|exclusion| Ok((group, exclusion))),
                Err(error) => Some(Err(error)),
            })
            .collect()
    }

    async fn erase_excluded(&self, group: &GroupId) -> Result<()> {
        self.writer.execute_hiding(*group, erase_excluded).await
    }
}

impl SqliteStore {
    /// Signals the change to a running aggregator. If that fails, waits until the aggregator has
    /// refreshed, so that the change is in effect when the command returns.
    async fn notify_processes(&self) {
        if let Err(error) = self.change_signal.notify() {
            tracing::warn!(
                %error,
                "cannot signal the change to a running aggregator: waiting until it has refreshed"
            );
            tokio::time::sleep(REFRESH_TIME).await;
        }
    }
}

async fn exclude(tx: &mut WriteTx, change: &Exclude) -> Result<Done<u64>> {
    sqlx::query(
        "INSERT INTO exclusion (group_id, reason, at) VALUES (?, ?, ?) \
         ON CONFLICT (group_id) DO UPDATE SET reason = excluded.reason, at = excluded.at",
    )
    .bind(change.group_id.as_bytes().as_slice())
    .bind(&change.reason)
    .bind(change.now.as_millis())
    .execute(tx.db())
    .await?;
    tx.touch(&change.group_id).await?;
    Ok(Done::Commit(unsigned(tx.last_revision())))
}

async fn erase_excluded(tx: &mut WriteTx, group: &GroupId) -> Result<Done<()>> {
    let excluded: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM exclusion WHERE group_id = ?)")
            .bind(group.as_bytes().as_slice())
            .fetch_one(tx.db())
            .await?;
    if !excluded {
        return Ok(Done::NoChange(()));
    }
    erase_records(tx, (group, &View::public())).await?;
    tx.touch(group).await?;
    Ok(Done::Commit(()))
}

async fn include(tx: &mut WriteTx, group: &GroupId) -> Result<Done<bool>> {
    let done = sqlx::query("DELETE FROM exclusion WHERE group_id = ?")
        .bind(group.as_bytes().as_slice())
        .execute(tx.db())
        .await?;
    if done.rows_affected() == 0 {
        return Ok(Done::NoChange(false));
    }
    // The crawler skipped the group meanwhile: any source may have its newer head.
    sqlx::query("UPDATE source SET missed = 1 WHERE group_id = ?")
        .bind(tx.own().to_vec())
        .execute(tx.db())
        .await?;
    tx.touch(group).await?;
    Ok(Done::Commit(true))
}
