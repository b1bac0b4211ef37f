//! Records as bytes with a hash, and the checks that every receiver makes before it decodes the
//! body.

use hedgerow_proto::v1;
use prost::Message;

use crate::id::{GroupId, RecordHash};
use crate::name::{NameError, RecordName};
use crate::time::Timestamp;
use crate::tree::Leaf;
use crate::wire;
use crate::wire::DecodeFailure;

pub use crate::digest::record_hash;

/// The most bytes of a record, unless a receiver is configured otherwise.
pub const MAX_RECORD_BYTES: usize = 64 * 1024;

/// `create_time`, `update_time` and `subject`.
const MESSAGE_FIELDS: [u64; 3] = [5, 6, 9];

/// A record before it is encoded and published.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRecord {
    /// The group that publishes the record.
    pub group_id: GroupId,
    /// The record's name within the group.
    pub name: RecordName,
    /// 16 random bytes, new with every change.
    pub nonce: [u8; 16],
    /// The time of the first version, by the node's clock.
    pub create_time: Timestamp,
    /// The time of this version, by the node's clock.
    pub update_time: Timestamp,
    /// The language of its text, as a BCP 47 tag.
    pub language: String,
    /// The encoded message of the record's collection.
    pub body: Vec<u8>,
    /// The organisation that a catalogued listing is about.
    pub subject: Option<v1::Subject>,
}

impl NewRecord {
    /// Encodes the bytes that are hashed, stored and sent. They are never encoded again, because
    /// another encoding could have another hash.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        v1::Record {
            group_id: self.group_id.to_vec(),
            collection: self.name.collection.into(),
            key: self.name.key.into(),
            nonce: self.nonce.to_vec(),
            create_time: Some(self.create_time.to_proto()),
            update_time: Some(self.update_time.to_proto()),
            language: self.language,
            body: self.body,
            subject: self.subject,
        }
        .encode_to_vec()
    }
}

/// The reason why a record is refused before its body is decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// More bytes than the receiver's limit.
    #[error("the record is too large: it has {found} bytes, the limit is {limit}")]
    TooLarge {
        /// The record's length in bytes.
        found: usize,
        /// The receiver's limit in bytes.
        limit: usize,
    },
    /// Nested more deeply than any valid record.
    #[error("the record is malformed: it is nested too deeply")]
    TooDeep,
    /// The bytes do not decode as a record, or its text is not UTF-8.
    #[error("the record is malformed")]
    Malformed,
    /// The record names another group than the one that publishes it.
    #[error("the record names another group")]
    WrongGroup,
    /// The collection or key is malformed.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The nonce is not exactly 16 bytes.
    #[error("the record's nonce is invalid: expected 16 random bytes")]
    Nonce,
    /// A time is missing or out of range.
    #[error("the record's {0} is invalid: expected a time within the years 1 to 9999")]
    Time(&'static str),
    /// The leaf contains another name.
    #[error("the record is named {found}, but its leaf is named {leaf}")]
    NameMismatch {
        /// The name in the record.
        found: RecordName,
        /// The name in the leaf.
        leaf: RecordName,
    },
    /// The leaf contains another length.
    #[error("the record has {found} bytes, but its leaf states {leaf}")]
    LengthMismatch {
        /// The record's length in bytes.
        found: usize,
        /// The length in the leaf.
        leaf: u32,
    },
    /// The leaf contains another hash.
    #[error("the record does not match the hash in its leaf")]
    HashMismatch,
}

impl RecordError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "record_too_large",
            Self::TooDeep => "record_too_deep",
            Self::Malformed => "record_malformed",
            Self::WrongGroup => "record_wrong_group",
            Self::Name(error) => error.reason(),
            Self::Nonce => "record_nonce",
            Self::Time(_) => "record_time",
            Self::NameMismatch { .. } => "record_name_mismatch",
            Self::LengthMismatch { .. } => "record_length_mismatch",
            Self::HashMismatch => "record_hash_mismatch",
        }
    }
}

