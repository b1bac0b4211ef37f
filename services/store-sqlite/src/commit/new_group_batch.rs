//! Inserting up to 16 new groups in one round trip. The statements come in power-of-two widths,
//! so that five texts stay prepared.

use std::collections::HashSet;

use hedgerow_core::id::GroupId;
use hedgerow_store::{HeadCommit, Result};

use super::new_group_rows;
use super::new_group_rows::{NewGroup, Width, has_every_leaf, is_self_contained};
use crate::write_tx::WriteTx;

const MAX_GROUPS: usize = 16;
/// Leaves of one group on average: a first publication is often one listing and a few offers.
const LEAVES_PER_GROUP: usize = 4;

/// New groups that fit into one batch.
#[derive(Default)]
pub(crate) struct NewGroupBatch {
    groups: HashSet<GroupId>,
    leaves: usize,
}

impl NewGroupBatch {
    /// Adds a new group. Returns false, and adds nothing, if it does not fit.
    pub(crate) fn try_add(&mut self, change: &HeadCommit) -> bool {
        let leaves = self.leaves + change.puts.len();
        let width = (self.groups.len() + 1).next_power_of_two();
        let fits = change.new_key_log.len() == 1
            && is_self_contained(change)
            && has_every_leaf(change)
            && width <= MAX_GROUPS
            && leaves <= width * LEAVES_PER_GROUP;
        if !fits || !self.groups.insert(change.group_id) {
            return false;
        }
        self.leaves = leaves;
        true
    }
}

/// Inserts the groups of a batch. Returns the revision of each; `None`, having written nothing,
/// if one of them is known.
pub(crate) async fn insert(tx: &mut WriteTx, changes: &[&HeadCommit]) -> Result<Option<Vec<i64>>> {
    let groups: Option<Vec<_>> = changes
        .iter()
        .map(|change| NewGroup::number(tx, change))
        .collect();
    let Some(groups) = groups else {
        return Ok(None);
    };
    let width = changes.len().next_power_of_two();
    let width = Width {
        groups: width,
        leaves: width * LEAVES_PER_GROUP,
    };
    if !new_group_rows::insert(tx, &groups, width, true).await? {
        return Ok(None);
    }
    Ok(Some(groups.iter().map(|group| group.revision).collect()))
}
