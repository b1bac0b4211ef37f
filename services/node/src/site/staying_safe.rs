//! `GET /staying-safe`: whom to call, and what leaving a page does not erase.

use axum::response::Response;
use hedgerow_record_views::crisis::every_service;
use hedgerow_web::pages::StayingSafe;
use hedgerow_web::{Nav, response};
use http::StatusCode;

use super::visit::Visit;

pub(super) async fn staying_safe(visit: Visit) -> Response {
    let shell = visit.shell.clone().at(Nav::Safety);
    response::page(StatusCode::OK, &StayingSafe::new(shell, every_service()))
}
