//! Stewards' tokens: each opens one group. The steward's file carries the token.

use std::path::Path;
use std::{fs, io};

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::GroupId;
use hedgerow_core::random::Random;
use hedgerow_server::private_files::{WriteError, create_private_dir, write_private};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A secret that cannot be logged by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Generates a token of 256 random bits.
    pub(crate) fn generate(random: &dyn Random) -> Self {
        let mut bytes = [0; 32];
        random.fill(&mut bytes);
        Self(format!("hedgerow-{}", hex::encode(bytes)))
    }

    /// The token itself, for a call's metadata.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The hash that the node stores instead of a token. A plain SHA-256 suffices, because the
/// token has 256 random bits: there is nothing to guess, so nothing to slow down.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Connection details and token for a steward's tools. Secret: anyone who reads it can
/// publish as the group.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StewardFile {
    /// The node's address.
    pub address: Endpoint,
    pub group_id: GroupId,
    pub token: String,
}

/// Why a steward's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StewardFileError {
    #[error("cannot read {file}")]
    Unreadable {
        file: String,
        #[source]
        source: io::Error,
    },
    #[error("{file} is not a steward's file")]
    Malformed {
        file: String,
        #[source]
        source: serde_json::Error,
    },
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl StewardFile {
    /// Writes the file so that only its owner can read it.
    pub fn write(&self, file: &Path) -> Result<(), StewardFileError> {
        if let Some(folder) = file.parent() {
            create_private_dir(folder)?;
        }
        let mut text = serde_json::to_vec_pretty(self).map_err(|source| malformed(file, source))?;
        text.push(b'\n');
        Ok(write_private(file, &text)?)
    }

    pub fn read(file: &Path) -> Result<Self, StewardFileError> {
        let text = fs::read(file).map_err(|source| unreadable(file, source))?;
        serde_json::from_slice(&text).map_err(|source| malformed(file, source))
    }
}

/// Replaces the address in a steward's file.
pub(crate) fn update_address(file: &Path, address: &Endpoint) -> Result<(), StewardFileError> {
    let text = fs::read(file).map_err(|source| unreadable(file, source))?;
    // Read as a plain value first: if the port was chosen by the system, the file has port 0,
    // which no `Endpoint` accepts.
    let mut steward: serde_json::Value =
        serde_json::from_slice(&text).map_err(|source| malformed(file, source))?;
    let address = serde_json::Value::String(address.to_string());
    if steward.get("address") == Some(&address) {
        return Ok(());
    }
    steward["address"] = address;
    let steward: StewardFile =
        serde_json::from_value(steward).map_err(|source| malformed(file, source))?;
    steward.write(file)
}

fn unreadable(file: &Path, source: io::Error) -> StewardFileError {
    StewardFileError::Unreadable {
        file: file.display().to_string(),
        source,
    }
}

fn malformed(file: &Path, source: serde_json::Error) -> StewardFileError {
    StewardFileError::Malformed {
        file: file.display().to_string(),
        source,
    }
}
