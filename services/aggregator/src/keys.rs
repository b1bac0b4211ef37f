//! The aggregator's own keys: it is a group id too, and its signing key signs receipts.

use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::key_log::KeyLogError;
use hedgerow_core::key_log::incept;
use hedgerow_core::keys::EncryptionSecret;
use hedgerow_core::keys::SigningKey;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::time::Random;
use hedgerow_core::time::RandomExt;
use hedgerow_rpc::files::WriteFailed;
use hedgerow_rpc::files::write_private_new;
use serde::Deserialize;
use serde::Serialize;

/// The signing key and the key log that vouches for it.
pub struct Keys {
    signing: SigningKey,
    encryption: EncryptionSecret,
    log: KeyLog,
}

/// Why the keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// There are none yet.
    #[error(
        "there are no keys in {} yet: run `hedgerow-aggregator init` first", path.display()
    )]
    Missing {
        /// The file looked for.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is not what `init` wrote.
    #[error("{} is damaged ({what}): restore it from a backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] WriteFailed),
    /// The key log would not verify.
    #[error(transparent)]
    KeyLog(#[from] KeyLogError),
}

#[derive(Serialize, Deserialize)]
struct KeysFile {
    signing_seed: String,
    encryption_seed: String,
    key_log: Vec<String>,
}

impl Keys {
    /// Makes new keys, committed to the phrase's first recovery key. The phrase is not kept.
    pub fn make(phrase: &Phrase, random: &dyn Random) -> Result<Self, KeysError> {
        let signing = SigningKey::from_seed(random.bytes());
        let encryption = EncryptionSecret::from_seed(random.bytes());
        let first = incept(
            &signing,
            encryption.public(),
            phrase.commitment(1),
            random.bytes(),
        );
        Ok(Self {
            signing,
            encryption,
            log: KeyLog::verify([&first])?,
        })
    }

    /// Writes them to a file that only this user can read, and that is not there yet.
    pub fn save(&self, path: &Path) -> Result<(), KeysError> {
        let file = KeysFile {
            signing_seed: hex::encode(self.signing.seed()),
            encryption_seed: hex::encode(self.encryption.seed()),
            key_log: self.log.envelopes().iter().map(hex::encode).collect(),
        };
        let damaged = |what| KeysError::Damaged {
            path: path.to_owned(),
            what,
        };
        let text = serde_json::to_vec_pretty(&file).map_err(|_| damaged("it has no JSON form"))?;
        Ok(write_private_new(path, &text)?)
    }

    /// Reads them.
    pub fn load(path: &Path) -> Result<Self, KeysError> {
        let text = fs::read(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => KeysError::Missing {
                path: path.to_owned(),
            },
            _ => KeysError::Unreadable {
                path: path.to_owned(),
                source,
            },
        })?;
        let damaged = |what| KeysError::Damaged {
            path: path.to_owned(),
            what,
        };
        let file: KeysFile = serde_json::from_slice(&text).map_err(|_| damaged("not its JSON"))?;
        let signing = seed(&file.signing_seed).ok_or_else(|| damaged("signing_seed"))?;
        let encryption = seed(&file.encryption_seed).ok_or_else(|| damaged("encryption_seed"))?;
        let envelopes = file
            .key_log
            .iter()
            .map(hex::decode)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| damaged("key_log"))?;
        let keys = Self {
            signing: SigningKey::from_seed(signing),
            encryption: EncryptionSecret::from_seed(encryption),
            log: KeyLog::verify(&envelopes).map_err(|_| damaged("key_log"))?,
        };
        if keys.log.signing_key(keys.log.tip_index()) != Some(&keys.signing.public()) {
            return Err(damaged("signing_seed is not the key log's"));
        }
        Ok(keys)
    }

    /// The aggregator's id.
    pub fn id(&self) -> GroupId {
        self.log.group_id()
    }

    /// Signs receipts.
    pub fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// Vouches for the signing key.
    pub fn log(&self) -> &KeyLog {
        &self.log
    }
}

fn seed(text: &str) -> Option<[u8; 32]> {
    hex::decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::Dice;

    #[test]
    fn keys_survive_their_file_and_nothing_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.json");
        let phrase = Phrase::from_entropy([7; 16]);
        let keys = Keys::make(&phrase, &Dice::new(1)).unwrap();
        keys.save(&path).unwrap();
        let read = Keys::load(&path).unwrap();
        assert_eq!(read.id(), keys.id());
        assert_eq!(read.signing().seed(), keys.signing().seed());
        assert!(keys.save(&path).is_err());
    }

    #[test]
    fn missing_keys_say_what_to_run() {
        let error = Keys::load(Path::new("/nowhere/keys.json"))
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("hedgerow-aggregator init"), "{error}");
    }
}
