//! `/printed`: the groups of a town or an area as a booklet.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hedgerow_proto::directory_v1::{SearchFilter, SearchRecordsRequest};
use hedgerow_record_views::crisis::services;
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::form::Form;
use hedgerow_web::pages::{Printed, PrintedView};
use hedgerow_web::{Nav, Text, response};
use http::StatusCode;
use tonic::Code;

use super::field_error::{FieldError, Refusal, other_places, typed_error};
use super::search_form::parse_form;
use super::source::voice;
use super::visit::Visit;
use booklet::{Listed, Made, Read};

mod booklet;

/// Groups of a booklet: a hundred pages, or what a phone can still show.
const MAX_ENTRIES: usize = 500;
/// The most that the directory returns at once.
const BATCH: i32 = 100;

/// `GET`: which town.
pub(super) async fn form(visit: Visit) -> Response {
    show(&visit, StatusCode::OK, PrintedView::default())
}

/// `POST`: the booklet.
pub(super) async fn printed(visit: Visit, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let posted = match Form::read(&parts.headers, body).await {
        Ok(posted) => posted,
        Err(status) => return visit.problem(status),
    };
    let Some(_turn) = visit.site.press.turn() else {
        return visit.problem(StatusCode::SERVICE_UNAVAILABLE);
    };
    let near = posted.all("set-near").next();
    let near = near.unwrap_or(posted.get("near"));
    let mut view = PrintedView {
        crisis: services(near),
        ..PrintedView::default()
    };
    view.form.push("near", near);
    if !posted.get("within").is_empty() {
        view.form.push("within", posted.get("within"));
    }
    if near.is_empty() {
        return show(&visit, StatusCode::OK, view);
    }
    let filter = match filter(&visit, &view.form) {
        Ok(filter) => filter,
        Err(error) => {
            view.error = Some(error);
            return show(&visit, StatusCode::BAD_REQUEST, view);
        }
    };
    match read(&visit, filter, &mut view).await {
        Ok(read) => bind(visit, view, read).await,
        Err(failure) if failure.code == Code::InvalidArgument => {
            let refusal = Refusal::new(&failure, visit.words());
            view.error = Some(refusal.error);
            view.guessed_places = refusal.places;
            show(&visit, StatusCode::BAD_REQUEST, view)
        }
        Err(failure) => visit.failed(&failure),
    }
}

fn show(visit: &Visit, status: StatusCode, view: PrintedView) -> Response {
    let shell = visit.shell.clone().at(Nav::More);
    response::page(status, &Printed::new(shell, view))
}

fn filter(visit: &Visit, form: &Form) -> Result<SearchFilter, FieldError> {
    let parsed = parse_form(form, visit).map_err(|error| typed_error(&error, visit.words()))?;
    let mut filter = parsed.filter;
    filter.collections = vec![hedgerow_core::name::collection::LISTING.to_owned()];
    Ok(filter)
}

async fn read(
    visit: &Visit,
    filter: SearchFilter,
    view: &mut PrintedView,
) -> Result<Read, CallFailure> {
    let mut read = Read {
        groups: Vec::new(),
        place: Text::default(),
        is_inside: false,
        is_partial: false,
    };
    let mut token = String::new();
    loop {
        let request = SearchRecordsRequest {
            filter: Some(filter.clone()),
            page_size: BATCH,
            page_token: token,
            ..SearchRecordsRequest::default()
        };
        let found = visit.search(request).await?;
        if let Some(near) = &found.near {
            (read.place, read.is_inside) = (Text::plain(&near.name), near.is_inside_area);
            view.other_places = other_places(near);
        }
        // Of an organisation that is listed twice, the first is its best. Of the others, only
        // their sources are printed.
        let firsts = found.hits.iter().filter(|hit| !hit.is_same_organisation);
        let stored = visit.stored_of(&firsts.collect::<Vec<_>>()).await;
        let mut stored = stored.into_iter();
        for hit in found.hits {
            match read.groups.last_mut().filter(|_| hit.is_same_organisation) {
                Some(first) => first.other_voices.push(voice(&hit, "")),
                None => read.groups.push(Listed {
                    hit,
                    stored: stored.next().flatten(),
                    other_voices: Vec::new(),
                }),
            }
        }
        token = found.next_page_token;
        if token.is_empty() || read.groups.len() >= MAX_ENTRIES {
            read.is_partial = !token.is_empty() || read.groups.len() > MAX_ENTRIES;
            read.groups.truncate(MAX_ENTRIES);
            return Ok(read);
        }
    }
}

/// Sorts the groups and writes the page, on a thread where it holds up no other visitor.
async fn bind(visit: Visit, mut view: PrintedView, read: Read) -> Response {
    let shell = visit.shell.clone();
    let page = tokio::task::spawn_blocking(move || {
        let made = Made {
            words: visit.words(),
            now: visit.now,
            today: visit.today,
            run_by: Text::plain(&visit.site.config.run_by),
        };
        view.booklet = Some(made.booklet(read));
        show(&visit, StatusCode::OK, view)
    });
    page.await
        .unwrap_or_else(|_| super::problem::problem(shell, StatusCode::INTERNAL_SERVER_ERROR))
}
