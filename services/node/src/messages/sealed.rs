//! Encryption of messages, with a key in a file of its own.

use std::io;
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hedgerow_core::id::GroupId;
use hedgerow_core::random::{Random, RandomExt};
use hedgerow_server::private_files::{WriteError, write_private_new};
use parking_lot::Mutex;
use zeroize::Zeroizing;

use crate::store::MessageId;

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

/// Why the key cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("cannot read {}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is invalid: expected {KEY_BYTES} bytes; restore it from a backup, or remove it and \
             lose the messages that wait", path.display())]
    Invalid { path: PathBuf },
    #[error(transparent)]
    Write(#[from] WriteError),
}

pub(super) type Key = Zeroizing<[u8; KEY_BYTES]>;

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
    pub(super) fn existing(&self) -> Result<Option<Key>, KeyError> {
        let mut read = self.read.lock();
        if read.is_none() {
            *read = self.read_file()?;
        }
        Ok(read.clone())
    }

    pub(super) fn existing_or_new(&self, random: &dyn Random) -> Result<Key, KeyError> {
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

    fn read_file(&self) -> Result<Option<Key>, KeyError> {
        let bytes = match std::fs::read(&self.file) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                let path = self.file.clone();
                return Err(KeyError::Read { path, source });
            }
        };
        let key = <[u8; KEY_BYTES]>::try_from(bytes.as_slice());
        let invalid = |_| KeyError::Invalid {
            path: self.file.clone(),
        };
        key.map(|key| Some(Zeroizing::new(key))).map_err(invalid)
    }
}

pub(super) fn seal(
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
pub(super) fn open(
    key: &Key,
    group: &GroupId,
    id: &MessageId,
    mut sealed: Vec<u8>,
) -> Option<Message> {
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
