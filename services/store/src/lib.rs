//! What an aggregator keeps, behind one trait: nothing above this module knows which
//! database there is.
//!
//! Every change takes the store's next *revision*: a number that rises and is never
//! used twice. Every changed leaf, every removal, every head and every change of what
//! is shown of a group has a revision of its own, so that a reader who remembers the
//! last one that it saw (the search index, a feed's follower) goes on from there
//! exactly, neither losing nor repeating anything, wherever it stopped.

mod commands;
mod error;
mod rows;

#[cfg(feature = "contract")]
pub mod contract;

use std::collections::HashSet;

use async_trait::async_trait;
use hedgerow_core::id::Commitment;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Manifest;
use tokio::sync::watch;

pub use commands::Bodies;
pub use commands::Committed;
pub use commands::Erase;
pub use commands::Exclude;
pub use commands::Fill;
pub use commands::Freeze;
pub use commands::HeadCommit;
pub use commands::HeadOnly;
pub use commands::ThrottledHead;
pub use commands::KeyEventCommit;
pub use commands::KeyEventPut;
pub use commands::LeafPut;
pub use commands::LeafState;
pub use commands::NewHead;
pub use commands::Rival;
pub use commands::Staged;
pub use commands::Verdict;
pub use error::Inconsistency;
pub use error::StoreError;
pub use rows::Changes;
pub use rows::Difference;
pub use rows::Exclusion;
pub use rows::GroupRow;
pub use rows::Throttle;
pub use rows::IndexChange;
pub use rows::IndexChangeKind;
pub use rows::RefusalRow;
pub use rows::SourceRow;
pub use rows::StagedRow;
pub use rows::StoredHead;
pub use rows::StoredRecord;
pub use rows::Tokens;
pub use rows::ViewState;

/// What every operation of a store answers with.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The checked copies that an aggregator holds.
///
/// Writing methods each change all that they say or nothing, whatever becomes of others that
/// write at the same time; when they return, a power cut changes nothing. Reading methods
/// each see one moment.
#[async_trait]
pub trait Store: Send + Sync {
    // --- the whole -------------------------------------------------------

    /// Name of this store's stream of revisions. It is a new one after a restore from
    /// backup, because revisions may then be used again.
    async fn stream_id(&self) -> Result<String>;

    /// The revision of the newest change; 0 in an empty store.
    async fn latest_revision(&self) -> Result<u64>;

    /// The revision of the newest change, as far as that is certain without asking. `None`
    /// where an operator's command has changed something since the last
    /// [`refresh`](Self::refresh), or a change ended in doubt: then only asking tells.
    fn known_revision(&self) -> Option<u64>;

    /// Tells when [`latest_revision`](Self::latest_revision) rises.
    fn changed(&self) -> watch::Receiver<u64>;

    /// Looks whether another process has written, and tells
    /// [`changed`](Self::changed) if so.
    async fn refresh(&self) -> Result<()>;

    /// Begins a new stream of revisions and labels every head *unconfirmed*: for a
    /// store that was restored from a backup. Answers with the new stream id.
    async fn restored(&self, stream_id: &str) -> Result<()>;

    /// Closes it, so that its files can be copied or opened elsewhere.
    async fn close(&self);

    // --- what the index follows -------------------------------------------

    /// The changes after `revision`, in order of revision, at most `limit`.
    ///
    /// A record that is not to be shown any more, for whatever reason, comes as
    /// [`IndexChangeKind::Removed`]; those of a hidden group do not come at all, after
    /// its [`IndexChangeKind::GroupHidden`]. After a
    /// [`IndexChangeKind::GroupShown`] the reader takes all of the group's records
    /// with [`records_of`](Self::records_of), or those of many at once with
    /// [`records_of_groups`](Self::records_of_groups).
    async fn changes_after(&self, revision: u64, limit: usize) -> Result<Changes>;

    /// The records of a group that are shown, in order of name, after `after`.
    async fn records_of(
        &self,
        group: &GroupId,
        view: &View,
        after: Option<&RecordName>,
        limit: usize,
    ) -> Result<Vec<StoredRecord>>;

    /// The same of the public records of many groups, in order of group and name, at most
    /// `limit` of all together: where they are so many, the last group may have more, and
    /// those after it are not reached.
    async fn records_of_groups(
        &self,
        groups: &[GroupId],
        limit: usize,
    ) -> Result<Vec<(GroupId, StoredRecord)>>;

