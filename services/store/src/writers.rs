//! Changing the store.

use async_trait::async_trait;
use hedgerow_core::id::{GroupId, PayloadHash, RecordHash};
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::time::Timestamp;

use crate::commands::{
    Committed, Erase, Exclude, Fill, Freeze, HeadCommit, HeadOnly, KeyEventCommit, ThrottledHead,
};
use crate::error::Result;
use crate::rows::{Decisions, Exclusion, Staged, StagedRow};

/// Bodies of a transfer, stored until a commit moves them under a head.
#[async_trait]
pub trait Staging: Send + Sync {
    /// Stores verified bodies, and verdicts on bodies, for a later commit.
    async fn stage(&self, group: &GroupId, items: Vec<Staged>, now: Timestamp) -> Result<()>;

    /// Returns the staged entries with these hashes.
    async fn staged(&self, group: &GroupId, hashes: &[RecordHash]) -> Result<Vec<StagedRow>>;

    /// Returns which of these bodies are stored under the current head, each with the name of
    /// its leaf.
    async fn existing_bodies(
        &self,
        group: &GroupId,
        view: &View,
        hashes: &[RecordHash],
    ) -> Result<Vec<(RecordHash, RecordName)>>;

    /// Returns the number of staged bytes of one group, and of all groups.
    async fn staged_bytes(&self, group: &GroupId) -> Result<(u64, u64)>;

    /// Makes room for `sparing`, which will then have `own` bytes staged: evicts the largest
    /// other groups, as long as they have more than `own` bytes, until at most `room` bytes are
    /// staged in total. Returns false, and evicts nothing, if that is not enough.
    async fn evict_staged(&self, sparing: &GroupId, own: u64, room: u64) -> Result<bool>;

    /// Deletes entries staged before `before`. Returns how many.
    async fn expire_staged(&self, before: Timestamp) -> Result<u64>;
}

/// Changes that a transfer makes. Each compares the state it was computed from before it writes.
#[async_trait]
pub trait Commits: Send + Sync {
    /// Appends key events to a group's log, or starts the group.
    async fn commit_key_events(&self, change: KeyEventCommit) -> Result<Committed>;

    /// Replaces the current head with a newer one and applies its changes; for a new group it
    /// stores the key log too.
    async fn commit_head(&self, change: HeadCommit) -> Result<Committed>;

    /// Stores a newer head without its leaves and erases the previous ones: the group does not
    /// permit this aggregator, or the operator excluded it.
    async fn commit_head_only(&self, change: HeadOnly) -> Result<Committed>;

    /// Keeps the current head because a limit throttles the newer one; records the newer one as
    /// the highest seen and hides the records that it withdraws.
    async fn throttle(&self, change: ThrottledHead) -> Result<Committed>;

    /// Stores the proof of two rival heads or key logs, and hides the records that either lacks.
    async fn freeze(&self, change: Freeze) -> Result<Committed>;

    /// Stores bodies that were missing under the current head.
    async fn fill(&self, change: Fill) -> Result<Committed>;

    /// Removes the *unconfirmed* mark from a head that a source has repeated.
    async fn confirm(&self, group: &GroupId, view: &View, head: &PayloadHash) -> Result<()>;
}

/// The operator's decisions.
#[async_trait]
pub trait Moderation: Send + Sync {
    /// Excludes a group: it is hidden at once, and its records stay stored, so that they can come
    /// back. Returns the revision of the change.
    async fn exclude(&self, change: Exclude) -> Result<u64>;

    /// Ends an exclusion. Returns false if there was none.
    async fn include(&self, group: &GroupId) -> Result<bool>;

    /// Returns all exclusions, the last one first.
    async fn list_exclusions(&self) -> Result<Vec<(GroupId, Exclusion)>>;

    /// Counts the decisions in force, with at most `limit` reasons.
    async fn decisions(&self, limit: usize) -> Result<Decisions>;

    /// Hides one entry at once, and keeps it hidden when its publisher sends it again, also one that
    /// is not stored. Returns whether it was shown.
    async fn hide_entry(&self, group: &GroupId, name: &RecordName, now: Timestamp) -> Result<bool>;

    /// Shows a hidden entry again. Returns false if it was not hidden.
    async fn show_entry(&self, group: &GroupId, name: &RecordName) -> Result<bool>;

    /// Returns all hidden entries, the last one first.
    async fn list_hidden_entries(&self) -> Result<Vec<(GroupId, RecordName, Timestamp)>>;

    /// Deletes the leaves and bodies of a group, if it is excluded.
    async fn erase_excluded(&self, group: &GroupId) -> Result<()>;
}

/// Deletion of data past its retention period.
#[async_trait]
pub trait Retention: Send + Sync {
    /// Returns when the newest head was issued: evidence of the present that does not depend on
    /// this machine's clock.
    async fn newest_issue(&self) -> Result<Option<Timestamp>>;

    /// Returns visible groups whose public head expired before `before`, at most `limit`.
    async fn list_lapsed(&self, before: Timestamp, limit: usize) -> Result<Vec<GroupId>>;

    /// Hides a group whose public head expired before `before`. Has no effect if a newer head
    /// arrived meanwhile.
    async fn lapse(&self, group: &GroupId, before: Timestamp) -> Result<()>;

    /// Returns views whose head expired before `before` and whose leaves are still stored, at
    /// most `limit`.
    async fn list_erasable(&self, before: Timestamp, limit: usize) -> Result<Vec<(GroupId, View)>>;

    /// Deletes the leaves and bodies of such a view.
    async fn erase(&self, change: Erase) -> Result<()>;

    /// Returns groups excluded before `before` whose leaves are still stored, at most `limit`.
    async fn list_erasable_excluded(&self, before: Timestamp, limit: usize)
    -> Result<Vec<GroupId>>;

    /// Moves times after `now`, of a clock that was ahead and was set right, to `now`: exclusions,
    /// history, requests and staged bodies are otherwise kept until the clock gets there.
    async fn bring_back(&self, now: Timestamp) -> Result<()>;

    /// Deletes the history of removals and superseded heads before `before`.
    async fn forget_history(&self, before: Timestamp) -> Result<()>;
}
