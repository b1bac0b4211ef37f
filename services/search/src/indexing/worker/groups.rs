//! Indexing all records of a group, or all its events.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::{RecordName, View, collection};
use hedgerow_store::StoredRecord;

use super::{BATCH, Indexer};
use crate::error::IndexError;
use crate::indexing::buffered_writer::MAX_BUFFERED_BYTES;
use crate::indexing::group_batch::GroupBatch;
use crate::indexing::inherited_audience::{
    Audience, AudienceCache, audience_of_records, before_collection, is_event,
};
use crate::indexing::writer::Operation;

impl Indexer<'_> {
    /// Adds all visible records of a group, and returns their number.
    pub(super) async fn add_group(
        &mut self,
        group: GroupId,
        batch: &mut GroupBatch,
    ) -> Result<u64, IndexError> {
        match batch.take(self.index.store(), &group).await? {
            Some(mut records) => {
                // Read before the removals that were applied since.
                self.hidden_ahead
                    .retain_shown(&group, self.cursor.revision, &mut records);
                self.audiences.set_from_records(group, &records);
                let count = records.len() as u64;
                let bytes: usize = records.iter().map(|it| it.record.len()).sum();
                if bytes < MAX_BUFFERED_BYTES {
                    self.push(Operation::PutGroup(group, records)).await?;
                } else {
                    self.put_each(group, records).await?;
                }
                Ok(count)
            }
            None => self.put_records(group, None, |_| true).await,
        }
    }

    /// Puts all visible records of a group one by one, so that removals can come in between.
    async fn put_each(
        &mut self,
        group: GroupId,
        records: Vec<StoredRecord>,
    ) -> Result<(), IndexError> {
        let audience = audience_of_records(&group, records.iter());
        for record in records {
            if self
                .hidden_ahead
                .hides(&group, &record.name, self.cursor.revision)
            {
                continue;
            }
            let audience = match is_event(&record.name) {
                true => audience.clone(),
                false => Audience::default(),
            };
            self.push(Operation::Put(group, record, audience)).await?;
        }
        Ok(())
    }

    /// Indexes a group's events again, after the audience that they inherit has changed.
    pub(super) async fn index_events_again(&mut self, group: GroupId) -> Result<(), IndexError> {
        let before = before_collection(collection::EVENT);
        self.put_records(group, before, is_event).await?;
        Ok(())
    }

    /// Puts a group's visible records after `after`, up to the first that is not wanted, and
    /// returns their number. All events of the group have to be among them.
    async fn put_records(
        &mut self,
        group: GroupId,
        mut after: Option<RecordName>,
        is_wanted: impl Fn(&RecordName) -> bool,
    ) -> Result<u64, IndexError> {
        let view = View::public();
        let mut audiences = AudienceCache::default();
        let mut event_audience = None;
        let mut count = 0;
        let store = self.index.store();
        'batches: loop {
            let batch = store
                .list_records(&group, &view, after.as_ref(), BATCH)
                .await?;
            let is_last = batch.len() < BATCH;
            for record in batch {
                if !is_wanted(&record.name) {
                    break 'batches;
                }
                after = Some(record.name.clone());
                count += 1;
                let audience = audiences.inherited(store, &group, &record.name).await?;
                if is_event(&record.name) {
                    event_audience = Some(audience.clone());
                }
                // Like the batch of records, which may be older than a removal.
                if !self
                    .hidden_ahead
                    .hides(&group, &record.name, self.cursor.revision)
                {
                    self.push(Operation::Put(group, record, audience)).await?;
                }
            }
            if is_last {
                break;
            }
        }
        match event_audience {
            Some(audience) => self.audiences.set(group, &audience),
            None => self.audiences.forget(&group),
        }
        Ok(count)
    }
}
