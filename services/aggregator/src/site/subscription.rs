//! `/whats-on.ics`: events near a place and of a kind, for a calendar that loads them again and
//! again. Its address contains the place and the kind, so that a page says so first.

use axum::body::Body;
use axum::extract::{RawQuery, Request};
use axum::response::{IntoResponse as _, Response};
use hedgerow_core::name::collection;
use hedgerow_core::recurrence::Budget;
use hedgerow_core::rules::RecordBody;
use hedgerow_proto::directory_v1::{
    SearchFilter, SearchHit, SearchOrder, SearchRecordsRequest, TimeWindow,
};
use hedgerow_record_views::calendar::{Origin, events};
use hedgerow_record_views::{RecordContent, capitalised, term};
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::form::Form;
use hedgerow_web::pages::{Calendar, CalendarView, SharedLink};
use hedgerow_web::{Nav, Text, response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use sha2::{Digest as _, Sha256};
use std::time::Duration;

use super::visit::Visit;
use super::whats_on::event_filter;

/// Days ahead, the longest window of a list of events.
const DAYS: u64 = 92;
const MAX_EVENTS: usize = 200;
/// The most that the directory returns at once.
const BATCH: i32 = 100;
/// Longest query of the address.
const MAX_QUERY_BYTES: usize = 1_000;
/// A calendar program that requests it again within minutes gets the same.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=300");
const CALENDAR: HeaderValue = HeaderValue::from_static("text/calendar; charset=utf-8");

/// `POST /whats-on/calendar`: the address, and what it says.
pub(super) async fn address(visit: Visit, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let posted = match Form::read(&parts.headers, body).await {
        Ok(posted) => posted,
        Err(status) => return visit.problem(status),
    };
    let form = fields(&posted);
    let query = form.to_query();
    let href = match query.is_empty() {
        true => "/whats-on.ics".to_owned(),
        false => format!("/whats-on.ics?{query}"),
    };
    if href.len() > MAX_QUERY_BYTES {
        return visit.problem(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let view = CalendarView {
        place: Text::plain(form.get("near")),
        kind: Text::plain(&capitalised(&term(form.get("kind"), visit.words()))),
        link: SharedLink {
            address: visit.address(&href),
            href,
        },
        days: DAYS,
        max_events: MAX_EVENTS as u64,
    };
    let shell = visit.shell.clone().at(Nav::Events);
    response::page(StatusCode::OK, &Calendar::new(shell, view))
}

/// `GET /whats-on.ics`: the calendar.
pub(super) async fn calendar(
    visit: Visit,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    if query.len() > MAX_QUERY_BYTES {
        return visit.problem(StatusCode::URI_TOO_LONG);
    }
    let form = fields(&Form::parse(query.as_bytes()));
    let Ok(filter) = event_filter(&visit, &form) else {
        return visit.problem(StatusCode::BAD_REQUEST);
    };
    let found = match read(&visit, filter).await {
        Ok(found) => found,
        Err(failure) => return visit.failed(&failure),
    };
    let (now, name) = (visit.now, visit.site.config.name.clone());
    // Rules of hundreds of events are expanded: not on a thread that serves other visitors.
    let text = tokio::task::spawn_blocking(move || {
        let dated = found.iter().filter_map(|(hit, stored)| {
            let RecordBody::Event(event) = &stored.body else {
                return None;
            };
            let origin = Origin {
                id: format!("{}@{}", hit.key, hex::encode(&hit.group_id)),
                changed: stored.changed,
            };
            Some((event.as_ref(), origin))
        });
        events(&name, dated, now, &Budget::default())
    });
    match text.await {
        Ok(text) => answer(&headers, text),
        Err(_) => visit.problem(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// The fields of the address.
fn fields(posted: &Form) -> Form {
    let mut form = Form::default();
    for name in ["near", "kind"] {
        if !posted.get(name).is_empty() {
            form.push(name, posted.get(name));
        }
    }
    form
}

/// The events of the next months, with their hits.
pub(super) async fn read(
    visit: &Visit,
    filter: SearchFilter,
) -> Result<Vec<(SearchHit, RecordContent)>, CallFailure> {
    let until = visit.now.plus(Duration::from_secs(DAYS * 86_400));
    let filter = SearchFilter {
        collections: vec![collection::EVENT.to_owned()],
        window: Some(TimeWindow {
            start_time: Some(visit.now.into()),
            end_time: Some(until.into()),
        }),
        ..filter
    };
    let mut all = Vec::new();
    let mut token = String::new();
    loop {
        let request = SearchRecordsRequest {
            filter: Some(filter.clone()),
            order: SearchOrder::NextTime.into(),
            page_size: BATCH,
            page_token: token,
            ..SearchRecordsRequest::default()
        };
        let found = visit.search(request).await?;
        let hits: Vec<&SearchHit> = found.hits.iter().collect();
        let stored = visit.stored_of(&hits).await;
        let both = found.hits.iter().cloned().zip(stored);
        all.extend(both.filter_map(|(hit, stored)| Some((hit, stored?))));
        token = found.next_page_token;
        if token.is_empty() || all.len() >= MAX_EVENTS {
            all.truncate(MAX_EVENTS);
            return Ok(all);
        }
    }
}

/// The calendar, or that it is the one that the program has.
fn answer(headers: &HeaderMap, text: String) -> Response {
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&text)[..16]));
    let known = headers.get(IF_NONE_MATCH).and_then(|it| it.to_str().ok());
    let is_known = known.is_some_and(|known| {
        known
            .split(',')
            .any(|one| one.trim().trim_start_matches("W/") == tag)
    });
    let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
    let kept = [(CACHE_CONTROL, KEPT), (ETAG, tag)];
    match is_known {
        true => (StatusCode::NOT_MODIFIED, kept).into_response(),
        false => (kept, [(CONTENT_TYPE, CALENDAR)], text).into_response(),
    }
}
