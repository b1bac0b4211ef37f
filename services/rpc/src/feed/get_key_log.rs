//! `FeedService.GetKeyLog`.

use hedgerow_core::id::GroupId;
use hedgerow_proto::v1;

use super::source::FeedSource;
use super::source::group_unknown;
use crate::failure::Failure;
use crate::failure::id_field;

/// A group's key log, whole.
pub(super) async fn get_key_log(
    source: &dyn FeedSource,
    request: &v1::GetKeyLogRequest,
) -> Result<v1::GetKeyLogResponse, Failure> {
    let group: GroupId = id_field("group_id", &request.group_id)?;
    let key_log = source
        .key_log(&group)
        .await?
        .ok_or_else(|| group_unknown(&group))?;
    Ok(v1::GetKeyLogResponse { key_log })
}
