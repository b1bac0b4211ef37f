//! The data that the search index reads, with its row types.

use async_trait::async_trait;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;

use crate::error::Result;
use crate::readers::RecordReader;
use crate::revision_stream::RevisionStream;
use crate::rows::{GroupRow, StoredRecord};

/// The changes of visible public records, in order of revision. The search index knows the
/// store only through this trait.
#[async_trait]
pub trait IndexSource: RevisionStream + RecordReader {
    /// Returns the changes after `revision` in order of revision, at most `limit`.
    ///
    /// A record that becomes invisible, for any reason, is reported as
    /// [`IndexChangeKind::Removed`], except that [`IndexChangeKind::GroupHidden`] covers all
    /// records of its group. After [`IndexChangeKind::GroupShown`] the reader fetches the
    /// group's records with [`list_records`](RecordReader::list_records), or those of many
    /// groups with [`list_records_of_groups`](RecordReader::list_records_of_groups).
    async fn changes_after(&self, revision: u64, limit: usize) -> Result<Changes>;

    /// Returns those of the [`changes_after`](Self::changes_after) a revision that make records
    /// invisible, in order and at most `limit`, without reading a record: for a reader that is
    /// still busy with earlier changes.
    async fn hidden_after(&self, revision: u64, limit: usize) -> Result<Changes>;

    /// Returns the [`changes_after`](Self::changes_after) a revision without reading a record:
    /// for a reader that decides which of them to apply first.
    async fn pending_after(&self, revision: u64, limit: usize) -> Result<Changes<PendingKind>>;

    /// Returns the ids of all known groups after `after`, in order.
    async fn list_groups(&self, after: Option<&GroupId>, limit: usize) -> Result<Vec<GroupId>>;

    /// Returns many groups with their public heads, in no particular order. Unknown groups are
    /// left out.
    async fn get_groups(&self, groups: &[GroupId]) -> Result<Vec<GroupRow>>;
}

/// A page of changes in order of revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes<K = IndexChangeKind> {
    pub changes: Vec<IndexChange<K>>,
    /// The revision to resume after: everything up to and including it is in `changes` or in an
    /// earlier page.
    pub through: u64,
    /// The requested revision is older than the stored history of removals (30 days).
    /// `changes` is empty; the reader reads the
    /// [`latest_revision`](RevisionStream::latest_revision), rebuilds from all groups and resumes
    /// at that revision.
    pub too_old: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexChange<K = IndexChangeKind> {
    /// Unique among all changes.
    pub revision: u64,
    pub group_id: GroupId,
    pub kind: K,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexChangeKind {
    /// A record is visible: it is new, it changed, or its body arrived late.
    Put(StoredRecord),
    /// No record is visible under this name any more.
    Removed(RecordName),
    /// None of the group's records is visible any more.
    GroupHidden,
    /// The group became visible: fetch all its records, approximately this many.
    GroupShown(u32),
}

/// An [`IndexChangeKind`] with the size of its records in place of their bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PendingKind {
    Put { name: RecordName, bytes: u64 },
    Removed(RecordName),
    GroupHidden,
    GroupShown { records: u32, bytes: u64 },
}
