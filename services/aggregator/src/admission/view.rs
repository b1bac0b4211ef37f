//! Only public views are accepted here.

use hedgerow_core::name::View;
use hedgerow_transport::failure::Failure;

use super::decision::HeadDecision;
use super::rule::{HeadCandidate, Rule};

/// Rejects heads of all views except the public one.
pub(super) struct PublicView;

impl Rule for PublicView {
    fn evaluate_head(&self, candidate: &HeadCandidate<'_>) -> Option<HeadDecision> {
        (*candidate.head.view() != View::public()).then(|| {
            HeadDecision::Reject(Failure::invalid_field(
                "head",
                "view_not_served",
                "this aggregator accepts only public views",
            ))
        })
    }
}
