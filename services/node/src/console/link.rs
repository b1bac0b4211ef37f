//! `/console/link/…`: a link that opens the console once. Reading the page does not use it, because
//! programs that check mail read it too.

use axum::extract::{Path, Request, State};
use hedgerow_core::random::RandomExt as _;
use hedgerow_web::Text;
use hedgerow_web::components::Errors;
use hedgerow_web::form::Form;
use hedgerow_web::pages::console::{Frame, Link, LinkOpens, LinkView, messages};
use zeroize::Zeroizing;

use super::failed::Failed;
use super::passphrase::{MAX_BYTES, MIN_CHARS};
use super::request::Browser;
use super::respond::{Shown, invalid, page};
use super::resume;
use super::secret::Secret;
use super::session::{begin, find as find_session};
use super::state::Console;
use super::steward::{base_of, name_of};
use crate::shared::Shared;
use crate::store::{ConsoleLink, GroupAction, Opens, Person, PersonId, StoreError};

/// Maximum characters of a name.
const MAX_NAME: usize = 60;

/// `GET`: what the link opens.
pub(super) async fn show(
    State(console): State<Console>,
    browser: Browser,
    Path(secret): Path<String>,
) -> Shown {
    let link = find(&console, &secret).await?;
    let known = known(&console, &browser, link.as_ref()).await?;
    let view = LinkView {
        opens: shown(&console, link.as_ref()).await?,
        known: known.map(|person| Text::plain(&person.name)),
        name: String::new(),
        errors: Errors::default(),
    };
    page(&Link::new(Frame::outside(browser.words), view))
}

/// `POST`: uses the link.
pub(super) async fn open(
    State(console): State<Console>,
    browser: Browser,
    Path(secret): Path<String>,
    request: Request,
) -> Shown {
    let (parts, body) = request.into_parts();
    let form = Form::read(&parts.headers, body).await;
    let form = form.map_err(Failed::new)?;
    let link = find(&console, &secret).await?;
    let opens = shown(&console, link.as_ref()).await?;
    let known = known(&console, &browser, link.as_ref()).await?;
    let again = |opens: Option<LinkOpens>, errors: Errors| {
        let view = LinkView {
            opens,
            known: None,
            name: form.get("name").to_owned(),
            errors,
        };
        invalid(&Link::new(Frame::outside(browser.words), view))
    };
    let Some(link) = link.filter(|_| opens.is_some()) else {
        return again(None, Errors::default());
    };
    let path = match &link.opens {
        Opens::Host => "/console".to_owned(),
        Opens::Return { group, .. } | Opens::Join { group, .. } => base_of(group),
        Opens::NewGroup { .. } => "/console/first".to_owned(),
    };
    let person = match (&link.opens, known) {
        (Opens::Host, _) => host(&console).await?,
        (Opens::Return { person, .. }, _) => Newcomer::Known(*person),
        (_, Some(person)) => Newcomer::Known(person.id),
        (_, None) => match newcomer(&console, &browser, &form).await? {
            Ok(person) => person,
            Err(errors) => return again(opens, errors),
        },
    };
    match redeem(&console.shared, &link, person).await? {
        Redeemed::As(person) => {
            // Words of this browser are for a person who was here before, not for a newcomer.
            let kept = match &link.opens {
                Opens::Host | Opens::Return { .. } => {
                    resume::take_kept(&console, &browser, person).await?
                }
                Opens::NewGroup { .. } | Opens::Join { .. } => None,
            };
            begin(&console, &browser, person, &kept.unwrap_or(path)).await
        }
        Redeemed::NameTaken => {
            let mut errors = Errors::default();
            errors.add("name", &browser.words.text(messages::NAME_TAKEN));
            again(opens, errors)
        }
        Redeemed::UsedMeanwhile => again(None, Errors::default()),
    }
}

/// The person who is signed in in this browser, for an invitation: a second group needs no second
/// name. The host opens every group as it is, and may try an invitation under another name.
async fn known(
    console: &Console,
    browser: &Browser,
    link: Option<&ConsoleLink>,
) -> Result<Option<Person>, StoreError> {
    let is_invitation =
        link.is_some_and(|link| matches!(link.opens, Opens::NewGroup { .. } | Opens::Join { .. }));
    if !is_invitation {
        return Ok(None);
    }
    let steward = find_session(console, browser, false).await?;
    let person = steward.map(|steward| steward.person().clone());
    Ok(person.filter(|person| !person.is_host))
}

