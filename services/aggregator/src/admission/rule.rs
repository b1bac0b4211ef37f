//! One step of the decision ladder.

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;

use super::decision::{GroupDecision, HeadDecision, Postponed};
use super::known_group::{HeadComparison, KnownGroup};
use super::origin::Origin;

/// A group that is not stored, before anything of it is read.
#[derive(Debug, Clone, Copy)]
pub struct NewGroup<'a> {
    /// Its id, as the sender states it.
    pub group_id: GroupId,
    /// Its sender.
    pub origin: &'a Origin,
    /// The operator excluded it in advance.
    pub excluded: bool,
}

/// A verified head to evaluate.
pub(super) struct HeadCandidate<'a> {
    pub head: &'a VerifiedHead,
    pub known: KnownGroup<'a>,
    pub comparison: HeadComparison,
    pub now: Timestamp,
}

impl HeadCandidate<'_> {
    pub fn is_newer(&self) -> bool {
        self.comparison == HeadComparison::Newer
    }
}

/// An admission rule. Each method either decides or returns `None`, which leaves the decision
/// to the next rule of the policy.
pub(super) trait Rule: Send + Sync {
    /// Evaluates a new group.
    fn evaluate_group(&self, group: &NewGroup<'_>, now: Timestamp) -> Option<GroupDecision> {
        let _ = (group, now);
        None
    }

    /// Counts a new group whose key log was verified. Fails if it has to wait after all: between
    /// evaluation and verification another transfer may have used the capacity.
    fn reserve_group(&self, group: &NewGroup<'_>, now: Timestamp) -> Result<(), Postponed> {
        let _ = (group, now);
        Ok(())
    }

    /// Evaluates a head.
    fn evaluate_head(&self, candidate: &HeadCandidate<'_>) -> Option<HeadDecision> {
        let _ = candidate;
        None
    }
}
