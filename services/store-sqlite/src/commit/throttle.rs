//! Recording a head that a limit throttles. The records that it withdraws are hidden at once:
//! withdrawing never waits for a limit on adding.

use hedgerow_core::time::Timestamp;
use hedgerow_store::{Committed, Result, ThrottledHead};

use super::current_state::CurrentState;
use crate::insert::Highest;
use crate::view::{hide_records, raise_highest};
use crate::write_tx::{Done, WriteTx};

pub(super) async fn commit(tx: &mut WriteTx, change: &ThrottledHead) -> Result<Done<Committed>> {
    let of = (&change.group_id, &change.view);
    let current = CurrentState::read(tx, of).await?;
    if current.head_hash() != change.expected_head
        || !current.has_tip(&change.expected_tip)
        || current.has_seen_above(change.position)
    {
        return Ok(Done::NoChange(Committed::Superseded));
    }
    hide_records(tx, of, &change.hide).await?;
    let highest = Highest {
        envelope: &change.envelope,
        hash: &change.hash,
        position: change.position,
    };
    raise_highest(tx, of, &highest).await?;
    sqlx::query(
        "UPDATE view_state SET limit_name = ?, limit_until = ? WHERE group_id = ? AND view = ?",
    )
    .bind(&change.limit.limit)
    .bind(change.limit.until.map(Timestamp::as_millis))
    .bind(change.group_id.as_bytes().as_slice())
    .bind(change.view.as_str())
    .execute(tx.db())
    .await?;
    tx.touch(&change.group_id).await?;
    Ok(tx.committed())
}
