//! A message to a group: `POST /g/{group}/message`.
//!
//! The words are in no address, log or trace, and the page after it says what was kept. Nobody signs
//! in for it, so that a forged post could only leave a message that anyone may leave; those that a
//! browser reports as another site's are refused all the same.

use axum::body::Body;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse as _, Redirect, Response};
use hedgerow_core::id::GroupId;
use hedgerow_server::peer::{NetworkKey, Peer, PeerKey};
use hedgerow_server::server::PlainHttp;
use hedgerow_web::components::{MessageDraft, MessageProblem};
use hedgerow_web::form::Form;
use hedgerow_web::origin::is_own;
use hedgerow_web::pages::{GroupMessage, NodeMessageKept};
use hedgerow_web::{Text, response};
use http::StatusCode;
use http::header::ORIGIN;
use http::request::Parts;

use super::public_view::{group_href, name_of};
use super::visit::{Unshown, Visit};
use crate::messages::{Message, MessageError, keep};
use crate::store::PublicRecord;

/// A group that takes messages.
struct Receiver {
    group: GroupId,
    listings: Vec<PublicRecord>,
}

/// The form without words.
pub(super) fn empty_draft(group: &GroupId) -> MessageDraft {
    MessageDraft {
        action: format!("{}/message", group_href(group)),
        ..MessageDraft::default()
    }
}

/// `GET /g/{group}/message`: the form on a page of its own.
pub(super) async fn form(visit: Visit, Path(group): Path<String>) -> Response {
    let receiver = match receiver(&visit, &group).await {
        Ok(receiver) => receiver,
        Err(why) => return visit.unshown(&why),
    };
    let draft = empty_draft(&receiver.group);
    show_form(&visit, receiver, draft, StatusCode::OK)
}

/// `GET /g/{group}/message/kept`: what was kept.
pub(super) async fn kept(visit: Visit, Path(group): Path<String>) -> Response {
    let receiver = match receiver(&visit, &group).await {
        Ok(receiver) => receiver,
        Err(why) => return visit.unshown(&why),
    };
    let (href, name) = (group_href(&receiver.group), receiver.name());
    let page = NodeMessageKept::new(visit.shell.clone(), name, href);
    response::page(StatusCode::OK, &page)
}

pub(super) async fn send(
    visit: Visit,
    Path(group): Path<String>,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let form = match Form::read(&parts.headers, body).await {
        Ok(form) => form,
        Err(status) => return visit.problem(status),
    };
    let receiver = match receiver(&visit, &group).await {
        Ok(receiver) => receiver,
        Err(why) => return visit.unshown(&why),
    };
    let message = message_of(&form);
    let (problem, status) = match accept(&visit, &receiver, &parts, &message).await {
        Ok(()) => {
            let kept = format!("{}/message/kept", group_href(&receiver.group));
            return Redirect::to(&kept).into_response();
        }
        Err(Refusal::Problem(problem, status)) => (problem, status),
        Err(Refusal::Failed) => return visit.problem(StatusCode::INTERNAL_SERVER_ERROR),
    };
    // With the words, so that they are not lost.
    let mut draft = MessageDraft {
        text: message.text,
        reply: message.reply,
        ..empty_draft(&receiver.group)
    };
    draft.add(problem, visit.words());
    show_form(&visit, receiver, draft, status)
}

/// Why a message was not kept.
enum Refusal {
    Problem(MessageProblem, StatusCode),
    Failed,
}

async fn accept(
    visit: &Visit,
    receiver: &Receiver,
    parts: &Parts,
    message: &Message,
) -> Result<(), Refusal> {
    use MessageProblem::{Full, OtherSite, TooMany};
    let refuse = |problem, status| Err(Refusal::Problem(problem, status));
    if !is_from_here(parts) {
        return refuse(OtherSite, StatusCode::FORBIDDEN);
    }
    if let Some(problem) = MessageProblem::find(&message.text, &message.reply) {
        return refuse(problem, StatusCode::BAD_REQUEST);
    }
    if !visit.state.pace.take(network(visit), visit.now) {
        return refuse(TooMany, StatusCode::TOO_MANY_REQUESTS);
    }
    match keep(&visit.state.shared, &receiver.group, message).await {
        Ok(()) => Ok(()),
        Err(MessageError::Full) => refuse(Full, StatusCode::SERVICE_UNAVAILABLE),
        Err(error) => {
            tracing::error!(%error, "cannot keep a message");
            Err(Refusal::Failed)
        }
    }
}

/// Finds the group, if it takes messages.
async fn receiver(visit: &Visit, group: &str) -> Result<Receiver, Unshown> {
    let mut open = visit.open(group).await?;
    let group = open.group.id;
    let listings = open.listings().await?;
    if listings.is_empty() || !open.reading.contact_form(&group).await? {
        return Err(Unshown::NotFound);
    }
    Ok(Receiver { group, listings })
}

impl Receiver {
    fn name(self) -> Text {
        name_of(&self.group, self.listings)
    }
}

fn show_form(
    visit: &Visit,
    receiver: Receiver,
    draft: MessageDraft,
    status: StatusCode,
) -> Response {
    let href = group_href(&receiver.group);
    let page = GroupMessage::new(visit.shell.clone(), receiver.name(), href, draft);
    response::page(status, &page)
}

/// The words without controls. Browsers send line breaks as two characters.
fn message_of(form: &Form) -> Message {
    let plain = |name| Text::plain(form.get(name)).as_str().trim().to_owned();
    Message {
        text: plain("message"),
        reply: plain("reply"),
    }
}

/// Whether a form is of a page of this site. Browsers that must send no referrer name no origin
/// either, and older ones say nothing else: for a form that anyone may send, that is enough.
fn is_from_here(parts: &Parts) -> bool {
    let is_plain = parts.extensions.get::<PlainHttp>().is_some();
    let names_none = parts.headers.get(ORIGIN).is_some_and(|it| it == "null");
    let says_nothing_else = !parts.headers.contains_key("sec-fetch-site");
    names_none && says_nothing_else || is_own(&parts.headers, &parts.uri, is_plain)
}

/// The visitor's network. Requests that did not come through the server, as in tests, share one.
fn network(visit: &Visit) -> NetworkKey {
    let nowhere = PeerKey::from(std::net::IpAddr::from([0, 0, 0, 0]));
    visit.peer.map_or(nowhere, Peer::key).network()
}
