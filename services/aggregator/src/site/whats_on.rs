//! `/whats-on`: the events of a day, a week or a month.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use chrono::{Datelike, Days, Months, NaiveDate};
use hedgerow_core::name::collection;
use hedgerow_core::time::Timestamp;
use hedgerow_input::filters::{SearchKind, parse};
use hedgerow_input::time::{DEFAULT_ZONE, LocalClock};
use hedgerow_proto::directory_v1::{
    EventOccurrence, FacetKind, ListEventsRequest, SearchFilter, SearchRecordsRequest,
};
use hedgerow_record_views::crisis::services;
use hedgerow_record_views::times::span;
use hedgerow_record_views::{capitalised, term};
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::form::Form;
use hedgerow_web::pages::{Day, EVENT_ROWS, Range, WhatsOn, WhatsOnView};
use hedgerow_web::view::{Choice, Hit};
use hedgerow_web::{Nav, Text, response};
use http::StatusCode;
use tonic::Code;

use super::facets::counts_of;
use super::field_error::{FieldError, Refusal, other_places, typed_error};
use super::hit::hit;
use super::search_form::typed;
use super::visit::Visit;

/// Kinds of events to choose from.
const MAX_KINDS: usize = 30;
/// How far from today a page can be, in days. Plans do not reach further.
const MAX_DAYS_AWAY: i64 = 800;

/// `GET`: this week, everywhere.
pub(super) async fn this_week(visit: Visit) -> Response {
    show(&visit, &Form::default()).await
}

/// `POST`: a range, and near a place.
pub(super) async fn whats_on(visit: Visit, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    match Form::read(&parts.headers, body).await {
        Ok(posted) => show(&visit, &posted).await,
        Err(status) => visit.problem(status),
    }
}

