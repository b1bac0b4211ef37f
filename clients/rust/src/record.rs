//! A record as its group published it.

use hedgerow_core::id::GroupId;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::record::RecordError;
use hedgerow_proto::v1;
use prost::Message;

/// A record as its group published it: the bytes that were hashed, and what they say.
#[derive(Debug, Clone)]
pub struct Record {
    parsed: ParsedRecord,
}

impl Record {
    /// Reads a record of a group. This checks its form, and not where it is from.
    ///
    /// # Errors
    /// Where the bytes are not a record of that group.
    pub fn parse(bytes: &[u8], group: &GroupId) -> Result<Self, RecordError> {
        Ok(Self {
            parsed: ParsedRecord::parse(bytes, group)?,
        })
    }

    /// Its name within the group.
    pub fn name(&self) -> &RecordName {
        self.parsed.name()
    }

    /// Its hash, as in the group's tree.
    pub fn hash(&self) -> RecordHash {
        self.parsed.hash()
    }

    /// The bytes that were hashed.
    pub fn bytes(&self) -> &[u8] {
        self.parsed.bytes()
    }

    /// The outer message: group, name, times, language, subject.
    pub fn message(&self) -> &v1::Record {
        self.parsed.message()
    }

    /// The body as a message of the protocol. `None` where the record is of another kind,
    /// or its body is not such a message.
    ///
    /// Fields that this build does not know are dropped from the answer, never from
    /// [`Record::bytes`].
    pub fn body<M: Kind>(&self) -> Option<M> {
        (self.name().collection.as_str() == M::COLLECTION)
            .then(|| M::decode(self.message().body.as_slice()).ok())
            .flatten()
    }

    /// The record's own title: a listing's name, an event's or offer's title. `None`
    /// where it has none, or the kind is unknown.
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

/// The message of a known kind.
pub trait Kind: Message + Default {
    /// The collection whose bodies are this message.
    const COLLECTION: &'static str;
}

macro_rules! kinds {
    ($($message:ident $collection:literal),* $(,)?) => {
        $(impl Kind for v1::$message {
            const COLLECTION: &'static str = $collection;
        })*
    };
}

kinds! {
    Listing "listing",
    Circumstances "circumstances",
    Event "event",
    Offer "offer",
    Need "need",
    Vouch "vouch",
    Story "story",
    Commitment "commitment",
}
