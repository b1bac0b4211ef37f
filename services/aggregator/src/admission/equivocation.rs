//! Groups that sign contradictory heads or fork their key log.

use super::decision::HeadDecision;
use super::known_group::HeadComparison;
use super::rule::{HeadCandidate, Rule};

/// Detects rival heads, and adds nothing to a group that rivals froze.
pub(super) struct Equivocation;

impl Rule for Equivocation {
    fn evaluate_head(&self, candidate: &HeadCandidate<'_>) -> Option<HeadDecision> {
        let HeadCandidate { head, known, .. } = candidate;
        // A rival of a frozen group is stored too: it may remove more than the first one did.
        if let HeadComparison::Rival(accepted) = &candidate.comparison {
            return Some(HeadDecision::Rival {
                accepted: accepted.clone(),
            });
        }
        let frozen = known.forked || known.frozen_index == Some(head.position().key_index);
        frozen.then(|| HeadDecision::Frozen {
            newer: candidate.is_newer(),
        })
    }
}
