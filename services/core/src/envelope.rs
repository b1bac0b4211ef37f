//! Signed payloads: DSSE with one payload, one payload type and exactly one signature.

use hedgerow_proto::v1;
use prost::Message;

use crate::digest::sha256;
use crate::id::PayloadHash;
use crate::keys::{SignatureError, SigningKey, VerifyingKey};

/// The most bytes of an envelope. Longer ones are refused before they are decoded.
pub const MAX_ENVELOPE_BYTES: usize = 64 * 1024;

/// The most bytes of a key event's envelope, about ten times what an event needs. The bound is
/// low because every server keeps key logs permanently and reads them whole.
pub const MAX_KEY_EVENT_BYTES: usize = 4 * 1024;

/// The kind of an envelope's payload. The signature covers it, so that no payload can pass for
/// another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PayloadKind {
    /// A `KeyEvent`, as key logs contain it.
    KeyEvent,
    /// A `Head`, signed by the group.
    Head,
    /// A `Receipt`, signed by an aggregator.
    Receipt,
}

impl PayloadKind {
    /// The media type in the envelope's `payload_type` field.
    #[must_use]
    pub fn payload_type(self) -> &'static str {
        match self {
            Self::KeyEvent => "application/vnd.hedgerow.key-event.v1+protobuf",
            Self::Head => "application/vnd.hedgerow.head.v1+protobuf",
            Self::Receipt => "application/vnd.hedgerow.receipt.v1+protobuf",
        }
    }

    /// The most bytes of an envelope of this kind.
    #[must_use]
    pub fn max_bytes(self) -> usize {
        match self {
            Self::KeyEvent => MAX_KEY_EVENT_BYTES,
            Self::Head | Self::Receipt => MAX_ENVELOPE_BYTES,
        }
    }

    /// The payload type without its version and encoding.
    fn unversioned(self) -> &'static str {
        self.payload_type().trim_end_matches("v1+protobuf")
    }
}

/// The reason why an envelope is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Longer than an envelope of its kind may be.
    #[error("the envelope is too large: expected at most {limit} bytes")]
    TooLarge {
        /// The most bytes of an envelope of that kind.
        limit: usize,
    },
    /// The bytes do not decode as an envelope.
    #[error("the envelope is malformed")]
    Malformed,
    /// A payload of another kind.
    #[error("the envelope's payload is of the wrong type: expected {expected}")]
    WrongType {
        /// The type that the caller expected.
        expected: &'static str,
    },
    /// The right kind in a version that this build does not support.
    #[error(
        "the version of the envelope's payload is unknown: a newer program is needed to read it"
    )]
    UnknownVersion,
    /// No signature, or more than one.
    #[error("the envelope has {0} signatures: expected exactly one")]
    SignatureCount(usize),
    /// The signature is invalid.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

impl EnvelopeError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "envelope_too_large",
            Self::Malformed => "envelope_malformed",
            Self::WrongType { .. } => "payload_type_wrong",
            Self::UnknownVersion => "payload_version_unknown",
            Self::SignatureCount(_) => "signature_count",
            Self::Signature(error) => error.reason(),
        }
    }
}

/// Signs a payload and returns the encoded envelope.
#[must_use]
pub fn sign(kind: PayloadKind, payload: &[u8], key: &SigningKey) -> Vec<u8> {
    let signature = v1::Signature {
        // A hint only: verification ignores it.
        key_hint: key.public().as_bytes()[..8].to_vec(),
        signature: key
            .sign(&pre_authentication_encoding(kind, payload))
            .to_vec(),
    };
    v1::Envelope {
        payload_type: kind.payload_type().to_owned(),
        payload: payload.to_vec(),
        signatures: vec![signature],
    }
    .encode_to_vec()
}

/// An envelope of the expected kind. Its signature is unverified until
/// [`verify`](Self::verify) succeeds.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    bytes: Vec<u8>,
    kind: PayloadKind,
    payload: Vec<u8>,
    hash: PayloadHash,
    signature: Vec<u8>,
}

impl Envelope {
    /// Parses an envelope and checks its payload type. The payload itself is not decoded.
    pub fn parse(bytes: &[u8], kind: PayloadKind) -> Result<Self, EnvelopeError> {
        let limit = kind.max_bytes();
        if bytes.len() > limit {
            return Err(EnvelopeError::TooLarge { limit });
        }
        let envelope = v1::Envelope::decode(bytes).map_err(|_| EnvelopeError::Malformed)?;
        check_type(&envelope.payload_type, kind)?;
        let [signature] = <[v1::Signature; 1]>::try_from(envelope.signatures)
            .map_err(|signatures| EnvelopeError::SignatureCount(signatures.len()))?;
        Ok(Self {
            bytes: bytes.to_vec(),
            kind,
            hash: PayloadHash::from_bytes(sha256(&[&envelope.payload])),
            payload: envelope.payload,
            signature: signature.signature,
        })
    }

    /// Verifies the signature over type and payload.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), EnvelopeError> {
        Ok(key.verify(
            &pre_authentication_encoding(self.kind, &self.payload),
            &self.signature,
        )?)
    }

    /// The encoded payload, exactly as it was signed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The SHA-256 of the payload, by which other messages refer to it.
    #[must_use]
    pub fn payload_hash(&self) -> PayloadHash {
        self.hash
    }

    /// The envelope's bytes as they arrived.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the envelope's bytes as they arrived, without a copy.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl std::fmt::Debug for Envelope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Envelope")
            .field("kind", &self.kind)
            .field("hash", &self.hash)
            .finish()
    }
}

