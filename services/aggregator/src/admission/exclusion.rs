//! The operator's exclusions.

use hedgerow_core::time::Timestamp;

use super::decision::{GroupDecision, HeadDecision};
use super::rule::{HeadCandidate, NewGroup, Rule};

/// Turns excluded groups away. The highest head of a known one is stored even so: without it,
/// an older head could be replayed after the exclusion ends.
pub(super) struct Exclusion;

impl Rule for Exclusion {
    fn evaluate_group(&self, group: &NewGroup<'_>, _now: Timestamp) -> Option<GroupDecision> {
        group.excluded.then_some(GroupDecision::Excluded)
    }

    fn evaluate_head(&self, candidate: &HeadCandidate<'_>) -> Option<HeadDecision> {
        candidate.known.excluded.then(|| HeadDecision::Excluded {
            newer: candidate.is_newer(),
        })
    }
}
