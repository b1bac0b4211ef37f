//! `GET /group/{group}/{collection}/{key}/event.ics`: an event, or the meetings of a group, for the
//! calendar of a phone (RFC 5545).

use axum::extract::Path;
use axum::response::Response;
use hedgerow_core::id::GroupId;
use hedgerow_record_views::calendar;
use hedgerow_web::response::file;
use http::{HeaderValue, StatusCode};

use super::visit::Visit;

pub(super) const CALENDAR: HeaderValue = HeaderValue::from_static("text/calendar; charset=utf-8");

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
    match calendar::file(&stored, &format!("{key}@{group}"), visit.now) {
        // The name says nothing about the event: a list of downloads stays.
        Some(text) => file("event.ics", CALENDAR, text.into_bytes()),
        None => visit.problem(StatusCode::NOT_FOUND),
    }
}
