//! The leaves that a change puts, removes and fills, each with a revision of its own.

use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::{RecordName, View};
use sqlx::Row;

use super::super::decode;
use super::super::write::Write;
use crate::store::{Fill, HeadCommit, Inconsistency, LeafPut, LeafState, Result};

/// Takes the removals out. Answers with the hashes that stood there.
pub(super) async fn remove(write: &mut Write<'_>, change: &HeadCommit) -> Result<Vec<RecordHash>> {
    let mut hashes = Vec::with_capacity(change.removals.len());
    for name in &change.removals {
        let row = sqlx::query(
            "DELETE FROM leaf WHERE group_id = ? AND view = ? AND collection = ? AND key = ? \
             RETURNING record_hash",
        )
        .bind(change.group_id.as_bytes().as_slice())
        .bind(change.view.as_str())
        .bind(name.collection.as_str())
        .bind(name.key.as_str())
        .fetch_optional(write.db())
        .await?;
        let Some(row) = row else { continue };
        hashes.push(decode::record_hash(&row, "leaf")?);
        let revision = write.next();
        sqlx::query(
            "INSERT INTO removal (group_id, view, collection, key, revision, removed_at) \
             VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (group_id, view, collection, key) \
             DO UPDATE SET revision = excluded.revision, removed_at = excluded.removed_at",
        )
        .bind(change.group_id.as_bytes().as_slice())
        .bind(change.view.as_str())
        .bind(name.collection.as_str())
        .bind(name.key.as_str())
        .bind(revision)
        .bind(change.now.as_millis())
        .execute(write.db())
        .await?;
    }
    Ok(hashes)
}

/// Puts the leaves and moves their bodies out of staging. Answers with the hashes that
/// they replaced; `None` where a body that was counted on is not staged any more.
pub(super) async fn put(
    write: &mut Write<'_>,
    change: &HeadCommit,
) -> Result<Option<Vec<RecordHash>>> {
    let mut replaced = Vec::new();
    for put in &change.puts {
        let name = &put.leaf.name;
        let old = leaf_hash(write, change, name).await?;
        replaced.extend(old.filter(|old| *old != put.leaf.record_hash));
        put_leaf(write, change, put).await?;
        if put.state == LeafState::Held
            && !take_body(write, &change.group_id, &put.leaf.record_hash).await?
        {
            return Ok(None);
        }
        sqlx::query(
            "DELETE FROM removal WHERE group_id = ? AND view = ? AND collection = ? AND key = ?",
        )
        .bind(change.group_id.as_bytes().as_slice())
        .bind(change.view.as_str())
        .bind(name.collection.as_str())
        .bind(name.key.as_str())
        .execute(write.db())
        .await?;
    }
    for put in &change.puts {
        unstage(write, &change.group_id, &put.leaf.record_hash).await?;
    }
    Ok(Some(replaced))
}

/// Puts bodies, or verdicts, where they were missing. False where a body that was
/// counted on is not staged any more.
pub(super) async fn fill(write: &mut Write<'_>, change: &Fill) -> Result<bool> {
    for (name, hash, state) in &change.leaves {
        let revision = write.next();
        let (state_number, reason, detail) = columns(state);
        let updated = sqlx::query(
            "UPDATE leaf SET state = ?, reason = ?, detail = ?, revision = ? \
             WHERE group_id = ? AND view = ? AND collection = ? AND key = ? \
             AND record_hash = ? AND state = 1",
        )
        .bind(state_number)
        .bind(reason)
        .bind(detail)
        .bind(revision)
        .bind(change.group_id.as_bytes().as_slice())
        .bind(change.view.as_str())
        .bind(name.collection.as_str())
        .bind(name.key.as_str())
        .bind(hash.as_bytes().as_slice())
        .execute(write.db())
        .await?;
        if updated.rows_affected() == 0 {
            continue;
        }
        if *state == LeafState::Held && !take_body(write, &change.group_id, hash).await? {
            return Ok(false);
        }
        unstage(write, &change.group_id, hash).await?;
    }
    Ok(true)
}

