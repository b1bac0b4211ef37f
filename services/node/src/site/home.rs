//! `GET /`: the page of the only group, or a list of the groups.

use axum::extract::State;
use axum::response::Response;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::collection;
use hedgerow_web::pages::{NodeGroupRow, NodeGroups, NodeGroupsView};
use hedgerow_web::{Text, response};
use http::StatusCode;

use super::group;
use super::public_view::{decode, group_href, is_shown, own_listing};
use super::site_state::SiteState;
use super::visit::{Unshown, Visit};
use crate::store::PublicRecord;

/// Groups of a page.
const PAGE_SIZE: u32 = 100;
/// Listings of a group of which one is its own.
const MAX_LISTINGS: u32 = 5;

pub(super) async fn home(State(state): State<SiteState>, visit: Visit) -> Response {
    let groups = state.shared.groups.all();
    if let [only] = &groups[..]
        && let Ok(view) = group::view(&visit, &only.id.to_string()).await
    {
        return group::show(&visit, view);
    }
    match groups_view(&visit, visit.after.parse().ok()).await {
        Ok(view) => {
            let page = NodeGroups::new(visit.shell.clone(), view);
            response::page(StatusCode::OK, &page)
        }
        Err(why) => visit.unshown(&why),
    }
}

/// The groups with a public listing of their own.
async fn groups_view(visit: &Visit, after: Option<GroupId>) -> Result<NodeGroupsView, Unshown> {
    let shared = &visit.state.shared;
    let mut reading = shared.store.read().await?;
    // One more than a page has shows that another page follows.
    let mut groups = reading
        .groups_with_listings(after.as_ref(), PAGE_SIZE + 1)
        .await?;
    let has_more = groups.len() > PAGE_SIZE as usize;
    groups.truncate(PAGE_SIZE as usize);
    let last = groups.last().filter(|_| has_more);
    let next_href = last.map(|last| format!("/?after={last}"));
    let mut listings: Vec<(GroupId, Vec<PublicRecord>)> = Vec::new();
    for group in groups.iter().filter_map(|group| shared.groups.get(group)) {
        if is_shown(&group, &mut reading).await? {
            let of_group = reading.public_records(&group.id, collection::LISTING, "", MAX_LISTINGS);
            listings.push((group.id, of_group.await?));
        }
    }
    drop(reading);
    let groups = visit.work(move || rows(listings)).await?;
    Ok(NodeGroupsView { groups, next_href })
}

/// One row a group, by name.
fn rows(listings: Vec<(GroupId, Vec<PublicRecord>)>) -> Vec<NodeGroupRow> {
    let rows = listings.into_iter().filter_map(|(group, listings)| {
        let listings = decode(&group, listings);
        let own = own_listing(&listings)?;
        Some(NodeGroupRow {
            href: group_href(&group),
            name: own.title(),
            summary: Text::new(&own.summary.summary, &own.content.language),
        })
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_cached_key(|row| row.name.as_str().to_lowercase());
    rows
}
