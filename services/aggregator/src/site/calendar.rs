//! `GET /group/{group}/event/{key}/event.ics`: an event for the calendar of a phone (RFC 5545).

use axum::extract::Path;
use axum::response::Response;
use hedgerow_core::id::GroupId;
use hedgerow_core::rules::RecordBody;
use hedgerow_record_views::calendar::{Origin, event, has_dates};
use hedgerow_web::response::file;
use http::{HeaderValue, StatusCode};

use super::hit::href;
use super::visit::Visit;

const CALENDAR: HeaderValue = HeaderValue::from_static("text/calendar; charset=utf-8");

pub(super) async fn calendar(
    visit: Visit,
    Path((group, collection, key)): Path<(String, String, String)>,
) -> Response {
    let Ok(group) = group.parse::<GroupId>() else {
        return visit.problem(StatusCode::NOT_FOUND);
    };
    let stored = match visit.stored(group.as_bytes(), &collection, &key).await {
        Ok(stored) => stored,
        Err(failure) => return visit.failed(&failure),
    };
    let RecordBody::Event(body) = &stored.body else {
        return visit.problem(StatusCode::NOT_FOUND);
    };
    let origin = Origin {
        id: format!("{key}@{group}"),
        changed: stored.changed,
    };
    match event(body, &origin, visit.now) {
        // The name says nothing about the event: a list of downloads stays.
        Some(text) => file("event.ics", CALENDAR, text.into_bytes()),
        None => visit.problem(StatusCode::NOT_FOUND),
    }
}

/// The address of an event's calendar file. `None` for a record without dates.
pub(super) fn calendar_href(
    group: &GroupId,
    collection: &str,
    key: &str,
    body: &RecordBody,
) -> Option<String> {
    let RecordBody::Event(event) = body else {
        return None;
    };
    let has_dates = event.schedule.as_ref().is_some_and(has_dates);
    let page = href(group.as_bytes(), collection, key);
    has_dates.then(|| format!("{page}/event.ics"))
}
