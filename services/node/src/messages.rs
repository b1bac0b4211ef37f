//! Messages that visitors of a group's page leave for it.
//!
//! They are encrypted with a key in a file of its own in the node's folder, `messages.key`: a copy of
//! the database, such as a backup of it alone, has nothing that can be read, and a lost key makes
//! every copy unreadable. Whoever has the whole folder, or runs the machine, can read them: the host
//! could, and the documentation says so. Nothing of a visitor is kept but these words.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hedgerow_core::id::GroupId;
use hedgerow_core::random::{Random, RandomExt};
use hedgerow_core::time::Timestamp;
use hedgerow_server::private_files::{WriteError, write_private_new};
use parking_lot::Mutex;
use zeroize::Zeroizing;

use crate::shared::Shared;
use crate::store::{MessageId, StoreError, StoredMessage};

/// How long a message is kept, read or not.
pub(crate) const RETENTION: Duration = Duration::from_secs(30 * DAY.as_secs());

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Messages of one group. A full box refuses new ones: if the oldest made room, a flood would
/// delete what people wrote.
const MAX_MESSAGES: u32 = 200;
/// Messages of one group in a day, so that a flood leaves room for those of the next days.
const MAX_MESSAGES_A_DAY: u32 = 50;

const KEY_FILE: &str = "messages.key";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// Plaintexts have a multiple of this length, so that a ciphertext does not show how long a
/// message is.
const PADDED_BYTES: usize = 512;

/// What a visitor wrote.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) text: String,
    /// How to reply; empty if the visitor wants no reply.
    pub(crate) reply: String,
}

impl std::fmt::Debug for Message {
    /// Without the words: they must be in no log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message").finish_non_exhaustive()
    }
}

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
    #[error("cannot read {}", path.display())]
    ReadKey {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is invalid: expected {KEY_BYTES} bytes; restore it from a backup, or remove it and \
             lose the messages that wait", path.display())]
    InvalidKey { path: PathBuf },
    #[error(transparent)]
    WriteKey(#[from] WriteError),
    #[error("the group has as many messages as are kept")]
    Full,
}

type Key = Zeroizing<[u8; KEY_BYTES]>;

/// The key of a node's messages. Its file is made when the first message comes.
#[derive(Debug)]
pub(crate) struct MessageKey {
    file: PathBuf,
    read: Mutex<Option<Key>>,
}

impl MessageKey {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self {
            file: folder.join(KEY_FILE),
            read: Mutex::new(None),
        }
    }

    /// The key, if there is one.
    fn existing(&self) -> Result<Option<Key>, MessageError> {
        let mut read = self.read.lock();
        if read.is_none() {
            *read = self.read_file()?;
        }
        Ok(read.clone())
    }

    fn existing_or_new(&self, random: &dyn Random) -> Result<Key, MessageError> {
        if let Some(key) = self.existing()? {
            return Ok(key);
        }
        let mut read = self.read.lock();
        if let Some(key) = read.as_ref() {
            return Ok(key.clone());
        }
        let key: Key = Zeroizing::new(random.bytes());
        write_private_new(&self.file, key.as_slice())?;
        *read = Some(key.clone());
        Ok(key)
    }

    fn read_file(&self) -> Result<Option<Key>, MessageError> {
        let bytes = match std::fs::read(&self.file) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                let path = self.file.clone();
                return Err(MessageError::ReadKey { path, source });
            }
        };
        let key = <[u8; KEY_BYTES]>::try_from(bytes.as_slice());
        let invalid = |_| MessageError::InvalidKey {
            path: self.file.clone(),
        };
        key.map(|key| Some(Zeroizing::new(key))).map_err(invalid)
    }
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

fn seal(
    key: &Key,
    group: &GroupId,
    id: &MessageId,
    message: &Message,
    random: &dyn Random,
) -> Vec<u8> {
    let nonce: [u8; NONCE_BYTES] = random.bytes();
    let mut text = serde_json::to_vec(&(&message.text, &message.reply))
        .expect("two texts can be written as JSON");
    let padded = text.len().next_multiple_of(PADDED_BYTES);
    // Space after a JSON value is no part of it.
    text.resize(padded, b' ');
    XChaCha20Poly1305::new((&**key).into())
        .encrypt_in_place(&XNonce::from(nonce), &name_of(group, id), &mut text)
        .expect("a message is shorter than the cipher's limit of 256 GiB");
    let mut sealed = nonce.to_vec();
    sealed.append(&mut text);
    sealed
}

/// Decrypts a message. `None` if it has another key, or was altered or moved.
fn open(key: &Key, group: &GroupId, id: &MessageId, mut sealed: Vec<u8>) -> Option<Message> {
    let mut text = Zeroizing::new(sealed.split_off(NONCE_BYTES.min(sealed.len())));
    let nonce: [u8; NONCE_BYTES] = sealed.try_into().ok()?;
    XChaCha20Poly1305::new((&**key).into())
        .decrypt_in_place(&XNonce::from(nonce), &name_of(group, id), &mut *text)
        .ok()?;
    let (text, reply) = serde_json::from_slice(&text).ok()?;
    Some(Message { text, reply })
}

/// What a ciphertext belongs to, as its associated data.
fn name_of(group: &GroupId, id: &MessageId) -> Vec<u8> {
    let mut name = b"hedgerow/v1/message".to_vec();
    name.extend_from_slice(group.as_bytes());
    name.extend_from_slice(&id.0);
    name
}

#[cfg(test)]
mod tests {
    use hedgerow_testkit::SeededRandom;

    use super::*;

    fn message(text: &str) -> Message {
        Message {
            text: text.to_owned(),
            reply: "in the hall".to_owned(),
        }
    }

    #[test]
    fn a_message_is_opened_by_its_key_for_its_group_only() {
        let random = SeededRandom::new(1);
        let key: Key = Zeroizing::new(random.bytes());
        let (group, id) = (
            GroupId::from_bytes(random.bytes()),
            MessageId(random.bytes()),
        );
        let sealed = seal(
            &key,
            &group,
            &id,
            &message("Can I bring a friend?"),
            &random,
        );
        assert!(!sealed.windows(6).any(|part| part == b"friend"));
        let opened = open(&key, &group, &id, sealed.clone()).unwrap();
        assert!(opened == message("Can I bring a friend?"));
        let other: Key = Zeroizing::new(random.bytes());
        assert!(open(&other, &group, &id, sealed.clone()).is_none());
        let other = GroupId::from_bytes(random.bytes());
        assert!(open(&key, &other, &id, sealed.clone()).is_none());
        assert!(open(&key, &group, &MessageId(random.bytes()), sealed.clone()).is_none());
        for at in [0, 23, 24, sealed.len() - 1] {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(open(&key, &group, &id, altered).is_none(), "{at}");
        }
        for length in [0, 23, 24, 39] {
            assert!(open(&key, &group, &id, sealed[..length].to_vec()).is_none());
        }
    }

    #[test]
    fn the_length_of_a_ciphertext_does_not_show_that_of_the_message() {
        let random = SeededRandom::new(1);
        let key: Key = Zeroizing::new(random.bytes());
        let (group, id) = (
            GroupId::from_bytes(random.bytes()),
            MessageId(random.bytes()),
        );
        let length = |text: &str| seal(&key, &group, &id, &message(text), &random).len();
        assert_eq!(length("Hi"), length(&"Can I bring a friend? ".repeat(10)));
    }
}