fn check_type(found: &str, kind: PayloadKind) -> Result<(), EnvelopeError> {
    if found == kind.payload_type() {
        return Ok(());
    }
    let version = found
        .strip_prefix(kind.unversioned())
        .and_then(|rest| rest.strip_prefix('v'));
    if version.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit())) {
        return Err(EnvelopeError::UnknownVersion);
    }
    Err(EnvelopeError::WrongType {
        expected: kind.payload_type(),
    })
}

/// DSSE's pre-authentication encoding: type and payload, each after its length.
fn pre_authentication_encoding(kind: PayloadKind, payload: &[u8]) -> Vec<u8> {
    let payload_type = kind.payload_type();
    let mut bytes = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    )
    .into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KINDS: [PayloadKind; 3] = [
        PayloadKind::KeyEvent,
        PayloadKind::Head,
        PayloadKind::Receipt,
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn an_envelope_contains_the_signed_payload(payload: Vec<u8>, seed: [u8; 32], kind in 0usize..3) {
            let key = SigningKey::from_seed(seed);
            let bytes = sign(KINDS[kind], &payload, &key);
            let envelope = Envelope::parse(&bytes, KINDS[kind])?;
            prop_assert_eq!(envelope.payload(), payload);
            prop_assert_eq!(envelope.bytes(), bytes);
            prop_assert_eq!(envelope.verify(&key.public()), Ok(()));
        }

        #[test]
        fn hostile_bytes_never_panic(bytes: Vec<u8>) {
            let _ = Envelope::parse(&bytes, PayloadKind::Head);
        }
    }

    fn changed(change: impl FnOnce(&mut v1::Envelope)) -> Vec<u8> {
        let bytes = sign(
            PayloadKind::Head,
            b"payload",
            &SigningKey::from_seed([1; 32]),
        );
        let mut envelope = v1::Envelope::decode(bytes.as_slice()).unwrap();
        change(&mut envelope);
        envelope.encode_to_vec()
    }

    fn reason(bytes: &[u8]) -> &'static str {
        let key = SigningKey::from_seed([1; 32]).public();
        Envelope::parse(bytes, PayloadKind::Head)
            .and_then(|envelope| envelope.verify(&key))
            .map_or_else(|error| error.reason(), |()| "ok")
    }

    #[test]
    fn a_message_of_one_kind_never_passes_for_another() {
        let key = SigningKey::from_seed([1; 32]);
        for signed_as in KINDS {
            for read_as in KINDS {
                let bytes = sign(signed_as, b"payload", &key);
                let parsed = Envelope::parse(&bytes, read_as);
                assert_eq!(parsed.is_ok(), signed_as == read_as);
            }
        }
        // Relabelling does not help either, because the signature covers the type.
        let relabelled = {
            let bytes = sign(PayloadKind::Receipt, b"payload", &key);
            let mut envelope = v1::Envelope::decode(bytes.as_slice()).unwrap();
            envelope.payload_type = PayloadKind::Head.payload_type().to_owned();
            envelope.encode_to_vec()
        };
        assert_eq!(reason(&relabelled), "signature_mismatch");
    }

    #[test]
    fn every_bad_envelope_has_its_reason() {
        assert_eq!(reason(&changed(|_| ())), "ok");
        assert_eq!(
            reason(&changed(|e| e.signatures.clear())),
            "signature_count"
        );
        assert_eq!(
            reason(&changed(|e| e.signatures.push(e.signatures[0].clone()))),
            "signature_count"
        );
        assert_eq!(
            reason(&changed(|e| e.signatures[0].signature.truncate(63))),
            "signature_length"
        );
        assert_eq!(
            reason(&changed(|e| e.payload.push(0))),
            "signature_mismatch"
        );
        let typed = |text: &str| changed(|e| e.payload_type = text.to_owned());
        assert_eq!(
            reason(&typed("application/vnd.hedgerow.head.v2+protobuf")),
            "payload_version_unknown"
        );
        assert_eq!(
            reason(&typed("application/vnd.hedgerow.head.vx+protobuf")),
            "payload_type_wrong"
        );
        assert_eq!(reason(&typed("")), "payload_type_wrong");
        assert_eq!(reason(b"\xff\xff"), "envelope_malformed");
        assert_eq!(
            reason(&vec![0; MAX_ENVELOPE_BYTES + 1]),
            "envelope_too_large"
        );
    }

    #[test]
    fn a_key_event_is_bounded_more_tightly_than_a_head() {
        let key = SigningKey::from_seed([1; 32]);
        let payload = vec![0; MAX_KEY_EVENT_BYTES];
        for (kind, fits) in [(PayloadKind::KeyEvent, false), (PayloadKind::Head, true)] {
            let parsed = Envelope::parse(&sign(kind, &payload, &key), kind);
            assert_eq!(parsed.is_ok(), fits, "{kind:?}");
        }
    }

    #[test]
    fn the_key_hint_is_ignored() {
        assert_eq!(
            reason(&changed(|e| e.signatures[0].key_hint = vec![9; 40])),
            "ok"
        );
    }
}
