//! The storage that FeedService reads.

use hedgerow_core::id::{Commitment, GroupId, PayloadHash, RecordHash};
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::tree::{Leaf, Manifest};
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_transport::failure::Failure;
use tokio::sync::watch;

/// The state of a group's head in a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeadRow {
    GroupUnknown,
    /// The group has published nothing, or the view does not exist or is hidden from the
    /// caller. The cases cannot be distinguished.
    NoHead,
    /// The newest head's envelope.
    Shown(Vec<u8>),
    /// There is a head, which is not shown for this reason.
    Withheld(GroupStatus),
}

/// One row of `WatchHeads`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchRow {
    /// Opaque. A watcher sends it back to resume after this row.
    pub cursor: String,
    pub group_id: GroupId,
    /// Hash of the last event of its key log.
    pub key_log_tip_hash: PayloadHash,
    pub row: Row,
}

/// The newest head of a group, or why it is not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// The envelope.
    Head(Vec<u8>),
    Status(GroupStatus),
}

/// The data for a transfer, from one consistent read.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Envelopes of the whole key log, in order from event 0.
    pub key_log: Vec<Vec<u8>>,
    /// `None` for a group that has ended, or whose heads a rotation has ended: then only the
    /// key log is transferred.
    pub head: Option<SnapshotHead>,
}

/// A head, and the changes that lead to it.
#[derive(Clone, Debug)]
pub struct SnapshotHead {
    pub envelope: Vec<u8>,
    /// The head that removals and leaves change. `None`: the leaves are the whole manifest.
    pub basis: Option<PayloadHash>,
    /// Names of removed records.
    pub removals: Vec<RecordName>,
    /// New or changed leaves; sorted if they are the whole manifest.
    pub leaves: Vec<Leaf>,
}

/// The evidence against a group, as envelopes that prove themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rivals {
    /// Key events on rival branches, in order of index.
    pub key_events: Vec<Vec<u8>>,
    /// Two heads under the last key event that conflict: the accepted one, then the other.
    pub heads: Option<(Vec<u8>, Vec<u8>)>,
}

/// The storage that FeedService reads. It reads only public views.
#[async_trait::async_trait]
pub trait FeedSource: Send + Sync + 'static {
    /// Reads the envelopes of a key log, in order from event 0. `None` if the group is
    /// unknown.
    async fn key_log(&self, group: &GroupId) -> Result<Option<Vec<Vec<u8>>>, Failure>;

    /// Reads the newest head.
    async fn head(&self, group: &GroupId, view: &View) -> Result<HeadRow, Failure>;

    /// Finds up to `limit` groups whose key logs contain a commitment, the most likely first.
    /// There may be several, because anyone can copy another group's commitment.
    async fn find_groups(
        &self,
        commitment: &Commitment,
        limit: usize,
    ) -> Result<Vec<GroupId>, Failure>;

    /// Reads up to `limit` rows after a cursor, or from the start: in cursor order, one for
    /// each group. Fails by [`parse_cursor`].
    async fn rows_after(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Vec<WatchRow>, Failure>;

    /// Reads the evidence against a group. A server that holds only groups of its own has none.
    async fn rivals(&self, group: &GroupId, view: &View) -> Result<Rivals, Failure> {
        let _ = view;
        match self.key_log(group).await? {
            Some(_) => Ok(Rivals::default()),
            None => Err(group_unknown(group)),
        }
    }

    /// Changes whenever `rows_after` may return more.
    fn changed(&self) -> watch::Receiver<u64>;

    /// Reads the changes from the head `from` to the newest one, or the whole manifest if
    /// `from` is absent or no longer stored. Fails by [`group_unknown`], [`no_head`] and
    /// [`withheld`].
    async fn snapshot(
        &self,
        group: &GroupId,
        view: &View,
        from: Option<PayloadHash>,
    ) -> Result<Snapshot, Failure>;

    /// Reads the whole newest head, also of a group whose records are shown while its head is
    /// withheld. For recoveries.
    async fn shown_snapshot(&self, group: &GroupId, view: &View) -> Result<Snapshot, Failure> {
        self.snapshot(group, view, None).await
    }

    /// Reads the visible records under that head.
    async fn shown_bodies(
        &self,
        group: &GroupId,
        view: &View,
        hashes: &[RecordHash],
    ) -> Result<Vec<Option<Vec<u8>>>, Failure> {
        self.bodies(group, view, hashes).await
    }

    /// Reads the newest head's envelope and its whole manifest. `None` if there is no head.
    async fn manifest(
        &self,
        group: &GroupId,
        view: &View,
    ) -> Result<Option<(Vec<u8>, Manifest)>, Failure>;

    /// Reads records under the newest head, in the order of the hashes. `None` for one that is
    /// not stored, may not be passed on, or was withdrawn.
    async fn bodies(
        &self,
        group: &GroupId,
        view: &View,
        hashes: &[RecordHash],
    ) -> Result<Vec<Option<Vec<u8>>>, Failure>;
}

/// Formats the cursor of a row: `STREAM:REVISION`.
#[must_use]
pub fn format_cursor(stream: &str, revision: u64) -> String {
    format!("{stream}:{revision}")
}

/// Parses a cursor of a stream whose newest revision is `latest`. No cursor is revision 0. A
/// later revision was sent before an older copy of the store was restored: continuing from it
/// would skip changes.
///
/// # Errors
/// With OUT_OF_RANGE `cursor_unknown`, if the cursor is malformed, of another stream or later.
pub fn parse_cursor(cursor: Option<&str>, stream: &str, latest: u64) -> Result<u64, Failure> {
    let Some(cursor) = cursor else { return Ok(0) };
    let revision = cursor
        .strip_prefix(stream)
        .and_then(|rest| rest.strip_prefix(':'));
    revision
        .and_then(|revision| revision.parse().ok())
        .filter(|revision| *revision <= latest)
        .ok_or_else(|| {
            Failure::out_of_range(
                "cursor_unknown",
                "The cursor is not of this server's current stream; begin without one.",
            )
        })
}

#[must_use]
pub fn group_unknown(group: &GroupId) -> Failure {
    Failure::not_found("group_unknown", "This server does not have that group.")
        .with("group_id", group)
}

/// The failure for a view without a head, and for one that does not exist or is hidden.
#[must_use]
pub fn no_head(group: &GroupId) -> Failure {
    Failure::not_found("no_head", "That group has published nothing in that view.")
        .with("group_id", group)
}

/// The failure for a head that is not shown. Its metadata has the status.
#[must_use]
pub fn withheld(group: &GroupId, status: GroupStatus) -> Failure {
    Failure::failed_precondition(
        "withheld",
        "This server has that group, but does not show its records now.",
    )
    .with("group_id", group)
    .with("status", status.as_str_name())
}
