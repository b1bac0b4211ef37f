//! Deletion of data past its retention period.

use async_trait::async_trait;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_store::{Erase, Result, Retention};

use crate::decode;
use crate::decode::row_limit;
use crate::sqlite_store::SqliteStore;
use crate::view::erase_records;
use crate::write_tx::{Done, WriteTx};

#[async_trait]
impl Retention for SqliteStore {
    async fn newest_issue(&self) -> Result<Option<Timestamp>> {
        let newest: Option<i64> = sqlx::query_scalar("SELECT MAX(issued_at) FROM head")
            .fetch_one(&self.readers)
            .await?;
        Ok(newest.map(Timestamp::from_millis))
    }

    async fn list_lapsed(&self, before: Timestamp, limit: usize) -> Result<Vec<GroupId>> {
        let rows = sqlx::query(
            "SELECT g.group_id FROM head h JOIN known_group g ON g.group_id = h.group_id \
             WHERE h.expires_at < ? AND h.view = ? AND g.lapsed = 0 AND g.shown = 1 \
             ORDER BY h.expires_at LIMIT +?",
        )
        .bind(before.as_millis())
        .bind(View::public().as_str())
        .bind(row_limit(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(decode::group_id).collect()
    }

    async fn lapse(&self, group: &GroupId, before: Timestamp) -> Result<()> {
        self.writer.execute_hiding((*group, before), lapse).await
    }

    async fn list_erasable(&self, before: Timestamp, limit: usize) -> Result<Vec<(GroupId, View)>> {
        let rows = sqlx::query(
            "SELECT group_id, view FROM head WHERE expires_at < ? AND whole = 1 \
             ORDER BY expires_at LIMIT +?",
        )
        .bind(before.as_millis())
        .bind(row_limit(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| Ok((decode::group_id(row)?, decode::view(row)?)))
            .collect()
    }

    async fn erase(&self, change: Erase) -> Result<()> {
        self.writer.execute(change, erase).await
    }

    async fn list_erasable_excluded(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<GroupId>> {
        let rows = sqlx::query(
            "SELECT e.group_id FROM exclusion e JOIN head h ON h.group_id = e.group_id \
             WHERE e.at < ? AND h.view = ? AND h.whole = 1 ORDER BY e.at LIMIT +?",
        )
        .bind(before.as_millis())
        .bind(View::public().as_str())
        .bind(row_limit(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(decode::group_id).collect()
    }

    async fn bring_back(&self, now: Timestamp) -> Result<()> {
        self.writer.execute(now, bring_back).await
    }

    async fn forget_history(&self, before: Timestamp) -> Result<()> {
        self.writer.execute(before, forget_history).await
    }
}

async fn lapse(tx: &mut WriteTx, (group, before): &(GroupId, Timestamp)) -> Result<Done<()>> {
    let done = sqlx::query(
        "UPDATE known_group SET lapsed = 1 WHERE group_id = ?1 AND lapsed = 0 AND EXISTS \
         (SELECT 1 FROM head WHERE group_id = ?1 AND view = ?2 AND expires_at < ?3)",
    )
    .bind(group.as_bytes().as_slice())
    .bind(View::public().as_str())
    .bind(before.as_millis())
    .execute(tx.db())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(Done::NoChange(()));
    }
    tx.touch(group).await?;
    Ok(Done::Commit(()))
}

async fn erase(tx: &mut WriteTx, change: &Erase) -> Result<Done<()>> {
    let expired: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM head WHERE group_id = ? AND view = ? AND expires_at < ?)",
    )
    .bind(change.group_id.as_bytes().as_slice())
    .bind(change.view.as_str())
    .bind(change.expired_before.as_millis())
    .fetch_one(tx.db())
    .await?;
    if !expired {
        return Ok(Done::NoChange(()));
    }
    erase_records(tx, (&change.group_id, &change.view)).await?;
    tx.touch(&change.group_id).await?;
    Ok(Done::Commit(()))
}

async fn bring_back(tx: &mut WriteTx, now: &Timestamp) -> Result<Done<()>> {
    let mut moved = 0;
    for statement in [
        "UPDATE exclusion SET at = ?1 WHERE at > ?1",
        "UPDATE head_history SET superseded_at = ?1 WHERE superseded_at > ?1",
        "UPDATE removal SET removed_at = ?1 WHERE removed_at > ?1",
        "UPDATE staged SET staged_at = ?1 WHERE staged_at > ?1",
        "UPDATE objection SET at = ?1 WHERE at > ?1",
        "UPDATE hidden_entry SET at = ?1 WHERE at > ?1",
    ] {
        let done = sqlx::query(statement).bind(now.as_millis());
        moved += done.execute(tx.db()).await?.rows_affected();
    }
    Ok(match moved {
        0 => Done::NoChange(()),
        _ => Done::Commit(()),
    })
}

async fn forget_history(tx: &mut WriteTx, before: &Timestamp) -> Result<Done<()>> {
    // A head superseded after `before` keeps its history, and all removals since are stored.
    sqlx::query("DELETE FROM head_history WHERE superseded_at < ?")
        .bind(before.as_millis())
        .execute(tx.db())
        .await?;
    // Followers that have read less than this must start over.
    sqlx::query(
        "UPDATE server SET pruned_revision = MAX(pruned_revision, COALESCE( \
         (SELECT MAX(revision) FROM removal WHERE removed_at < ?1), 0)) WHERE group_id = ?2",
    )
    .bind(before.as_millis())
    .bind(tx.own().to_vec())
    .execute(tx.db())
    .await?;
    sqlx::query("DELETE FROM removal WHERE removed_at < ?")
        .bind(before.as_millis())
        .execute(tx.db())
        .await?;
    Ok(Done::Commit(()))
}