/// Who uses a link.
enum Newcomer {
    Known(PersonId),
    /// A new person, with the passphrase's hash.
    New(Person, Option<String>),
}

enum Redeemed {
    As(PersonId),
    NameTaken,
    UsedMeanwhile,
}

/// Uses a link and makes its person, both or neither.
async fn redeem(
    shared: &Shared,
    link: &ConsoleLink,
    newcomer: Newcomer,
) -> Result<Redeemed, StoreError> {
    let now = shared.now();
    let mut writing = shared.store.write().await?;
    if !writing.delete_console_link(&link.secret_hash).await? {
        return Ok(Redeemed::UsedMeanwhile);
    }
    let id = match newcomer {
        Newcomer::Known(id) => id,
        Newcomer::New(person, passphrase) => {
            if !writing
                .add_person(&person, passphrase.as_deref(), now)
                .await?
            {
                // Dropped without a commit: the link can be used with another name.
                return Ok(Redeemed::NameTaken);
            }
            person.id
        }
    };
    match &link.opens {
        Opens::Join { group, role } => {
            // A steward who opens an invitation for editors stays one.
            let own = writing.groups_of(&id).await?;
            if !own.iter().any(|(own, _)| own == group) {
                writing.put_member(group, &id, *role, now).await?;
                let name = writing.person(&id).await?.map(|person| person.name);
                let name = name.unwrap_or_default();
                let change = (&*name, GroupAction::Join, "");
                writing.add_group_history(group, change, now).await?;
            }
        }
        Opens::NewGroup { label } => writing.set_may_add(&id, Some(label)).await?,
        Opens::Host | Opens::Return { .. } => {}
    }
    writing.commit().await?;
    Ok(Redeemed::As(id))
}

async fn host(console: &Console) -> Result<Newcomer, StoreError> {
    let shared = &console.shared;
    let host = shared.store.read().await?.host_person().await?;
    Ok(host.map_or_else(
        || {
            let person = Person {
                id: PersonId(shared.random.as_ref().bytes()),
                name: String::new(),
                is_host: true,
                may_add: None,
                has_passphrase: false,
            };
            Newcomer::New(person, None)
        },
        |host| Newcomer::Known(host.id),
    ))
}

/// The person that a form describes, or what is wrong with it.
async fn newcomer(
    console: &Console,
    browser: &Browser,
    form: &Form,
) -> Result<Result<Newcomer, Errors>, Failed> {
    let words = browser.words;
    let mut errors = Errors::default();
    let name = form.get("name");
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        errors.add("name", &words.text(messages::NAME_MISSING));
    }
    let passphrase = Zeroizing::new(form.get("passphrase").to_owned());
    let length = passphrase.chars().count();
    if length < MIN_CHARS || passphrase.len() > MAX_BYTES {
        errors.add("passphrase", &words.text(messages::PASSPHRASE_SHORT));
    }
    if !errors.is_empty() {
        return Ok(Err(errors));
    }
    let random = console.shared.random.as_ref();
    let hash = console.hasher.hash(passphrase, random).await?;
    let person = Person {
        id: PersonId(random.bytes()),
        name: name.to_owned(),
        is_host: false,
        may_add: None,
        has_passphrase: true,
    };
    Ok(Ok(Newcomer::New(person, Some(hash))))
}

/// The link of a secret, if it is still good.
async fn find(console: &Console, secret: &str) -> Result<Option<ConsoleLink>, StoreError> {
    let Some(secret) = Secret::parse(secret) else {
        return Ok(None);
    };
    let mut reading = console.shared.store.read().await?;
    let link = reading.console_link(&secret.hash()).await?;
    Ok(link.filter(|link| link.expires_at > console.shared.now()))
}

/// What the page says about a link.
async fn shown(
    console: &Console,
    link: Option<&ConsoleLink>,
) -> Result<Option<LinkOpens>, StoreError> {
    let Some(link) = link else {
        return Ok(None);
    };
    let shared = &console.shared;
    Ok(match &link.opens {
        Opens::Host => Some(LinkOpens::Host),
        Opens::NewGroup { .. } => Some(LinkOpens::NewGroup),
        Opens::Join { group, .. } => match shared.groups.get(group) {
            None => None,
            Some(group) => Some(LinkOpens::Join {
                group: name_of(shared, &group).await?,
                by: Text::plain(&link.made_by),
            }),
        },
        Opens::Return { person, .. } => {
            let person = shared.store.read().await?.person(person).await?;
            person.map(|person| LinkOpens::Return {
                name: Text::plain(&person.name),
            })
        }
    })
}
