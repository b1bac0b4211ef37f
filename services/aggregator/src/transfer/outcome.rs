//! The results of transfers.

use hedgerow_core::id::{GroupId, PayloadHash, RecordHash};
use hedgerow_store::{GroupRow, HeadCommit, LeafPut, LeafState, RefusalRow, StoredHead};

use crate::admission::Postponed;

/// The result of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferResult {
    /// The group of the transfer.
    pub group_id: GroupId,
    pub outcome: Outcome,
    /// Number of its records that were kept.
    pub kept: u32,
    /// Number of its records that were refused.
    pub refused: u32,
    /// The group after its first commit, which a caller then need not read from the store.
    pub summary: Option<Box<GroupSummary>>,
}

impl TransferResult {
    /// Makes a result without records.
    pub(super) fn without_records(group_id: GroupId, outcome: Outcome) -> Self {
        Self {
            group_id,
            outcome,
            kept: 0,
            refused: 0,
            summary: None,
        }
    }
}

/// The outcome of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The head with this hash is stored durably.
    Stored(PayloadHash),
    /// It carried key events only.
    KeyLog,
    /// Nothing was committed: these bodies are missing.
    Wanted(Vec<RecordHash>),
    /// A limit delays the head; the records that it removes are hidden.
    Throttled,
    /// Rival heads or key logs exist: nothing is added, and records that either lacks are hidden.
    Frozen,
    /// The head with this hash does not permit this aggregator; nothing is stored under it.
    NotInvited(PayloadHash),
    /// The operator excluded the group.
    Excluded,
    /// The group is new and has to wait; nothing was stored.
    OverQuota(Postponed),
}

impl Outcome {
    /// Returns the label in metrics and traces.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Stored(_) => "stored",
            Self::KeyLog => "key_log",
            Self::Wanted(_) => "wanted",
            Self::Throttled => "throttled",
            Self::Frozen => "frozen",
            Self::NotInvited(_) => "not_invited",
            Self::Excluded => "excluded",
            Self::OverQuota(_) => "too_many_new_groups",
        }
    }
}

/// A group right after its first head was put in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSummary {
    /// Its row with that head, which is also the highest ever accepted.
    pub row: GroupRow,
    /// Refused records, in order of name.
    pub refusals: Vec<RefusalRow>,
}

impl GroupSummary {
    /// Returns the summary of a group that begins with this change; `None` for a known group, whose
    /// row depends on more than the change. The revision is still 0.
    pub(super) fn of_new_group(change: &HeadCommit) -> Option<Box<Self>> {
        let tip = change.new_key_log.last()?;
        let head = &change.head;
        let row = GroupRow {
            group_id: change.group_id,
            tip: tip.hash,
            tip_index: tip.index,
            ended: false,
            forked: false,
            exclusion: None,
            frozen_index: None,
            throttle: None,
            shown: head.position.key_index == tip.index,
            revision: 0,
            head: Some(StoredHead {
                facts: head.clone(),
                whole: true,
                unconfirmed: false,
                bytes: change.bytes,
                revision: 0,
            }),
            seen: true,
        };
        let refusals = change.puts.iter().filter_map(refusal).collect();
        Some(Box::new(Self { row, refusals }))
    }
}

fn refusal(put: &LeafPut) -> Option<RefusalRow> {
    match &put.state {
        LeafState::Refused(refusal) => Some(RefusalRow {
            name: put.leaf.name.clone(),
            refusal: refusal.clone(),
        }),
        LeafState::Held | LeafState::Wanted => None,
    }
}
