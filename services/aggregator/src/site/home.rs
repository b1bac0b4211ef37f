//! `GET /`: what are you looking for, and near where.

use axum::response::Response;
use hedgerow_proto::directory_v1::{FacetKind, SearchFilter, SearchRecordsRequest};
use hedgerow_proto::v1::Role;
use hedgerow_record_views::kind;
use hedgerow_web::form::Form;
use hedgerow_web::pages::{Home, HomeView};
use hedgerow_web::view::Choice;
use hedgerow_web::{Nav, Text, response};
use http::StatusCode;

use super::facets::{choice, counts_of};
use super::visit::Visit;

/// Shown kinds of people.
const MAX_PEOPLE: usize = 14;

pub(super) async fn home(visit: Visit) -> Response {
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
    };
    let shell = visit.shell.clone().at(Nav::Home);
    response::page(StatusCode::OK, &Home::new(shell, view))
}
