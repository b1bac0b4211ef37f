//! The aggregator's own keys. Like a group it has an id and a key log; its signing key signs
//! receipts.

use std::path::{Path, PathBuf};
use std::{fs, io};

use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::{KeyLog, KeyLogError, incept};
use hedgerow_core::keys::{EncryptionSecret, SigningKey};
use hedgerow_core::phrase::Phrase;
use hedgerow_core::random::{Random, RandomExt};
use hedgerow_server::private_files::{WriteError, write_private_new};
use serde::{Deserialize, Serialize};

/// The signing key and the key log that proves it.
pub struct Keys {
    signing: SigningKey,
    encryption: EncryptionSecret,
    log: KeyLog,
}

/// The reason why keys cannot be made, saved or loaded.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    #[error(
        "cannot find keys at {}: run `hedgerow-aggregator init` first", path.display()
    )]
    Missing { path: PathBuf },
    #[error("cannot read {}", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The file is not as `init` wrote it.
    #[error("{} is invalid ({what}): restore it from a backup", path.display())]
    Damaged {
        path: PathBuf,
        /// The part that is wrong.
        what: &'static str,
    },
    #[error(transparent)]
    Write(#[from] WriteError),
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
    /// Makes new keys that commit to the phrase's first recovery key. The phrase is not stored.
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

    /// Writes a new file that only this user can read. An existing file is not replaced.
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
        let text =
            serde_json::to_vec_pretty(&file).map_err(|_| damaged("cannot be encoded as JSON"))?;
        Ok(write_private_new(path, &text)?)
    }

    /// Reads the file that [`save`](Self::save) wrote, and verifies the key log.
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
        let file: KeysFile = serde_json::from_slice(&text).map_err(|_| damaged("expected JSON"))?;
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
            return Err(damaged("signing_seed does not match key_log"));
        }
        Ok(keys)
    }

    pub fn id(&self) -> GroupId {
        self.log.group_id()
    }

    pub fn signing(&self) -> &SigningKey {
        &self.signing
    }

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
    use hedgerow_testkit::SeededRandom;

    #[test]
    fn saved_keys_load_again_and_a_second_save_replaces_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.json");
        let phrase = Phrase::from_entropy([7; 16]);
        let keys = Keys::make(&phrase, &SeededRandom::new(1)).unwrap();
        keys.save(&path).unwrap();
        let read = Keys::load(&path).unwrap();
        assert_eq!(read.id(), keys.id());
        assert_eq!(read.signing().seed(), keys.signing().seed());
        assert!(keys.save(&path).is_err());
    }

    #[test]
    fn the_error_for_missing_keys_names_the_command_to_run() {
        let error = Keys::load(Path::new("/nowhere/keys.json"))
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("hedgerow-aggregator init"), "{error}");
    }
}
