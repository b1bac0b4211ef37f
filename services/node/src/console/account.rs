//! `/console/account`: a person's passphrase and sessions.

use hedgerow_input::time::DEFAULT_ZONE;
use hedgerow_record_views::times::local;
use hedgerow_web::Text;
use hedgerow_web::components::Errors;
use hedgerow_web::pages::console::{Account, AccountView, SessionRow, messages};
use http::StatusCode;
use zeroize::Zeroizing;

use super::failed::Failed;
use super::form::ConsoleForm;
use super::passphrase::{MAX_BYTES, MIN_CHARS};
use super::request::Browser;
use super::respond::{Shown, invalid, page, see_other};
use super::steward::Steward;
use crate::store::{SessionHash, StoreError};

const PATH: &str = "/console/account";

pub(super) async fn show(steward: Steward) -> Shown {
    let view = view(&steward, Errors::default()).await?;
    page(&Account::new(steward.frame(), view))
}

pub(super) async fn change(
    steward: Steward,
    browser: Browser,
    ConsoleForm(form): ConsoleForm,
) -> Shown {
    let shared = steward.shared();
    let person = steward.person();
    match form.get("do") {
        "end" => {
            let mut writing = shared.store.write().await?;
            let sessions = writing.sessions(&person.id).await?;
            let wanted = form.get("session");
            let session = sessions.iter().find(|it| session_id(&it.hash) == wanted);
            let session = session.ok_or_else(Failed::not_found)?;
            writing.end_session(&session.hash).await?;
            writing.commit().await?;
            steward.flash(messages::SESSION_ENDED).await?;
        }
        "end-others" => {
            let mut writing = shared.store.write().await?;
            writing
                .end_other_sessions(&person.id, steward.session())
                .await?;
            writing.commit().await?;
            steward.flash(messages::SESSION_ENDED).await?;
        }
        "passphrase" => {
            let old = Zeroizing::new(form.get("passphrase").to_owned());
            let new = Zeroizing::new(form.get("new_passphrase").to_owned());
            let errors = change_passphrase(&steward, &browser, old, new).await?;
            if !errors.is_empty() {
                let view = view(&steward, errors).await?;
                return invalid(&Account::new(steward.frame(), view));
            }
            steward.flash(messages::PASSPHRASE_CHANGED).await?;
        }
        _ => return Err(Failed::not_found()),
    }
    see_other(PATH)
}

/// Sets a new passphrase and ends all other sessions: a thief of the old one is out.
async fn change_passphrase(
    steward: &Steward,
    browser: &Browser,
    old: Zeroizing<String>,
    new: Zeroizing<String>,
) -> Result<Errors, Failed> {
    let (console, person) = (steward.console(), steward.person());
    let mut errors = Errors::default();
    if new.chars().count() < MIN_CHARS || new.len() > MAX_BYTES || old.len() > MAX_BYTES {
        let sentence = steward.words().text(messages::PASSPHRASE_SHORT);
        errors.add("new_passphrase", &sentence);
        return Ok(errors);
    }
    // Somebody at an open browser could guess it here as well.
    if !console.guesses.may_try(browser.peer, &person.name) {
        return Err(Failed::new(StatusCode::TOO_MANY_REQUESTS));
    }
    let mut reading = console.shared.store.read().await?;
    let known = reading.credentials(&person.name).await?;
    drop(reading);
    let hash = known
        .filter(|(id, _)| *id == person.id)
        .and_then(|(_, hash)| hash);
    if !console.hasher.verify(old, hash).await? {
        let sentence = steward.words().text(messages::PASSPHRASE_WRONG);
        errors.add("passphrase", &sentence);
        return Ok(errors);
    }
    console.guesses.succeeded(&person.name);
    let random = console.shared.random.as_ref();
    let hash = console.hasher.hash(new, random).await?;
    let mut writing = console.shared.store.write().await?;
    writing.set_passphrase(&person.id, &hash).await?;
    writing
        .end_other_sessions(&person.id, steward.session())
        .await?;
    writing.commit().await?;
    Ok(errors)
}

async fn view(steward: &Steward, errors: Errors) -> Result<AccountView, StoreError> {
    let mut reading = steward.shared().store.read().await?;
    let sessions = reading.sessions(&steward.person().id).await?;
    let row = |session: &crate::store::Session| SessionRow {
        id: session_id(&session.hash),
        device: Text::plain(&session.device),
        is_this: session.hash == *steward.session(),
        used: local(session.used_at, DEFAULT_ZONE),
    };
    Ok(AccountView {
        has_passphrase: steward.person().has_passphrase,
        sessions: sessions.iter().map(row).collect(),
        errors,
    })
}

/// What a form names a session by: of no use as a cookie.
fn session_id(hash: &SessionHash) -> String {
    hex::encode(&hash[..8])
}
