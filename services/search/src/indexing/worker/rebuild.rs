//! Indexing all groups of the store again.

use hedgerow_core::id::GroupId;

use super::{BATCH, Indexer, Phase};
use crate::error::IndexError;
use crate::indexing::group_batch::GroupBatch;
use crate::indexing::hidden_ahead::HiddenAhead;
use crate::indexing::overtaking::Overtaking;
use crate::indexing::writer::Operation;

impl Indexer<'_> {
    /// Indexes all groups of the store again, and returns the number of records.
    pub async fn rebuild(&mut self) -> Result<u64, IndexError> {
        let store = self.index.store();
        // Read first: changes made during the rebuild are applied after it.
        let revision = store.latest_revision().await?;
        self.hides_records = true;
        self.phase = Phase::Rebuilding;
        let started_at = self.index.now();
        self.audiences.forget_all();
        // The clock may have been set back, and forward again.
        self.none_due_at = None;
        // Their revisions may belong to an older stream.
        self.hidden_ahead = HiddenAhead::default();
        self.overtaking = Overtaking::default();
        self.push(Operation::RemoveAll).await?;
        let mut records = 0;
        let mut after: Option<GroupId> = None;
        loop {
            let groups = store.list_groups(after.as_ref(), BATCH).await?;
            let Some(last) = groups.last() else { break };
            after = Some(*last);
            // Not by the clock: a group that has lapsed but is not marked yet has to be in the
            // index when a fresh head extends it. Until then hits are checked by the clock.
            let rows = store.get_groups(&groups).await?;
            let shown: Vec<_> = rows.iter().filter(|row| row.shown).collect();
            let mut batch = GroupBatch::new(shown.iter().map(|row| {
                let records = row.head.as_ref().map_or(0, |head| head.facts.count);
                (row.group_id, records)
            }));
            for row in shown {
                records += self.add_group(row.group_id, &mut batch).await?;
            }
        }
        self.flush().await?;
        self.cursor.expand_all_at(started_at);
        self.cursor.revision = revision;
        self.phase = Phase::Other;
        self.commit().await?;
        tracing::info!(records, revision, "rebuilt the search index");
        Ok(records)
    }
}
