//! `/messages`: what visitors wrote to the group.

use hedgerow_core::time::Timestamp;
use hedgerow_record_views::day;
use hedgerow_web::pages::console::ConsoleNav;
use hedgerow_web::pages::console::edit::{Inbox, InboxMessage, InboxView};
use hedgerow_web::{Text, WebLink};

use super::super::failed::Failed;
use super::super::form::ConsoleForm;
use super::super::respond::{Shown, page, see_other};
use super::super::steward::InGroup;
use crate::messages;
use crate::messages::{MessageError, RETENTION, ReceivedMessage};
use crate::store::{MessageId, Role};

/// `GET`.
pub(super) async fn show(visit: InGroup) -> Shown {
    let list = messages::list(visit.shared(), &visit.group.id).await;
    let list = list.map_err(failed)?;
    let mut reading = visit.shared().store.read().await?;
    let has_form = reading.contact_form(&visit.group.id).await?;
    let has_directories = reading.directory_messages(&visit.group.id).await?;
    drop(reading);
    let settings = format!("{}/settings", visit.base());
    let view = InboxView {
        messages: list.into_iter().map(message).collect(),
        has_form,
        has_directories,
        settings: (visit.role == Role::Steward).then_some(settings),
        kept_days: RETENTION.as_secs() / 86_400,
        base: visit.base(),
    };
    page(&Inbox::new(visit.frame(ConsoleNav::Messages), view))
}

/// `POST`: marks a message as read, or deletes it.
pub(super) async fn change(visit: InGroup, ConsoleForm(form): ConsoleForm) -> Shown {
    let id: MessageId = form.get("id").parse().map_err(|_| Failed::not_found())?;
    let path = format!("{}/messages", visit.base());
    let found = match form.get("do") {
        "read" => messages::mark_read(visit.shared(), &visit.group.id, &id).await,
        "delete" => {
            visit.steward.flash("inbox-deleted").await?;
            messages::delete(visit.shared(), &visit.group.id, &id).await
        }
        _ => return Err(Failed::not_found()),
    };
    if found.map_err(failed)? {
        see_other(&path)
    } else {
        Err(Failed::not_found())
    }
}

fn failed(error: MessageError) -> Failed {
    match error {
        MessageError::Store(error) => error.into(),
        error => hedgerow_transport::failure::Failure::internal(error).into(),
    }
}

/// The host of an aggregator's address.
fn host_of(address: &str) -> &str {
    let (_, rest) = address.split_once("://").unwrap_or_default();
    rest.split('#').next().unwrap_or_default()
}

fn message(received: ReceivedMessage) -> InboxMessage {
    let (text, reply) = match received.message {
        Some(message) => (Some(Text::plain(&message.text)), message.reply),
        None => (None, String::new()),
    };
    InboxMessage {
        id: received.id.to_string(),
        received: day(Timestamp::from_millis(received.received.as_millis())),
        is_read: received.is_read,
        source: Text::plain(host_of(&received.source)),
        text,
        reply_link: WebLink::mail(&reply).or_else(|| WebLink::phone(&reply)),
        reply: Text::plain(&reply),
    }
}
