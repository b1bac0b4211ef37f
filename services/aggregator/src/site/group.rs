//! `/group/{group}`: all that one group publishes. Its own listing is shown as on the listing's
//! page, and after it some of its records of each kind, events by their next date.

use std::cmp::Reverse;

use axum::body::Body;
use axum::extract::{Path, Request};
use axum::response::Response;
use futures::future::try_join_all;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::collection;
use hedgerow_proto::directory_v1::{
    FacetKind, GetGroupRequest, GetGroupResponse, RecordSummary, SearchFilter, SearchHit,
    SearchOrder, SearchRecordsRequest, SearchRecordsResponse,
};
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::ingest_v1::Admission;
use hedgerow_proto::v1::Voice;
use hedgerow_record_views::{RecordContent, kind, status};
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::form::Form;
use hedgerow_web::pages::{
    GROUP_EVENTS, GROUP_OTHERS, GROUP_ROWS, Group, GroupKind, GroupRecords, GroupRecordsView,
    GroupView, RecordView,
};
use hedgerow_web::view::{Hit, Kind};
use hedgerow_web::{Text, response};
use http::StatusCode;

use super::about::contact;
use super::facets::counts_of;
use super::hit::{group_href, hit, href};
use super::message::form_of;
use super::record::record_view;
use super::visit::Visit;

/// Links to records that a search does not find.
const MAX_LINKS: usize = 50;

pub(super) async fn group(visit: Visit, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse::<GroupId>() else {
        return visit.problem(StatusCode::NOT_FOUND);
    };
    let message = match visit.receiver(&id).await {
        Ok(receiver) => receiver.map(|receiver| form_of(&receiver)),
        Err(failure) => return visit.broken(failure),
    };
    match view(&visit, &id).await {
        Ok(view) => {
            let view = GroupView { message, ..view };
            response::page(StatusCode::OK, &Group::new(visit.shell.clone(), view))
        }
        Err(failure) => visit.failed(&failure),
    }
}

async fn view(visit: &Visit, id: &GroupId) -> Result<GroupView, CallFailure> {
    let request = GetGroupRequest {
        group_id: id.to_vec(),
    };
    let group = visit.get_group(request).await?;
    let counted = SearchRecordsRequest {
        filter: Some(of_group(id, &[])),
        page_size: 1,
        facets: vec![FacetKind::Collection.into()],
        ..SearchRecordsRequest::default()
    };
    let counted = visit.search(counted).await?;
    let mut found: Vec<(&str, u64)> = counts_of(&counted.facets, FacetKind::Collection)
        .map(|count| (count.value.as_str(), count.count))
        .collect();
    // Events first: they have a date.
    found.sort_by_key(|(name, _)| (Reverse(*name == collection::EVENT), kind(name)));
    let own = own_listing(visit, id).await?;
    let parts = found.iter().map(|(name, count)| {
        let left_out = own.as_ref().map(|(href, ..)| href.as_str());
        part(visit, id, name, *count, left_out)
    });
    let mut kinds = try_join_all(parts).await?;
    kinds.retain(|part| !part.hits.is_empty());
    let language = own.as_ref().map_or("", |(_, language, _)| language);
    let has_events = kinds.iter().any(|part| part.kind == Kind::Event);
    let has_dates = own
        .as_ref()
        .is_some_and(|(_, _, own)| own.calendar_href.is_some());
    Ok(GroupView {
        name: Text::new(&group.name, language),
        id: id.to_string(),
        hidden: why_hidden(&group, visit),
        others: others(&group, id, &found),
        calendar_href: (has_events || has_dates)
            .then(|| format!("{}/events.ics", group_href(id.as_bytes()))),
        own: own.map(|(_, _, own)| own),
        kinds,
        message: None,
        operator_contact: contact(&visit.site.config.contact),
    })
}

/// The filter for the records of a group, of all collections or of these.
pub(super) fn of_group(id: &GroupId, collections: &[&str]) -> SearchFilter {
    SearchFilter {
        group_id: id.to_vec(),
        collections: collections.iter().map(|&name| name.to_owned()).collect(),
        ..SearchFilter::default()
    }
}

/// The address of the group's own listing, its language, and what its page shows. Of several, one
/// in which the group speaks itself is used before one for a branch.
async fn own_listing(
    visit: &Visit,
    id: &GroupId,
) -> Result<Option<(String, String, RecordView)>, CallFailure> {
    for voice in [Voice::Itself, Voice::OnBehalf] {
        let request = SearchRecordsRequest {
            filter: Some(SearchFilter {
                voices: vec![voice.into()],
                ..of_group(id, &[collection::LISTING])
            }),
            page_size: 1,
            ..SearchRecordsRequest::default()
        };
        let found = visit.search(request).await?.hits.into_iter().next();
        let Some(found) = found else { continue };
        let stored = visit.stored(id.as_bytes(), &found.collection, &found.key);
        // It may have been taken back since the index was read.
        let Ok(stored) = stored.await else { continue };
        let href = href(id.as_bytes(), &found.collection, &found.key);
        let language = stored.language.clone();
        let view = record_view(visit, &found, &stored);
        return Ok(Some((href, language, view)));
    }
    Ok(None)
}

