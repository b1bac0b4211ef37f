//! Records as their group published them.

use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::RecordName;
use hedgerow_core::record::{ParsedRecord, RecordError};
use hedgerow_proto::v1;
use prost::Message;

/// A record as its group published it: the bytes that were hashed, and their parsed form.
#[derive(Debug, Clone)]
pub struct Record {
    parsed: ParsedRecord,
}

impl Record {
    /// Parses a record of a group. Checks its form, not where it comes from.
    ///
    /// # Errors
    /// If the bytes are not a record of that group.
    pub fn parse(bytes: &[u8], group: &GroupId) -> Result<Self, RecordError> {
        Ok(Self {
            parsed: ParsedRecord::parse(bytes, group)?,
        })
    }

    /// Returns the name, which is unique within the group.
    #[must_use]
    pub fn name(&self) -> &RecordName {
        self.parsed.name()
    }

    /// Returns the hash, as in the group's tree.
    #[must_use]
    pub fn hash(&self) -> RecordHash {
        self.parsed.hash()
    }

    /// Returns the bytes that were hashed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.parsed.bytes()
    }

    /// Returns the outer message: group, name, times, language, subject.
    #[must_use]
    pub fn message(&self) -> &v1::Record {
        self.parsed.message()
    }

    /// Decodes the body. `None` if the record belongs to another collection, or its body is
    /// not such a message.
    ///
    /// Fields that this build does not know are missing from the message, but never from
    /// [`Record::bytes`].
    #[must_use]
    pub fn body<M: RecordBody>(&self) -> Option<M> {
        (self.name().collection.as_str() == M::COLLECTION)
            .then(|| M::decode(self.message().body.as_slice()).ok())
            .flatten()
    }

    /// Returns the title of the record, or the name of its listing. `None` if it has none, or
    /// its collection is unknown.
    #[must_use]
    pub fn title(&self) -> Option<String> {
        let title = match self.name().collection.as_str() {
            "listing" => self.body::<v1::Listing>()?.name,
            "event" => self.body::<v1::Event>()?.title,
            "offer" => self.body::<v1::Offer>()?.resource?.title,
            "need" => self.body::<v1::Need>()?.resource?.title,
            "story" => self.body::<v1::Story>()?.title,
            "commitment" => self.body::<v1::Commitment>()?.title,
            "vouch" => self.body::<v1::Vouch>()?.subject?.name,
            _ => return None,
        };
        Some(title).filter(|title| !title.is_empty())
    }
}

/// A message that is the body of all records of one collection.
pub trait RecordBody: Message + Default {
    /// The collection, as in record names.
    const COLLECTION: &'static str;
}

macro_rules! record_bodies {
    ($($message:ident $collection:literal),* $(,)?) => {
        $(impl RecordBody for v1::$message {
            const COLLECTION: &'static str = $collection;
        })*
    };
}

record_bodies! {
    Listing "listing",
    Circumstances "circumstances",
    Event "event",
    Offer "offer",
    Need "need",
    Vouch "vouch",
    Story "story",
    Commitment "commitment",
}
