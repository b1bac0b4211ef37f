//! `FeedService.GetHead`.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_proto::feed_v1;
use hedgerow_transport::failure::{Failure, id_field};

use super::source::{FeedSource, HeadRow, group_unknown, no_head, withheld};

/// Returns the newest head of a group and view.
pub(super) async fn get_head(
    source: &dyn FeedSource,
    request: &feed_v1::GetHeadRequest,
) -> Result<feed_v1::GetHeadResponse, Failure> {
    let group: GroupId = id_field("group_id", &request.group_id)?;
    let view = public_view(&group, &request.view)?;
    match source.head(&group, &view).await? {
        HeadRow::Shown(head) => Ok(feed_v1::GetHeadResponse { head }),
        HeadRow::GroupUnknown => Err(group_unknown(&group)),
        HeadRow::NoHead => Err(no_head(&group)),
        HeadRow::Withheld(status) => Err(withheld(&group, status)),
    }
}

/// Parses the view, which must be the public one. All other names fail like a view without a
/// head, so that a caller cannot find out whether a view exists.
pub(super) fn public_view(group: &GroupId, name: &str) -> Result<View, Failure> {
    View::parse(name)
        .ok()
        .filter(View::is_public)
        .ok_or_else(|| no_head(group))
}
