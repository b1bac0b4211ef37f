//! Row types that a store returns.

use hedgerow_core::head::{Position, VerifiedHead};
use hedgerow_core::id::{GroupId, PayloadHash, RecordHash, Root};
use hedgerow_core::name::RecordName;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;

/// A group with its public head. Its status follows from these values and the current time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    pub group_id: GroupId,
    /// Payload hash of the last event of the key log.
    pub tip: PayloadHash,
    /// Index of that event.
    pub tip_index: u32,
    /// Deactivated by its own key log.
    pub ended: bool,
    /// A rival branch of its key log is stored and has not lost to the current one.
    pub forked: bool,
    /// Set while this aggregator's operator excludes the group.
    pub exclusion: Option<Exclusion>,
    /// Key index under which rival heads froze the public view.
    pub frozen_index: Option<u32>,
    /// Set while a limit throttles changes of the public view.
    pub throttle: Option<Throttle>,
    /// Whether the group's records are visible. The next retention run marks lapsed groups, so
    /// readers check the head's expiry as well.
    pub shown: bool,
    /// Revision of the last change of anything about the group.
    pub revision: u64,
    /// The current public head.
    pub head: Option<StoredHead>,
    /// Whether a head of the public view was ever accepted.
    pub seen: bool,
}

/// An operator's decision to exclude a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// In the operator's words.
    pub reason: String,
    pub at: Timestamp,
}

/// The operator's decisions in force, without what they are about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decisions {
    /// Excluded groups, whatever the reason.
    pub exclusions: u64,
    /// The reasons with the number of groups of each, most groups first.
    pub reasons: Vec<(String, u64)>,
    pub latest: Option<Exclusion>,
    /// Single entries that are hidden, and when the last one was.
    pub hidden_entries: u64,
    pub last_hidden: Option<Timestamp>,
}

/// A limit that blocks changes of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Throttle {
    /// The limit's name in the configuration.
    pub limit: String,
    /// When the limit lifts, if time alone lifts it.
    pub until: Option<Timestamp>,
}

/// The envelope of a head and the facts that it states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadFacts {
    /// The envelope as received.
    pub envelope: Vec<u8>,
    pub hash: PayloadHash,
    pub position: Position,
    /// Root over the leaves.
    pub root: Root,
    /// Number of leaves.
    pub count: u32,
    pub issue_time: Timestamp,
    pub expire_time: Timestamp,
    /// Where the group's node can be reached, as an address with pin.
    pub endpoint: Option<String>,
    /// Whether the head permits this aggregator to index.
    pub invited: bool,
}

impl HeadFacts {
    pub fn new(head: &VerifiedHead, invited: bool) -> Self {
        Self {
            envelope: head.envelope().to_vec(),
            hash: head.hash(),
            position: head.position(),
            root: head.root(),
            count: head.count(),
            issue_time: head.issue_time(),
            expire_time: head.expire_time(),
            endpoint: head.endpoint().map(ToString::to_string),
            invited,
        }
    }
}

/// The current head of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHead {
    pub facts: HeadFacts,
    /// Whether the leaves are stored: false if the group does not permit it, was excluded, or
    /// lapsed long ago.
    pub whole: bool,
    /// Stored before a restore from backup, and not repeated by any source since.
    pub unconfirmed: bool,
    /// Sum of the lengths of all leaves.
    pub bytes: u64,
    /// Revision of the head's commit.
    pub revision: u64,
}

/// The state of a view that outlives its current head.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ViewState {
    /// Envelope of the highest head ever accepted. Never deleted.
    pub highest: Option<Vec<u8>>,
    pub highest_position: Option<Position>,
    pub highest_hash: Option<PayloadHash>,
    /// Key index under which rival heads froze the view.
    pub frozen_index: Option<u32>,
    /// Set while a limit throttles changes.
    pub throttle: Option<Throttle>,
    /// The remaining quota for new records.
    pub tokens: Option<Tokens>,
}

/// A quota of new records at a point in time. Negative: in debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tokens {
    /// Thousandths of a record.
    pub thousandths: i64,
    pub at: Timestamp,
}

/// A visible record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    pub name: RecordName,
    pub record_hash: RecordHash,
    /// The encoded record.
    pub record: Vec<u8>,
}

/// A visible record with the state of its group, both read at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRecord {
    pub record: StoredRecord,
    /// The revision of the group's newest change.
    pub group_revision: u64,
}

/// The changes that lead from an older head to the current one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The current head.
    pub head: StoredHead,
    pub removals: Vec<RecordName>,
    /// New and replaced leaves.
    pub puts: Vec<Leaf>,
}

/// Why a record is refused: it breaks the rules.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusal {
    /// Stable reason for programs.
    pub reason: String,
    /// Explanation for people.
    pub detail: String,
}

/// A refused record. Its leaf is stored, its body is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalRow {
    pub name: RecordName,
    pub refusal: Refusal,
}

/// Whether the body of a leaf is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeafState {
    /// Stored, staged or part of the command.
    Held,
    /// Missing, to be fetched.
    Wanted,
    /// Rejected, never stored.
    Refused(Refusal),
}

/// A checked body, stored for a later commit.
#[derive(Debug, Clone)]
pub struct Staged {
    pub record_hash: RecordHash,
    /// The name inside the record, if it could be parsed.
    pub name: Option<RecordName>,
    pub verdict: Verdict,
}

/// The result of checking a body.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// The body is valid; these are its bytes.
    Keep(Vec<u8>),
    Refuse(Refusal),
}

/// A staged entry without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedRow {
    pub record_hash: RecordHash,
    /// The name inside the record, if it could be parsed.
    pub name: Option<RecordName>,
    /// Length in bytes; `None` for a refused body, whose bytes are not stored.
    pub length: Option<u32>,
    /// `None` for a valid body.
    pub refused: Option<Refusal>,
}

impl From<&Staged> for StagedRow {
    /// Returns the row that staging this entry would create.
    fn from(staged: &Staged) -> Self {
        let (length, refused) = match &staged.verdict {
            Verdict::Keep(record) => (u32::try_from(record.len()).ok(), None),
            Verdict::Refuse(refusal) => (None, Some(refusal.clone())),
        };
        Self {
            record_hash: staged.record_hash,
            name: staged.name.clone(),
            length,
            refused,
        }
    }
}
