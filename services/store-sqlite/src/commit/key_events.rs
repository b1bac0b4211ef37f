//! Appending key events to a group's log, or starting the group.

use hedgerow_core::name::View;
use hedgerow_store::{Committed, KeyEventCommit, KeyEventPut, Result};
use sqlx::QueryBuilder;

use super::rivals;
use crate::insert::{KEY_EVENT, KNOWN_GROUP, KnownGroup, bind_key_event, bind_known_group};
use crate::view::erase_records;
use crate::write_tx::{Done, WriteTx};

/// Appends events to the tip that they were verified with. A deactivation erases the records
/// under the group's heads.
pub(super) async fn commit(tx: &mut WriteTx, change: &KeyEventCommit) -> Result<Done<Committed>> {
    let (Some(first), Some(last)) = (change.events.first(), change.events.last()) else {
        return Ok(Done::NoChange(Committed::Superseded));
    };
    let is_current = if change.expected_tip.is_some() {
        move_tip(tx, change, last).await?
    } else {
        start_group(tx, change, last).await?
    };
    if !is_current {
        return Ok(Done::NoChange(Committed::Superseded));
    }
    if change.expected_tip.is_some() {
        if !change.forked {
            rivals::limit_bytes(tx, &change.group_id).await?;
        }
        set_branch_aside(tx, change, first.index).await?;
    }
    let mut query = QueryBuilder::new("");
    KEY_EVENT.push_rows(&mut query, &change.events, |row, event| {
        bind_key_event(row, &change.group_id, event);
    });
    query.build().execute(tx.db()).await?;
    if change.ends {
        erase_records(tx, (&change.group_id, &View::public())).await?;
    }
    tx.touch(&change.group_id).await?;
    Ok(tx.committed())
}

/// Returns false if the tip is not the expected one.
async fn move_tip(tx: &mut WriteTx, change: &KeyEventCommit, tip: &KeyEventPut) -> Result<bool> {
    let updated = sqlx::query(
        "UPDATE known_group SET tip = ?, tip_index = ?, ended = ?, forked = ? \
         WHERE group_id = ? AND tip = ?",
    )
    .bind(tip.hash.as_bytes().as_slice())
    .bind(i64::from(tip.index))
    .bind(change.ends)
    .bind(change.forked)
    .bind(change.group_id.as_bytes().as_slice())
    .bind(change.expected_tip.map(|tip| tip.to_vec()))
    .execute(tx.db())
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Returns false if the group is already known.
async fn start_group(tx: &mut WriteTx, change: &KeyEventCommit, tip: &KeyEventPut) -> Result<bool> {
    let group = KnownGroup {
        group: &change.group_id,
        tip,
        ended: change.ends,
        lapsed: false,
        // Becomes visible with its first head.
        shown: false,
        revision: tx.next_revision(),
        first_seen: change.now,
    };
    let mut query = QueryBuilder::new("");
    KNOWN_GROUP.push_rows(&mut query, [group], |row, group| {
        bind_known_group(row, &group);
        row.push("0");
    });
    query.push(" ON CONFLICT DO NOTHING");
    let started = query.build().execute(tx.db()).await?;
    Ok(started.rows_affected() == 1)
}

/// Moves the events from an index on to a rival branch, to make way for others.
async fn set_branch_aside(tx: &mut WriteTx, change: &KeyEventCommit, index: u32) -> Result<()> {
    let group = change.group_id.as_bytes().as_slice();
    sqlx::query(
        "INSERT INTO rival_key_event (group_id, hash, event_index, envelope, found_at) \
         SELECT group_id, hash, event_index, envelope, ? FROM key_event \
         WHERE group_id = ? AND event_index >= ? ON CONFLICT DO NOTHING",
    )
    .bind(change.now.as_millis())
    .bind(group)
    .bind(i64::from(index))
    .execute(tx.db())
    .await?;
    sqlx::query("DELETE FROM key_event WHERE group_id = ? AND event_index >= ?")
        .bind(group)
        .bind(i64::from(index))
        .execute(tx.db())
        .await?;
    Ok(())
}
