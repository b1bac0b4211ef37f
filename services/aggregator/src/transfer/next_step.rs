//! The rest of a transfer after its head was evaluated.

use hedgerow_core::head::VerifiedHead;
use hedgerow_transport::failure::Failure;

use super::current_state::GroupState;
use super::group_writer::GroupWriter;
use super::outcome::Outcome;
use crate::admission::HeadDecision;

/// The use of a transfer's leaves and bodies.
pub(super) enum NextStep {
    /// Nothing: this is the outcome.
    Finished(Outcome),
    /// Store the two heads as proof, and hide what the rival lacks.
    FreezeHeads { accepted: Vec<u8>, rival: Vec<u8> },
    /// Hide what the head of a frozen group lacks.
    HideAbsent,
    /// Store bodies that are missing under the stored head, which came again.
    FillMissing,
    /// Put the head in force.
    PutInForce,
}

impl NextStep {
    /// Returns whether bodies of the transfer may be committed.
    pub(super) fn keeps_bodies(&self) -> bool {
        match self {
            Self::Finished(_) | Self::FillMissing | Self::PutInForce => true,
            Self::FreezeHeads { .. } | Self::HideAbsent => false,
        }
    }
}

/// Carries out a decision as far as the head alone allows: before leaves are read.
pub(super) async fn begin_head(
    writer: &GroupWriter,
    group: &GroupState,
    head: &VerifiedHead,
    decision: HeadDecision,
) -> Result<NextStep, Failure> {
    Ok(match decision {
        HeadDecision::Reject(failure) => return Err(failure),
        HeadDecision::Stale => return Err(stale_head_error()),
        HeadDecision::Excluded { newer } => {
            if newer {
                writer.store_head_only(group, head).await?;
            }
            NextStep::Finished(Outcome::Excluded)
        }
        // Not stored at once: with the rival's leaves, records that it lacks can be hidden too.
        HeadDecision::Rival { accepted } => NextStep::FreezeHeads {
            accepted,
            rival: head.envelope().to_vec(),
        },
        HeadDecision::Frozen { newer: true } => NextStep::HideAbsent,
        HeadDecision::Frozen { newer: false } => NextStep::Finished(Outcome::Frozen),
        HeadDecision::NotInvited { .. } => {
            writer.store_head_only(group, head).await?;
            NextStep::Finished(Outcome::NotInvited(head.hash()))
        }
        HeadDecision::Accept { newer: false } if group.is_whole() => NextStep::FillMissing,
        // The stored head without its leaves: they were erased, and come again.
        HeadDecision::Accept { .. } => NextStep::PutInForce,
    })
}

/// Makes the error for a replayed head.
pub(super) fn stale_head_error() -> Failure {
    Failure::failed_precondition(
        "head_superseded",
        "This aggregator has accepted a later head of the group; an older one is rejected.",
    )
}
