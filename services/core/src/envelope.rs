//! Signed payloads: DSSE with one payload, one payload type and exactly one signature.

use hedgerow_proto::v1;
use prost::Message;

use crate::digest::sha256;
use crate::id::PayloadHash;
use crate::keys::SignatureError;
use crate::keys::SigningKey;
use crate::keys::VerifyingKey;

/// The most bytes of an envelope; nothing longer is looked at.
pub const MAX_ENVELOPE_BYTES: usize = 64 * 1024;

/// The most bytes of a key event's envelope. Key logs are kept for good and read whole, by
/// everyone: ten times what an event needs is room enough.
pub const MAX_KEY_EVENT_BYTES: usize = 4 * 1024;

/// What an envelope holds. The signature covers it, so that no payload passes for another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PayloadKind {
    /// An event of a key log.
    KeyEvent,
    /// A head.
    Head,
    /// An aggregator's acknowledgement.
    Receipt,
}

impl PayloadKind {
    /// The payload type that the envelope states.
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

/// Why an envelope is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Longer than an envelope of its kind may be.
    #[error("an envelope of this kind has at most {limit} bytes")]
    TooLarge {
        /// The most bytes.
        limit: usize,
    },
    /// No envelope at all.
    #[error("these bytes are no envelope")]
    Malformed,
    /// A payload of another kind.
    #[error("the envelope holds a payload of another type than {expected}")]
    WrongType {
        /// The type that was asked for.
        expected: &'static str,
    },
    /// The right kind in a version that this build does not know.
    #[error("the envelope's payload is of a version that this program does not know")]
    UnknownVersion,
    /// None, or more than one.
    #[error("an envelope carries exactly one signature, this one {0}")]
    SignatureCount(usize),
    /// The signature does not count.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

impl EnvelopeError {
    /// The stable name of this error.
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

/// Signs a payload and gives the envelope's bytes.
#[must_use]
pub fn sign(kind: PayloadKind, payload: &[u8], key: &SigningKey) -> Vec<u8> {
    let signature = v1::Signature {
        key_hint: key.public().as_bytes()[..8].to_vec(),
        signature: key.sign(&signed_bytes(kind, payload)).to_vec(),
    };
    v1::Envelope {
        payload_type: kind.payload_type().to_owned(),
        payload: payload.to_vec(),
        signatures: vec![signature],
    }
    .encode_to_vec()
}

/// An envelope of the kind that was asked for. Its signature counts only once
/// [`verify`](Self::verify) has said so.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    bytes: Vec<u8>,
    kind: PayloadKind,
    payload: Vec<u8>,
    hash: PayloadHash,
    signature: Vec<u8>,
}

impl Envelope {
    /// Takes the envelope apart; the payload type is checked, the payload itself not decoded.
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

    /// Checks the signature over type and payload.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), EnvelopeError> {
        Ok(key.verify(&signed_bytes(self.kind, &self.payload), &self.signature)?)
    }

    /// The payload's bytes.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The SHA-256 of the payload.
    #[must_use]
    pub fn payload_hash(&self) -> PayloadHash {
        self.hash
    }

    /// The envelope's bytes as they came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Gives the envelope's bytes away.
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

/// DSSE's pre-authentication encoding.
fn signed_bytes(kind: PayloadKind, payload: &[u8]) -> Vec<u8> {
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
        fn an_envelope_gives_back_what_was_signed(payload: Vec<u8>, seed: [u8; 32], kind in 0usize..3) {
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
        // Relabelling does not help either: the type is under the signature.
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
    fn a_key_event_has_less_room_than_a_head() {
        let key = SigningKey::from_seed([1; 32]);
        let payload = vec![0; MAX_KEY_EVENT_BYTES];
        for (kind, fits) in [(PayloadKind::KeyEvent, false), (PayloadKind::Head, true)] {
            let parsed = Envelope::parse(&sign(kind, &payload, &key), kind);
            assert_eq!(parsed.is_ok(), fits, "{kind:?}");
        }
    }

    #[test]
    fn the_key_hint_decides_nothing() {
        assert_eq!(
            reason(&changed(|e| e.signatures[0].key_hint = vec![9; 40])),
            "ok"
        );
    }
}
