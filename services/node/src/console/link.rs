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
use super::secret::Secret;
use super::session::begin;
use super::state::Console;
use super::steward::{base_of, name_of};
use crate::shared::Shared;
use crate::store::{ConsoleLink, Opens, Person, PersonId, StoreError};

/// Maximum characters of a name.
const MAX_NAME: usize = 60;

/// `GET`: what the link opens.
pub(super) async fn show(
    State(console): State<Console>,
    browser: Browser,
    Path(secret): Path<String>,
) -> Shown {
    let link = find(&console, &secret).await?;
    let view = LinkView {
        opens: shown(&console, link.as_ref()).await?,
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
    let (Some(link), Some(opens)) = (link, opens) else {
        let view = LinkView {
            opens: None,
            name: String::new(),
            errors: Errors::default(),
        };
        return invalid(&Link::new(Frame::outside(browser.words), view));
    };
    let again = |errors: Errors| {
        let view = LinkView {
            opens: Some(opens),
            name: form.get("name").to_owned(),
            errors,
        };
        invalid(&Link::new(Frame::outside(browser.words), view))
    };
    let (person, path) = match &link.opens {
        Opens::Host => (host(&console).await?, "/console".to_owned()),
        Opens::Return { person, group } => (Newcomer::Known(*person), base_of(group)),
        Opens::NewGroup { .. } | Opens::Join { .. } => {
            match newcomer(&console, &browser, &form, &link.opens).await? {
                Ok(person) => {
                    let path = match &link.opens {
                        Opens::Join { group, .. } => base_of(group),
                        _ => "/console/first".to_owned(),
                    };
                    (person, path)
                }
                Err(errors) => return again(errors),
            }
        }
    };
    match redeem(&console.shared, &link, person).await? {
        Redeemed::As(person) => begin(&console, &browser, person, &path).await,
        Redeemed::NameTaken => {
            let mut errors = Errors::default();
            errors.add("name", &browser.words.text(messages::NAME_TAKEN));
            again(errors)
        }
        Redeemed::UsedMeanwhile => Err(Failed::not_found()),
    }
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
    if let Opens::Join { group, role } = &link.opens {
        writing.put_member(group, &id, *role, now).await?;
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
    opens: &Opens,
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
        may_add: match opens {
            Opens::NewGroup { label } => Some(label.clone()),
            _ => None,
        },
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
