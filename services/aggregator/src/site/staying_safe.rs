//! `GET /staying-safe`: whom to call, and what leaving a page does not erase.

use axum::response::Response;
use hedgerow_web::pages::StayingSafe;
use hedgerow_web::{Nav, response};
use http::StatusCode;

use super::visit::Visit;
use hedgerow_record_views::crisis::services;

/// Words of every kind of crisis, so that every service is listed.
const EVERY_CRISIS: &str = "suicide, domestic violence, child abuse, rape, emergency";

pub(super) async fn staying_safe(visit: Visit) -> Response {
    let shell = visit.shell.clone().at(Nav::Safety);
    let page = StayingSafe::new(shell, services(EVERY_CRISIS));
    response::page(StatusCode::OK, &page)
}
