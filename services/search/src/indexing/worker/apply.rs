//! Applying changes to the index.

use hedgerow_core::id::GroupId;
use hedgerow_store::{IndexChange, IndexChangeKind, StoredRecord};

use super::{Indexer, Phase};
use crate::error::IndexError;
use crate::indexing::group_batch::GroupBatch;
use crate::indexing::inherited_audience::{AudienceCache, is_event, may_be_own_listing};
use crate::indexing::writer::Operation;

impl Indexer<'_> {
    /// Applies changes in order, except those that were applied before their turn.
    pub(super) async fn apply(&mut self, changes: Vec<IndexChange>) -> Result<(), IndexError> {
        self.apply_changes(changes).await?;
        // After all changes, so that events inherit the audience of the last one, and not while
        // small changes overtake: a group may have thousands of events.
        let mut audiences = AudienceCache::default();
        while let Some(group) = self.changed_listings.pop_first() {
            self.in_progress = Some(group);
            let audience = audiences.of_group(self.index.store(), &group).await?;
            if !self.audiences.is_current(&group, &audience) {
                self.index_events_again(group).await?;
            }
        }
        self.in_progress = None;
        self.flush().await
    }

    pub(super) async fn apply_changes(
        &mut self,
        changes: Vec<IndexChange>,
    ) -> Result<(), IndexError> {
        let mut audiences = AudienceCache::default();
        let mut batch = GroupBatch::new(changes.iter().filter_map(|change| match change.kind {
            IndexChangeKind::GroupShown(records) => Some((change.group_id, records)),
            _ => None,
        }));
        for change in changes {
            let IndexChange {
                group_id,
                kind,
                revision,
            } = change;
            let is_overtaking = self.phase == Phase::Overtaking;
            if !is_overtaking && self.overtaking.is_applied(&group_id, revision) {
                continue;
            }
            // An overtaking pass takes no change of this group: its records may be read already.
            self.in_progress = Some(group_id);
            match kind {
                IndexChangeKind::Put(record)
                    if self.hidden_ahead.hides(&group_id, &record.name, revision) => {}
                IndexChangeKind::Put(record) => {
                    self.hidden_ahead.show(&group_id, &record.name);
                    if may_be_own_listing(&record.name) {
                        self.changed_listings.insert(group_id);
                    }
                    self.put(group_id, record, &mut audiences).await?;
                }
                IndexChangeKind::Removed(name) => {
                    if may_be_own_listing(&name) {
                        self.changed_listings.insert(group_id);
                    }
                    self.hides_records = true;
                    self.push(Operation::Remove(group_id, name)).await?;
                }
                IndexChangeKind::GroupHidden => {
                    self.hides_records = true;
                    self.audiences.forget(&group_id);
                    self.push(Operation::RemoveGroup(group_id)).await?;
                }
                IndexChangeKind::GroupShown(_) => {
                    // It may have been hidden, and shown again with fewer records, in between.
                    self.hides_records |= self.index.may_contain(&group_id)?;
                    self.push(Operation::RemoveGroup(group_id)).await?;
                    if !self.hidden_ahead.hides_group(&group_id, revision) {
                        self.hidden_ahead.show_group(&group_id, revision);
                        self.add_group(group_id, &mut batch).await?;
                    }
                }
            }
        }
        Ok(())
    }

    pub(super) async fn put(
        &mut self,
        group: GroupId,
        record: StoredRecord,
        audiences: &mut AudienceCache,
    ) -> Result<(), IndexError> {
        let store = self.index.store();
        let audience = audiences.inherited(store, &group, &record.name).await?;
        if is_event(&record.name) {
            self.audiences.note_event(&group, &audience);
        }
        self.push(Operation::Put(group, record, audience)).await
    }
}
