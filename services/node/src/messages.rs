//! Messages that visitors of a group's page leave for it.
//!
//! Some come by the form of that page, others waited at an aggregator. They are encrypted with a key in a file of its own in the node's folder, `messages.key`: a copy of
//! the database, such as a backup of it alone, has nothing that can be read, and a lost key makes
//! every copy unreadable. Whoever has the whole folder, or runs the machine, can read them: the host
//! could, and the documentation says so. Nothing of a visitor is kept but these words.

use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;

use crate::shared::Shared;
use crate::store::{MessageId, StoreError, StoredMessage, Transaction};
use sealed::{KeyError, open, seal};

pub(crate) use sealed::{Message, MessageKey};

mod sealed;

/// How long a message is kept, read or not.
pub(crate) const RETENTION: Duration = Duration::from_secs(30 * DAY.as_secs());

/// How long a message waits at an aggregator, at most.
pub(crate) const MAX_WAIT: Duration = Duration::from_secs(14 * DAY.as_secs());

/// How long the ids of fetched messages are remembered: longer than one can wait elsewhere.
pub(crate) const IDS_KEPT: Duration = Duration::from_secs(30 * DAY.as_secs());

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Messages of one group. A full box refuses new ones: if the oldest made room, a flood would
/// delete what people wrote.
const MAX_MESSAGES: u32 = 200;
/// Messages of one group in a day, so that a flood leaves room for those of the next days.
const MAX_MESSAGES_A_DAY: u32 = 50;

/// A message as its group reads it.
#[derive(Debug)]
pub(crate) struct ReceivedMessage {
    pub(crate) id: MessageId,
    pub(crate) received: Timestamp,
    pub(crate) is_read: bool,
    /// The aggregator that it waited at; empty for one of the group's own page.
    pub(crate) source: String,
    /// Absent if the key that it was encrypted with is lost.
    pub(crate) message: Option<Message>,
}

/// A message that waited at an aggregator.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) id: MessageId,
    pub(crate) received: Timestamp,
    /// The aggregator's address.
    pub(crate) source: String,
    /// Absent if none of the group's keys opens it. The group sees that it came.
    pub(crate) message: Option<Message>,
}

/// Why a message cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MessageError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the group has as many messages as are kept")]
    Full,
}

/// Keeps a message for a group.
///
/// # Errors
/// [`MessageError::Full`] if the group has too many.
pub(crate) async fn keep(
    shared: &Shared,
    group: &GroupId,
    message: &Message,
) -> Result<(), MessageError> {
    let now = shared.now();
    let id = MessageId(shared.bytes());
    let key = shared.message_key.existing_or_new(&*shared.random)?;
    let stored = StoredMessage {
        id,
        sealed: seal(&key, group, &id, message, &*shared.random),
        received: now,
        is_read: false,
        source: String::new(),
    };
    let mut writing = shared.store.write().await?;
    add(&mut writing, group, &stored, now).await?;
    Ok(writing.commit().await?)
}

/// Keeps a message that waited at an aggregator, next to those of the group's own page. One that
/// was fetched before has no effect, even if the group has deleted it since.
///
/// # Errors
/// [`MessageError::Full`] if the group has too many: it must go on waiting.
pub(crate) async fn keep_fetched(
    shared: &Shared,
    group: &GroupId,
    fetched: &Fetched,
) -> Result<(), MessageError> {
    let now = shared.now();
    let key = shared.message_key.existing_or_new(&*shared.random)?;
    let message = fetched.message.as_ref();
    let stored = StoredMessage {
        id: fetched.id,
        // Nothing is a message whose key is lost.
        sealed: message.map_or_else(Vec::new, |message| {
            seal(&key, group, &fetched.id, message, &*shared.random)
        }),
        received: fetched.received,
        is_read: false,
        source: fetched.source.clone(),
    };
    let mut writing = shared.store.write().await?;
    if writing.is_fetched(group, &fetched.id).await? {
        return Ok(());
    }
    add(&mut writing, group, &stored, now).await?;
    writing.add_fetched(group, &fetched.id, now).await?;
    Ok(writing.commit().await?)
}

/// Adds a message unless the group has too many. Counted in the transaction that adds it, so that
/// two at once do not exceed the number.
async fn add(
    writing: &mut Transaction,
    group: &GroupId,
    message: &StoredMessage,
    now: Timestamp,
) -> Result<(), MessageError> {
    let counts = writing.message_counts(group, now.minus(DAY)).await?;
    if counts.all >= MAX_MESSAGES || counts.recent >= MAX_MESSAGES_A_DAY {
        return Err(MessageError::Full);
    }
    Ok(writing.add_message(group, message).await?)
}

/// Lists a group's messages, newest first.
pub(crate) async fn list(
    shared: &Shared,
    group: &GroupId,
) -> Result<Vec<ReceivedMessage>, MessageError> {
    let stored = shared.store.read().await?.messages(group).await?;
    let key = shared.message_key.existing()?;
    let received = stored.into_iter().map(|stored| ReceivedMessage {
        id: stored.id,
        received: stored.received,
        is_read: stored.is_read,
        source: stored.source,
        message: key
            .as_ref()
            .and_then(|key| open(key, group, &stored.id, stored.sealed)),
    });
    Ok(received.collect())
}

/// Marks a message as read. Returns false if there is none with this id.
pub(crate) async fn mark_read(
    shared: &Shared,
    group: &GroupId,
    id: &MessageId,
) -> Result<bool, MessageError> {
    let mut writing = shared.store.write().await?;
    let found = writing.mark_message_read(group, id).await?;
    writing.commit().await?;
    Ok(found)
}

/// Deletes a message, from the write-ahead log too. Returns false if there is none with this id.
pub(crate) async fn delete(
    shared: &Shared,
    group: &GroupId,
    id: &MessageId,
) -> Result<bool, MessageError> {
    let mut writing = shared.store.write().await?;
    let found = writing.delete_message(group, id).await?;
    writing.commit().await?;
    if found {
        shared.store.truncate_log().await?;
    }
    Ok(found)
}