/// Some records of a collection, without the group's own listing.
async fn part(
    visit: &Visit,
    id: &GroupId,
    name: &str,
    count: u64,
    left_out: Option<&str>,
) -> Result<GroupKind, CallFailure> {
    let shown = match name {
        collection::EVENT => GROUP_EVENTS,
        _ => GROUP_OTHERS,
    };
    // One more than are shown, in place of the listing that is left out.
    let found = search(visit, id, name, shown + 1, "").await?;
    let mut hits = rows(visit, &found.hits).await;
    let before = hits.len();
    hits.retain(|hit| Some(hit.href.as_str()) != left_out);
    let count = count.saturating_sub((before - hits.len()) as u64);
    hits.truncate(usize::try_from(shown).unwrap_or_default());
    let all = format!("{}/{name}", group_href(id.as_bytes()));
    Ok(GroupKind {
        kind: kind(name),
        all_href: (count > hits.len() as u64).then_some(all),
        hits,
        count,
    })
}

async fn search(
    visit: &Visit,
    id: &GroupId,
    name: &str,
    page_size: i32,
    page_token: &str,
) -> Result<SearchRecordsResponse, CallFailure> {
    let order = match name {
        collection::EVENT => SearchOrder::NextTime,
        _ => SearchOrder::Unspecified,
    };
    let request = SearchRecordsRequest {
        filter: Some(of_group(id, &[name])),
        order: order.into(),
        page_size,
        page_token: page_token.to_owned(),
        ..SearchRecordsRequest::default()
    };
    visit.search(request).await
}

async fn rows(visit: &Visit, hits: &[SearchHit]) -> Vec<Hit> {
    let hits: Vec<&SearchHit> = hits.iter().collect();
    let stored: Vec<Option<RecordContent>> = visit.stored_of(&hits).await;
    let both = hits.iter().zip(&stored);
    both.map(|(one, stored)| Hit {
        // All of them are by the same group, which the heading names.
        by: None,
        ..hit(one, stored.as_ref(), visit.words(), visit.now)
    })
    .collect()
}

/// Records of collections that the index does not have.
fn others(group: &GetGroupResponse, id: &GroupId, found: &[(&str, u64)]) -> Vec<(String, Text)> {
    let records = group.records.iter();
    let unknown = records.filter(|record| {
        let is_found = found.iter().any(|(name, _)| *name == record.collection);
        // A new record of a known kind is found within seconds.
        !is_found && kind(&record.collection) == Kind::Other
    });
    let link = |record: &RecordSummary| {
        let href = href(id.as_bytes(), &record.collection, &record.key);
        (href, Text::plain(&record.title))
    };
    unknown.take(MAX_LINKS).map(link).collect()
}

fn why_hidden(group: &GetGroupResponse, visit: &Visit) -> Option<Text> {
    let is_shown = |status: &GroupStatus| {
        matches!(
            status,
            GroupStatus::Active | GroupStatus::Stale | GroupStatus::Throttled | GroupStatus::Frozen
        )
    };
    let why = group.admission.as_ref().map(Admission::status);
    let why = why.filter(|why| !is_shown(why) && group.records.is_empty())?;
    Some(Text::plain(&status(why, visit.words())))
}

/// `GET /group/{group}/{collection}`: all records of one kind.
pub(super) async fn records(visit: Visit, Path((id, name)): Path<(String, String)>) -> Response {
    show_records(&visit, &id, &name, "").await
}

/// `POST`: another page of them.
pub(super) async fn more_records(
    visit: Visit,
    Path((id, name)): Path<(String, String)>,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    match Form::read(&parts.headers, body).await {
        Ok(posted) => show_records(&visit, &id, &name, posted.get("page")).await,
        Err(status) => visit.problem(status),
    }
}

async fn show_records(visit: &Visit, id: &str, name: &str, page: &str) -> Response {
    let group: Option<GroupId> = id.parse().ok();
    let Some(group) = group.filter(|_| collection::KNOWN.contains(&name)) else {
        return visit.problem(StatusCode::NOT_FOUND);
    };
    let found = match search(visit, &group, name, GROUP_ROWS, page).await {
        Ok(found) => found,
        Err(failure) => return visit.failed(&failure),
    };
    let Some(first) = found.hits.first() else {
        return visit.problem(StatusCode::NOT_FOUND);
    };
    let language = match visit.stored_of(&[first]).await.first() {
        Some(Some(stored)) => stored.language.clone(),
        _ => String::new(),
    };
    let name_of_group = Text::new(&first.publisher_name, &language);
    let hits = rows(visit, &found.hits).await;
    let group_page = group_href(group.as_bytes());
    let view = GroupRecordsView {
        name: name_of_group,
        href: format!("{group_page}/{name}"),
        group_href: group_page,
        kind: kind(name),
        hits,
        total: u64::try_from(found.total_size).unwrap_or_default(),
        next_page: found.next_page_token,
        is_later_page: !page.is_empty(),
    };
    let page = GroupRecords::new(visit.shell.clone(), view);
    response::page(StatusCode::OK, &page)
}
