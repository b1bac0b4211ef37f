//! Inserting one new group with its key log and first head: there is nothing to compare with and
//! nothing to replace, so it takes one round trip.

use hedgerow_store::{Committed, HeadCommit, Inconsistency, Result};

use super::new_group_rows;
use super::new_group_rows::{NewGroup, Width, has_every_leaf, is_self_contained};
use crate::write_tx::{Done, WriteTx};

/// Statements with more leaves than this are not cached: another group is unlikely to have the
/// same number.
const MAX_CACHED_LEAVES: usize = 16;

/// Inserts the group. Has no effect if it is already known.
pub(super) async fn insert(tx: &mut WriteTx, change: &HeadCommit) -> Result<Done<Committed>> {
    if !is_self_contained(change) {
        return Ok(Done::NoChange(Committed::Superseded));
    }
    if !has_every_leaf(change) {
        return Err(Inconsistency::new("head", "leaf_count", change.group_id.to_string()).into());
    }
    let Some(group) = NewGroup::number(tx, change) else {
        return Ok(Done::NoChange(Committed::Superseded));
    };
    let is_cached = change.puts.len() <= MAX_CACHED_LEAVES;
    if !new_group_rows::insert(tx, &[group], Width::default(), is_cached).await? {
        return Ok(Done::NoChange(Committed::Superseded));
    }
    Ok(tx.committed())
}
