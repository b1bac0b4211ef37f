//! Changes of the store as changes of the index.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::rules;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use tantivy::IndexWriter;
use tantivy::TantivyDocument;
use tantivy::indexer::IndexWriterOptions;

use super::audiences::Audience;
use super::audiences::audience_of;
use super::config::IndexConfig;
use super::cursor::Cursor;
use super::document::document;
use super::document::group_term;
use super::document::record_term;
use super::entry::Entry;
use super::error::IndexError;
use super::schema::Fields;
use crate::store::StoredRecord;

/// The least that the engine works with.
const LEAST_MEMORY: usize = 15_000_000;

/// One change to make.
pub(crate) enum Step {
    /// A record is shown as it is here, with what its group says of whom it is for.
    Put(GroupId, StoredRecord, Audience),
    /// All records that a group shows: whom it is for is among them.
    PutGroup(GroupId, Vec<StoredRecord>),
    /// A record is not shown any more.
    Remove(GroupId, RecordName),
    /// Nothing of a group is shown any more, or all of it comes anew.
    RemoveGroup(GroupId),
    /// Everything comes anew.
    RemoveAll,
}

/// The one writer. Its work blocks.
pub(crate) struct Writer {
    engine: IndexWriter,
    fields: Fields,
    /// Steps since the last commit.
    pending: usize,
}

impl Writer {
    /// Takes the index's write lock.
    pub(crate) fn open(
        index: &tantivy::Index,
        fields: Fields,
        config: &IndexConfig,
    ) -> Result<Self, IndexError> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(config.writer_memory_bytes.max(LEAST_MEMORY))
            .build();
        Ok(Self {
            engine: index.writer_with_options(options)?,
            fields,
            pending: 0,
        })
    }

    /// How many steps wait for a commit.
    pub(crate) fn pending(&self) -> usize {
        self.pending
    }

    /// Makes the changes, in order. Nobody sees them before a commit. `now` is when
    /// recurring times are expanded from.
    pub(crate) fn apply(&mut self, steps: Vec<Step>, now: Timestamp) -> Result<(), IndexError> {
        for step in steps {
            self.pending += 1;
            match step {
                Step::Put(group, stored, audience) => {
                    let entry = entry_of(&group, &stored.record);
                    self.put(&group, &stored, entry, &audience, now)?;
                }
                Step::PutGroup(group, records) => {
                    self.pending += records.len();
                    let entries = records
                        .iter()
                        .map(|stored| entry_of(&group, &stored.record));
                    let entries: Vec<Option<Entry>> = entries.collect();
                    let listed = records.iter().zip(&entries);
                    let audience = audience_of(
                        listed.filter_map(|(stored, entry)| Some((&stored.name, entry.as_ref()?))),
                    );
                    for (stored, entry) in records.iter().zip(entries) {
                        self.put(&group, stored, entry, &audience, now)?;
                    }
                }
                Step::Remove(group, name) => {
                    self.engine
                        .delete_term(record_term(&self.fields, &group, &name));
                }
                Step::RemoveGroup(group) => {
                    self.engine.delete_term(group_term(&self.fields, &group));
                }
                Step::RemoveAll => {
                    self.engine.delete_all_documents()?;
                }
            }
        }
        Ok(())
    }

    /// Puts a record in the place of whatever stood under its name.
    fn put(
        &mut self,
        group: &GroupId,
        stored: &StoredRecord,
        entry: Option<Entry>,
        audience: &[v1::WhoFor],
        now: Timestamp,
    ) -> Result<(), IndexError> {
        self.engine
            .delete_term(record_term(&self.fields, group, &stored.name));
        if let Some(entry) = entry {
            let document = searchable(&self.fields, group, stored, entry, audience, now);
            self.engine.add_document(document)?;
        }
        Ok(())
    }

    /// Makes everything so far durable, together with how far it goes.
    pub(crate) fn commit(&mut self, cursor: &Cursor) -> Result<(), IndexError> {
        let mut commit = self.engine.prepare_commit()?;
        commit.set_payload(&cursor.payload());
        commit.commit()?;
        self.pending = 0;
        Ok(())
    }

    /// Waits for merges, so that what is left on disk is complete.
    pub(crate) fn finish(self) -> Result<(), IndexError> {
        Ok(self.engine.wait_merging_threads()?)
    }
}

/// The document of a stored record.
fn searchable(
    fields: &Fields,
    group: &GroupId,
    stored: &StoredRecord,
    mut entry: Entry,
    audience: &[v1::WhoFor],
    now: Timestamp,
) -> TantivyDocument {
    if entry.event().is_some() && entry.summary.who_for.is_empty() {
        entry.summary.who_for = audience.to_vec();
    }
    document(
        fields,
        group,
        &stored.name,
        &stored.record_hash,
        &entry,
        now,
    )
}

/// What a stored record says. `None` where its kind is not searched.
pub(crate) fn entry_of(group: &GroupId, record: &[u8]) -> Option<Entry> {
    // The store keeps only what passed the limits of its operator.
    let parsed = ParsedRecord::parse_within(record, group, record.len()).ok()?;
    Entry::of(&rules::check_received(&parsed).ok()?)
}