    /// The ids of all groups known, in order, after `after`.
    async fn groups(&self, after: Option<&GroupId>, limit: usize) -> Result<Vec<GroupId>>;

    // --- one group ---------------------------------------------------------

    /// What is held of a group, with its public head; `None` where nothing is.
    async fn group(&self, group: &GroupId) -> Result<Option<GroupRow>>;

    /// The same, and whether the operator excluded the group, known or not.
    async fn group_or_exclusion(
        &self,
        group: &GroupId,
    ) -> Result<(Option<GroupRow>, Option<Exclusion>)>;

    /// Whether the operator excluded the group, known or not.
    async fn exclusion(&self, group: &GroupId) -> Result<Option<Exclusion>>;

    /// What is known of one view of a group beside its head.
    async fn view_state(&self, group: &GroupId, view: &View) -> Result<ViewState>;

    /// The head held of a view.
    async fn head(&self, group: &GroupId, view: &View) -> Result<Option<StoredHead>>;

    /// A group's key log as envelopes, from event 0; empty where the group is unknown.
    async fn key_log(&self, group: &GroupId) -> Result<Vec<Vec<u8>>>;

    /// The envelope of one event of a group's key log.
    async fn key_event(&self, group: &GroupId, index: u32) -> Result<Option<Vec<u8>>>;

    /// Envelopes of the key events of rival branches, in order of index.
    async fn rivals(&self, group: &GroupId) -> Result<Vec<Vec<u8>>>;

    /// The groups in whose key logs, rival branches left out, this commitment stands, at most
    /// `limit`: first those in which its recovery key was used since, which none but its holder
    /// can do, then as they were first seen. Anyone can copy another's commitment.
    async fn find_groups(&self, commitment: &Commitment, limit: usize) -> Result<Vec<GroupId>>;

    /// One record that is shown, as its bytes.
    async fn record(
        &self,
        group: &GroupId,
        view: &View,
        name: &RecordName,
    ) -> Result<Option<Vec<u8>>>;

    /// Many public records that are shown, each in the place of its name; `None` where
    /// there is none.
    async fn shown_records(
        &self,
        names: &[(GroupId, RecordName)],
    ) -> Result<Vec<Option<StoredRecord>>>;

    /// The revision of each of many groups, in no order; unknown ones are left out. Nothing
    /// of a group has changed while it is the same.
    async fn group_revisions(&self, groups: &[GroupId]) -> Result<Vec<(GroupId, u64)>>;

    /// What is held of many groups, in no order; unknown ones are left out.
    async fn groups_held(&self, groups: &[GroupId]) -> Result<Vec<GroupRow>>;

    /// One record by its hash, where it is shown under the view's head.
    async fn body(
        &self,
        group: &GroupId,
        view: &View,
        hash: &RecordHash,
    ) -> Result<Option<Vec<u8>>>;

    /// The head and all leaves under it, as one moment; `None` where there is no head
    /// or its leaves are not held.
    async fn manifest(
        &self,
        group: &GroupId,
        view: &View,
    ) -> Result<Option<(StoredHead, Manifest)>>;

    /// What changed since the head with hash `from`; `None` where that is not remembered.
    async fn difference(
        &self,
        group: &GroupId,
        view: &View,
        from: &PayloadHash,
    ) -> Result<Option<Difference>>;

    /// Records refused, less those that are hidden, in order of name, at most `limit`.
    async fn refusals(&self, group: &GroupId, view: &View, limit: usize)
    -> Result<Vec<RefusalRow>>;

    /// Hashes of bodies that are missing under the head held, less those of records that are
    /// hidden, at most `limit`.
    async fn wanted(&self, group: &GroupId, view: &View, limit: usize) -> Result<Vec<RecordHash>>;

    /// Groups with missing bodies, after `after`, at most `limit`.
    async fn groups_wanting(&self, after: Option<&GroupId>, limit: usize) -> Result<Vec<GroupId>>;

    /// The two envelopes that prove an equivocation under the key index, if one is known.
    async fn equivocation(
        &self,
        group: &GroupId,
        view: &View,
        key_index: u32,
    ) -> Result<Option<(Vec<u8>, Vec<u8>)>>;

    // --- the feed ------------------------------------------------------------

