//! `GET /about`: who runs this directory, and what it keeps.

use axum::response::Response;
use hedgerow_web::pages::{About, AboutView};
use hedgerow_web::{Nav, Text, WebLink, response};
use http::StatusCode;

use super::visit::Visit;

pub(super) async fn about(visit: Visit) -> Response {
    let config = &visit.site.config;
    let view = AboutView {
        run_by: Text::plain(&config.run_by),
        contact: contact(&config.contact),
        policy: WebLink::web(&config.policy),
        words: Text::plain(&config.about),
        id: visit.site.id.clone(),
        address: Text::plain(&visit.site.address),
    };
    let shell = visit.shell.clone().at(Nav::About);
    response::page(StatusCode::OK, &About::new(shell, view))
}

/// An e-mail or web address.
pub(super) fn contact(address: &str) -> Option<WebLink> {
    WebLink::mail(address).or_else(|| WebLink::web(address))
}
