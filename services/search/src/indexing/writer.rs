//! Writing documents.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_store::StoredRecord;
use tantivy::IndexWriter;
use tantivy::indexer::IndexWriterOptions;

use crate::config::IndexConfig;
use crate::cursor::Cursor;
use crate::document::document;
use crate::entry::Entry;
use crate::error::IndexError;
use crate::indexing::inherited_audience::{Audience, group_audience};
use crate::schema::{Fields, group_term, record_term};

/// The engine rejects a smaller memory budget.
const MIN_MEMORY_BYTES: usize = 15_000_000;

/// A change of the index.
pub enum Operation {
    /// Adds a record, or replaces it, with the audience of its group.
    Put(GroupId, StoredRecord, Audience),
    /// Adds all records of a group. The group's audience is read from them.
    PutGroup(GroupId, Vec<StoredRecord>),
    Remove(GroupId, RecordName),
    RemoveGroup(GroupId),
    RemoveAll,
}

/// The only writer of an index. Its methods block.
pub struct Writer {
    engine: IndexWriter,
    fields: Fields,
    /// The number of changes since the last commit.
    pending: usize,
}

impl Writer {
    /// Takes the write lock of the index.
    pub fn open(
        index: &tantivy::Index,
        fields: Fields,
        config: &IndexConfig,
    ) -> Result<Self, IndexError> {
        // One thread each: the store's changes come in one order, and searches need the cores.
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(config.writer_memory_bytes.max(MIN_MEMORY_BYTES))
            .build();
        Ok(Self {
            engine: index.writer_with_options(options)?,
            fields,
            pending: 0,
        })
    }

    pub fn pending(&self) -> usize {
        self.pending
    }

    /// Applies operations in order. Searches see them after a commit. Occurrences are expanded
    /// from `now` on.
    pub fn apply(&mut self, operations: Vec<Operation>, now: Timestamp) -> Result<(), IndexError> {
        for operation in operations {
            self.pending += 1;
            match operation {
                Operation::Put(group, record, audience) => {
                    let entry = Entry::parse(&group, &record.record);
                    self.put(&group, &record, entry, &audience, now)?;
                }
                Operation::PutGroup(group, records) => {
                    self.pending += records.len();
                    self.put_group(&group, &records, now)?;
                }
                Operation::Remove(group, name) => {
                    self.engine
                        .delete_term(record_term(&self.fields, &group, &name));
                }
                Operation::RemoveGroup(group) => {
                    self.engine.delete_term(group_term(&self.fields, &group));
                }
                Operation::RemoveAll => {
                    self.engine.delete_all_documents()?;
                }
            }
        }
        Ok(())
    }

    fn put_group(
        &mut self,
        group: &GroupId,
        records: &[StoredRecord],
        now: Timestamp,
    ) -> Result<(), IndexError> {
        let entries = records
            .iter()
            .map(|record| Entry::parse(group, &record.record));
        let entries: Vec<Option<Entry>> = entries.collect();
        let named = records.iter().zip(&entries);
        let audience = group_audience(
            named.filter_map(|(record, entry)| Some((&record.name, entry.as_ref()?))),
        );
        for (record, entry) in records.iter().zip(entries) {
            self.put(group, record, entry, &audience, now)?;
        }
        Ok(())
    }

    /// Replaces a record's document. A record without an entry is not searchable.
    fn put(
        &mut self,
        group: &GroupId,
        record: &StoredRecord,
        entry: Option<Entry>,
        audience: &[v1::WhoFor],
        now: Timestamp,
    ) -> Result<(), IndexError> {
        self.engine
            .delete_term(record_term(&self.fields, group, &record.name));
        if let Some(mut entry) = entry {
            // An event without an audience inherits its group's.
            if entry.event().is_some() && entry.summary.who_for.is_empty() {
                entry.summary.who_for = audience.to_vec();
            }
            let document = document(&self.fields, group, record, &entry, now);
            self.engine.add_document(document)?;
        }
        Ok(())
    }

    /// Makes all changes durable, together with the cursor.
    pub fn commit(&mut self, cursor: &Cursor) -> Result<(), IndexError> {
        let mut commit = self.engine.prepare_commit()?;
        commit.set_payload(&cursor.payload());
        commit.commit()?;
        self.pending = 0;
        Ok(())
    }

    /// Waits for merges, so that the files on disk are complete.
    pub fn finish(self) -> Result<(), IndexError> {
        Ok(self.engine.wait_merging_threads()?)
    }
}
