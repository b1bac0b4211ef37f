//! `/`: what are you looking for, and near where.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hedgerow_proto::directory_v1::{FacetKind, SearchFilter, SearchRecordsRequest};
use hedgerow_proto::v1::Role;
use hedgerow_record_views::crisis::services;
use hedgerow_record_views::kind;
use hedgerow_web::form::Form;
use hedgerow_web::pages::{Home, HomeView};
use hedgerow_web::view::Choice;
use hedgerow_web::{Nav, Text, response};
use http::StatusCode;
use tonic::Code;

use super::facets::{choice, counts_of};
use super::field_error::Refusal;
use super::search_form::apply_buttons;
use super::this_week::this_week;
use super::visit::Visit;

/// Shown kinds of people.
const MAX_PEOPLE: usize = 14;

pub(super) async fn home(visit: Visit) -> Response {
    show(&visit, HomeView::default()).await
}

/// `POST`: with what is on this week near a place.
pub(super) async fn with_place(visit: Visit, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let posted = match Form::read(&parts.headers, body).await {
        Ok(posted) => posted,
        Err(status) => return visit.problem(status),
    };
    let mut view = HomeView {
        crisis: services(posted.get("q")),
        ..HomeView::default()
    };
    let buttons = apply_buttons(&posted);
    for name in ["q", "near", "within"] {
        if !buttons.get(name).is_empty() {
            view.form.push(name, buttons.get(name));
        }
    }
    match this_week(&visit, &view.form).await {
        Ok(Ok(found)) => {
            view.this_week = Some(found.week);
            view.other_places = found.other_places;
        }
        Ok(Err(error)) => view.error = Some(error),
        Err(failure) if failure.code == Code::InvalidArgument => {
            let refusal = Refusal::new(&failure, visit.words());
            view.error = Some(refusal.error);
            view.guessed_places = refusal.places;
        }
        Err(failure) => return visit.failed(&failure),
    }
    show(&visit, view).await
}

async fn show(visit: &Visit, view: HomeView) -> Response {
    let request = SearchRecordsRequest {
        // Support groups, and events, offers and needs: as a search without more does.
        filter: Some(SearchFilter {
            roles: vec![Role::SupportGroup.into()],
            ..SearchFilter::default()
        }),
        page_size: 1,
        facets: vec![
            FacetKind::Collection.into(),
            FacetKind::Community.into(),
            FacetKind::Experience.into(),
        ],
        ..SearchRecordsRequest::default()
    };
    let counted = match visit.search(request).await {
        Ok(response) => response.facets,
        Err(failure) => return visit.failed(&failure),
    };
    let (words, form) = (visit.words(), Form::default());
    let kinds = counts_of(&counted, FacetKind::Collection)
        .map(|count| (kind(&count.value), choice("in", count, &form, words)));
    let mut people: Vec<Choice> = counts_of(&counted, FacetKind::Community)
        .chain(counts_of(&counted, FacetKind::Experience))
        .map(|count| choice("who", count, &form, words))
        .collect();
    people.sort_by_key(|choice| std::cmp::Reverse(choice.count));
    people.truncate(MAX_PEOPLE);
    let view = HomeView {
        kinds: kinds.collect(),
        people,
        run_by: Text::plain(&visit.site.config.run_by),
        ..view
    };
    let status = match view.error {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    let shell = visit.shell.clone().at(Nav::Home);
    response::page(status, &Home::new(shell, view))
}
