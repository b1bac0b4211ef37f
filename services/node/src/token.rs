//! Stewards' tokens: what opens one group, and the file that carries it.

use std::fs;
use std::io;
use std::path::Path;

use hedgerow_core::address::Address;
use hedgerow_core::id::GroupId;
use hedgerow_core::time::Random;
use hedgerow_rpc::files::WriteFailed;
use hedgerow_rpc::files::create_private_dir;
use hedgerow_rpc::files::write_private;
use serde::Deserialize;
use serde::Serialize;
use sha2::Digest;
use sha2::Sha256;

/// What a steward's tools need to reach and open one group. Secret: whoever has it
/// can publish as the group.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StewardFile {
    /// Where the node is.
    pub address: Address,
    /// The group.
    pub group_id: GroupId,
    /// The token.
    pub token: String,
}

/// Why a steward's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StewardFileError {
    /// It cannot be read.
    #[error("{file} cannot be read")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is not what this program wrote.
    #[error("{file} is not a steward's file")]
    Malformed {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// It cannot be written.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

/// A fresh token.
pub fn new_token(random: &dyn Random) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    format!("hedgerow-{}", hex::encode(bytes))
}

/// What the node keeps of a token.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

impl StewardFile {
    /// Writes it where only its owner may read it.
    pub fn write(&self, file: &Path) -> Result<(), StewardFileError> {
        if let Some(folder) = file.parent() {
            create_private_dir(folder)?;
        }
        let mut text = serde_json::to_vec_pretty(self).map_err(|source| malformed(file, source))?;
        text.push(b'\n');
        Ok(write_private(file, &text)?)
    }

    /// Reads it.
    pub fn read(file: &Path) -> Result<Self, StewardFileError> {
        let text = fs::read(file).map_err(|source| unreadable(file, source))?;
        serde_json::from_slice(&text).map_err(|source| malformed(file, source))
    }
}

/// Puts another address into a steward's file. The one that is there may be of a port
/// that was not known yet.
pub(crate) fn readdress(file: &Path, address: &Address) -> Result<(), StewardFileError> {
    let text = fs::read(file).map_err(|source| unreadable(file, source))?;
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