async fn show(visit: &Visit, posted: &Form) -> Response {
    let range = Range::ALL
        .into_iter()
        .find(|range| range.value() == posted.get("range"));
    let range = range.unwrap_or(Range::Week);
    // The button of the next page posts the first day with the token.
    let from = match posted.get("from") {
        // Buttons that choose a place post the days that are shown.
        "" => posted.get("first"),
        from => from,
    };
    let (from, token) = posted.get("page").split_once(' ').unwrap_or((from, ""));
    let first = first_day(from, range, visit.today);
    let mut form = Form::default();
    let near = posted.all("set-near").next();
    let near = near.unwrap_or(posted.get("near"));
    for (name, value) in [("near", near), ("kind", posted.get("kind"))] {
        if !value.is_empty() {
            form.push(name, value);
        }
    }
    let mut view = WhatsOnView {
        range,
        first,
        previous: shifted(first, range, false),
        next: shifted(first, range, true),
        crisis: services(near),
        form,
        kinds: Vec::new(),
        error: None,
        guessed_places: Vec::new(),
        near: None,
        other_places: Vec::new(),
        days: Vec::new(),
        next_page: String::new(),
    };
    if let Err(failure) = fill(visit, &mut view, token).await {
        return visit.failed(&failure);
    }
    let status = match view.error {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    let shell = visit.shell.clone().at(Nav::Events);
    response::page(status, &WhatsOn::new(shell, view))
}

async fn fill(visit: &Visit, view: &mut WhatsOnView, token: &str) -> Result<(), CallFailure> {
    let filter = match filter(visit, view) {
        Ok(filter) => filter,
        Err((_, text)) => {
            view.error = Some(text);
            return Ok(());
        }
    };
    // The range is over.
    let Some(filter) = filter else { return Ok(()) };
    view.kinds = kinds(visit, &filter, view.form.get("kind")).await?;
    let request = ListEventsRequest {
        filter: Some(filter),
        page_size: EVENT_ROWS,
        page_token: token.to_owned(),
    };
    let response = match visit.list_events(request).await {
        Ok(response) => response,
        Err(failure) if failure.code == Code::InvalidArgument => {
            let refusal = Refusal::new(&failure, visit.words());
            view.error = Some(refusal.error.1);
            view.guessed_places = refusal.places;
            return Ok(());
        }
        Err(failure) => return Err(failure),
    };
    let near = response.near.as_ref();
    view.near = near.map(|near| (Text::plain(&near.name), near.is_inside_area));
    view.other_places = near.map(other_places).unwrap_or_default();
    view.next_page = response.next_page_token;
    view.days = days(visit, &response.occurrences, view.first).await;
    Ok(())
}

/// The kinds of events in the window, with their numbers.
async fn kinds(
    visit: &Visit,
    filter: &SearchFilter,
    chosen: &str,
) -> Result<Vec<Choice>, CallFailure> {
    let request = SearchRecordsRequest {
        filter: Some(SearchFilter {
            collections: vec![collection::EVENT.to_owned()],
            ..filter.clone()
        }),
        page_size: 1,
        facets: vec![FacetKind::Activity.into()],
        ..SearchRecordsRequest::default()
    };
    let found = match visit.search(request).await {
        Ok(found) => found.facets,
        // What cannot be searched by is said once, for the events.
        Err(failure) if failure.code == Code::InvalidArgument => Vec::new(),
        Err(failure) => return Err(failure),
    };
    let kind = |value: &str, count| Choice {
        name: "kind",
        value: value.to_owned(),
        label: Text::plain(&capitalised(&term(value, visit.words()))),
        count,
        is_chosen: value == chosen,
    };
    let counts = counts_of(&found, FacetKind::Activity).take(MAX_KINDS);
    let mut kinds: Vec<Choice> = counts
        .map(|count| kind(&count.value, Some(count.count)))
        .collect();
    // One that nothing has in these days stays chosen.
    if !chosen.is_empty() && !kinds.iter().any(|one| one.is_chosen) {
        kinds.push(kind(chosen, None));
    }
    kinds.sort_by(|one, other| one.label.as_str().cmp(other.label.as_str()));
    Ok(kinds)
}

/// The window and place. `None` if the window is over.
fn filter(visit: &Visit, view: &WhatsOnView) -> Result<Option<SearchFilter>, FieldError> {
    let last = view
        .next
        .checked_sub_days(Days::new(1))
        .unwrap_or(view.next);
    if last < visit.today {
        return Ok(None);
    }
    let mut form = view.form.clone();
    form.push("from", &typed_day(view.first));
    form.push("to", &typed_day(last));
    event_filter(visit, &form).map(Some)
}

/// A day as a person types it.
pub(super) fn typed_day(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

/// The fields of a form for events as a filter.
pub(super) fn event_filter(visit: &Visit, form: &Form) -> Result<SearchFilter, FieldError> {
    let mut form = form.clone();
    let kind = form.get("kind").to_owned();
    if !kind.is_empty() {
        form.push("tag", &kind);
    }
    let clock = LocalClock::new(DEFAULT_ZONE, visit.now)
        .map_err(|error| typed_error(&error, visit.words()))?;
    let parsed = parse(SearchKind::Events, &[], &typed(&form), &clock);
    let parsed = parsed.map_err(|error| typed_error(&error, visit.words()))?;
    Ok(parsed.filter)
}

/// Occurrences as rows, with the day of each on the clock of its place.
pub(super) async fn rows(
    visit: &Visit,
    occurrences: &[EventOccurrence],
) -> Vec<(Option<NaiveDate>, Hit)> {
    let hits: Vec<_> = occurrences
        .iter()
        .filter_map(|one| one.hit.as_ref())
        .collect();
    let stored = visit.stored_of(&hits).await;
    let with_hits = occurrences.iter().filter(|one| one.hit.is_some());
    let with_hits = with_hits.zip(&hits).zip(&stored);
    let rows = with_hits.map(|((occurrence, one), stored)| {
        let mut row = hit(one, stored.as_ref(), visit.words(), visit.now);
        (on_day(occurrence, &mut row, visit), row)
    });
    rows.collect()
}

/// Occurrences by their day.
async fn days(visit: &Visit, occurrences: &[EventOccurrence], first: NaiveDate) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for (date, row) in rows(visit, occurrences).await {
        let date = date.unwrap_or(first).max(first);
        match days.last_mut().filter(|day| day.date == date) {
            Some(day) => day.hits.push(row),
            None => days.push(Day {
                date,
                hits: vec![row],
            }),
        }
    }
    days
}

/// Sets the time of a row to that of the occurrence, and returns its day.
fn on_day(occurrence: &EventOccurrence, row: &mut Hit, visit: &Visit) -> Option<NaiveDate> {
    let start = Timestamp::try_from(occurrence.start_time?).ok()?;
    let end = Timestamp::try_from(occurrence.end_time?).ok();
    let when = span(start, end, &occurrence.time_zone, visit.now);
    row.when = Some(when);
    Some(when.start.date())
}

/// The first day of a range: the day itself, or the first of its month.
fn first_day(typed: &str, range: Range, today: NaiveDate) -> NaiveDate {
    let day = NaiveDate::parse_from_str(typed, "%Y-%m-%d").ok();
    let day = day.filter(|day| (*day - today).num_days().abs() <= MAX_DAYS_AWAY);
    let day = day.unwrap_or(today);
    match range {
        Range::Day | Range::Week => day,
        Range::Month => day.with_day(1).unwrap_or(day),
    }
}

/// The first day of the range before or after.
fn shifted(first: NaiveDate, range: Range, later: bool) -> NaiveDate {
    let shifted = match (range, later) {
        (Range::Day, true) => first.checked_add_days(Days::new(1)),
        (Range::Day, false) => first.checked_sub_days(Days::new(1)),
        (Range::Week, true) => first.checked_add_days(Days::new(7)),
        (Range::Week, false) => first.checked_sub_days(Days::new(7)),
        (Range::Month, true) => first.checked_add_months(Months::new(1)),
        (Range::Month, false) => first.checked_sub_months(Months::new(1)),
    };
    shifted.unwrap_or(first)
}