/// What is left under a head in force is under that head: shown again.
pub(super) async fn unhide(write: &mut Write<'_>, group: &GroupId, view: &View) -> Result<()> {
    let hidden = sqlx::query(
        "SELECT collection, key FROM leaf WHERE group_id = ? AND view = ? AND hidden = 1",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .fetch_all(write.db())
    .await?;
    for row in &hidden {
        let revision = write.next();
        sqlx::query(
            "UPDATE leaf SET hidden = 0, revision = ? \
             WHERE group_id = ? AND view = ? AND collection = ? AND key = ?",
        )
        .bind(revision)
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .bind(row.try_get::<String, _>("collection")?)
        .bind(row.try_get::<String, _>("key")?)
        .execute(write.db())
        .await?;
    }
    Ok(())
}

/// Erases bodies that no leaf stands for any more.
pub(super) async fn drop_bodies(
    write: &mut Write<'_>,
    group: &GroupId,
    hashes: impl Iterator<Item = RecordHash>,
) -> Result<()> {
    for hash in hashes {
        sqlx::query(
            "DELETE FROM body WHERE group_id = ?1 AND record_hash = ?2 AND NOT EXISTS \
             (SELECT 1 FROM leaf WHERE group_id = ?1 AND record_hash = ?2)",
        )
        .bind(group.as_bytes().as_slice())
        .bind(hash.as_bytes().as_slice())
        .execute(write.db())
        .await?;
    }
    Ok(())
}

/// The number of leaves is the head's count, or the change is undone.
pub(super) async fn check_count(write: &mut Write<'_>, change: &HeadCommit) -> Result<()> {
    let count: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM leaf WHERE group_id = ? AND view = ?")
            .bind(change.group_id.as_bytes().as_slice())
            .bind(change.view.as_str())
            .fetch_one(write.db())
            .await?;
    if count == i64::from(change.head.count) {
        return Ok(());
    }
    Err(Inconsistency::new("head", "leaf_count", change.group_id.to_string()).into())
}

async fn leaf_hash(
    write: &mut Write<'_>,
    change: &HeadCommit,
    name: &RecordName,
) -> Result<Option<RecordHash>> {
    let row = sqlx::query(
        "SELECT record_hash FROM leaf \
         WHERE group_id = ? AND view = ? AND collection = ? AND key = ?",
    )
    .bind(change.group_id.as_bytes().as_slice())
    .bind(change.view.as_str())
    .bind(name.collection.as_str())
    .bind(name.key.as_str())
    .fetch_optional(write.db())
    .await?;
    row.as_ref()
        .map(|row| decode::record_hash(row, "leaf"))
        .transpose()
}

async fn put_leaf(write: &mut Write<'_>, change: &HeadCommit, put: &LeafPut) -> Result<()> {
    let revision = write.next();
    let (state, reason, detail) = columns(&put.state);
    sqlx::query(
        "INSERT INTO leaf (group_id, view, collection, key, length, record_hash, revision, \
         state, reason, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (group_id, view, collection, key) DO UPDATE SET \
         length = excluded.length, record_hash = excluded.record_hash, \
         revision = excluded.revision, state = excluded.state, hidden = 0, \
         reason = excluded.reason, detail = excluded.detail",
    )
    .bind(change.group_id.as_bytes().as_slice())
    .bind(change.view.as_str())
    .bind(put.leaf.name.collection.as_str())
    .bind(put.leaf.name.key.as_str())
    .bind(i64::from(put.leaf.length))
    .bind(put.leaf.record_hash.as_bytes().as_slice())
    .bind(revision)
    .bind(state)
    .bind(reason)
    .bind(detail)
    .execute(write.db())
    .await?;
    Ok(())
}

/// Moves a body out of staging. True where it is held then, or was already.
async fn take_body(write: &mut Write<'_>, group: &GroupId, hash: &RecordHash) -> Result<bool> {
    let taken = sqlx::query(
        "INSERT INTO body (group_id, record_hash, record) \
         SELECT group_id, record_hash, record FROM staged \
         WHERE group_id = ? AND record_hash = ? AND record IS NOT NULL \
         ON CONFLICT DO NOTHING",
    )
    .bind(group.as_bytes().as_slice())
    .bind(hash.as_bytes().as_slice())
    .execute(write.db())
    .await?;
    if taken.rows_affected() == 1 {
        return Ok(true);
    }
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM body WHERE group_id = ? AND record_hash = ?)",
    )
    .bind(group.as_bytes().as_slice())
    .bind(hash.as_bytes().as_slice())
    .fetch_one(write.db())
    .await?)
}

async fn unstage(write: &mut Write<'_>, group: &GroupId, hash: &RecordHash) -> Result<()> {
    sqlx::query("DELETE FROM staged WHERE group_id = ? AND record_hash = ?")
        .bind(group.as_bytes().as_slice())
        .bind(hash.as_bytes().as_slice())
        .execute(write.db())
        .await?;
    Ok(())
}

fn columns(state: &LeafState) -> (i64, Option<&str>, Option<&str>) {
    match state {
        LeafState::Held => (0, None, None),
        LeafState::Wanted => (1, None, None),
        LeafState::Refused { reason, detail } => (2, Some(reason), Some(detail)),
    }
}
