//! Where a page of hits ended.

use hedgerow_core::time::Random;
use hedgerow_core::time::RandomExt;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use prost::Message;
use sha2::Digest;
use sha2::Sha256;

use crate::index::Rank;
use crate::index::search::SnapshotId;

/// How many hits deep pages go. A seeker narrows the search long before that.
pub(super) const DEEPEST: u32 = 10_000;

const VERSION: u8 = 3;
const LENGTH: usize = 1 + 8 + 8 + 8 + 16 + 4 + 8;
const SEAL_LENGTH: usize = 16;

/// What tells this process's own tokens from others. Only its own may name an older state
/// of the index: a made-up one could ask that state about what has since been taken back.
pub(super) struct Seal([u8; 32]);

impl Seal {
    /// A seal of its own for every process.
    pub(super) fn new(random: &dyn Random) -> Self {
        Self(random.bytes())
    }

    /// Of a token's bytes, which are always equally many.
    fn of(&self, bytes: &[u8]) -> [u8; SEAL_LENGTH] {
        let digest = Sha256::new()
            .chain_update(self.0)
            .chain_update(bytes)
            .finalize();
        let mut seal = [0; SEAL_LENGTH];
        seal.copy_from_slice(&digest[..SEAL_LENGTH]);
        seal
    }
}

/// The end of a page. Opaque to callers: lowercase hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageToken {
    /// Of the request without its page fields: a token goes on only with what it began.
    pub(super) request: [u8; 8],
    /// The state of the index that the first page came from.
    pub(super) snapshot: SnapshotId,
    /// The rank of the last hit shown.
    pub(super) after: Rank,
    /// How many hits were shown.
    pub(super) depth: u32,
    /// The second at which the first page was asked for.
    pub(super) began_s: i64,
    /// Whose it is; empty until it is encoded.
    pub(super) seal: [u8; SEAL_LENGTH],
}

impl PageToken {
    /// As text, sealed.
    pub(super) fn encode(&self, seal: &Seal) -> String {
        let mut bytes = self.bytes();
        bytes.extend(seal.of(&bytes));
        hex::encode(bytes)
    }

    /// Whether this process made it, as it is. One from before a restart is not, and
    /// goes on all the same, with the newest state of the index.
    pub(super) fn is_ours(&self, seal: &Seal) -> bool {
        seal.of(&self.bytes()) == self.seal
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.push(VERSION);
        bytes.extend(self.request);
        bytes.extend(self.snapshot.opened_at.to_be_bytes());
        bytes.extend(self.snapshot.generation.to_be_bytes());
        bytes.extend(self.after.to_be_bytes());
        bytes.extend(self.depth.to_be_bytes());
        bytes.extend(self.began_s.to_be_bytes());
        bytes
    }

    /// Reads the token of a request. `None` where the request asks for the first page.
    pub(super) fn of(request: &v1::SearchRequest) -> Result<Option<Self>, Failure> {
        if request.page_token.is_empty() {
            return Ok(None);
        }
        let invalid = |why: &str| Failure::invalid_field("page_token", "page_token_invalid", why);
        let token = hex::decode(&request.page_token)
            .ok()
            .and_then(|bytes| Self::decode(&bytes))
            .ok_or_else(|| invalid("this is no page token of this directory"))?;
        if token.request != digest(request) {
            return Err(invalid(
                "the token belongs to another search: send it with the request that it came from",
            ));
        }
        if token.depth >= DEEPEST {
            return Err(Failure::invalid_field(
                "page_token",
                "page_too_deep",
                format!("pages end after {DEEPEST} hits: narrow the search"),
            ));
        }
        Ok(Some(token))
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (&[version], rest) = bytes.split_first_chunk()?;
        let (&request, rest) = rest.split_first_chunk()?;
        let (&opened_at, rest) = rest.split_first_chunk()?;
        let (&generation, rest) = rest.split_first_chunk()?;
        let (&after, rest) = rest.split_first_chunk()?;
        let (&depth, rest) = rest.split_first_chunk()?;
        let (&began_s, rest) = rest.split_first_chunk()?;
        let (&seal, rest) = rest.split_first_chunk()?;
        (version == VERSION && rest.is_empty()).then(|| Self {
            request,
            snapshot: SnapshotId {
                opened_at: u64::from_be_bytes(opened_at),
                generation: u64::from_be_bytes(generation),
            },
            after: Rank::from_be_bytes(after),
            depth: u32::from_be_bytes(depth),
            began_s: i64::from_be_bytes(began_s),
            seal,
        })
    }
}

