//! `POST /share`: an address that runs a search, made only on request.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hedgerow_web::form::Form;
use hedgerow_web::pages::{Share, ShareView, SharedLink};
use hedgerow_web::{Text, Words, response};
use http::StatusCode;

use super::chosen::chosen;
use super::search_form::apply_buttons;
use super::visit::Visit;

pub(super) async fn share(visit: Visit, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let posted = match Form::read(&parts.headers, body).await {
        Ok(posted) => posted,
        Err(status) => return visit.problem(status),
    };
    let mut form = apply_buttons(&posted);
    if form.get("near").is_empty() {
        // A distance from nowhere says nothing.
        form.remove("within", None);
    }
    let view = view(&visit, form, posted.get("make") == "yes");
    response::page(StatusCode::OK, &Share::new(visit.shell.clone(), view))
}

fn view(visit: &Visit, form: Form, is_wanted: bool) -> ShareView {
    let words = visit.words();
    let filters: Vec<Text> = chosen(&form, words)
        .into_iter()
        .map(|choice| choice.label)
        .collect();
    let is_empty = form.fields().next().is_none();
    let link = (is_wanted && !is_empty).then(|| {
        let href = format!("/search?{}", form.to_query());
        SharedLink {
            address: visit.address(&href),
            href,
        }
    });
    ShareView {
        query: Text::plain(form.get("q")),
        near: Text::plain(&near(&form, words)),
        filters,
        link,
        form,
    }
}

/// `Leeds, 20 miles`.
fn near(form: &Form, words: Words) -> String {
    let (near, within) = (form.get("near"), form.get("within"));
    if near.is_empty() || within.is_empty() {
        return near.to_owned();
    }
    let miles = within.strip_suffix("mi").and_then(|it| it.parse().ok());
    let within = miles.map_or_else(
        || within.to_owned(),
        |miles| words.count("search-miles", miles),
    );
    format!("{near}, {within}")
}
