//! `GET /group/{group}/events.ics`: all dates of a group, those of its listing too (RFC 5545).

use axum::extract::Path;
use axum::response::Response;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::collection;
use hedgerow_core::recurrence::Budget;
use hedgerow_core::rules::RecordBody;
use hedgerow_proto::directory_v1::{SearchFilter, SearchHit, SearchRecordsRequest};
use hedgerow_proto::v1;
use hedgerow_proto::v1::Voice;
use hedgerow_record_views::RecordContent;
use hedgerow_record_views::calendar::{Origin, events, meetings};
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::response::file;
use http::StatusCode;

use super::calendar::CALENDAR;
use super::group::of_group;
use super::subscription::read;
use super::visit::Visit;

/// Listings of its own that are read.
const MAX_LISTINGS: i32 = 5;

pub(super) async fn calendar(visit: Visit, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse::<GroupId>() else {
        return visit.problem(StatusCode::NOT_FOUND);
    };
    let dates = match dates(&visit, &id).await {
        Ok((_, dates)) if dates.is_empty() => return visit.problem(StatusCode::NOT_FOUND),
        Ok(dates) => dates,
        Err(failure) => return visit.failed(&failure),
    };
    let now = visit.now;
    // Rules of hundreds of events are expanded: not on a thread that serves other visitors.
    let text = tokio::task::spawn_blocking(move || {
        let (name, dates) = dates;
        let dated = dates.iter().map(|(one, origin)| (one, origin.clone()));
        events(&name, dated, now, &Budget::default())
    });
    match text.await {
        Ok(text) => file("events.ics", CALENDAR, text.into_bytes()),
        Err(_) => visit.problem(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// The group's name, and its meetings and events.
async fn dates(
    visit: &Visit,
    id: &GroupId,
) -> Result<(String, Vec<(v1::Event, Origin)>), CallFailure> {
    let own = SearchRecordsRequest {
        filter: Some(SearchFilter {
            voices: vec![Voice::Itself.into(), Voice::OnBehalf.into()],
            ..of_group(id, &[collection::LISTING])
        }),
        page_size: MAX_LISTINGS,
        ..SearchRecordsRequest::default()
    };
    let own = visit.search(own).await?.hits;
    let hits: Vec<&SearchHit> = own.iter().collect();
    let stored = visit.stored_of(&hits).await;
    let listings = hits.iter().zip(&stored);
    let meetings_of = |(hit, stored): (&&SearchHit, &Option<RecordContent>)| {
        let stored = stored.as_ref()?;
        Some(meetings(stored, &format!("{}@{id}", hit.key)))
    };
    let mut dates: Vec<(v1::Event, Origin)> = listings.filter_map(meetings_of).flatten().collect();
    for (hit, stored) in read(visit, of_group(id, &[collection::EVENT])).await? {
        if let RecordBody::Event(event) = stored.body {
            let origin = Origin {
                id: format!("{}@{id}", hit.key),
                changed: stored.changed,
            };
            dates.push((*event, origin));
        }
    }
    let name = own.first().map(|hit| hit.publisher_name.clone());
    Ok((name.unwrap_or_default(), dates))
}
