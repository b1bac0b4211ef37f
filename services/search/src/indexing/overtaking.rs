//! Small changes that are applied before earlier, costly changes of other groups. An addition
//! must not wait for a stranger's records.
//!
//! Groups overtake each other, but the changes of one group keep their order. Each group
//! therefore has one position of its own, ahead of the cursor. A crash loses these positions
//! only: the changes after the cursor are then applied a second time, in order, to the same end.

use std::collections::HashMap;

use hedgerow_core::id::GroupId;
use hedgerow_store::{IndexChange, IndexSource, PendingKind};

use crate::error::IndexError;

/// Number of changes of one read.
const BATCH: usize = 1_000;
/// Maximum number of reads in a row. Further changes are read after the next flush.
const MAX_READS: usize = 5;
/// Maximum number of small changes that wait. Beyond it nothing is read until some are applied.
const MAX_WAITING: usize = 5_000;
/// Bytes up to which the pending changes of one group are small.
const MAX_SMALL_BYTES: u64 = 32 * 1024;
/// Bytes of costly changes that are worth overtaking. Below it the usual order is faster,
/// because it reads records in larger batches.
const MIN_COSTLY_BYTES: u64 = 64 * 1024;
/// Bytes of small changes that are applied at a time, so that costly ones never wait for long
/// either.
const MAX_TAKEN_BYTES: u64 = 256 * 1024;
/// What a change costs on top of its bytes.
const BASE_COST: u64 = 512;

/// A change after the cursor, without its record.
pub type PendingChange = IndexChange<PendingKind>;

/// The changes after the cursor, by group.
#[derive(Default)]
pub struct Overtaking {
    /// Changes up to this revision are in `groups`.
    through: u64,
    groups: HashMap<GroupId, Pending>,
    /// The number of changes in all `waiting` lists.
    waiting: usize,
}

/// The pending changes of one group.
#[derive(Default)]
struct Pending {
    /// Those that may overtake, in order; empty for a costly group.
    waiting: Vec<PendingChange>,
    /// The cost of all, in bytes: also of those that are applied, so that a group that publishes
    /// again and again soon waits its turn.
    bytes: u64,
    /// The revision of the last one.
    last: u64,
    /// Those up to this revision are applied.
    applied: u64,
}

impl Pending {
    fn is_costly(&self) -> bool {
        self.bytes > MAX_SMALL_BYTES
    }
}

impl Overtaking {
    /// Reads the changes after `revision` and since the last call, as far as there is room.
    pub async fn read(&mut self, store: &dyn IndexSource, revision: u64) -> Result<(), IndexError> {
        self.through = self.through.max(revision);
        for _ in 0..MAX_READS {
            if self.waiting >= MAX_WAITING {
                break;
            }
            let pending = store.pending_after(self.through, BATCH).await?;
            // Too old, or of another stream: the next batch of changes leads to a rebuild.
            if pending.too_old {
                break;
            }
            self.through = pending.through;
            let is_last = pending.changes.len() < BATCH;
            for change in pending.changes {
                self.add(change);
            }
            if is_last {
                break;
            }
        }
        Ok(())
    }

    fn add(&mut self, change: PendingChange) {
        let pending = self.groups.entry(change.group_id).or_default();
        pending.bytes = pending.bytes.saturating_add(cost(&change));
        pending.last = change.revision;
        if pending.is_costly() {
            self.waiting -= pending.waiting.len();
            pending.waiting = Vec::new();
        } else {
            pending.waiting.push(change);
            self.waiting += 1;
        }
    }

    /// Takes small changes that may be applied now, in order of revision, and counts them as
    /// applied. Those of a group whose changes are being applied have to wait.
    pub fn take(&mut self, in_progress: Option<&GroupId>) -> Vec<PendingChange> {
        let costly = self.groups.values().filter(|pending| pending.is_costly());
        if costly.map(|pending| pending.bytes).sum::<u64>() < MIN_COSTLY_BYTES {
            return Vec::new();
        }
        let may_go = |(group, pending): &(&GroupId, &mut Pending)| {
            !pending.waiting.is_empty() && Some(*group) != in_progress
        };
        let mut groups: Vec<_> = self.groups.iter_mut().filter(may_go).collect();
        groups.sort_unstable_by_key(|(_, pending)| pending.waiting.first().map(|it| it.revision));
        let mut taken = Vec::new();
        let mut bytes = 0;
        for (_, pending) in groups {
            bytes += pending.waiting.iter().map(cost).sum::<u64>();
            taken.append(&mut pending.waiting);
            pending.applied = pending.last;
            if bytes >= MAX_TAKEN_BYTES {
                break;
            }
        }
        self.waiting -= taken.len();
        taken.sort_unstable_by_key(|change| change.revision);
        taken
    }

