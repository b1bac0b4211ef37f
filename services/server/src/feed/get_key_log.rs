//! `FeedService.GetKeyLog`.

use hedgerow_core::id::GroupId;
use hedgerow_proto::feed_v1;
use hedgerow_transport::failure::{Failure, id_field};

use super::budget::PeerBudget;
use super::source::{FeedSource, group_unknown};

/// Returns a group's whole key log.
pub(super) async fn get_key_log(
    source: &dyn FeedSource,
    budget: &PeerBudget,
    request: &feed_v1::GetKeyLogRequest,
) -> Result<feed_v1::GetKeyLogResponse, Failure> {
    let group: GroupId = id_field("group_id", &request.group_id)?;
    budget.check_work()?;
    let key_log = source
        .key_log(&group)
        .await?
        .ok_or_else(|| group_unknown(&group))?;
    budget.charge_work(key_log.len())?;
    Ok(feed_v1::GetKeyLogResponse { key_log })
}
