//! What FeedService asks of a store.

use hedgerow_core::id::Commitment;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::tree::Leaf;
use hedgerow_core::tree::Manifest;
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_transport::failure::Failure;
use tokio::sync::watch;

/// What a server holds of a group and view, for a caller who asks for its head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeadRow {
    /// Nothing is held of the group.
    GroupUnknown,
    /// The group is known, but has published nothing (or the view is unknown, or not
    /// for the caller: all answer alike).
    NoHead,
    /// The newest head's envelope bytes.
    Shown(Vec<u8>),
    /// There is a head that is not shown, for this reason.
    Withheld(GroupStatus),
}

/// One row of `WatchHeads`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchRow {
    /// Opaque; a watcher hands it back to go on after this row.
    pub cursor: String,
    /// The group.
    pub group_id: GroupId,
    /// Hash of the last event of its key log.
    pub key_log_tip: PayloadHash,
    /// What there is to say of the group.
    pub row: Row,
}

/// The newest head of a group, or why none is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Envelope bytes.
    Head(Vec<u8>),
    /// Why there is none.
    Status(GroupStatus),
}

/// One head and its leaves, fixed at one moment, for a transfer.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Envelope bytes of the whole key log, in order from event 0.
    pub key_log: Vec<Vec<u8>>,
    /// The head and what leads to it. Absent for a group that has ended, or whose
    /// heads a rotation has ended: then the key log travels alone.
    pub head: Option<SnapshotHead>,
}

/// What leads to a head.
#[derive(Clone, Debug)]
pub struct SnapshotHead {
    /// Envelope bytes.
    pub envelope: Vec<u8>,
    /// The head from which removals and leaves start. Absent: the leaves are the whole
    /// manifest.
    pub basis: Option<PayloadHash>,
    /// Names that are no longer there.
    pub removals: Vec<RecordName>,
    /// Leaves to put; sorted where they are the whole manifest.
    pub leaves: Vec<Leaf>,
}

/// What FeedService asks of a store. Only public views are ever asked for.
#[async_trait::async_trait]
pub trait FeedSource: Send + Sync + 'static {
    /// The key log's envelopes, in order from event 0. Absent where the group is unknown.
    async fn key_log(&self, group: &GroupId) -> Result<Option<Vec<Vec<u8>>>, Failure>;

    /// The newest head, or why there is none.
    async fn head(&self, group: &GroupId, view: &View) -> Result<HeadRow, Failure>;

    /// The group in whose key log a commitment stands.
    async fn find_group(&self, commitment: &Commitment) -> Result<Option<GroupId>, Failure>;

    /// All groups in whose key logs a commitment stands, the likeliest first, at most `limit`.
    /// Anyone can copy another's commitment into a key log of their own: a source of others'
    /// groups may hold several.
    async fn find_groups(
        &self,
        commitment: &Commitment,
        limit: usize,
    ) -> Result<Vec<GroupId>, Failure> {
        let found = self.find_group(commitment).await?;
        Ok(found.into_iter().take(limit).collect())
    }

    /// Rows after a cursor (from the start where absent), in cursor order, one a group,
    /// at most `limit`. A cursor of another stream, one that is ahead of it, or one that
    /// cannot be read, is OUT_OF_RANGE `cursor_unknown`.
    async fn rows_after(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Vec<WatchRow>, Failure>;

    /// Changes whenever `rows_after` may have more to say.
    fn changed(&self) -> watch::Receiver<u64>;

    /// What leads from the head `from` (from nothing where absent, or no longer
    /// remembered) to the newest one, in one consistent read. [`group_unknown`],
    /// [`no_head`] and [`withheld`] make the failures.
    async fn snapshot(
        &self,
        group: &GroupId,
        view: &View,
        from: Option<PayloadHash>,
    ) -> Result<Snapshot, Failure>;

    /// The newest head's envelope and its whole manifest. Absent where there is no head.
    async fn manifest(
        &self,
        group: &GroupId,
        view: &View,
    ) -> Result<Option<(Vec<u8>, Manifest)>, Failure>;

    /// The bytes of a record under the newest head. Absent where they are not held, or not
    /// for passing on, or the record was taken back.
    async fn body(
        &self,
        group: &GroupId,
        view: &View,
        hash: &RecordHash,
    ) -> Result<Option<Vec<u8>>, Failure>;

    /// Several records' bytes, in the order asked for; a store that can read them
    /// together does better than one by one.
    async fn bodies(
        &self,
        group: &GroupId,
        view: &View,
        hashes: &[RecordHash],
    ) -> Result<Vec<Option<Vec<u8>>>, Failure> {
        let mut bodies = Vec::with_capacity(hashes.len());
        for hash in hashes {
            bodies.push(self.body(group, view, hash).await?);
        }
        Ok(bodies)
    }
}

/// Nothing is held of a group.
#[must_use]
pub fn group_unknown(group: &GroupId) -> Failure {
    Failure::not_found("group_unknown", "This server holds nothing of that group.")
        .with("group_id", group)
}

/// A group has no head in a view: it has published nothing, or there is no such view,
/// or it is not for the caller.
#[must_use]
pub fn no_head(group: &GroupId) -> Failure {
    Failure::not_found("no_head", "That group has published nothing in that view.")
        .with("group_id", group)
}

/// There is a head that is not shown; its status is among the metadata.
#[must_use]
pub fn withheld(group: &GroupId, status: GroupStatus) -> Failure {
    Failure::failed_precondition(
        "withheld",
        "This server knows that group, but does not show its records now.",
    )
    .with("group_id", group)
    .with("status", status.as_str_name())
}
