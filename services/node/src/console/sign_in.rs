//! `/console/sign-in`: name and passphrase.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use hedgerow_core::id::GroupId;
use hedgerow_web::components::Errors;
use hedgerow_web::form::Form;
use hedgerow_web::pages::console::{Frame, Kept, SignIn, SignInView, messages};
use hedgerow_web::response;
use http::request::Parts;
use http::{Method, StatusCode};
use zeroize::Zeroizing;

use super::failed::Failed;
use super::form::ConsoleForm;
use super::passphrase::MAX_BYTES;
use super::request::Browser;
use super::respond::{Shown, invalid, is_own_path, page};
use super::session::begin;
use super::state::Console;
use super::steward::Steward;
use super::{cookie, respond};
use crate::store::{DraftKey, PersonId};

const START: &str = "/console";

/// `GET /console/sign-in`.
pub(super) async fn form(browser: Browser) -> Shown {
    let view = SignInView {
        next: START.to_owned(),
        ..SignInView::default()
    };
    page(&SignIn::new(Frame::outside(browser.words), view))
}

/// The sign-in page in place of another, which is shown after it. What a form had in it is kept.
pub(super) async fn instead_of(frame: Frame, parts: Parts, body: Body) -> Response {
    let mut view = SignInView {
        next: parts.uri.path().to_owned(),
        ..SignInView::default()
    };
    if parts.method == Method::POST {
        // A form that cannot be read is lost, as it would have been without the sign-in.
        let form = Form::read_record(&parts.headers, body)
            .await
            .unwrap_or_default();
        let next = form.get("next");
        START.clone_into(&mut view.next);
        if is_own_path(next) {
            next.clone_into(&mut view.next);
        }
        if !form.get("form_key").is_empty() {
            view.kept = Some(Kept {
                form: without_secrets(form).encode(),
            });
        }
    }
    if !is_own_path(&view.next) {
        START.clone_into(&mut view.next);
    }
    response::page(StatusCode::UNAUTHORIZED, &SignIn::new(frame, view))
}

fn without_secrets(mut form: Form) -> Form {
    for name in ["token", "passphrase", "new_passphrase"] {
        form.remove(name, None);
    }
    form
}

/// `POST /console/sign-in`.
pub(super) async fn sign_in(
    State(console): State<Console>,
    browser: Browser,
    request: Request,
) -> Shown {
    let (parts, body) = request.into_parts();
    let form = Form::read_record(&parts.headers, body).await;
    let form = form.map_err(Failed::new)?;
    let (name, next) = (form.get("name"), form.get("next"));
    let next = if is_own_path(next) { next } else { START };
    let passphrase = Zeroizing::new(form.get("passphrase").to_owned());
    let kept = Some(form.get("kept")).filter(|kept| !kept.is_empty());
    if !console.guesses.may_try(browser.peer, name) {
        return Err(Failed::new(StatusCode::TOO_MANY_REQUESTS));
    }
    let mut reading = console.shared.store.read().await?;
    let person = reading.credentials(name).await?;
    drop(reading);
    let (id, hash) = person.map_or((None, None), |(id, hash)| (Some(id), hash));
    let is_right = passphrase.len() <= MAX_BYTES && console.hasher.verify(passphrase, hash).await?;
    let Some(id) = id.filter(|_| is_right) else {
        // One sentence for a wrong name and a wrong passphrase: it does not say which there are.
        let mut errors = Errors::default();
        errors.add("name", &browser.words.text(messages::SIGN_IN_WRONG));
        let view = SignInView {
            name: name.to_owned(),
            errors,
            next: next.to_owned(),
            kept: kept.map(|form| Kept {
                form: form.to_owned(),
            }),
        };
        return invalid(&SignIn::new(Frame::outside(browser.words), view));
    };
    console.guesses.succeeded(name);
    if let Some(kept) = kept {
        keep(&console, id, next, kept).await?;
    }
    begin(&console, &browser, id, next).await
}

/// Saves a form of an ended session as a draft, in the group of the page that it belongs to.
async fn keep(console: &Console, person: PersonId, next: &str, kept: &str) -> Result<(), Failed> {
    let mut form = Form::parse(kept.as_bytes());
    let key = form.get("form_key").to_owned();
    form.remove("form_key", None);
    let group = next.strip_prefix("/console/g/").unwrap_or_default();
    let group = group.split('/').next().unwrap_or_default();
    let group = group.parse::<GroupId>().ok();
    let is_key = !key.is_empty() && key.len() <= 200 && key.bytes().all(|it| it.is_ascii_graphic());
    if !is_key {
        return Ok(());
    }
    let mut writing = console.shared.store.write().await?;
    if let Some(group) = &group {
        let own = writing.groups_of(&person).await?;
        let is_host = writing.person(&person).await?.is_some_and(|it| it.is_host);
        if !is_host && !own.iter().any(|(id, _)| id == group) {
            return Ok(());
        }
    }
    let key = DraftKey {
        group: group.as_ref(),
        person: &person,
        form: &key,
    };
    let now = console.shared.now();
    writing
        .put_draft(key, form.encode().as_bytes(), now)
        .await?;
    Ok(writing.commit().await?)
}

/// `POST /console/sign-out`.
pub(super) async fn sign_out(steward: Steward, browser: Browser, _form: ConsoleForm) -> Shown {
    let mut writing = steward.shared().store.write().await?;
    writing.end_session(steward.session()).await?;
    writing.commit().await?;
    let mut response = respond::see_other("/console/sign-in")?;
    cookie::clear(&mut response, browser.is_plain);
    Ok(response.into_response())
}
