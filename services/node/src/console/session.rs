//! Sessions: who is signed in on which browser.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hedgerow_web::pages::console::Frame;
use http::Method;

use super::failed::Failed;
use super::request::{Browser, check_origin, words};
use super::respond::see_other;
use super::secret::Secret;
use super::sign_in;
use super::state::Console;
use super::steward::{SignedIn, Steward};
use super::{cookie, respond};
use crate::store::{PersonId, Role, Session, StoreError};

/// A session that is not used for this long has ended: somebody else may use the device.
pub(super) const IDLE: Duration = Duration::from_secs(12 * 60 * 60);
/// A session ends after this long in any case.
pub(super) const MAX_LENGTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How exactly the last use is stored.
const USE_EVERY: Duration = Duration::from_secs(5 * 60);

/// A layer around the pages of signed-in people. Without a session it shows the sign-in page in
/// their place.
pub(super) async fn signed_in(
    State(console): State<Console>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let outside = Frame::outside(words(&console, &parts.headers));
    let found = match check_origin(&parts) {
        Ok(()) => {
            let browser = Browser::new(&console, &parts);
            // The message is for the page that a form led to, not for the next form.
            let shows_page = parts.method == Method::GET;
            let found = find(&console, &browser, shows_page).await;
            found.map_err(Failed::from)
        }
        Err(failed) => Err(failed),
    };
    match found {
        Ok(Some(steward)) => {
            let frame = steward.frame();
            parts.extensions.insert(steward);
            let response = next.run(Request::from_parts(parts, body)).await;
            Failed::shown_in(frame, response)
        }
        Ok(None) => sign_in::instead_of(outside, parts, body).await,
        Err(failed) => Failed::shown_in(outside, failed.into_response()),
    }
}

/// A layer around the pages before sign-in.
pub(super) async fn outside(
    State(console): State<Console>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let frame = Frame::outside(words(&console, &parts.headers));
    let response = match check_origin(&parts) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(failed) => failed.into_response(),
    };
    Failed::shown_in(frame, response)
}

/// Finds the person of a browser's session. `shows_page`: its message is shown now.
pub(super) async fn find(
    console: &Console,
    browser: &Browser,
    shows_page: bool,
) -> Result<Option<Steward>, StoreError> {
    let Some(secret) = &browser.session else {
        return Ok(None);
    };
    let shared = &console.shared;
    let now = shared.now();
    let mut reading = shared.store.read().await?;
    let Some(mut session) = reading.session(&secret.hash()).await? else {
        return Ok(None);
    };
    if now.since(session.used_at) >= IDLE || now.since(session.created_at) >= MAX_LENGTH {
        return Ok(None);
    }
    let Some(person) = reading.person(&session.person).await? else {
        return Ok(None);
    };
    let groups = if person.is_host {
        let all = shared.groups.all().into_iter();
        all.map(|group| (group, Role::Steward)).collect()
    } else {
        let own = reading.groups_of(&person.id).await?.into_iter();
        own.filter_map(|(id, role)| Some((shared.groups.get(&id)?, role)))
            .collect()
    };
    drop(reading);
    let flash = session.flash.take_if(|_| shows_page);
    let is_used = now.since(session.used_at) >= USE_EVERY;
    if is_used || flash.is_some() {
        let mut writing = shared.store.write().await?;
        if is_used {
            writing.use_session(&session.hash, now).await?;
        }
        if flash.is_some() {
            writing.set_flash(&session.hash, None).await?;
        }
        writing.commit().await?;
    }
    Ok(Some(Steward::new(SignedIn {
        console: console.clone(),
        person,
        groups,
        session: session.hash,
        token: secret.form_token(),
        words: browser.words,
        flash,
    })))
}

/// Begins a session and goes to a page. The session that the browser had is ended, and its secret is
/// never used again: somebody else may have put it there.
pub(super) async fn begin(
    console: &Console,
    browser: &Browser,
    person: PersonId,
    path: &str,
) -> respond::Shown {
    let shared = &console.shared;
    let secret = Secret::generate(shared.random.as_ref());
    let now = shared.now();
    let mut writing = shared.store.write().await?;
    if let Some(before) = browser.session_hash() {
        writing.end_session(&before).await?;
    }
    let session = Session {
        hash: secret.hash(),
        person,
        device: browser.device.clone(),
        flash: None,
        created_at: now,
        used_at: now,
    };
    writing.add_session(&session).await?;
    writing.commit().await?;
    let mut response = see_other(path)?;
    cookie::set(&mut response, &secret, browser.is_plain);
    Ok(response)
}
