//! What time and the operator change.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;

use super::SqliteStore;
use super::commit::wipe;
use super::decode;
use super::decode::rows;
use super::decode::unsigned;
use super::write_tx::Done;
use super::write_tx::Write;
use hedgerow_store::Erase;
use hedgerow_store::Exclude;
use hedgerow_store::Result;

pub(super) async fn exclude(write: &mut Write, change: &Exclude) -> Result<Done<u64>> {
    sqlx::query(
        "INSERT INTO exclusion (group_id, reason, at) VALUES (?, ?, ?) \
         ON CONFLICT (group_id) DO UPDATE SET reason = excluded.reason, at = excluded.at",
    )
    .bind(change.group_id.as_bytes().as_slice())
    .bind(&change.reason)
    .bind(change.now.as_millis())
    .execute(write.db())
    .await?;
    wipe(write, &change.group_id, &View::public()).await?;
    write.touch(&change.group_id).await?;
    Ok(Done::Kept(unsigned(write.last())))
}

pub(super) async fn include(write: &mut Write, group: &GroupId) -> Result<Done<bool>> {
    let done = sqlx::query("DELETE FROM exclusion WHERE group_id = ?")
        .bind(group.as_bytes().as_slice())
        .execute(write.db())
        .await?;
    if done.rows_affected() == 0 {
        return Ok(Done::Nothing(false));
    }
    // What sources told of it was passed over.
    let own = write.own();
    sqlx::query("UPDATE source SET missed = 1 WHERE group_id = ?")
        .bind(own.as_bytes().as_slice())
        .execute(write.db())
        .await?;
    write.touch(group).await?;
    Ok(Done::Kept(true))
}

pub(super) async fn lapsing(
    store: &SqliteStore,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<GroupId>> {
    let found = sqlx::query(
        "SELECT g.group_id FROM head h JOIN known_group g ON g.group_id = h.group_id \
         WHERE h.expires_at < ? AND h.view = ? AND g.lapsed = 0 AND g.shown = 1 \
         ORDER BY h.expires_at LIMIT +?",
    )
    .bind(before.as_millis())
    .bind(View::public().as_str())
    .bind(rows(limit))
    .fetch_all(&store.readers)
    .await?;
    found.iter().map(decode::group_id).collect()
}

pub(super) async fn lapse(
    write: &mut Write,
    (group, before): &(GroupId, Timestamp),
) -> Result<Done<()>> {
    let done = sqlx::query(
        "UPDATE known_group SET lapsed = 1 WHERE group_id = ?1 AND lapsed = 0 AND EXISTS \
         (SELECT 1 FROM head WHERE group_id = ?1 AND view = ?2 AND expires_at < ?3)",
    )
    .bind(group.as_bytes().as_slice())
    .bind(View::public().as_str())
    .bind(before.as_millis())
    .execute(write.db())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(Done::Nothing(()));
    }
    write.touch(group).await?;
    Ok(Done::Kept(()))
}

pub(super) async fn erasable(
    store: &SqliteStore,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<(GroupId, View)>> {
    let found = sqlx::query(
        "SELECT group_id, view FROM head WHERE expires_at < ? AND whole = 1 \
         ORDER BY expires_at LIMIT +?",
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

pub(super) async fn erase(write: &mut Write, change: &Erase) -> Result<Done<()>> {
    let expired: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM head WHERE group_id = ? AND view = ? AND expires_at < ?)",
    )
    .bind(change.group_id.as_bytes().as_slice())
    .bind(change.view.as_str())
    .bind(change.expired_before.as_millis())
    .fetch_one(write.db())
    .await?;
    if !expired {
        return Ok(Done::Nothing(()));
    }
    wipe(write, &change.group_id, &change.view).await?;
    write.touch(&change.group_id).await?;
    Ok(Done::Kept(()))
}

/// Forgets removals from before, and heads that were superseded before: a head
/// superseded later still has every removal since.
pub(super) async fn forget_history(write: &mut Write, before: &Timestamp) -> Result<Done<()>> {
    let own = write.own();
    sqlx::query("DELETE FROM head_history WHERE superseded_at < ?")
        .bind(before.as_millis())
        .execute(write.db())
        .await?;
    sqlx::query(
        "UPDATE server SET pruned_revision = MAX(pruned_revision, COALESCE( \
         (SELECT MAX(revision) FROM removal WHERE removed_at < ?1), 0)) WHERE group_id = ?2",
    )
    .bind(before.as_millis())
    .bind(own.as_bytes().as_slice())
    .execute(write.db())
    .await?;
    sqlx::query("DELETE FROM removal WHERE removed_at < ?")
        .bind(before.as_millis())
        .execute(write.db())
        .await?;
    Ok(Done::Kept(()))
}
