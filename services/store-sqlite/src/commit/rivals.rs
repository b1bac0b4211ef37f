//! Key events of rival branches, stored as evidence of a fork.

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;
use hedgerow_store::{KeyEventPut, Result};

use crate::decode::unsigned;
use crate::write_tx::WriteTx;

/// Limit of the rival key events of a group whose log is not forked. Whoever holds a recovery
/// key can sign any number of them.
const MAX_BYTES: u64 = 2 * 1024 * 1024;

/// Stores a rival key event. Returns false if it was stored before.
pub(super) async fn insert(
    tx: &mut WriteTx,
    group: &GroupId,
    event: &KeyEventPut,
    now: Timestamp,
) -> Result<bool> {
    let inserted = sqlx::query(
        "INSERT INTO rival_key_event (group_id, hash, event_index, envelope, found_at) \
         VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(group.as_bytes().as_slice())
    .bind(event.hash.as_bytes().as_slice())
    .bind(i64::from(event.index))
    .bind(&event.envelope)
    .bind(now.as_millis())
    .execute(tx.db())
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Deletes a group's rival key events if they exceed the limit. Only for a group whose log is
/// not forked: its rival branches have lost, so no decision depends on them.
pub(super) async fn limit_bytes(tx: &mut WriteTx, group: &GroupId) -> Result<()> {
    let bytes: i64 = sqlx::query_scalar(
        "SELECT COALESCE(SUM(LENGTH(envelope)), 0) FROM rival_key_event WHERE group_id = ?",
    )
    .bind(group.as_bytes().as_slice())
    .fetch_one(tx.db())
    .await?;
    if unsigned(bytes) > MAX_BYTES {
        sqlx::query("DELETE FROM rival_key_event WHERE group_id = ?")
            .bind(group.as_bytes().as_slice())
            .execute(tx.db())
            .await?;
    }
    Ok(())
}
