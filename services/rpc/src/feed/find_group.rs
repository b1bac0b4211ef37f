//! `FeedService.FindGroup`.

use hedgerow_core::id::Commitment;
use hedgerow_proto::v1;

use super::source::FeedSource;
use crate::failure::{Failure, id_field};

/// The group in whose key log a commitment stands.
pub(super) async fn find_group(
    source: &dyn FeedSource,
    request: &v1::FindGroupRequest,
) -> Result<v1::FindGroupResponse, Failure> {
    let commitment: Commitment = id_field("commitment", &request.commitment)?;
    let group = source.find_group(&commitment).await?.ok_or_else(|| {
        Failure::not_found(
            "commitment_unknown",
            "This server holds no group with that commitment.",
        )
    })?;
    Ok(v1::FindGroupResponse {
        group_id: group.to_vec(),
    })
}
