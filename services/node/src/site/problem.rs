//! Pages that say why another cannot be shown.

use axum::response::Response;
use hedgerow_core::time::Clock as _;
use hedgerow_record_views::times::today;
use hedgerow_transport::clock::SystemClock;
use hedgerow_web::{Shell, pages, response};
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::site_state::site;

/// Seconds after which a visitor may try again.
const RETRY_SECONDS: u32 = 5;

pub(super) fn problem(shell: Shell, status: StatusCode) -> Response {
    let mut page = response::page(status, &pages::Problem::new(shell, status));
    if matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    ) {
        let seconds = HeaderValue::from(RETRY_SECONDS);
        page.headers_mut().insert(RETRY_AFTER, seconds);
    }
    page
}

/// The page for a request that was refused before it reached a handler.
pub(crate) fn without_visit(status: StatusCode) -> String {
    let shell = Shell::new(site(), &HeaderMap::new(), today(SystemClock.now()));
    response::html(&pages::Problem::new(shell, status))
}
