//! Messages that visitors of a group's page leave for it.
//!
//! They are encrypted with a key in a file of its own in the node's folder, `messages.key`: a copy of
//! the database, such as a backup of it alone, has nothing that can be read, and a lost key makes
//! every copy unreadable. Whoever has the whole folder, or runs the machine, can read them: the host
//! could, and the documentation says so. Nothing of a visitor is kept but these words.

use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;

use crate::shared::Shared;
use crate::store::{MessageId, StoreError, StoredMessage};
use sealed::{KeyError, open, seal};

pub(crate) use sealed::{Message, MessageKey};

mod sealed;

/// How long a message is kept, read or not.
pub(crate) const RETENTION: Duration = Duration::from_secs(30 * DAY.as_secs());

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
    /// Absent if the key that it was encrypted with is lost.
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
    };
    let mut writing = shared.store.write().await?;
    // Counted where it is added, so that two at once do not exceed the number.
    let counts = writing.message_counts(group, now.minus(DAY)).await?;
    if counts.all >= MAX_MESSAGES || counts.recent >= MAX_MESSAGES_A_DAY {
        return Err(MessageError::Full);
    }
    writing.add_message(group, &stored).await?;
    Ok(writing.commit().await?)
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