/// A record whose fields are valid, apart from its body. The body is not decoded and may be of a
/// kind that this build cannot decode.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedRecord {
    bytes: Vec<u8>,
    hash: RecordHash,
    name: RecordName,
    create_time: Timestamp,
    update_time: Timestamp,
    message: v1::Record,
}

impl ParsedRecord {
    /// Parses a record of a group, of at most [`MAX_RECORD_BYTES`].
    pub fn parse(bytes: &[u8], group: &GroupId) -> Result<Self, RecordError> {
        Self::parse_within(bytes, group, MAX_RECORD_BYTES)
    }

    /// Parses a record of a group, of at most `limit` bytes.
    pub fn parse_within(bytes: &[u8], group: &GroupId, limit: usize) -> Result<Self, RecordError> {
        if bytes.len() > limit {
            return Err(RecordError::TooLarge {
                found: bytes.len(),
                limit,
            });
        }
        let message: v1::Record =
            wire::decode(bytes, &MESSAGE_FIELDS).map_err(|failure| match failure {
                DecodeFailure::TooDeep => RecordError::TooDeep,
                DecodeFailure::Malformed => RecordError::Malformed,
            })?;
        if message.group_id != group.as_bytes() {
            return Err(RecordError::WrongGroup);
        }
        let name = RecordName::parse(&message.collection, &message.key)?;
        if message.nonce.len() != 16 {
            return Err(RecordError::Nonce);
        }
        Ok(Self {
            bytes: bytes.to_vec(),
            hash: record_hash(bytes),
            name,
            create_time: time(message.create_time.as_ref(), "create_time")?,
            update_time: time(message.update_time.as_ref(), "update_time")?,
            message,
        })
    }

    /// Parses the record of a leaf, and checks that hash, name and length match the leaf's.
    pub fn parse_leaf(
        bytes: &[u8],
        group: &GroupId,
        leaf: &Leaf,
        limit: usize,
    ) -> Result<Self, RecordError> {
        let record = Self::parse_within(bytes, group, limit)?;
        record.check_leaf(leaf)?;
        Ok(record)
    }

    /// Checks that hash, name and length match those of a leaf.
    pub fn check_leaf(&self, leaf: &Leaf) -> Result<(), RecordError> {
        if self.hash != leaf.record_hash {
            return Err(RecordError::HashMismatch);
        }
        if self.name != leaf.name {
            let (found, leaf) = (self.name.clone(), leaf.name.clone());
            return Err(RecordError::NameMismatch { found, leaf });
        }
        if u32::try_from(self.bytes.len()) != Ok(leaf.length) {
            return Err(RecordError::LengthMismatch {
                found: self.bytes.len(),
                leaf: leaf.length,
            });
        }
        Ok(())
    }

    /// The record's name within its group.
    #[must_use]
    pub fn name(&self) -> &RecordName {
        &self.name
    }

    /// The hash of the record's bytes.
    #[must_use]
    pub fn hash(&self) -> RecordHash {
        self.hash
    }

    /// The record's bytes as they arrived.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The time of the first version, by the node's clock.
    #[must_use]
    pub fn create_time(&self) -> Timestamp {
        self.create_time
    }

    /// The time of this version, by the node's clock.
    #[must_use]
    pub fn update_time(&self) -> Timestamp {
        self.update_time
    }

    /// The decoded record. To pass the record on, use [`bytes`](Self::bytes): encoding this again
    /// could change the hash.
    #[must_use]
    pub fn message(&self) -> &v1::Record {
        &self.message
    }

    /// Makes the leaf of this record.
    #[must_use]
    pub fn leaf(&self) -> Leaf {
        Leaf::new(self.name.clone(), &self.bytes)
    }
}

