//! `/console/sign-in`: name and passphrase.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use hedgerow_web::components::Errors;
use hedgerow_web::form::Form;
use hedgerow_web::pages::console::{Frame, Kept, SignIn, SignInView, messages};
use hedgerow_web::response;
use http::request::Parts;
use http::{Method, StatusCode};
use zeroize::Zeroizing;

use super::cookie::Cookie;
use super::failed::Failed;
use super::form::ConsoleForm;
use super::kept::extract_kept;
use super::passphrase::MAX_BYTES;
use super::request::Browser;
use super::respond::{Shown, invalid, is_own_path, page};
use super::session::begin;
use super::state::Console;
use super::steward::Steward;
use super::{respond, resume};

const START: &str = "/console";

/// `GET /console/sign-in`.
pub(super) async fn form(browser: Browser) -> Shown {
    let view = SignInView {
        next: START.to_owned(),
        ..SignInView::default()
    };
    page(&SignIn::new(Frame::outside(browser.words), view))
}

/// The sign-in page in place of another, which is shown after it. What a form had in it is kept: on
/// the page for a person with a passphrase, and sealed for one who comes back by a link.
pub(super) async fn instead_of(
    console: &Console,
    frame: Frame,
    (parts, body): (Parts, Body),
) -> Response {
    let path = parts.uri.path();
    let (next, kept) = if parts.method == Method::POST {
        // A form that cannot be read is lost, as it would have been without the sign-in.
        let form = Form::read_record(&parts.headers, body).await;
        extract_kept(form.unwrap_or_default(), path)
    } else {
        let next = if is_own_path(path) { path } else { START };
        (next.to_owned(), None)
    };
    // What a script sends while a person types comes once more when they press "Save".
    let kept = kept.filter(|_| !path.ends_with("/draft"));
    let browser = Browser::new(console, &parts);
    let secret = kept.as_ref().map(|kept| {
        let now = console.shared.now();
        if let Some(before) = &browser.kept {
            console.kept.take(before, now);
        }
        let random = console.shared.random.as_ref();
        let network = browser.peer.network();
        console.kept.put(kept, network, (random, now))
    });
    let view = SignInView {
        next,
        kept,
        ..SignInView::default()
    };
    let mut response = response::page(StatusCode::UNAUTHORIZED, &SignIn::new(frame, view));
    if let Some(secret) = secret {
        Cookie::Kept.set(&mut response, &secret, browser.is_plain);
    }
    response
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
    let kept = kept.map(|form| Kept {
        next: next.to_owned(),
        form: form.to_owned(),
    });
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
            kept,
        };
        return invalid(&SignIn::new(Frame::outside(browser.words), view));
    };
    console.guesses.succeeded(name);
    let by_cookie = resume::take_kept(&console, &browser, id).await?;
    if let Some(kept) = kept {
        // The page has what was sent from it, whatever another page of this browser sent.
        resume::save(&console, id, &kept).await?;
        return begin(&console, &browser, id, next).await;
    }
    begin(&console, &browser, id, by_cookie.as_deref().unwrap_or(next)).await
}

/// `POST /console/sign-out`.
pub(super) async fn sign_out(steward: Steward, browser: Browser, _form: ConsoleForm) -> Shown {
    let mut writing = steward.shared().store.write().await?;
    writing.end_session(steward.session()).await?;
    writing.commit().await?;
    let mut response = respond::see_other("/console/sign-in")?;
    Cookie::Session.clear(&mut response, browser.is_plain);
    Ok(response.into_response())
}
