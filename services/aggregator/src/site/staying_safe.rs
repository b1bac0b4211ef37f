//! `GET /staying-safe`: whom to call, and what leaving a page does not erase.

use axum::response::Response;
use hedgerow_web::pages::StayingSafe;
use hedgerow_web::{Nav, response};
use http::StatusCode;

use super::visit::Visit;
use hedgerow_record_views::crisis::every_service;

pub(super) async fn staying_safe(visit: Visit) -> Response {
    let shell = visit.shell.clone().at(Nav::Safety);
    let page = StayingSafe::new(shell, every_service());
    response::page(StatusCode::OK, &page)
}
