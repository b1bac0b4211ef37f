//! Where a page of a list ended whose order needs no state of the index.

use hedgerow_core::time::Timestamp;
use hedgerow_rpc::failure::Failure;
use sha2::Digest;
use sha2::Sha256;

const VERSION: u8 = 2;

/// The end of a page. Opaque to callers: lowercase hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Continuation {
    /// Of the request without its page fields: a token goes on only with what it began.
    request: [u8; 8],
    /// The second at which the first page was asked for.
    began_s: i64,
    /// The place in the order of the last row shown.
    pub(super) after: u128,
}

impl Continuation {
    /// Goes on after a row with the request that has these bytes.
    pub(super) fn new(request: &[u8], began: Timestamp, after: u128) -> Self {
        Self {
            request: digest(request),
            began_s: began.as_seconds(),
            after,
        }
    }

    /// When the first page was asked for.
    pub(super) fn began(&self) -> Timestamp {
        Timestamp::from_seconds(self.began_s)
    }

    /// As text.
    pub(super) fn encode(&self) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(self.request);
        bytes.extend(self.began_s.to_be_bytes());
        bytes.extend(self.after.to_be_bytes());
        hex::encode(bytes)
    }

    /// Reads the token that came with the request that has these bytes. `None` where the
    /// first page is asked for.
    pub(super) fn of(token: &str, request: &[u8]) -> Result<Option<Self>, Failure> {
        if token.is_empty() {
            return Ok(None);
        }
        let invalid = |why: &str| Failure::invalid_field("page_token", "page_token_invalid", why);
        let token = hex::decode(token)
            .ok()
            .and_then(|bytes| Self::decode(&bytes))
            .ok_or_else(|| invalid("this is no page token of this list"))?;
        if token.request == digest(request) {
            Ok(Some(token))
        } else {
            Err(invalid(
                "the token belongs to another request: send it with the one that it came from",
            ))
        }
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (&[version], rest) = bytes.split_first_chunk()?;
        let (&request, rest) = rest.split_first_chunk()?;
        let (&began_s, rest) = rest.split_first_chunk()?;
        let (&after, rest) = rest.split_first_chunk()?;
        (version == VERSION && rest.is_empty()).then(|| Self {
            request,
            began_s: i64::from_be_bytes(began_s),
            after: u128::from_be_bytes(after),
        })
    }
}

fn digest(request: &[u8]) -> [u8; 8] {
    let digest = Sha256::digest(request);
    let mut short = [0; 8];
    short.copy_from_slice(&digest[..8]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_on_with_its_own_request_only() {
        let now = Timestamp::from_seconds(1_790_000_000);
        let token = Continuation::new(b"one", now, 7 << 90);
        let text = token.encode();
        assert_eq!(Continuation::of(&text, b"one").unwrap(), Some(token));
        assert_eq!(Continuation::of("", b"one").unwrap(), None);
        for (text, request) in [(text.as_str(), b"two"), ("02", b"one"), ("x", b"one")] {
            let refused = Continuation::of(text, request).unwrap_err();
            assert_eq!(refused.reason(), "page_token_invalid");
        }
    }
}
