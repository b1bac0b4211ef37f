//! `GET /more`: everything that is not in the navigation.

use axum::response::Response;
use hedgerow_web::pages::More;
use hedgerow_web::{Nav, response};
use http::StatusCode;

use super::visit::Visit;

pub(super) async fn more(visit: Visit) -> Response {
    let shell = visit.shell.clone().at(Nav::More);
    response::page(StatusCode::OK, &More::new(shell))
}