    /// Whether a change was applied before its turn.
    pub fn is_applied(&self, group: &GroupId, revision: u64) -> bool {
        let pending = self.groups.get(group);
        pending.is_some_and(|pending| revision <= pending.applied)
    }

    /// Forgets the changes up to a revision: all of them have been applied.
    pub fn forget_up_to(&mut self, revision: u64) {
        self.groups.retain(|_, pending| pending.last > revision);
        for pending in self.groups.values_mut() {
            pending.waiting.retain(|change| change.revision > revision);
        }
        self.waiting = self.groups.values().map(|it| it.waiting.len()).sum();
    }
}

/// The approximate cost of a change. Bytes bound the words, tags, regions and schedules of a
/// record, and so its cost.
fn cost(change: &PendingChange) -> u64 {
    let bytes = match change.kind {
        PendingKind::Put { bytes, .. } => bytes,
        PendingKind::GroupShown { records, bytes } => bytes + BASE_COST * u64::from(records),
        PendingKind::Removed(_) | PendingKind::GroupHidden => 0,
    };
    BASE_COST + bytes
}

#[cfg(test)]
mod tests {
    use hedgerow_core::name::RecordName;

    use super::*;

    fn group(number: u8) -> GroupId {
        GroupId::from_bytes([number; 32])
    }

    fn put(number: u8, revision: u64, bytes: u64) -> PendingChange {
        let name = RecordName::parse("listing", &format!("l{revision}")).unwrap();
        PendingChange {
            revision,
            group_id: group(number),
            kind: PendingKind::Put { name, bytes },
        }
    }

    fn taken(overtaking: &mut Overtaking, in_progress: Option<u8>) -> Vec<u64> {
        let in_progress = in_progress.map(group);
        let taken = overtaking.take(in_progress.as_ref());
        taken.iter().map(|change| change.revision).collect()
    }

    #[test]
    fn small_changes_overtake_costly_ones_and_keep_their_order() {
        let mut overtaking = Overtaking::default();
        overtaking.add(put(2, 1, 1_000));
        overtaking.add(put(3, 2, 1_000));
        assert_eq!(taken(&mut overtaking, None), [0; 0], "nothing is costly");
        overtaking.add(put(1, 3, 80_000));
        overtaking.add(put(2, 4, 1_000));
        assert_eq!(taken(&mut overtaking, Some(3)), [1, 4]);
        assert!(overtaking.is_applied(&group(2), 4) && !overtaking.is_applied(&group(2), 5));
        assert!(!overtaking.is_applied(&group(3), 2) && !overtaking.is_applied(&group(1), 3));
        assert_eq!(taken(&mut overtaking, None), [2]);
        assert_eq!(overtaking.waiting, 0);
    }

    #[test]
    fn a_group_that_publishes_again_and_again_waits_its_turn() {
        let mut overtaking = Overtaking::default();
        overtaking.add(put(1, 1, 80_000));
        let mut applied = 0;
        for revision in 2..100 {
            overtaking.add(put(2, revision, 10_000));
            applied += taken(&mut overtaking, None).len();
        }
        assert_eq!(applied, 3);
        // Once the cursor has passed its changes, it may overtake again.
        overtaking.forget_up_to(99);
        assert!(overtaking.groups.is_empty());
        overtaking.add(put(1, 100, 80_000));
        overtaking.add(put(2, 101, 10_000));
        assert_eq!(taken(&mut overtaking, None), [101]);
    }

    #[test]
    fn a_costly_change_keeps_later_ones_of_its_group_behind_it() {
        let mut overtaking = Overtaking::default();
        overtaking.add(put(1, 1, 80_000));
        overtaking.add(put(1, 2, 10));
        overtaking.add(put(2, 3, 10));
        assert_eq!(taken(&mut overtaking, None), [3]);
        overtaking.forget_up_to(1);
        assert!(!overtaking.is_applied(&group(1), 2));
    }

    #[test]
    fn few_small_changes_are_applied_at_a_time() {
        let mut overtaking = Overtaking::default();
        overtaking.add(put(0, 1, 80_000));
        for number in 1..=100 {
            overtaking.add(put(number, 1 + u64::from(number), 30_000));
        }
        assert_eq!(taken(&mut overtaking, None).len(), 9);
        overtaking.forget_up_to(50);
        assert_eq!(overtaking.waiting, 51);
    }
}
