//! `StewardService.DraftKeyEvent`.

use hedgerow_proto::steward_v1;
use hedgerow_transport::failure::Failure;

use crate::group::Group;
use crate::recovery::{KeyEventDraft, draft_key_event as draft};
use crate::shared::Shared;

/// Returns the new keys of the group and every known branch of its key log: what the steward's
/// device needs to make the next key event.
pub(super) async fn draft_key_event(
    shared: &Shared,
    group: &Group,
) -> Result<steward_v1::DraftKeyEventResponse, Failure> {
    let KeyEventDraft {
        signing_key,
        encryption_key,
        branches,
    } = draft(shared, group).await?;
    Ok(steward_v1::DraftKeyEventResponse {
        signing_key: signing_key.to_vec(),
        encryption_key: encryption_key.to_vec(),
        branches: branches
            .into_iter()
            .map(|log| steward_v1::KeyLogBranch {
                key_log: log.envelopes(),
            })
            .collect(),
    })
}