    /// One row a group that changed after `revision`, in order of its revision.
    async fn feed_after(&self, revision: u64, limit: usize) -> Result<Vec<GroupRow>>;

    // --- staging ---------------------------------------------------------------

    /// Keeps verified bodies, and verdicts on bodies, for a commit to come.
    async fn stage(&self, group: &GroupId, items: Vec<Staged>, now: Timestamp) -> Result<()>;

    /// What is staged of these hashes.
    async fn staged(&self, group: &GroupId, hashes: &[RecordHash]) -> Result<Vec<StagedRow>>;

    /// Which of these bodies are held already, with the name that each has a leaf under.
    async fn bodies_held(
        &self,
        group: &GroupId,
        view: &View,
        hashes: &[RecordHash],
    ) -> Result<Vec<(RecordHash, RecordName)>>;

    /// How many bytes are staged, of one group and in all.
    async fn staged_bytes(&self, group: &GroupId) -> Result<(u64, u64)>;

    /// Makes room for a group that will then have `own` bytes staged: forgets what is staged
    /// of the groups that have most, while they have more than that, until at most `room` bytes
    /// are staged in all. False, and nothing is forgotten, where that is not enough.
    async fn evict_staged(&self, sparing: &GroupId, own: u64, room: u64) -> Result<bool>;

    /// Forgets what was staged before `before`.
    async fn expire_staged(&self, before: Timestamp) -> Result<u64>;

    // --- changes ---------------------------------------------------------------

    /// Adds key events to a group's log, or starts it.
    async fn commit_key_events(&self, change: KeyEventCommit) -> Result<Committed>;

    /// Puts a newer head in force with all that it changes; of a group that begins with it,
    /// its key log too.
    async fn commit_head(&self, change: HeadCommit) -> Result<Committed>;

    /// Keeps a newer head without its leaves and erases what was held under it: for a
    /// group that does not permit this aggregator, or that its operator excluded.
    async fn commit_head_only(&self, change: HeadOnly) -> Result<Committed>;

    /// Keeps the head held, remembers a newer one as the highest seen and hides what it
    /// takes back: for a change that a limit holds back.
    async fn throttle(&self, change: ThrottledHead) -> Result<Committed>;

    /// Keeps the proof of two rival heads or key logs and hides what either lacks.
    async fn freeze(&self, change: Freeze) -> Result<Committed>;

    /// Puts bodies that were missing in their place.
    async fn fill(&self, change: Fill) -> Result<Committed>;

    /// Excludes a group by the operator's decision and erases its bodies.
    async fn exclude(&self, change: Exclude) -> Result<u64>;

    /// Ends an exclusion. False where there was none.
    async fn include(&self, group: &GroupId) -> Result<bool>;

    /// Takes the *unconfirmed* label off a head that a source repeated.
    async fn confirm(&self, group: &GroupId, view: &View, head: &PayloadHash) -> Result<()>;

    // --- the sweep -------------------------------------------------------------

    /// Shown groups whose public head expired before `before`: they have lapsed.
    async fn lapsing(&self, before: Timestamp, limit: usize) -> Result<Vec<GroupId>>;

    /// Hides a group whose head expired before `before`. Does nothing where a fresher one came.
    async fn lapse(&self, group: &GroupId, before: Timestamp) -> Result<()>;

    /// Views whose head expired before `before` and whose leaves are still held.
    async fn erasable(&self, before: Timestamp, limit: usize) -> Result<Vec<(GroupId, View)>>;

    /// Erases leaves and bodies of such a view.
    async fn erase(&self, change: Erase) -> Result<()>;

    /// Forgets removals and superseded heads from before `before`.
    async fn forget_history(&self, before: Timestamp) -> Result<()>;

    // --- sources ---------------------------------------------------------------

    /// What is remembered of a source: a server that is followed, by its address with pin.
    async fn source(&self, address: &str) -> Result<Option<SourceRow>>;

    /// Remembers it.
    async fn save_source(&self, row: &SourceRow) -> Result<()>;

    /// Endpoints named in the heads of groups that are shown, each once, after `after`.
    async fn announced_endpoints(&self, limit: usize) -> Result<Vec<String>>;

    /// Forgets the sources whose addresses are not among these.
    async fn forget_sources_but(&self, addresses: &HashSet<String>) -> Result<()>;
}
