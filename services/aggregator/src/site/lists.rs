//! The lists: rooms, who helps whom, training, papers, money, promises, stories. Each is a search
//! in one kind of records, with the filters and facts that matter there.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hedgerow_input::InputError;
use hedgerow_proto::directory_v1::{SearchFilter, SearchHit, SearchRecordsRequest};
use hedgerow_record_views::crisis::services;
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::form::Form;
use hedgerow_web::pages::{List, ListPage, ListView};
use hedgerow_web::view::{Choice, FilterGroup};
use hedgerow_web::{Nav, Text, response};
use http::StatusCode;
use tonic::Code;

use super::facets::{Counted, label};
use super::field_error::{Refusal, other_places, typed_error};
use super::search_form::{apply_buttons_with, option, parse_form};
use super::visit::Visit;
use rows::rows;
use terms::{APPLY, OWN_FIELDS, Terms};

mod fits;
mod funds;
mod rows;
mod terms;

pub(super) use fits::{fits, next_fits};

/// `GET`: the list without any filter.
pub(super) async fn all(list: List, visit: Visit) -> Response {
    show(list, &visit, Form::default(), "").await
}

/// `POST`: with filters, or another page of it.
pub(super) async fn narrowed(list: List, visit: Visit, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let posted = match Form::read(&parts.headers, body).await {
        Ok(posted) => posted,
        Err(status) => return visit.problem(status),
    };
    let form = apply_buttons_with(&posted, OWN_FIELDS);
    show(list, &visit, form, posted.get("page")).await
}

async fn show(list: List, visit: &Visit, form: Form, page: &str) -> Response {
    let mut view = ListView {
        crisis: services(form.get("q")),
        form,
        is_later_page: !page.is_empty(),
        ..ListView::new(list)
    };
    if let Err(failure) = fill(visit, &mut view, page).await {
        return visit.failed(&failure);
    }
    let status = match view.error {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    let shell = visit.shell.clone().at(Nav::More);
    response::page(status, &ListPage::new(shell, view))
}

async fn fill(visit: &Visit, view: &mut ListView, page: &str) -> Result<(), CallFailure> {
    let terms = Terms::of(view.list);
    let filter = match filter(visit, &view.form, &terms) {
        Ok(filter) => filter,
        Err(error) => {
            let (field, text) = typed_error(&error, visit.words());
            view.error = Some((input_of(error.option).unwrap_or(field), text));
            return Ok(());
        }
    };
    view.chosen = chosen(visit, &view.form);
    let filled = match view.list {
        List::Funding => funds::fill(visit, view, filter, page).await,
        _ => search(visit, view, filter, &terms, page).await,
    };
    match filled {
        Err(failure) if failure.code == Code::InvalidArgument => {
            let refusal = Refusal::new(&failure, visit.words());
            view.error = Some(refusal.error);
            view.guessed_places = refusal.places;
            Ok(())
        }
        filled => filled,
    }
}

/// What was typed, within the kind of the list.
fn filter(visit: &Visit, form: &Form, terms: &Terms) -> Result<SearchFilter, InputError> {
    let mut filter = parse_form(form, visit)?.filter;
    filter.collections = vec![terms.collection.to_owned()];
    filter.roles.clear();
    let of_list = terms.resources.iter().map(|kind| i32::from(*kind));
    let of_list: Vec<i32> = of_list.collect();
    filter.resource_kinds.retain(|kind| of_list.contains(kind));
    if filter.resource_kinds.is_empty() {
        filter.resource_kinds = of_list;
    }
    Ok(filter)
}

async fn search(
    visit: &Visit,
    view: &mut ListView,
    filter: SearchFilter,
    terms: &Terms,
    page: &str,
) -> Result<(), CallFailure> {
    let facets = terms.facets();
    let request = SearchRecordsRequest {
        filter: Some(filter),
        page_size: terms.page_size,
        page_token: page.to_owned(),
        facets: facets.into_iter().map(Into::into).collect(),
        ..SearchRecordsRequest::default()
    };
    let found = visit.search(request).await?;
    view.total = u64::try_from(found.total_size).unwrap_or_default();
    let near = found.near.as_ref();
    view.near = near.map(|near| (Text::plain(&near.name), near.is_inside_area));
    view.other_places = near.map(other_places).unwrap_or_default();
    view.filters = filters(&found.facets, &view.form, terms, visit);
    view.next_page = found.next_page_token;
    let hits: Vec<&SearchHit> = found.hits.iter().collect();
    let stored = visit.stored_of(&hits).await;
    view.rows = rows(visit, view.list, &hits, &stored);
    if matches!(view.list, List::Helps | List::Rooms) {
        fits::add_best(visit, &hits, &mut view.rows).await;
    }
    Ok(())
}

fn filters(
    facets: &[hedgerow_proto::directory_v1::Facet],
    form: &Form,
    terms: &Terms,
    visit: &Visit,
) -> Vec<FilterGroup> {
    let counted = Counted {
        facets,
        form,
        words: visit.words(),
    };
    let mut groups: Vec<FilterGroup> = Vec::new();
    for group in terms.filters {
        let mut group = counted.group(group.heading, group.facets, group.field, group.flags);
        let is_of_list = |choice: &Choice| choice.name != "resource" || terms.has(&choice.value);
        group.choices.retain(is_of_list);
        if !group.choices.is_empty() {
            groups.push(group);
        }
    }
    groups
}

/// The filters in force besides words and place.
fn chosen(visit: &Visit, form: &Form) -> Vec<Choice> {
    let chosen = form.fields().filter_map(|(name, value)| {
        let name = match name {
            "q" | "near" | "within" => return None,
            APPLY => APPLY,
            name => option(name)?.name,
        };
        Some(Choice {
            name,
            value: value.to_owned(),
            label: Text::plain(&label(name, value, visit.words())),
            count: None,
            is_chosen: true,
        })
    });
    chosen.collect()
}

/// The input of an option that the list of rooms has besides those of every search.
fn input_of(option: &str) -> Option<&'static str> {
    ["free-at", "room-for"].into_iter().find(|it| *it == option)
}
