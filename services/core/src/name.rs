//! Names of views, collections and records.

use std::fmt;
use std::str::FromStr;

use hedgerow_proto::v1;

/// The most bytes of a view's, collection's or key's name.
pub const MAX_NAME_BYTES: usize = 64;

/// The collections that this build can decode. Records of other collections are kept as bytes.
pub mod collection {
    /// `Listing`s: a group or organisation, its own or a catalogued one.
    pub const LISTING: &str = "listing";
    /// `Circumstances`: how a group is faring. Published only if its steward chooses so.
    pub const CIRCUMSTANCES: &str = "circumstances";
    /// `Event`s: a meeting or series of meetings.
    pub const EVENT: &str = "event";
    /// `Offer`s of a resource.
    pub const OFFER: &str = "offer";
    /// `Need`s for a resource.
    pub const NEED: &str = "need";
    /// `Vouch`es: one group's statement about another.
    pub const VOUCH: &str = "vouch";
    /// `Story`: a case study.
    pub const STORY: &str = "story";
    /// `Commitment`s: a partner's or funder's target.
    pub const COMMITMENT: &str = "commitment";
    /// Every collection above.
    pub const KNOWN: [&str; 8] = [
        LISTING,
        CIRCUMSTANCES,
        EVENT,
        OFFER,
        NEED,
        VOUCH,
        STORY,
        COMMITMENT,
    ];
}

/// The error for text that is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {what} is invalid: expected 1 to 64 characters from a-z, 0-9, `.` and `-`")]
pub struct NameError {
    /// The kind of name that was expected: `view`, `collection` or `key`.
    pub what: &'static str,
}

impl NameError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self.what {
            "view" => "view_malformed",
            "collection" => "collection_malformed",
            _ => "key_malformed",
        }
    }
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )*};
}

names! {
    /// A view of a group: `public`, or the random name of a circle.
    View = "view";
    /// The kind of a record, known to this build or not.
    Collection = "collection";
    /// The key of a record, unique within its collection.
    RecordKey = "key";
}

impl View {
    /// The one view that anyone may see.
    #[must_use]
    pub fn public() -> Self {
        Self("public".to_owned())
    }

    /// Parses a view's name. The empty name, as in a request without a view, is the public view.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.is_empty() {
            Ok(Self::public())
        } else {
            parse_name(text, "view").map(Self)
        }
    }

    /// Whether it is the view that anyone may see.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.0 == "public"
    }
}

impl Collection {
    /// Parses a collection's name, known to this build or not.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        parse_name(text, "collection").map(Self)
    }

    /// Whether this build can decode the bodies of this collection.
    #[must_use]
    pub fn is_known(&self) -> bool {
        collection::KNOWN.contains(&self.as_str())
    }
}

impl RecordKey {
    /// Parses a key of 1 to 64 characters.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        parse_name(text, "key").map(Self)
    }

    /// Makes a key from 128 random bits, as 32 hex digits.
    #[must_use]
    pub fn random(bytes: [u8; 16]) -> Self {
        Self(hex::encode(bytes))
    }
}

/// The name of a record within its group and view. Ordered as the tree is: bytewise by
/// collection, then by key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordName {
    /// The record's kind; names sort by this first.
    pub collection: Collection,
    /// The record's key within its collection.
    pub key: RecordKey,
}

impl RecordName {
    /// Parses collection and key, each on its own.
    pub fn parse(collection: &str, key: &str) -> Result<Self, NameError> {
        Ok(Self {
            collection: Collection::parse(collection)?,
            key: RecordKey::parse(key)?,
        })
    }

    /// Converts to the form that messages carry.
    #[must_use]
    pub fn to_proto(&self) -> v1::RecordName {
        v1::RecordName {
            collection: self.collection.as_str().to_owned(),
            key: self.key.as_str().to_owned(),
        }
    }
}

impl TryFrom<&v1::RecordName> for RecordName {
    type Error = NameError;

    fn try_from(name: &v1::RecordName) -> Result<Self, NameError> {
        Self::parse(&name.collection, &name.key)
    }
}

impl fmt::Display for RecordName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.collection, self.key)
    }
}

fn parse_name(text: &str, what: &'static str) -> Result<String, NameError> {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
    if (1..=MAX_NAME_BYTES).contains(&text.len()) && text.bytes().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err(NameError { what })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_in_the_alphabet_is_a_key(text in "[a-z0-9.-]{1,64}") {
            let key = RecordKey::parse(&text)?;
            prop_assert_eq!(key.as_str(), text);
        }

        #[test]
        fn other_text_is_not_a_key(text in ".{0,70}") {
            let good = (1..=64).contains(&text.len())
                && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-');
            prop_assert_eq!(RecordKey::parse(&text).is_ok(), good);
        }
    }

    #[test]
    fn records_sort_by_collection_before_key() {
        let early = RecordName::parse("event", "z").unwrap();
        let late = RecordName::parse("listing", "a").unwrap();
        assert!(early < late);
        // `-` (0x2d) comes before `.` (0x2e): the order is of bytes, not of letters.
        assert!(RecordKey::parse("a-b").unwrap() < RecordKey::parse("a.b").unwrap());
    }

    #[test]
    fn the_empty_view_is_the_public_view() {
        assert_eq!(View::parse(""), Ok(View::public()));
        assert!(View::parse("").unwrap().is_public());
        assert_eq!(
            View::parse("A circle").map_err(|e| e.reason()),
            Err("view_malformed")
        );
    }

    #[test]
    fn a_random_key_is_32_hex_digits() {
        assert_eq!(RecordKey::random([0x0f; 16]).as_str(), "0f".repeat(16));
    }
}
