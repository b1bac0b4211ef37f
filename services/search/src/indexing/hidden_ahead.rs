//! Records that became invisible after the changes in progress. A batch of costly records takes
//! a while to index, and a take-back must not wait for it.

use std::collections::HashMap;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_store::{IndexChangeKind, IndexSource, StoredRecord};

use crate::error::IndexError;
use crate::indexing::writer::Operation;

/// Number of changes of one read.
const BATCH: usize = 1_000;

/// Groups and records that were removed from the index before their turn, each with the
/// revision of its removal. Changes before that revision must not add them again.
#[derive(Default)]
pub struct HiddenAhead {
    /// The store was searched up to this revision.
    through: u64,
    groups: HashMap<GroupId, u64>,
    records: HashMap<(GroupId, RecordName), u64>,
}

impl HiddenAhead {
    /// Reads what became invisible after `revision` and since the last call, as operations.
    pub async fn read(
        &mut self,
        store: &dyn IndexSource,
        revision: u64,
    ) -> Result<Vec<Operation>, IndexError> {
        self.through = self.through.max(revision);
        let mut operations = Vec::new();
        loop {
            let hidden = store.hidden_after(self.through, BATCH).await?;
            // Too old, or of another stream: the next batch of changes leads to a rebuild.
            if hidden.too_old {
                break;
            }
            self.through = hidden.through;
            let is_last = hidden.changes.len() < BATCH;
            for change in hidden.changes {
                let group = change.group_id;
                match change.kind {
                    IndexChangeKind::Removed(name) => {
                        self.records.insert((group, name.clone()), change.revision);
                        operations.push(Operation::Remove(group, name));
                    }
                    IndexChangeKind::GroupHidden => {
                        self.groups.insert(group, change.revision);
                        operations.push(Operation::RemoveGroup(group));
                    }
                    IndexChangeKind::Put(_) | IndexChangeKind::GroupShown(_) => {}
                }
            }
            if is_last {
                break;
            }
        }
        Ok(operations)
    }

    /// Whether a group was hidden after a revision.
    pub fn hides_group(&self, group: &GroupId, revision: u64) -> bool {
        self.groups
            .get(group)
            .is_some_and(|hidden| *hidden > revision)
    }

    /// Whether a record was hidden after a revision.
    pub fn hides(&self, group: &GroupId, name: &RecordName, revision: u64) -> bool {
        let is_hidden = |hidden: &u64| *hidden > revision;
        self.hides_group(group, revision)
            || (!self.records.is_empty()
                && self
                    .records
                    .get(&(*group, name.clone()))
                    .is_some_and(is_hidden))
    }

    /// Forgets an earlier removal of a record that is shown again.
    pub fn show(&mut self, group: &GroupId, name: &RecordName) {
        if !self.records.is_empty() {
            self.records.remove(&(*group, name.clone()));
        }
    }

    /// Forgets the removals of a group, and of its records, before it was shown again.
    pub fn show_group(&mut self, group: &GroupId, revision: u64) {
        self.groups.remove(group);
        self.records
            .retain(|(owner, _), hidden| owner != group || *hidden > revision);
    }

    /// Drops the records of a group that were hidden after a revision.
    pub fn retain_shown(&self, group: &GroupId, revision: u64, records: &mut Vec<StoredRecord>) {
        records.retain(|record| !self.hides(group, &record.name, revision));
    }

    /// Forgets removals up to a revision: all changes before them have been applied.
    pub fn forget_up_to(&mut self, revision: u64) {
        self.groups.retain(|_, hidden| *hidden > revision);
        self.records.retain(|_, hidden| *hidden > revision);
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_store::contract::StoredGroup;
    use hedgerow_store::{Exclude, Moderation, RevisionStream};
    use hedgerow_testkit::samples::listing;

    use super::*;
    use crate::testing::IndexedStore;

    #[tokio::test]
    async fn what_is_shown_again_is_not_hidden_by_its_earlier_removal() {
        let indexed = IndexedStore::stopped().await;
        let store = indexed.store.as_ref();
        let mut group = StoredGroup::new(1);
        let id = group.id();
        let names = ["l1", "l2"].map(|key| RecordName::parse("listing", key).unwrap());
        for name in &names {
            group.put("listing", name.key.as_str(), &listing("Tea", "", None));
        }
        group.publish(store, indexed.now()).await;
        group.withdraw("listing", "l1");
        group.publish(store, indexed.now()).await;
        let mut ahead = HiddenAhead::default();
        ahead.read(store, 0).await.unwrap();
        let exclude = Exclude {
            group_id: id,
            reason: "spam".into(),
            now: indexed.now(),
        };
        store.exclude(exclude).await.unwrap();
        ahead.read(store, 0).await.unwrap();
        assert!(names.iter().all(|name| ahead.hides(&id, name, 0)));

        store.include(&id).await.unwrap();
        let shown = store.latest_revision().await.unwrap();
        ahead.show_group(&id, shown);
        assert!(!names.iter().any(|name| ahead.hides(&id, name, 0)));
    }
}
