//! What a store answers with.

use hedgerow_core::head::Position;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::id::RecordHash;
use hedgerow_core::id::Root;
use hedgerow_core::name::RecordName;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;

use super::commands::Staged;
use super::commands::Verdict;

/// One group as it stands here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    /// The group.
    pub group_id: GroupId,
    /// Payload hash of the last event of its key log.
    pub tip: PayloadHash,
    /// Index of that event.
    pub tip_index: u32,
    /// Deactivated by its own key log.
    pub ended: bool,
    /// A rival branch of its key log is known and not set aside.
    pub forked: bool,
    /// Excluded by this aggregator's operator.
    pub exclusion: Option<Exclusion>,
    /// Key index under which its public view is frozen by rival heads.
    pub frozen_index: Option<u32>,
    /// A limit holds changes of its public view back.
    pub throttle: Option<Throttle>,
    /// Whether its records are shown at all. Lapsing is noted at the next sweep, so a
    /// reader checks the head's expiry as well.
    pub shown: bool,
    /// Revision of the last change of anything about the group.
    pub revision: u64,
    /// The public head held.
    pub head: Option<StoredHead>,
    /// Whether a head of the public view was ever accepted.
    pub seen: bool,
}

/// Why an operator excluded a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// In the operator's words.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// A limit that holds changes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Throttle {
    /// Its name in the configuration.
    pub limit: String,
    /// Until when, where time alone lifts it.
    pub until: Option<Timestamp>,
}

/// A head as it is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHead {
    /// Its envelope, as it came.
    pub envelope: Vec<u8>,
    /// Its payload hash.
    pub hash: PayloadHash,
    /// Key index and seq.
    pub position: Position,
    /// Root over the leaves.
    pub root: Root,
    /// How many leaves there are under it.
    pub count: u32,
    /// When it was signed.
    pub issue_time: Timestamp,
    /// When it goes stale.
    pub expire_time: Timestamp,
    /// Whether its leaves are held here: false where the group does not permit it, was
    /// excluded, or lapsed long ago.
    pub whole: bool,
    /// Whether it permits this aggregator to index.
    pub invited: bool,
    /// Held since a restore from backup and not repeated by any source yet.
    pub unconfirmed: bool,
    /// Where the group's node can be reached, as an address with pin.
    pub endpoint: Option<String>,
    /// Lengths of all leaves together.
    pub bytes: u64,
    /// Revision of its commit.
    pub revision: u64,
}

/// What is known of one view of a group beside the head held.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ViewState {
    /// Envelope of the highest head ever accepted. Kept for good.
    pub highest: Option<Vec<u8>>,
    /// Its position.
    pub highest_position: Option<Position>,
    /// Its payload hash.
    pub highest_hash: Option<PayloadHash>,
    /// Key index under which rival heads froze the view.
    pub frozen_index: Option<u32>,
    /// A limit holds changes back.
    pub throttle: Option<Throttle>,
    /// What is left of the allowance for new records.
    pub tokens: Option<Tokens>,
}

/// An allowance at a moment. Negative: in debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tokens {
    /// Thousandths of a record.
    pub thousandths: i64,
    /// When that was so.
    pub at: Timestamp,
}

/// One record that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// Its name.
    pub name: RecordName,
    /// Its hash.
    pub record_hash: RecordHash,
    /// Its bytes.
    pub record: Vec<u8>,
}

/// Changes in order of revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The changes; empty when there are none.
    pub changes: Vec<IndexChange>,
    /// Go on from here: everything up to and including this revision is in `changes`
    /// or before it.
    pub through: u64,
    /// The revision asked from is older than what is remembered of removals (30 days):
    /// `changes` is empty, and the reader starts anew from all groups and
    /// [`latest_revision`](super::Store::latest_revision) as it was before.
    pub too_old: bool,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexChange {
    /// Its revision, unlike any other's.
    pub revision: u64,
    /// The group.
    pub group_id: GroupId,
    /// What changed.
    pub kind: IndexChangeKind,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexChangeKind {
    /// A record is shown: new, changed, or arrived at last.
    Put(StoredRecord),
    /// Nothing is shown under this name any more.
    Removed(RecordName),
    /// Nothing of the group is shown any more.
    GroupHidden,
    /// The group is shown (again): take all its records anew, about so many.
    GroupShown(u32),
}

/// What leads from an older head to the one held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The head held.
    pub head: StoredHead,
    /// Names to remove.
    pub removals: Vec<RecordName>,
    /// Leaves to put.
    pub puts: Vec<Leaf>,
}

/// A record refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalRow {
    /// Its name.
    pub name: RecordName,
    /// A stable reason.
    pub reason: String,
    /// In words.
    pub detail: String,
}

/// What is staged of one hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedRow {
    /// The record's hash.
    pub record_hash: RecordHash,
    /// The name inside the record, where it could be read.
    pub name: Option<RecordName>,
    /// Its length in bytes, where it is kept.
    pub length: Option<u32>,
    /// Why it is refused; `None`: it is kept.
    pub refused: Option<(String, String)>,
}

impl From<&Staged> for StagedRow {
    /// What would be staged.
    fn from(staged: &Staged) -> Self {
        let (length, refused) = match &staged.verdict {
            Verdict::Keep(record) => (u32::try_from(record.len()).ok(), None),
            Verdict::Refuse { reason, detail } => (None, Some((reason.clone(), detail.clone()))),
        };
        Self {
            record_hash: staged.record_hash,
            name: staged.name.clone(),
            length,
            refused,
        }
    }
}

/// What is remembered of a server that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// Its address with pin.
    pub address: String,
    /// The last cursor of its `WatchHeads` that was dealt with.
    pub cursor: Option<String>,
    /// When it was last listed whole, or that was begun.
    pub listed_at: Option<Timestamp>,
    /// Whether anything that it told of since was not taken.
    pub missed: bool,
    /// When it last answered.
    pub answered_at: Option<Timestamp>,
    /// How often it failed since.
    pub failures: u32,
}
