//! Signed payloads: DSSE with one payload, one payload type and exactly one signature.

use hedgerow_proto::v1;
use prost::Message;

use crate::digest::sha256;
use crate::id::PayloadHash;
use crate::keys::{SignatureError, SigningKey, VerifyingKey};

/// The most bytes of an envelope, not counting its key hint.
pub const MAX_ENVELOPE_BYTES: usize = 64 * 1024;

/// The most bytes of a key event's envelope, not counting its key hint; about ten times what an
/// event needs. The bound is low because every server keeps key logs permanently and reads them
/// whole.
pub const MAX_KEY_EVENT_BYTES: usize = 4 * 1024;

/// The most bytes of a signed request's envelope, not counting its key hint. Receivers read one
/// before they know who sent it.
pub const MAX_REQUEST_BYTES: usize = 2 * 1024;

/// The most bytes of a key hint. Nothing signs the hint, so any server that passes an envelope on
/// could fill it.
pub const MAX_KEY_HINT_BYTES: usize = 8;

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
    /// A `SignedRequest`, signed by a group.
    Request,
}

impl PayloadKind {
    /// The media type in the envelope's `payload_type` field.
    #[must_use]
    pub fn payload_type(self) -> &'static str {
        match self {
            Self::KeyEvent => "application/vnd.hedgerow.key-event.v1+protobuf",
            Self::Head => "application/vnd.hedgerow.head.v1+protobuf",
            Self::Receipt => "application/vnd.hedgerow.receipt.v1+protobuf",
            Self::Request => "application/vnd.hedgerow.request.v1+protobuf",
        }
    }

    /// The most bytes of an envelope of this kind, not counting its key hint.
    #[must_use]
    pub fn max_bytes(self) -> usize {
        match self {
            Self::KeyEvent => MAX_KEY_EVENT_BYTES,
            Self::Request => MAX_REQUEST_BYTES,
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
    /// A longer key hint than [`MAX_KEY_HINT_BYTES`].
    #[error("the envelope's key hint is too long: expected at most {MAX_KEY_HINT_BYTES} bytes")]
    KeyHintTooLong,
    /// Other bytes than those of type, payload and signature in the shortest encoding.
    #[error(
        "the envelope is not in canonical form: expected its known fields once each, in order, \
         in the shortest encoding"
    )]
    NotCanonical,
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
            Self::KeyHintTooLong => "key_hint_too_long",
            Self::NotCanonical => "envelope_not_canonical",
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
    ///
    /// Nothing signs the bytes around type, payload and signature. There is one form of them, apart
    /// from the short hint, so that no server can pad what others keep and pass on.
    pub fn parse(bytes: &[u8], kind: PayloadKind) -> Result<Self, EnvelopeError> {
        let message = decode(bytes, kind)?;
        let hint = message.signatures[0].key_hint.len();
        if hint > MAX_KEY_HINT_BYTES {
            return Err(EnvelopeError::KeyHintTooLong);
        }
        if message.encode_to_vec() != bytes {
            return Err(EnvelopeError::NotCanonical);
        }
        // The hint does not count: otherwise a head near the limit would be valid without it only.
        let limit = kind.max_bytes();
        if bytes.len() - hint_field(hint) > limit {
            return Err(EnvelopeError::TooLarge { limit });
        }
        Ok(Self::new(bytes.to_vec(), message, kind))
    }

    /// Parses an envelope from this server's own storage. Earlier versions stored the unsigned
    /// bytes as they came; these are dropped, so that what is passed on is short again.
    pub fn from_stored(bytes: &[u8], kind: PayloadKind) -> Result<Self, EnvelopeError> {
        let message = decode_stored(bytes, kind)?;
        Ok(Self::new(message.encode_to_vec(), message, kind))
    }

    fn new(bytes: Vec<u8>, mut message: v1::Envelope, kind: PayloadKind) -> Self {
        Self {
            bytes,
            kind,
            hash: PayloadHash::from_bytes(sha256(&[&message.payload])),
            payload: message.payload,
            signature: message.signatures.swap_remove(0).signature,
        }
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

/// Returns a stored envelope without its padding, and other bytes unchanged. For readers of storage
/// that pass envelopes on without parsing them.
#[must_use]
pub fn without_padding(bytes: Vec<u8>, kind: PayloadKind) -> Vec<u8> {
    decode_stored(&bytes, kind).map_or(bytes, |message| message.encode_to_vec())
}

fn decode_stored(bytes: &[u8], kind: PayloadKind) -> Result<v1::Envelope, EnvelopeError> {
    let mut message = decode(bytes, kind)?;
    let hint = &mut message.signatures[0].key_hint;
    if hint.len() > MAX_KEY_HINT_BYTES {
        hint.clear();
    }
    Ok(message)
}

/// Decodes an envelope of a kind with exactly one signature.
fn decode(bytes: &[u8], kind: PayloadKind) -> Result<v1::Envelope, EnvelopeError> {
    let limit = kind.max_bytes();
    if bytes.len() > limit + hint_field(MAX_KEY_HINT_BYTES) {
        return Err(EnvelopeError::TooLarge { limit });
    }
    let message = v1::Envelope::decode(bytes).map_err(|_| EnvelopeError::Malformed)?;
    check_type(&message.payload_type, kind)?;
    match message.signatures.len() {
        1 => Ok(message),
        count => Err(EnvelopeError::SignatureCount(count)),
    }
}

/// The bytes of a short key hint with its tag and length; the field is absent if it is empty.
fn hint_field(hint: usize) -> usize {
    if hint == 0 { 0 } else { hint + 2 }
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

    const KINDS: [PayloadKind; 4] = [
        PayloadKind::KeyEvent,
        PayloadKind::Head,
        PayloadKind::Receipt,
        PayloadKind::Request,
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn an_envelope_contains_the_signed_payload(payload: Vec<u8>, seed: [u8; 32], kind in 0usize..4) {
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
            reason(&vec![0; MAX_ENVELOPE_BYTES + 11]),
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
    fn a_short_key_hint_has_no_effect() {
        for length in 0..=MAX_KEY_HINT_BYTES {
            let hinted = changed(|e| e.signatures[0].key_hint = vec![9; length]);
            assert_eq!(reason(&hinted), "ok", "{length}");
        }
        let long = changed(|e| e.signatures[0].key_hint = vec![9; MAX_KEY_HINT_BYTES + 1]);
        assert_eq!(reason(&long), "key_hint_too_long");
    }

    #[test]
    fn the_largest_payload_does_not_depend_on_the_hint() {
        let key = SigningKey::from_seed([1; 32]);
        let fits = |payload: usize, hint: usize| {
            let bytes = sign(PayloadKind::KeyEvent, &vec![7; payload], &key);
            let mut envelope = v1::Envelope::decode(bytes.as_slice()).unwrap();
            envelope.signatures[0].key_hint = vec![9; hint];
            Envelope::parse(&envelope.encode_to_vec(), PayloadKind::KeyEvent).is_ok()
        };
        let largest = (0..MAX_KEY_EVENT_BYTES).rfind(|length| fits(*length, 0));
        let largest = largest.unwrap();
        assert!(largest > MAX_KEY_EVENT_BYTES - 150, "{largest}");
        for hint in [0, 1, 8] {
            assert!(fits(largest, hint), "{hint}");
            assert!(!fits(largest + 1, hint), "{hint}");
        }
    }

    #[test]
    fn a_stored_envelope_loses_its_padding() {
        let lean = changed(|_| ());
        let mut fat = changed(|e| e.signatures[0].key_hint = vec![9; 40]);
        fat.extend_from_slice(&[0xa2, 0x06, 3, 1, 2, 3]);
        assert_eq!(reason(&fat), "key_hint_too_long");
        let stored = Envelope::from_stored(&fat, PayloadKind::Head).unwrap();
        let key = SigningKey::from_seed([1; 32]).public();
        assert_eq!(stored.verify(&key), Ok(()));
        assert!(stored.bytes().len() < lean.len());
        assert_eq!(
            Envelope::parse(stored.bytes(), PayloadKind::Head),
            Ok(stored.clone())
        );
        assert_eq!(without_padding(fat, PayloadKind::Head), stored.bytes());
        let kept = Envelope::from_stored(&lean, PayloadKind::Head).unwrap();
        assert_eq!(kept.bytes(), lean);
        for other in [lean, b"no envelope".to_vec()] {
            assert_eq!(without_padding(other.clone(), PayloadKind::Head), other);
        }
    }
}
