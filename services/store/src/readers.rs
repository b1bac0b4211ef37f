//! Reading groups, key logs, records and heads.

use async_trait::async_trait;
use hedgerow_core::id::{Commitment, GroupId, PayloadHash, RecordHash};
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::tree::Manifest;

use crate::error::Result;
use crate::rows::{
    Difference, Exclusion, GroupRow, RefusalRow, ShownRecord, StoredHead, StoredRecord, ViewState,
};

/// The state of groups and of their views.
#[async_trait]
pub trait GroupReader: Send + Sync {
    /// Returns a group with its public head, or `None` if the group is unknown.
    async fn group(&self, group: &GroupId) -> Result<Option<GroupRow>>;

    /// Returns the same, and the operator's exclusion, which may exist for an unknown group.
    async fn group_or_exclusion(
        &self,
        group: &GroupId,
    ) -> Result<(Option<GroupRow>, Option<Exclusion>)>;

    /// Returns the operator's exclusion of a group, known or not.
    async fn exclusion(&self, group: &GroupId) -> Result<Option<Exclusion>>;

    /// Returns the revisions of many groups, in no particular order. Unknown groups are left
    /// out. Every change of a group raises its revision, so equal revisions mean no change.
    async fn group_revisions(&self, groups: &[GroupId]) -> Result<Vec<(GroupId, u64)>>;

    /// Returns the state of a view that outlives its current head.
    async fn view_state(&self, group: &GroupId, view: &View) -> Result<ViewState>;

    /// Returns the current head of a view.
    async fn head(&self, group: &GroupId, view: &View) -> Result<Option<StoredHead>>;
}

/// Key logs, and the evidence of forks.
#[async_trait]
pub trait KeyLogReader: Send + Sync {
    /// Returns a group's key log as envelopes from event 0; empty for an unknown group.
    async fn key_log(&self, group: &GroupId) -> Result<Vec<Vec<u8>>>;

    /// Returns the envelope of one event of a group's key log.
    async fn key_event(&self, group: &GroupId, index: u32) -> Result<Option<Vec<u8>>>;

    /// Returns the envelopes of key events on rival branches, in order of index.
    async fn rival_key_events(&self, group: &GroupId) -> Result<Vec<Vec<u8>>>;

    /// Returns the two envelopes that prove an equivocation under the key index.
    async fn equivocation(
        &self,
        group: &GroupId,
        view: &View,
        key_index: u32,
    ) -> Result<Option<(Vec<u8>, Vec<u8>)>>;

    /// Returns the groups whose key logs contain this commitment, rival branches excepted, at
    /// most `limit`. Anyone can copy a commitment, but only its holder can use the recovery
    /// key, so groups in which that key was used come first, then the groups seen earliest.
    async fn find_groups(&self, commitment: &Commitment, limit: usize) -> Result<Vec<GroupId>>;
}

/// Visible records.
#[async_trait]
pub trait RecordReader: Send + Sync {
    /// Returns the bytes of one visible record.
    async fn record(
        &self,
        group: &GroupId,
        view: &View,
        name: &RecordName,
    ) -> Result<Option<Vec<u8>>>;

    /// Returns many visible public records, each at the position of its name; `None` for a name
    /// without a visible record.
    async fn shown_records(
        &self,
        names: &[(GroupId, RecordName)],
    ) -> Result<Vec<Option<ShownRecord>>>;

    /// Returns a group's visible records after `after`, in order of name.
    async fn list_records(
        &self,
        group: &GroupId,
        view: &View,
        after: Option<&RecordName>,
        limit: usize,
    ) -> Result<Vec<StoredRecord>>;

    /// Returns the visible public records of many groups, in order of group and name. `limit`
    /// counts records, so the last group may be incomplete and groups after it absent.
    async fn list_records_of_groups(
        &self,
        groups: &[GroupId],
        limit: usize,
    ) -> Result<Vec<(GroupId, StoredRecord)>>;

    /// Returns a visible record by its hash.
    async fn body(
        &self,
        group: &GroupId,
        view: &View,
        hash: &RecordHash,
    ) -> Result<Option<Vec<u8>>>;
}

/// Leaves without a stored body, except hidden ones.
#[async_trait]
pub trait LeafReader: Send + Sync {
    /// Returns the refused records in order of name, at most `limit`.
    async fn list_refusals(
        &self,
        group: &GroupId,
        view: &View,
        limit: usize,
    ) -> Result<Vec<RefusalRow>>;

    /// Returns the hashes of bodies missing under the current head, at most `limit`.
    async fn list_wanted(
        &self,
        group: &GroupId,
        view: &View,
        limit: usize,
    ) -> Result<Vec<RecordHash>>;

    /// Returns the groups with missing bodies after `after`, at most `limit`.
    async fn list_groups_wanting(
        &self,
        after: Option<&GroupId>,
        limit: usize,
    ) -> Result<Vec<GroupId>>;
}

/// Heads and their leaves, as the feed sends them.
#[async_trait]
pub trait FeedReader: Send + Sync {
    /// Returns one row for each group that changed after `revision`, in order of revision.
    async fn list_feed(&self, revision: u64, limit: usize) -> Result<Vec<GroupRow>>;

    /// Returns the current head and all its leaves as one snapshot; `None` without a head or if
    /// its leaves are not stored.
    async fn manifest(
        &self,
        group: &GroupId,
        view: &View,
    ) -> Result<Option<(StoredHead, Manifest)>>;

    /// Returns the changes since the head with hash `from`; `None` if that head is no longer in
    /// the history.
    async fn difference(
        &self,
        group: &GroupId,
        view: &View,
        from: &PayloadHash,
    ) -> Result<Option<Difference>>;
}
