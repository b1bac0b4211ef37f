//! What time and the operator change.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;

use super::SqliteStore;
use super::commit::wipe;
use super::decode::{self, rows};
use super::write::Write;
use crate::store::{Erase, Exclude, Result};

pub(super) async fn exclude(store: &SqliteStore, change: Exclude) -> Result<u64> {
    let mut write = Write::begin(store).await?;
    sqlx::query(
        "INSERT INTO exclusion (group_id, reason, at) VALUES (?, ?, ?) \
         ON CONFLICT (group_id) DO UPDATE SET reason = excluded.reason, at = excluded.at",
    )
    .bind(change.group_id.as_bytes().as_slice())
    .bind(&change.reason)
    .bind(change.now.as_millis())
    .execute(write.db())
    .await?;
    wipe(&mut write, &change.group_id, &View::public()).await?;
    write.touch(&change.group_id).await?;
    write.commit().await
}

pub(super) async fn include(store: &SqliteStore, group: &GroupId) -> Result<bool> {
    let mut write = Write::begin(store).await?;
    let done = sqlx::query("DELETE FROM exclusion WHERE group_id = ?")
        .bind(group.as_bytes().as_slice())
        .execute(write.db())
        .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    write.touch(group).await?;
    write.commit().await?;
    Ok(true)
}

pub(super) async fn lapsing(
    store: &SqliteStore,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<GroupId>> {
    let found = sqlx::query(
        "SELECT g.group_id FROM head h JOIN known_group g ON g.group_id = h.group_id \
         WHERE h.expires_at < ? AND h.view = ? AND g.lapsed = 0 AND g.shown = 1 \
         ORDER BY h.expires_at LIMIT ?",
    )
    .bind(before.as_millis())
    .bind(View::public().as_str())
    .bind(rows(limit))
    .fetch_all(&store.readers)
    .await?;
    found.iter().map(decode::group_id).collect()
}

pub(super) async fn lapse(store: &SqliteStore, group: &GroupId, before: Timestamp) -> Result<()> {
    let mut write = Write::begin(store).await?;
    let done = sqlx::query(
        "UPDATE known_group SET lapsed = 1 WHERE group_id = ?1 AND lapsed = 0 AND EXISTS \
         (SELECT 1 FROM head WHERE group_id = ?1 AND view = ?2 AND expires_at < ?3)",
    )
    .bind(group.as_bytes().as_slice())
    .bind(View::public().as_str())
    .bind(before.as_millis())
    .execute(write.db())
    .await?;
    if done.rows_affected() == 1 {
        write.touch(group).await?;
        write.commit().await?;
    }
    Ok(())
}

pub(super) async fn erasable(
    store: &SqliteStore,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<(GroupId, View)>> {
    let found = sqlx::query(
        "SELECT group_id, view FROM head WHERE expires_at < ? AND whole = 1 \
         ORDER BY expires_at LIMIT ?",
    )
    .bind(before.as_millis())
    .bind(rows(limit))
    .fetch_all(&store.readers)
    .await?;
    found
        .iter()
        .map(|row| Ok((decode::group_id(row)?, decode::view(row)?)))
        .collect()
}

pub(super) async fn erase(store: &SqliteStore, change: Erase) -> Result<()> {
    let mut write = Write::begin(store).await?;
    let expired: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM head WHERE group_id = ? AND view = ? AND expires_at < ?)",
    )
    .bind(change.group_id.as_bytes().as_slice())
    .bind(change.view.as_str())
    .bind(change.expired_before.as_millis())
    .fetch_one(write.db())
    .await?;
    if expired {
        wipe(&mut write, &change.group_id, &change.view).await?;
        write.touch(&change.group_id).await?;
        write.commit().await?;
    }
    Ok(())
}

/// Forgets removals from before, and heads that were superseded before: a head
/// superseded later still has every removal since.
pub(super) async fn forget_history(store: &SqliteStore, before: Timestamp) -> Result<()> {
    let mut write = Write::begin(store).await?;
    sqlx::query("DELETE FROM head_history WHERE superseded_at < ?")
        .bind(before.as_millis())
        .execute(write.db())
        .await?;
    sqlx::query(
        "UPDATE server SET pruned_revision = MAX(pruned_revision, COALESCE( \
         (SELECT MAX(revision) FROM removal WHERE removed_at < ?1), 0)) WHERE group_id = ?2",
    )
    .bind(before.as_millis())
    .bind(store.own.as_bytes().as_slice())
    .execute(write.db())
    .await?;
    sqlx::query("DELETE FROM removal WHERE removed_at < ?")
        .bind(before.as_millis())
        .execute(write.db())
        .await?;
    write.commit().await?;
    Ok(())
}