/// What binds a token to its request.
pub(super) fn digest(request: &v1::SearchRequest) -> [u8; 8] {
    let bare = v1::SearchRequest {
        page_token: String::new(),
        page_size: 0,
        ..request.clone()
    };
    let digest = Sha256::digest(bare.encode_to_vec());
    let mut short = [0; 8];
    short.copy_from_slice(&digest[..8]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::Dice;

    fn request() -> v1::SearchRequest {
        v1::SearchRequest {
            query: "hearing voices".into(),
            ..v1::SearchRequest::default()
        }
    }

    fn token(request: &v1::SearchRequest) -> PageToken {
        PageToken {
            request: digest(request),
            snapshot: SnapshotId {
                opened_at: 1,
                generation: 2,
            },
            after: 3 << 70,
            depth: 20,
            began_s: 1_700_000_000,
            seal: [0; SEAL_LENGTH],
        }
    }

    fn seal(number: u64) -> Seal {
        Seal::new(&Dice::new(number))
    }

    fn sent(token: &PageToken, request: &v1::SearchRequest) -> PageToken {
        let request = v1::SearchRequest {
            page_token: token.encode(&seal(1)),
            ..request.clone()
        };
        PageToken::of(&request).unwrap().unwrap()
    }

    #[test]
    fn a_token_is_ours_only_as_we_made_it() {
        let token = sent(&token(&request()), &request());
        assert!(token.is_ours(&seal(1)));
        assert!(!token.is_ours(&seal(2)), "of another process");
        let other_snapshot = PageToken {
            snapshot: SnapshotId {
                opened_at: 1,
                generation: 3,
            },
            ..token
        };
        let other_request = PageToken {
            request: [7; 8],
            ..token
        };
        for changed in [other_snapshot, other_request] {
            assert!(!changed.is_ours(&seal(1)));
        }
    }

    #[test]
    fn a_token_goes_on_with_its_own_request_of_any_page_size() {
        let token = token(&request());
        let next = v1::SearchRequest {
            page_token: token.encode(&seal(1)),
            page_size: 7,
            ..request()
        };
        let read = PageToken::of(&next).unwrap().unwrap();
        let seal = read.seal;
        assert_eq!(read, PageToken { seal, ..token });
    }

    #[test]
    fn a_token_of_another_request_is_refused() {
        let page_token = token(&request()).encode(&seal(1));
        let other = v1::SearchRequest {
            page_token,
            query: "other".into(),
            ..v1::SearchRequest::default()
        };
        assert_eq!(
            PageToken::of(&other).unwrap_err().reason(),
            "page_token_invalid"
        );
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for page_token in ["x", "00", "0102"] {
            let request = v1::SearchRequest {
                page_token: page_token.into(),
                ..request()
            };
            assert_eq!(
                PageToken::of(&request).unwrap_err().reason(),
                "page_token_invalid"
            );
        }
    }

    #[test]
    fn pages_end_somewhere() {
        let deep = PageToken {
            depth: DEEPEST,
            ..token(&request())
        };
        let request = v1::SearchRequest {
            page_token: deep.encode(&seal(1)),
            ..request()
        };
        assert_eq!(
            PageToken::of(&request).unwrap_err().reason(),
            "page_too_deep"
        );
    }
}
