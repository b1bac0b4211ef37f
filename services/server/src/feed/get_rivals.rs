//! `FeedService.GetRivals`.

use hedgerow_core::id::GroupId;
use hedgerow_proto::feed_v1;
use hedgerow_transport::failure::{Failure, id_field};

use super::budget::PeerBudget;
use super::get_head::public_view;
use super::source::FeedSource;

/// Returns the evidence of a forked key log or of two rival heads.
pub(super) async fn get_rivals(
    source: &dyn FeedSource,
    budget: &PeerBudget,
    request: &feed_v1::GetRivalsRequest,
) -> Result<feed_v1::GetRivalsResponse, Failure> {
    let group: GroupId = id_field("group_id", &request.group_id)?;
    let view = public_view(&group, &request.view)?;
    budget.check_work()?;
    let rivals = source.rivals(&group, &view).await?;
    budget.charge_work(rivals.key_events.len())?;
    Ok(feed_v1::GetRivalsResponse {
        key_events: rivals.key_events,
        heads: rivals
            .heads
            .map(|(held_head, rival_head)| feed_v1::RivalHeads {
                held_head,
                rival_head,
            }),
    })
}
