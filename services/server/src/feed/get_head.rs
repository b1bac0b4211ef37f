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
    let head = shown_head(source, &group, &view).await?;
    Ok(feed_v1::GetHeadResponse { head })
}

/// Returns the envelope of a head, or why there is none. Every method of the feed that serves
/// what is under a head decides by this.
pub(super) async fn shown_head(
    source: &dyn FeedSource,
    group: &GroupId,
    view: &View,
) -> Result<Vec<u8>, Failure> {
    match source.head(group, view).await? {
        HeadRow::Shown(head) => Ok(head),
        HeadRow::GroupUnknown => Err(group_unknown(group)),
        HeadRow::NoHead => Err(no_head(group)),
        HeadRow::Withheld(status) => Err(withheld(group, status)),
    }
}

/// Parses the view, which must be the public one; empty means that. All other valid names fail
/// like a view without a head, so that a caller cannot find out whether a view exists.
pub(super) fn public_view(group: &GroupId, name: &str) -> Result<View, Failure> {
    if name.is_empty() {
        return Ok(View::public());
    }
    let view = View::parse(name)
        .map_err(|error| Failure::invalid_field("view", error.reason(), error.to_string()))?;
    if view.is_public() {
        Ok(view)
    } else {
        Err(no_head(group))
    }
}
