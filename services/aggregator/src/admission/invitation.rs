//! The group's own permission to be indexed.

use hedgerow_core::id::GroupId;

use super::decision::HeadDecision;
use super::rule::{HeadCandidate, Rule};

/// Stores no records of groups whose `indexing` does not permit the aggregator with this id.
pub(super) struct Invitation {
    pub own: GroupId,
}

impl Rule for Invitation {
    fn evaluate_head(&self, candidate: &HeadCandidate<'_>) -> Option<HeadDecision> {
        let permitted = candidate.head.indexing().permits(&self.own);
        (!permitted).then(|| HeadDecision::NotInvited {
            newer: candidate.is_newer(),
        })
    }
}
