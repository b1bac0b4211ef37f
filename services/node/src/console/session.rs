//! Sessions: who is signed in on which browser.

use std::time::Duration;

use super::cookie::Cookie;
use super::lifetimes::{MAX_SESSION, SESSION_IDLE};
use super::request::Browser;
use super::respond::{Shown, see_other};
use super::secret::Secret;
use super::state::Console;
use super::steward::{SignedIn, Steward};
use crate::store::{PersonId, Role, Session, StoreError};

/// How exactly the last use is stored.
const USE_EVERY: Duration = Duration::from_secs(5 * 60);

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
    if now.since(session.used_at) >= SESSION_IDLE || now.since(session.created_at) >= MAX_SESSION {
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
/// never used again: a stranger may have put it there.
pub(super) async fn begin(
    console: &Console,
    browser: &Browser,
    person: PersonId,
    path: &str,
) -> Shown {
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
    Cookie::Session.set(&mut response, &secret, browser.is_plain);
    if browser.kept.is_some() {
        Cookie::Kept.clear(&mut response, browser.is_plain);
    }
    Ok(response)
}
