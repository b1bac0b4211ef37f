//! Storing bodies that were missing, or verdicts on them.

use std::collections::HashSet;

use hedgerow_store::{Committed, Fill, LeafState, Result};

use super::bodies;
use super::current_state::CurrentState;
use crate::insert::state_columns;
use crate::write_tx::{Done, WriteTx};

pub(super) async fn commit(tx: &mut WriteTx, change: &Fill) -> Result<Done<Committed>> {
    let current = CurrentState::read(tx, (&change.group_id, &change.view)).await?;
    if current.head_hash() != Some(change.expected_head) || !current.is_whole() {
        return Ok(Done::NoChange(Committed::Superseded));
    }
    if !fill_leaves(tx, change).await? {
        return Ok(Done::Rollback(Committed::Superseded));
    }
    tx.touch(&change.group_id).await?;
    Ok(tx.committed())
}

/// Updates leaves that are still wanted. Returns false if a body that must be staged is no
/// longer there.
async fn fill_leaves(tx: &mut WriteTx, change: &Fill) -> Result<bool> {
    for (name, hash, state) in &change.leaves {
        let revision = tx.next_revision();
        let (state_number, reason, detail) = state_columns(state);
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
        .execute(tx.db())
        .await?;
        if updated.rows_affected() == 0 {
            continue;
        }
        if *state == LeafState::Held {
            if let Some(record) = change.bodies.get(hash) {
                bodies::insert(tx, &change.group_id, hash, record).await?;
            } else if !bodies::take_staged(tx, &change.group_id, &HashSet::from([*hash])).await? {
                return Ok(false);
            }
        }
        bodies::unstage(tx, &change.group_id, [*hash].into_iter()).await?;
    }
    Ok(true)
}
