//! Leaves: the entry of one record in the tree.

use hedgerow_proto::v1;

use super::error::TreeError;
use crate::digest::{record_hash, sha256};
use crate::id::RecordHash;
use crate::name::RecordName;

/// A record's name, length and hash. The tree commits to all three.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Leaf {
    /// The record's name, by which leaves are sorted.
    pub name: RecordName,
    /// The record's length in bytes.
    pub length: u32,
    /// The hash of the record's bytes.
    pub record_hash: RecordHash,
}

impl Leaf {
    /// Makes the leaf of a record from its name and bytes.
    #[must_use]
    pub fn new(name: RecordName, record: &[u8]) -> Self {
        let length = u32::try_from(record.len()).unwrap_or(u32::MAX);
        Self {
            name,
            length,
            record_hash: record_hash(record),
        }
    }

    /// SHA-256(0x00 ‖ u8 len ‖ collection ‖ u8 len ‖ key ‖ u32be byte length ‖ record hash). The
    /// 0x00 keeps a leaf from hashing like an inner node, which begins with 0x01.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let (collection, key) = (self.name.collection.as_str(), self.name.key.as_str());
        sha256(&[
            &[0],
            &[short_length(collection)],
            collection.as_bytes(),
            &[short_length(key)],
            key.as_bytes(),
            &self.length.to_be_bytes(),
            self.record_hash.as_bytes(),
        ])
    }

    /// Converts to the form that messages carry.
    #[must_use]
    pub fn to_proto(&self) -> v1::Leaf {
        v1::Leaf {
            collection: self.name.collection.as_str().to_owned(),
            key: self.name.key.as_str().to_owned(),
            length: self.length,
            record_hash: self.record_hash.to_vec(),
        }
    }
}

fn short_length(name: &str) -> u8 {
    u8::try_from(name.len()).expect("a name is at most 64 bytes long")
}

impl TryFrom<&v1::Leaf> for Leaf {
    type Error = TreeError;

    fn try_from(leaf: &v1::Leaf) -> Result<Self, TreeError> {
        Ok(Self {
            name: RecordName::parse(&leaf.collection, &leaf.key)?,
            length: leaf.length,
            record_hash: RecordHash::try_from(leaf.record_hash.as_slice())?,
        })
    }
}
