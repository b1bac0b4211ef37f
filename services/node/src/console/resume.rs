//! Goes on with a form whose session had ended: it becomes a draft of the person who has signed in.

use axum::extract::State;
use hedgerow_core::id::GroupId;
use hedgerow_web::form::Form;
use hedgerow_web::pages::console::Kept;

use super::failed::Failed;
use super::form::ConsoleForm;
use super::kept::extract_kept;
use super::request::Browser;
use super::respond::{Shown, is_own_path, see_other};
use super::state::Console;
use super::steward::Steward;
use crate::store::{DraftKey, PersonId};

const START: &str = "/console";

/// Saves the form of a browser's cookie, and returns the page to go on with it. `None` if there is
/// none that this person may have.
pub(super) async fn take_kept(
    console: &Console,
    browser: &Browser,
    person: PersonId,
) -> Result<Option<String>, Failed> {
    let now = console.shared.now();
    let secret = browser.kept.as_ref();
    let Some(kept) = secret.and_then(|secret| console.kept.take(secret, now)) else {
        return Ok(None);
    };
    let is_saved = save(console, person, &kept).await?;
    Ok(is_saved.then_some(kept.next))
}

/// Saves a form as a draft, in the group of the page that it belongs to. Returns whether the person
/// may have it there.
pub(super) async fn save(console: &Console, person: PersonId, kept: &Kept) -> Result<bool, Failed> {
    let mut form = Form::parse(kept.form.as_bytes());
    let key = form.get("form_key").to_owned();
    form.remove("form_key", None);
    let is_key = !key.is_empty() && key.len() <= 200 && key.bytes().all(|it| it.is_ascii_graphic());
    if !is_key || !is_own_path(&kept.next) {
        return Ok(false);
    }
    let group = match kept.next.strip_prefix("/console/g/") {
        None => None,
        Some(rest) => match rest
            .split('/')
            .next()
            .unwrap_or_default()
            .parse::<GroupId>()
        {
            Ok(group) => Some(group),
            Err(_) => return Ok(false),
        },
    };
    let mut writing = console.shared.store.write().await?;
    if let Some(group) = &group {
        let own = writing.groups_of(&person).await?;
        let is_host = writing.person(&person).await?.is_some_and(|it| it.is_host);
        if !is_host && !own.iter().any(|(id, _)| id == group) {
            return Ok(false);
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
    writing.commit().await?;
    Ok(true)
}

/// `POST /console/kept`: goes on with a form whose page belongs to an earlier session.
pub(super) async fn go_on(
    State(console): State<Console>,
    steward: Steward,
    ConsoleForm(form): ConsoleForm,
) -> Shown {
    let (next, kept) = extract_kept(form, START);
    let is_saved = match &kept {
        Some(kept) => save(&console, steward.person().id, kept).await?,
        None => false,
    };
    see_other(if is_saved { &next } else { START })
}
