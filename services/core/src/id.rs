//! Ids and hashes: 32 bytes on the wire, 64 lowercase hex digits in text, one type for each meaning.

use std::fmt;
use std::str::FromStr;

/// The error for bytes or text that are not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {what} is invalid: expected 32 bytes, in text 64 lowercase hex digits")]
pub struct MalformedId {
    /// The kind of id that was expected, such as `group id`.
    pub what: &'static str,
}

impl MalformedId {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        "id_malformed"
    }
}

/// The conversions of an id: its bytes, and their lowercase hex digits in text.
macro_rules! conversions {
    ($name:ident, $length:literal, $error:ident, $malformed:expr) => {
        impl $name {
            /// Wraps the bytes; every value is a valid id.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// The bytes in the order of the hex digits.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = $error;

            fn try_from(bytes: &[u8]) -> Result<Self, $error> {
                bytes.try_into().map(Self).map_err(|_| $malformed)
            }
        }

        impl FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, $error> {
                parse_hex(text).map(Self).ok_or($malformed)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name([u8; 32]);

        conversions!($name, 32, MalformedId, MalformedId { what: $what });

        impl $name {
            /// The bytes as messages carry them.
            #[must_use]
            pub fn to_vec(&self) -> Vec<u8> {
                self.0.to_vec()
            }
        }

        impl TryFrom<String> for $name {
            type Error = MalformedId;

            fn try_from(text: String) -> Result<Self, MalformedId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    )*};
}

ids! {
    /// A group's id: the hash of the payload of its first key event.
    GroupId = "group id";
    /// The hash of a record, prefixed so that it is not the plain SHA-256 of the bytes.
    RecordHash = "record hash";
    /// The SHA-256 of a head's, a key event's or a receipt's payload.
    PayloadHash = "payload hash";
    /// The root of a view's tree, which its head signs.
    Root = "root";
    /// A key event's commitment: the hash of the next recovery key.
    Commitment = "commitment";
    /// The SHA-256 of a TLS certificate's SubjectPublicKeyInfo.
    SpkiHash = "key hash";
}

/// The error for bytes or text that are not the id of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request id is invalid: expected 16 bytes, in text 32 lowercase hex digits")]
pub struct MalformedRequestId;

impl MalformedRequestId {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        "request_id_malformed"
    }
}

/// The id of a signed request or of a sealed message: 16 random bytes of its sender, by which a
/// receiver recognises a repetition.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId([u8; 16]);

conversions!(RequestId, 16, MalformedRequestId, MalformedRequestId);

/// Accepts lower case only, so that an id has exactly one spelling.
fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_is_unchanged_by_text_and_bytes(bytes: [u8; 32]) {
            let id = GroupId::from_bytes(bytes);
            prop_assert_eq!(id.to_string().parse::<GroupId>(), Ok(id));
            prop_assert_eq!(GroupId::try_from(id.to_vec().as_slice()), Ok(id));
        }
    }

    #[test]
    fn an_id_has_one_spelling_only() {
        let id = GroupId::from_bytes([0xab; 32]).to_string();
        assert!(id.to_uppercase().parse::<GroupId>().is_err());
        assert!(id[2..].parse::<GroupId>().is_err());
        assert!(format!("{id}00").parse::<GroupId>().is_err());
        assert_eq!(
            GroupId::try_from(&[0u8; 31][..]).map_err(|e| e.reason()),
            Err("id_malformed")
        );
    }
}
