//! Storing the proof of rival heads or key logs. Records that either rival lacks are hidden at
//! once.

use hedgerow_store::{Committed, Freeze, KeyEventPut, Result, Rival};

use super::current_state::CurrentState;
use super::rivals;
use crate::decode::unsigned;
use crate::view::hide_records;
use crate::write_tx::{Done, WriteTx};

pub(super) async fn commit(tx: &mut WriteTx, change: &Freeze) -> Result<Done<Committed>> {
    let of = (&change.group_id, &change.view);
    let current = CurrentState::read(tx, of).await?;
    if current.head_hash() != change.expected_head {
        return Ok(Done::NoChange(Committed::Superseded));
    }
    let before = tx.last_revision();
    let is_new = insert_proof(tx, change).await?;
    let hidden = hide_records(tx, of, &change.hide).await?;
    if !is_new && hidden == 0 {
        return Ok(Done::NoChange(Committed::At(unsigned(before))));
    }
    tx.touch(&change.group_id).await?;
    Ok(tx.committed())
}

/// Stores the proof. Returns false if it was stored before.
async fn insert_proof(tx: &mut WriteTx, change: &Freeze) -> Result<bool> {
    match &change.rival {
        Rival::Head {
            key_index,
            held,
            rival,
        } => insert_equivocation(tx, change, (*key_index).into(), (held, rival)).await,
        Rival::KeyEvents(events) => insert_key_events(tx, change, events).await,
        Rival::None => Ok(false),
    }
}

async fn insert_equivocation(
    tx: &mut WriteTx,
    change: &Freeze,
    key_index: i64,
    (held, rival): (&[u8], &[u8]),
) -> Result<bool> {
    let group = change.group_id.as_bytes().as_slice();
    // The first proof under a key index is enough, and stays.
    let inserted = sqlx::query(
        "INSERT INTO equivocation (group_id, view, key_index, held, rival, found_at) \
         VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(group)
    .bind(change.view.as_str())
    .bind(key_index)
    .bind(held)
    .bind(rival)
    .bind(change.now.as_millis())
    .execute(tx.db())
    .await?;
    sqlx::query(
        "INSERT INTO view_state (group_id, view, frozen_index) VALUES (?, ?, ?) \
         ON CONFLICT (group_id, view) DO UPDATE SET frozen_index = excluded.frozen_index",
    )
    .bind(group)
    .bind(change.view.as_str())
    .bind(key_index)
    .execute(tx.db())
    .await?;
    Ok(inserted.rows_affected() == 1)
}

async fn insert_key_events(
    tx: &mut WriteTx,
    change: &Freeze,
    events: &[KeyEventPut],
) -> Result<bool> {
    let forked: bool = sqlx::query_scalar("SELECT forked FROM known_group WHERE group_id = ?")
        .bind(change.group_id.as_bytes().as_slice())
        .fetch_one(tx.db())
        .await?;
    if !forked {
        rivals::limit_bytes(tx, &change.group_id).await?;
    }
    let mut any_new = false;
    for event in events {
        any_new |= rivals::insert(tx, &change.group_id, event, change.now).await?;
    }
    if any_new {
        sqlx::query("UPDATE known_group SET forked = 1 WHERE group_id = ?")
            .bind(change.group_id.as_bytes().as_slice())
            .execute(tx.db())
            .await?;
    }
    Ok(any_new)
}
