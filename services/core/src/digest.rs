//! SHA-256, and the hash of a record.

use sha2::{Digest, Sha256};

use crate::id::RecordHash;

/// SHA-256 of the parts, concatenated.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// SHA-256(`hedgerow/v1/record` ‖ 0x00 ‖ bytes). The prefix keeps a record from hashing like
/// anything else that the protocol hashes.
#[must_use]
pub fn record_hash(bytes: &[u8]) -> RecordHash {
    RecordHash::from_bytes(sha256(&[b"hedgerow/v1/record\0", bytes]))
}