fn time(
    time: Option<&prost_types::Timestamp>,
    field: &'static str,
) -> Result<Timestamp, RecordError> {
    time.and_then(|time| Timestamp::try_from(time).ok())
        .ok_or(RecordError::Time(field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn group() -> GroupId {
        GroupId::from_bytes([7; 32])
    }

    fn new_record(collection: &str, body: Vec<u8>) -> NewRecord {
        NewRecord {
            group_id: group(),
            name: RecordName::parse(collection, "a-key").unwrap(),
            nonce: [1; 16],
            create_time: Timestamp::from_seconds(1_700_000_000),
            update_time: Timestamp::from_seconds(1_700_000_500),
            language: "en-GB".to_owned(),
            body,
            subject: None,
        }
    }

    fn changed(change: impl FnOnce(&mut v1::Record)) -> &'static str {
        let bytes = new_record("event", vec![]).encode();
        let mut message = v1::Record::decode(bytes.as_slice()).unwrap();
        change(&mut message);
        reason(&message.encode_to_vec())
    }

    fn reason(bytes: &[u8]) -> &'static str {
        ParsedRecord::parse(bytes, &group()).map_or_else(|error| error.reason(), |_| "ok")
    }

    proptest! {
        #[test]
        fn a_record_of_any_kind_keeps_its_bytes(collection in "[a-z]{1,20}", body: Vec<u8>) {
            let bytes = new_record(&collection, body.clone()).encode();
            let record = ParsedRecord::parse(&bytes, &group())?;
            prop_assert_eq!(record.bytes(), &bytes);
            prop_assert_eq!(&record.message().body, &body);
            prop_assert_eq!(record.check_leaf(&record.leaf()), Ok(()));
        }

        #[test]
        fn hostile_bytes_never_panic(bytes: Vec<u8>) {
            let _ = ParsedRecord::parse(&bytes, &group());
        }
    }

    #[test]
    fn fields_of_a_later_version_survive() {
        let mut bytes = new_record("event", vec![1]).encode();
        bytes.extend_from_slice(&[0xa2, 0x06, 3, b'n', b'e', b'w']);
        let record = ParsedRecord::parse(&bytes, &group()).unwrap();
        assert_eq!(record.bytes(), bytes);
        assert_eq!(record.hash(), record_hash(&bytes));
    }

    #[test]
    fn every_malformed_record_has_its_reason() {
        assert_eq!(changed(|_| ()), "ok");
        assert_eq!(changed(|r| r.group_id = vec![8; 32]), "record_wrong_group");
        assert_eq!(changed(|r| r.collection.clear()), "collection_malformed");
        assert_eq!(changed(|r| r.key = "A Title".to_owned()), "key_malformed");
        assert_eq!(changed(|r| r.nonce.clear()), "record_nonce");
        assert_eq!(changed(|r| r.create_time = None), "record_time");
        assert_eq!(
            changed(|r| r.update_time.as_mut().unwrap().nanos = -1),
            "record_time"
        );
        assert_eq!(
            changed(|r| r.body = vec![0; MAX_RECORD_BYTES]),
            "record_too_large"
        );
        assert_eq!(reason(b"\x12\x02\xff\xff"), "record_malformed");
        assert_eq!(reason(&[0xa3, 0x06].repeat(1000)), "record_too_deep");
    }

    #[test]
    fn a_record_matches_only_its_own_leaf() {
        let record = ParsedRecord::parse(&new_record("event", vec![]).encode(), &group()).unwrap();
        let with = |change: fn(&mut Leaf)| {
            let mut leaf = record.leaf();
            change(&mut leaf);
            record.check_leaf(&leaf).map_err(|error| error.reason())
        };
        let other = |leaf: &mut Leaf| leaf.name = RecordName::parse("event", "other").unwrap();
        assert_eq!(with(other), Err("record_name_mismatch"));
        assert_eq!(with(|leaf| leaf.length += 1), Err("record_length_mismatch"));
        assert_eq!(
            with(|leaf| leaf.record_hash = RecordHash::from_bytes([0; 32])),
            Err("record_hash_mismatch")
        );
    }
}
