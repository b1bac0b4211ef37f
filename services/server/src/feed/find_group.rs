//! `FeedService.FindGroup`.

use hedgerow_core::id::Commitment;
use hedgerow_proto::feed_v1;
use hedgerow_transport::failure::{Failure, id_field};

use super::source::FeedSource;

/// Maximum number of groups in a response.
const MAX_GROUPS: usize = 16;

/// Returns the groups whose key logs contain a commitment.
pub(super) async fn find_group(
    source: &dyn FeedSource,
    request: &feed_v1::FindGroupRequest,
) -> Result<feed_v1::FindGroupResponse, Failure> {
    let commitment: Commitment = id_field("commitment", &request.commitment)?;
    let mut groups = source
        .find_groups(&commitment, MAX_GROUPS)
        .await?
        .into_iter();
    let first = groups.next().ok_or_else(|| {
        Failure::not_found(
            "commitment_unknown",
            "This server has no group with that commitment.",
        )
    })?;
    Ok(feed_v1::FindGroupResponse {
        group_id: first.to_vec(),
        other_group_ids: groups.map(|group| group.to_vec()).collect(),
    })
}
