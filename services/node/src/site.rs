//! The public pages of the groups that this node publishes for.
//!
//! A page is one file here and its view in `hedgerow-web`. Pages show public records in their latest
//! edited state: what is withdrawn or narrowed is gone with the edit, whenever the next head is
//! signed. What a visitor types is in no address, log or trace.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::get;
use hedgerow_web::{assets, response};
use http::StatusCode;

use crate::shared::Shared;
use site_state::SiteState;
use visit::Visit;

pub(crate) use problem::without_visit;

mod base;
mod calendar;
mod group;
mod home;
mod message;
mod news;
mod problem;
mod public_view;
mod record;
mod records;
mod site_state;
mod staying_safe;
#[cfg(test)]
mod tests;
mod visit;
mod xml;

/// The routes of the pages, with the files that all pages use and a page for every other address.
pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(home::home))
        .route("/staying-safe", get(staying_safe::staying_safe))
        .route("/g/{group}", get(group::group))
        .route("/g/{group}/events.ics", get(calendar::events))
        .route("/g/{group}/feed.atom", get(news::feed))
        .route("/g/{group}/message", get(message::form).post(message::send))
        .route("/g/{group}/message/kept", get(message::kept))
        .route("/g/{group}/{collection}", get(records::records))
        .route("/g/{group}/{collection}/{key}", get(record::record))
        .route(
            "/g/{group}/{collection}/{key}/event.ics",
            get(calendar::event_file),
        )
        .merge(assets::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(response::secure))
        .with_state(SiteState::new(shared))
}

async fn not_found(visit: Visit) -> Response {
    visit.problem(StatusCode::NOT_FOUND)
}

async fn wrong_method(visit: Visit, _request: Request) -> Response {
    visit.problem(StatusCode::METHOD_NOT_ALLOWED)
}
