//! Records as they travel: bytes with a hash, and what every receiver checks before it looks
//! inside.

use hedgerow_proto::v1;
use prost::Message;

use crate::digest::sha256;
use crate::id::GroupId;
use crate::id::RecordHash;
use crate::name::NameError;
use crate::name::RecordName;
use crate::time::Timestamp;
use crate::tree::Leaf;
use crate::wire;
use crate::wire::DecodeFailure;

/// The most bytes of a record, unless a receiver is configured otherwise.
pub const MAX_RECORD_BYTES: usize = 64 * 1024;

/// SHA-256(`hedgerow/v1/record` ‖ 0x00 ‖ bytes).
#[must_use]
pub fn record_hash(bytes: &[u8]) -> RecordHash {
    RecordHash::from_bytes(sha256(&[b"hedgerow/v1/record\0", bytes]))
}

impl RecordHash {
    /// The hash of a record's bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        record_hash(bytes)
    }
}

/// A record about to be published.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRecord {
    /// The publishing group.
    pub group_id: GroupId,
    /// Its name within the group.
    pub name: RecordName,
    /// 16 random bytes, new with every change.
    pub nonce: [u8; 16],
    /// When it was first made.
    pub create_time: Timestamp,
    /// When it was last changed.
    pub update_time: Timestamp,
    /// The language of its text, as a BCP 47 tag.
    pub language: String,
    /// The encoded message of its collection.
    pub body: Vec<u8>,
    /// Whom a catalogued listing is about.
    pub subject: Option<v1::Subject>,
}

impl NewRecord {
    /// The bytes that are hashed, stored and sent; they are never encoded again.
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

/// Why a record is refused before its body is looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// More bytes than this receiver takes.
    #[error("the record has {found} bytes, at most {limit} are taken")]
    TooLarge {
        /// Its length.
        found: usize,
        /// The receiver's limit.
        limit: usize,
    },
    /// Nested beyond anything honest.
    #[error("the record is nested too deeply")]
    TooDeep,
    /// No record, or text that is not UTF-8.
    #[error("these bytes are no record")]
    Malformed,
    /// It names another group than the one that publishes it.
    #[error("the record names another group")]
    WrongGroup,
    /// Its collection or key is no name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// It has not exactly 16 random bytes.
    #[error("a record holds 16 random bytes")]
    Nonce,
    /// A time is missing or out of range.
    #[error("the record's {0} is missing or no time")]
    Time(&'static str),
    /// Its leaf states another name.
    #[error("the record is named {found}, its leaf says {leaf}")]
    NameMismatch {
        /// The record's own name.
        found: RecordName,
        /// The leaf's.
        leaf: RecordName,
    },
    /// Its leaf states another length.
    #[error("the record has {found} bytes, its leaf says {leaf}")]
    LengthMismatch {
        /// The record's own length.
        found: usize,
        /// The leaf's.
        leaf: u32,
    },
    /// Its leaf states another hash.
    #[error("the record's bytes are not those of its leaf")]
    HashMismatch,
}

impl RecordError {
    /// The stable name of this error.
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

/// A record whose envelope is in order. Its body may be of a kind that this build does not know;
/// nothing was looked at there.
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

    /// Parses a record of a group, of at most so many bytes.
    pub fn parse_within(bytes: &[u8], group: &GroupId, limit: usize) -> Result<Self, RecordError> {
        if bytes.len() > limit {
            return Err(RecordError::TooLarge {
                found: bytes.len(),
                limit,
            });
        }
        let message: v1::Record = wire::decode(bytes).map_err(|failure| match failure {
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

    /// Parses the record that a leaf stands for: its own name and length are the leaf's too.
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

    /// Whether it is the record that this leaf stands for.
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

    /// Its name within the group.
    #[must_use]
    pub fn name(&self) -> &RecordName {
        &self.name
    }

    /// Its hash.
    #[must_use]
    pub fn hash(&self) -> RecordHash {
        self.hash
    }

    /// Its bytes as they came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// When it was first made, by its node's clock.
    #[must_use]
    pub fn create_time(&self) -> Timestamp {
        self.create_time
    }

    /// When it was last changed, by its node's clock.
    #[must_use]
    pub fn update_time(&self) -> Timestamp {
        self.update_time
    }

    /// The decoded record, for reading only.
    #[must_use]
    pub fn message(&self) -> &v1::Record {
        &self.message
    }

    /// The leaf that stands for it.
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
        fn a_record_of_any_kind_is_kept_byte_for_byte(collection in "[a-z]{1,20}", body: Vec<u8>) {
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
    fn every_bad_record_has_its_reason() {
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
    fn a_record_answers_to_its_own_leaf_only() {
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
