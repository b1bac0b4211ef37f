//! Replayed heads, and heads from the future.

use std::time::Duration;

use hedgerow_core::head::MAX_CLOCK_SKEW;
use hedgerow_transport::failure::Failure;

use super::decision::HeadDecision;
use super::known_group::HeadComparison;
use super::rule::{HeadCandidate, Rule};

/// Rejects heads older than an accepted one, and postpones those whose issue time is ahead of
/// this server's clock.
pub(super) struct Freshness;

impl Rule for Freshness {
    fn evaluate_head(&self, candidate: &HeadCandidate<'_>) -> Option<HeadDecision> {
        match candidate.comparison {
            HeadComparison::Older => return Some(HeadDecision::Stale),
            // Accepted once. If this server's clock was set back since, it is no reason to
            // reject what is stored.
            HeadComparison::Same => return None,
            HeadComparison::Newer | HeadComparison::Rival(_) => {}
        }
        let (head, now) = (candidate.head, candidate.now);
        let error = head.check_issued(now).err()?;
        let acceptable = head.issue_time().minus(MAX_CLOCK_SKEW);
        let wait = acceptable.since(now).max(Duration::from_secs(1));
        Some(HeadDecision::Reject(Failure::from(error).retry_after(wait)))
    }
}
