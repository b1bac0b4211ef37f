//! `/group/{group}/message`: a message to a group whose node fetches it from here.
//!
//! The browser seals the words if it can; otherwise they are sealed here, in memory, before
//! anything is stored. They are in no address, log or trace.

use axum::body::Body;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse as _, Redirect, Response};
use hedgerow_core::id::{GroupId, RequestId};
use hedgerow_core::seal::ContactMessage;
use hedgerow_proto::directory_v1::GetGroupRequest;
use hedgerow_server::server::PlainHttp;
use hedgerow_transport::failure::{CallFailure, Failure};
use hedgerow_web::components::{MessageDraft, MessageProblem, SealTo};
use hedgerow_web::form::Form;
use hedgerow_web::origin::is_own;
use hedgerow_web::pages::{GroupMessage, GroupMessageSent};
use hedgerow_web::{Text, response};
use http::StatusCode;
use http::request::Parts;
use zeroize::Zeroizing;

use super::visit::Visit;
use crate::inbox::{NotTaken, Receiver};
use crate::retention::MESSAGES_WAIT;

impl Visit {
    /// The group, if it takes messages here.
    pub(super) async fn receiver(&self, group: &GroupId) -> Result<Option<Receiver>, Failure> {
        match &self.site.inbox {
            Some(inbox) => inbox.receiver(group).await,
            None => Ok(None),
        }
    }

    /// The page for a failure of what no call does.
    pub(super) fn broken(&self, failure: Failure) -> Response {
        self.failed(&CallFailure::from(tonic::Status::from(failure)))
    }
}

/// The form without words.
pub(super) fn form_of(receiver: &Receiver) -> MessageDraft {
    MessageDraft {
        action: format!("/group/{}/message", receiver.group),
        seal: Some(SealTo {
            group: receiver.group.to_string(),
            key: hex::encode(receiver.encryption_key),
            key_index: receiver.key_index,
            days: MESSAGES_WAIT.as_secs() / (24 * 60 * 60),
        }),
        ..MessageDraft::default()
    }
}

/// `GET /group/{group}/message`: the form on a page of its own.
pub(super) async fn form(visit: Visit, Path(group): Path<String>) -> Response {
    match open(&visit, &group).await {
        Ok((receiver, name)) => show(&visit, name, form_of(&receiver), StatusCode::OK),
        Err(problem) => problem,
    }
}

/// `GET /group/{group}/message/sent`: what happens to it now. Shown for any group, because a
/// closed inbox does not undo what was sent.
pub(super) async fn sent(visit: Visit, Path(group): Path<String>) -> Response {
    let Ok(group) = group.parse::<GroupId>() else {
        return visit.problem(StatusCode::NOT_FOUND);
    };
    let days = MESSAGES_WAIT.as_secs() / (24 * 60 * 60);
    let page = GroupMessageSent::new(visit.shell.clone(), format!("/group/{group}"), days);
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
    let (receiver, name) = match open(&visit, &group).await {
        Ok(open) => open,
        Err(problem) => return problem,
    };
    let (problem, status) = match accept(&visit, &receiver, &parts, &form).await {
        Ok(()) => {
            let sent = format!("/group/{}/message/sent", receiver.group);
            return Redirect::to(&sent).into_response();
        }
        Err(Refusal::Problem(problem, status)) => (problem, status),
        Err(Refusal::Failed(failure)) => return visit.broken(failure),
    };
    // With the words, so that they are not lost; those that the browser sealed are not here.
    let mut draft = MessageDraft {
        text: form.get("message").to_owned(),
        reply: form.get("reply").to_owned(),
        ..form_of(&receiver)
    };
    draft.add(problem, visit.words());
    if !form.get("sealed").is_empty() {
        draft.add(MessageProblem::SealedAway, visit.words());
    }
    show(&visit, name, draft, status)
}

/// Why a message was not taken.
enum Refusal {
    Problem(MessageProblem, StatusCode),
    Failed(Failure),
}

impl From<NotTaken> for Refusal {
    fn from(reason: NotTaken) -> Self {
        match reason {
            NotTaken::Pace => Self::Problem(MessageProblem::TooMany, StatusCode::TOO_MANY_REQUESTS),
            NotTaken::Full | NotTaken::Closed => {
                Self::Problem(MessageProblem::Full, StatusCode::SERVICE_UNAVAILABLE)
            }
            NotTaken::Malformed => Self::Problem(MessageProblem::Unsealed, StatusCode::BAD_REQUEST),
            NotTaken::Failed(failure) => Self::Failed(failure),
        }
    }
}

async fn accept(
    visit: &Visit,
    receiver: &Receiver,
    parts: &Parts,
    form: &Form,
) -> Result<(), Refusal> {
    let is_plain = parts.extensions.get::<PlainHttp>().is_some();
    if !is_own(&parts.headers, &parts.uri, is_plain) {
        let status = StatusCode::FORBIDDEN;
        return Err(Refusal::Problem(MessageProblem::OtherSite, status));
    }
    let Some(inbox) = &visit.site.inbox else {
        return Err(NotTaken::Closed.into());
    };
    let network = visit.peer_key().network();
    if !form.get("sealed").is_empty() {
        let sealed = sealed_of(form).ok_or(NotTaken::Malformed)?;
        return Ok(inbox.take(receiver, sealed, network).await?);
    }
    let plain = |name| Zeroizing::new(Text::plain(form.get(name)).as_str().trim().to_owned());
    let (text, reply) = (plain("message"), plain("reply"));
    if let Some(problem) = MessageProblem::find(&text, &reply) {
        return Err(Refusal::Problem(problem, StatusCode::BAD_REQUEST));
    }
    let message = ContactMessage { text, reply };
    Ok(inbox.seal(receiver, message, network).await?)
}

/// What a browser has sealed: the id, the index of the key, and the bytes.
fn sealed_of(form: &Form) -> Option<(RequestId, u32, Vec<u8>)> {
    let id = form.get("id").parse().ok()?;
    let key_index = form.get("key").parse().ok()?;
    let sealed = hex::decode(form.get("sealed")).ok()?;
    Some((id, key_index, sealed))
}

/// The group that takes messages, and its name.
async fn open(visit: &Visit, group: &str) -> Result<(Receiver, Text), Response> {
    let missing = || visit.problem(StatusCode::NOT_FOUND);
    let id: GroupId = group.parse().map_err(|_| missing())?;
    let receiver = visit.receiver(&id).await;
    let receiver = receiver.map_err(|failure| visit.broken(failure))?;
    let receiver = receiver.ok_or_else(missing)?;
    let request = GetGroupRequest {
        group_id: id.to_vec(),
    };
    let group = visit.get_group(request).await;
    let group = group.map_err(|failure| visit.failed(&failure))?;
    Ok((receiver, Text::plain(&group.name)))
}

fn show(visit: &Visit, name: Text, draft: MessageDraft, status: StatusCode) -> Response {
    let href = draft.action.trim_end_matches("/message").to_owned();
    let page = GroupMessage::new(visit.shell.clone(), name, href, draft);
    response::page(status, &page)
}
