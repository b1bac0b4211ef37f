//! Writing documents.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_store::StoredRecord;
use tantivy::IndexWriter;
use tantivy::index::SegmentId;
use tantivy::indexer::IndexWriterOptions;
use tokio_util::sync::CancellationToken;

use crate::config::IndexConfig;
use crate::cursor::Cursor;
use crate::document::document;
use crate::entry::Entry;
use crate::error::IndexError;
use crate::indexing::inherited_audience::{Audience, group_audience};
use crate::schema::{Fields, group_term, record_term};
use crate::times::expansion::DocumentTimes;

/// The engine rejects a smaller memory budget.
const MIN_MEMORY_BYTES: usize = 15_000_000;

/// Bytes of records that the engine may have queued. A commit, and the end of the program, wait
/// for the queue.
const MAX_QUEUED_BYTES: usize = 1024 * 1024;
/// The same during a rebuild, which has one commit: each draining ends a segment, and larger
/// segments need fewer merges.
const MAX_REBUILD_QUEUED_BYTES: usize = 4 * 1024 * 1024;

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

impl Operation {
    /// The number of records that it concerns, and their bytes.
    pub fn size(&self) -> (usize, usize) {
        match self {
            Self::Put(_, record, _) => (1, record.record.len()),
            Self::PutGroup(_, records) => {
                let bytes = records.iter().map(|record| record.record.len());
                (1 + records.len(), bytes.sum())
            }
            Self::Remove(..) | Self::RemoveGroup(_) | Self::RemoveAll => (1, 0),
        }
    }
}

/// The only writer of an index. Its methods block.
pub struct Writer {
    engine: IndexWriter,
    fields: Fields,
    /// The number of changes since the last commit.
    pending: usize,
    /// Bytes of records that the engine may not have processed yet.
    queued_bytes: usize,
    max_queued_bytes: usize,
    /// Records indexed without times since the last [`take_too_costly`](Self::take_too_costly).
    too_costly: u64,
    stop: CancellationToken,
}

impl Writer {
    /// Takes the write lock of the index. When `stop` is cancelled, [`apply`](Self::apply) ends
    /// after the record in progress.
    pub fn open(
        index: &tantivy::Index,
        fields: Fields,
        config: &IndexConfig,
        stop: CancellationToken,
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
            queued_bytes: 0,
            max_queued_bytes: MAX_QUEUED_BYTES,
            too_costly: 0,
            stop,
        })
    }

    pub fn pending(&self) -> usize {
        self.pending
    }

    /// Returns the number of records indexed without times since the last call.
    pub fn take_too_costly(&mut self) -> u64 {
        std::mem::take(&mut self.too_costly)
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
                    self.max_queued_bytes = MAX_REBUILD_QUEUED_BYTES;
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
        // A blocking thread cannot be cancelled, and the program waits for it.
        if self.stop.is_cancelled() {
            return Err(IndexError::Stopping);
        }
        self.engine
            .delete_term(record_term(&self.fields, group, &record.name));
        if let Some(mut entry) = entry {
            // An event without an audience inherits its group's.
            if entry.event().is_some() && entry.summary.who_for.is_empty() {
                entry.summary.who_for = audience.to_vec();
            }
            let times = DocumentTimes::new(&entry.summary, now);
            self.too_costly += u64::from(times.is_too_costly);
            let document = document(&self.fields, group, record, &entry, &times);
            self.engine.add_document(document)?;
            self.queued_bytes += record.record.len();
        }
        if self.queued_bytes > self.max_queued_bytes {
            self.drain()?;
        }
        Ok(())
    }

    /// Waits until the engine has processed its queue.
    fn drain(&mut self) -> Result<(), IndexError> {
        // Preparing a commit drains the queue; dropping it commits nothing.
        drop(self.engine.prepare_commit()?);
        self.queued_bytes = 0;
        Ok(())
    }

    /// Makes all changes durable, together with the cursor.
    pub fn commit(&mut self, cursor: &Cursor) -> Result<(), IndexError> {
        let mut commit = self.engine.prepare_commit()?;
        commit.set_payload(&cursor.payload());
        commit.commit()?;
        self.pending = 0;
        self.queued_bytes = 0;
        self.max_queued_bytes = MAX_QUEUED_BYTES;
        Ok(())
    }

    /// Begins to write segments again in the background, each alone, without its deleted documents.
    pub fn rewrite(&mut self, segments: &[SegmentId]) {
        for segment in segments {
            // A merge goes on without its result. One that fails is tried again later.
            drop(self.engine.merge(&[*segment]));
        }
    }

    /// Deletes the files of segments that no snapshot has.
    pub fn delete_unused_files(&self) -> Result<(), IndexError> {
        self.engine.garbage_collect_files().wait()?;
        Ok(())
    }

    /// Waits for merges, so that the files on disk are complete.
    pub fn finish(self) -> Result<(), IndexError> {
        Ok(self.engine.wait_merging_threads()?)
    }
}
