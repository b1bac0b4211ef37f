//! `FeedService.GetProof`.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_proto::{feed_v1, v1};
use hedgerow_transport::failure::{Failure, id_field};

use super::get_head::public_view;
use super::source::{FeedSource, group_unknown, no_head};

/// Proves that a record is, or is not, under the newest head.
pub(super) async fn get_proof(
    source: &dyn FeedSource,
    request: &feed_v1::GetProofRequest,
) -> Result<feed_v1::GetProofResponse, Failure> {
    let group: GroupId = id_field("group_id", &request.group_id)?;
    let view = public_view(&group, &request.view)?;
    let name = request.name.as_ref().ok_or_else(|| {
        Failure::invalid_field("name", "missing", "the request has no record name")
    })?;
    let name = RecordName::try_from(name)
        .map_err(|error| Failure::invalid_field("name", error.reason(), error.to_string()))?;
    let key_log = source
        .key_log(&group)
        .await?
        .ok_or_else(|| group_unknown(&group))?;
    let (head, manifest) = source
        .manifest(&group, &view)
        .await?
        .ok_or_else(|| no_head(&group))?;
    Ok(feed_v1::GetProofResponse {
        proof: Some(v1::Proof {
            head,
            key_log,
            kind: Some(manifest.prove(&name).to_proto()),
        }),
    })
}
