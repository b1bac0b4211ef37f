//! `/group/{group}/{collection}/{key}/yours`: how to correct an entry or have it taken out, and a
//! form that reaches the operator's queue.

use axum::body::Body;
use axum::extract::{Path, Request};
use axum::response::Response;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::summary::Summary;
use hedgerow_server::server::PlainHttp;
use hedgerow_store::{Objection, Wish};
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::form::Form;
use hedgerow_web::origin::is_own;
use hedgerow_web::pages::{Yours, YoursError, YoursView};
use hedgerow_web::{Text, response};
use http::StatusCode;

use super::about::contact;
use super::hit::href;
use super::visit::Visit;
use crate::retention::OBJECTIONS_KEPT;

/// Requests that wait for the operator at once.
const MAX_WAITING: u64 = 500;
const MAX_WORDS: usize = 1_000;
const MAX_REPLY: usize = 200;
const DAY_SECONDS: u64 = 24 * 60 * 60;

type Name = Path<(String, String, String)>;

pub(super) async fn yours(visit: Visit, Path((group, collection, key)): Name) -> Response {
    match entry(&visit, &group, &collection, &key).await {
        Ok((_, _, view)) => show(&visit, StatusCode::OK, view),
        Err(problem) => problem,
    }
}

pub(super) async fn ask(
    visit: Visit,
    Path((group, collection, key)): Name,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let is_plain = parts.extensions.get::<PlainHttp>().is_some();
    if !is_own(&parts.headers, &parts.uri, is_plain) {
        return visit.problem(StatusCode::FORBIDDEN);
    }
    let posted = match Form::read(&parts.headers, body).await {
        Ok(posted) => posted,
        Err(status) => return visit.problem(status),
    };
    let (group, name, mut view) = match entry(&visit, &group, &collection, &key).await {
        Ok(entry) => entry,
        Err(problem) => return problem,
    };
    view.form = posted;
    let wish = match wish(&view.form) {
        Ok(wish) => wish,
        Err(error) => {
            view.error = Some(error);
            return show(&visit, StatusCode::BAD_REQUEST, view);
        }
    };
    if !visit.site.pace.take(visit.peer_key().network(), visit.now) {
        return visit.problem(StatusCode::TOO_MANY_REQUESTS);
    }
    let objection = Objection {
        group,
        name,
        wish,
        words: view.form.get("words").to_owned(),
        reply: view.form.get("reply").to_owned(),
        at: visit.now,
    };
    let store = visit.site.directory.store();
    match store.add_objection(objection, MAX_WAITING).await {
        Ok(true) => {
            view.is_sent = true;
            show(&visit, StatusCode::OK, view)
        }
        Ok(false) => visit.problem(StatusCode::SERVICE_UNAVAILABLE),
        Err(error) => {
            // The error of a store names no value of a row.
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "cannot store a request about an entry"
            );
            visit.problem(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// The entry, if it is shown, and its page without anything typed.
async fn entry(
    visit: &Visit,
    group: &str,
    collection: &str,
    key: &str,
) -> Result<(GroupId, RecordName, YoursView), Response> {
    let missing = || visit.problem(StatusCode::NOT_FOUND);
    let group: GroupId = group.parse().map_err(|_| missing())?;
    let name = RecordName::parse(collection, key).map_err(|_| missing())?;
    let stored = visit.stored(group.as_bytes(), collection, key).await;
    let stored = stored.map_err(|failure: CallFailure| visit.failed(&failure))?;
    let summary = Summary::from_body(&stored.body).unwrap_or_default();
    let record_href = href(group.as_bytes(), collection, key);
    let view = YoursView {
        title: Text::new(&summary.title, &stored.language),
        href: format!("{record_href}/yours"),
        record_href,
        is_catalogued: stored.is_catalogued(),
        form: Form::default(),
        error: None,
        is_sent: false,
        days_kept: OBJECTIONS_KEPT.as_secs() / DAY_SECONDS,
        operator_contact: contact(&visit.site.config.contact),
    };
    Ok((group, name, view))
}

fn show(visit: &Visit, status: StatusCode, view: YoursView) -> Response {
    response::page(status, &Yours::new(visit.shell.clone(), view))
}

/// The wish, or the field that is invalid.
fn wish(form: &Form) -> Result<Wish, (&'static str, YoursError)> {
    let length = |name: &str| form.get(name).chars().count();
    if length("words") > MAX_WORDS {
        return Err(("words", YoursError::TooLong));
    }
    if length("reply") > MAX_REPLY {
        return Err(("reply", YoursError::ReplyTooLong));
    }
    match form.get("wish") {
        "remove" => Ok(Wish::Remove),
        "correct" if length("words") == 0 => Err(("words", YoursError::NothingToCorrect)),
        "correct" => Ok(Wish::Correct),
        _ => Err(("wish", YoursError::NoWish)),
    }
}
