//! Page tokens: where the previous page ended. Opaque to callers.

use hedgerow_core::random::{Random, RandomExt as _};
use hedgerow_core::time::Timestamp;
use hedgerow_search::SnapshotId;
use hedgerow_transport::failure::Failure;
use hmac::{Hmac, KeyInit as _, Mac as _};
use prost::Message;
use sha2::{Digest as _, Sha256};

/// How many hits deep pages go. A seeker narrows the search long before that.
pub(super) const MAX_DEPTH: u32 = 10_000;

/// Authenticates tokens with a key of this process. Only a token of its own may name an
/// older snapshot of the index: a forged one could query that snapshot for records that have
/// been withdrawn since.
pub(super) struct TokenSigner([u8; 64]);

impl TokenSigner {
    pub(super) fn new(random: &dyn Random) -> Self {
        Self(random.bytes())
    }

    fn mac(&self, bytes: &[u8]) -> Hmac<Sha256> {
        Hmac::<Sha256>::new((&self.0).into()).chain_update(bytes)
    }
}

/// The end of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageToken {
    /// When the first page was requested: all pages of a list measure time from it.
    pub(super) started: Timestamp,
    /// The place of the last row in the list's order.
    pub(super) after: u128,
    /// How many rows the pages so far had, where depth is limited.
    pub(super) depth: u32,
    /// The index snapshot of the first page. `None` if the order does not depend on it, and
    /// in a token that another process made: such a list continues in the newest snapshot.
    pub(super) snapshot: Option<SnapshotId>,
}

/// The token's encoding: a protobuf message followed by its MAC, as lowercase hex.
#[derive(Clone, PartialEq, Message)]
struct Wire {
    #[prost(bytes = "vec", tag = "1")]
    request_digest: Vec<u8>,
    #[prost(int64, tag = "2")]
    started_s: i64,
    #[prost(bytes = "vec", tag = "3")]
    after: Vec<u8>,
    #[prost(uint32, tag = "4")]
    depth: u32,
    #[prost(message, optional, tag = "5")]
    snapshot: Option<WireSnapshot>,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct WireSnapshot {
    #[prost(uint64, tag = "1")]
    opened_at: u64,
    #[prost(uint64, tag = "2")]
    generation: u64,
}

/// Characters of a token, with room for fields of a later version.
const MAX_LENGTH: usize = 512;
/// Length of the truncated MAC in bytes.
const MAC_LENGTH: usize = 16;

impl PageToken {
    /// Encodes the token for the request with these bytes, its page fields left out.
    pub(super) fn encode(&self, request: &[u8], signer: &TokenSigner) -> String {
        let wire = Wire {
            request_digest: digest(request),
            started_s: self.started.as_seconds(),
            after: self.after.to_be_bytes().to_vec(),
            depth: self.depth,
            snapshot: self.snapshot.map(|id| WireSnapshot {
                opened_at: id.opened_at,
                generation: id.generation,
            }),
        };
        let mut bytes = wire.encode_to_vec();
        let mac = signer.mac(&bytes).finalize().into_bytes();
        bytes.extend_from_slice(&mac[..MAC_LENGTH]);
        hex::encode(bytes)
    }

    /// Decodes the token of a request; `None` for the first page. A token continues only the
    /// request that it came with.
    pub(super) fn decode(
        token: &str,
        request: &[u8],
        signer: &TokenSigner,
    ) -> Result<Option<Self>, Failure> {
        if token.is_empty() {
            return Ok(None);
        }
        let invalid = |why: &str| Failure::invalid_field("page_token", "page_token_invalid", why);
        let (wire, is_own) = read(token, signer)
            .ok_or_else(|| invalid("cannot read the page token: expected one of this server"))?;
        if wire.request_digest != digest(request) {
            return Err(invalid(
                "the page token belongs to another request: send it with the request that it \
                 came from",
            ));
        }
        if wire.depth >= MAX_DEPTH {
            return Err(Failure::invalid_field(
                "page_token",
                "page_too_deep",
                format!("pages end after {MAX_DEPTH} hits: narrow the search"),
            ));
        }
        let after = <[u8; 16]>::try_from(wire.after.as_slice());
        let after = after.map_err(|_| invalid("the page token has no place in the list"))?;
        let snapshot = wire.snapshot.filter(|_| is_own);
        Ok(Some(Self {
            started: Timestamp::from_seconds(wire.started_s),
            after: u128::from_be_bytes(after),
            depth: wire.depth,
            snapshot: snapshot.map(|id| SnapshotId {
                opened_at: id.opened_at,
                generation: id.generation,
            }),
        }))
    }
}

/// Decodes a token and checks its MAC.
fn read(token: &str, signer: &TokenSigner) -> Option<(Wire, bool)> {
    if token.len() > MAX_LENGTH {
        return None;
    }
    let bytes = hex::decode(token).ok()?;
    let (wire, mac) = bytes.split_last_chunk::<MAC_LENGTH>()?;
    let is_own = signer.mac(wire).verify_truncated_left(mac).is_ok();
    Some((Wire::decode(wire).ok()?, is_own))
}

fn digest(request: &[u8]) -> Vec<u8> {
    Sha256::digest(request)[..8].to_vec()
}

#[cfg(test)]
mod tests {
    use hedgerow_testkit::SeededRandom;

    use super::*;

    fn token() -> PageToken {
        PageToken {
            started: Timestamp::from_seconds(1_700_000_000),
            after: 3 << 90,
            depth: 20,
            snapshot: Some(SnapshotId {
                opened_at: 1,
                generation: 2,
            }),
        }
    }

    fn signer(number: u64) -> TokenSigner {
        TokenSigner::new(&SeededRandom::new(number))
    }

    fn decode(text: &str, request: &[u8], signer: &TokenSigner) -> Result<PageToken, &'static str> {
        PageToken::decode(text, request, signer)
            .map(|token| token.expect("the text is not empty"))
            .map_err(|failure| failure.reason())
    }

    #[test]
    fn a_token_continues_its_own_request_only() {
        let text = token().encode(b"one", &signer(1));
        assert_eq!(decode(&text, b"one", &signer(1)), Ok(token()));
        assert_eq!(PageToken::decode("", b"one", &signer(1)).unwrap(), None);
        assert_eq!(decode(&text, b"two", &signer(1)), Err("page_token_invalid"));
    }

    #[test]
    fn only_a_token_of_this_process_names_a_snapshot() {
        let text = token().encode(b"one", &signer(1));
        let anywhere = PageToken {
            snapshot: None,
            ..token()
        };
        assert_eq!(decode(&text, b"one", &signer(2)), Ok(anywhere));
        // Another generation, with the old MAC.
        let mut bytes = hex::decode(&text).unwrap();
        let at = bytes.len() - MAC_LENGTH - 1;
        assert_eq!(bytes[at], 2, "the generation is encoded last");
        bytes[at] = 3;
        assert_eq!(
            decode(&hex::encode(bytes), b"one", &signer(1)),
            Ok(anywhere)
        );
    }

    #[test]
    fn other_text_is_rejected() {
        for text in ["x", "00", "0102", &"00".repeat(40), &"00".repeat(500_000)] {
            assert_eq!(decode(text, b"one", &signer(1)), Err("page_token_invalid"));
        }
    }

    #[test]
    fn pages_end_at_the_depth_limit() {
        let deep = PageToken {
            depth: MAX_DEPTH,
            ..token()
        };
        let text = deep.encode(b"one", &signer(1));
        assert_eq!(decode(&text, b"one", &signer(1)), Err("page_too_deep"));
    }
}
