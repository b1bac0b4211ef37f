//! `/group/{group}/{collection}/{key}/fits`: what fits an offer or a need.

use axum::body::Body;
use axum::extract::{Path, Request};
use axum::response::Response;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::collection;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::summary::Summary;
use hedgerow_proto::directory_v1::{ListMatchesRequest, Match, MatchAspect, SearchHit};
use hedgerow_record_views::place::place;
use hedgerow_record_views::{RecordContent, match_aspect};
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::form::Form;
use hedgerow_web::pages::{FitRow, Fits, FitsView, LIST_ROWS};
use hedgerow_web::view::{Details, Fit, Hit};
use hedgerow_web::{Nav, Text, Words, response};
use http::StatusCode;

use super::super::hit::{hit, href};
use super::super::record::{as_hit, others};
use super::super::visit::Visit;

/// Offers that are named with a need in a list, or needs with an offer.
const BEST: i32 = 3;

type Name = Path<(String, String, String)>;

pub(in super::super) async fn fits(visit: Visit, name: Name) -> Response {
    show(&visit, name, "").await
}

/// `POST`: another page of it.
pub(in super::super) async fn next_fits(
    visit: Visit,
    name: Name,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    match Form::read(&parts.headers, body).await {
        Ok(posted) => show(&visit, name, posted.get("page")).await,
        Err(status) => visit.problem(status),
    }
}

async fn show(visit: &Visit, Path((group, collection, key)): Name, page: &str) -> Response {
    let Ok(group) = group.parse::<GroupId>() else {
        return visit.problem(StatusCode::NOT_FOUND);
    };
    if ![collection::OFFER, collection::NEED].contains(&collection.as_str()) {
        return visit.problem(StatusCode::NOT_FOUND);
    }
    match view(visit, &group, &collection, &key, page).await {
        Ok(view) => {
            let shell = visit.shell.clone().at(Nav::More);
            response::page(StatusCode::OK, &Fits::new(shell, view))
        }
        Err(failure) => visit.failed(&failure),
    }
}

async fn view(
    visit: &Visit,
    group: &GroupId,
    collection: &str,
    key: &str,
    page: &str,
) -> Result<FitsView, CallFailure> {
    let stored = visit.stored(group.as_bytes(), collection, key).await?;
    let others = others(visit, group, &stored).await?;
    let summary = Summary::from_body(&stored.body).unwrap_or_default();
    let mut one = as_hit(group, collection, key, &summary, others.first());
    one.title = summary.title;
    one.snippet = summary.summary;
    let mut subject = hit(&one, Some(&stored), visit.words(), visit.now);
    subject.place = place_of(&stored);
    let request = ListMatchesRequest {
        page_size: LIST_ROWS,
        page_token: page.to_owned(),
        ..request(&one)
    };
    let matches = visit.list_matches(request).await?;
    let hits: Vec<SearchHit> = matches.matches.iter().map(hit_of).collect();
    let hits: Vec<&SearchHit> = hits.iter().collect();
    let records = visit.stored_of(&hits).await;
    let rows = matches.matches.iter().zip(&hits).zip(&records);
    let fits = rows.map(|((one, of), stored)| FitRow {
        hit: hit(of, stored.as_ref(), visit.words(), visit.now),
        fits: aspects(one.fits(), visit.words()),
        to_ask: aspects(one.unknown(), visit.words()),
    });
    Ok(FitsView {
        subject,
        href: format!("{}/fits", href(group.as_bytes(), collection, key)),
        fits: fits.collect(),
        is_partial: matches.more_not_compared,
        next_page: matches.next_page_token,
        is_later_page: !page.is_empty(),
    })
}

/// Adds to each need of a list the offers that fit best, and to each offer the needs. One that
/// cannot be compared now, because the directory has too much to do, is shown without.
pub(super) async fn add_best(visit: &Visit, of: &[&SearchHit], rows: &mut [(Hit, Details)]) {
    for (one, (_, details)) in of.iter().zip(rows) {
        let request = ListMatchesRequest {
            page_size: BEST,
            ..request(one)
        };
        let Ok(matches) = visit.list_matches(request).await else {
            return;
        };
        let hits: Vec<SearchHit> = matches.matches.iter().map(hit_of).collect();
        let hits: Vec<&SearchHit> = hits.iter().collect();
        let records = visit.stored_of(&hits).await;
        let rows = matches.matches.iter().zip(&hits).zip(&records);
        let fits = rows.map(|((one, hit), stored)| {
            let language = stored
                .as_ref()
                .map_or("", |stored| stored.language.as_str());
            Fit {
                href: href(&hit.group_id, &hit.collection, &hit.key),
                title: Text::new(&hit.title, language),
                by: Text::new(&hit.publisher_name, language),
                to_ask: aspects(one.unknown(), visit.words()),
            }
        });
        details.fits = Some(fits.collect());
        details.fits_are_needs = one.collection == collection::OFFER;
        if matches.matches.is_empty() {
            details.fits_href = None;
            // Most rooms fit no need. Of a need, that nothing fits is what there is to know.
            details.fits = details.fits.take().filter(|_| !details.fits_are_needs);
        }
    }
}

fn request(of: &SearchHit) -> ListMatchesRequest {
    ListMatchesRequest {
        group_id: of.group_id.clone(),
        collection: of.collection.clone(),
        key: of.key.clone(),
        ..ListMatchesRequest::default()
    }
}

fn hit_of(one: &Match) -> SearchHit {
    one.hit.clone().unwrap_or_default()
}

fn aspects(aspects: impl Iterator<Item = MatchAspect>, words: Words) -> Vec<Text> {
    aspects
        .map(|aspect| Text::plain(&match_aspect(aspect, words)))
        .collect()
}

fn place_of(stored: &RecordContent) -> Option<hedgerow_web::view::Place> {
    let resource = match &stored.body {
        RecordBody::Offer(offer) => offer.resource.as_ref(),
        RecordBody::Need(need) => need.resource.as_ref(),
        _ => None,
    };
    let shown = place(resource?.place.as_ref()?, &stored.language)?;
    // A row has only the name.
    (!shown.name.is_empty()).then_some(shown)
}
