use hedgerow_core::envelope::{Envelope, MAX_ENVELOPE_BYTES, PayloadKind, sign};
use hedgerow_core::keys::VerifyingKey;
use serde::{Deserialize, Serialize};

use super::file::{check, unhex, verdict};
use super::maker::{meddled, signing};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Vector {
    name: String,
    /// The kind that the reader expects: `key-event`, `head` or `receipt`.
    read_as: String,
    public_key: String,
    envelope: String,
    verdict: String,
    /// The SHA-256 of the payload; empty if the envelope cannot be parsed.
    payload_hash: String,
}

const ABOUT: &str = "DSSE envelopes (protobuf hedgerow.v1.Envelope): one payload, one payload type, \
    exactly one signature, over the pre-authentication encoding. The type is checked before anything \
    is decoded; the key hint decides nothing. The payloads here are plain text.";

fn kind(name: &str) -> PayloadKind {
    match name {
        "key-event" => PayloadKind::KeyEvent,
        "head" => PayloadKind::Head,
        "receipt" => PayloadKind::Receipt,
        other => panic!("unknown kind {other}"),
    }
}

pub fn vector(name: &str, read_as: &str, envelope: &[u8], verdict: &str) -> Vector {
    let parsed = Envelope::parse(envelope, kind(read_as)).ok();
    Vector {
        name: name.to_owned(),
        read_as: read_as.to_owned(),
        public_key: hex::encode(signing(0).public().as_bytes()),
        envelope: hex::encode(envelope),
        verdict: verdict.to_owned(),
        payload_hash: parsed
            .map(|parsed| parsed.payload_hash().to_string())
            .unwrap_or_default(),
    }
}

fn made() -> Vec<Vector> {
    let good = sign(PayloadKind::Head, b"a payload", &signing(0));
    let typed = |text: &str| meddled(&good, |envelope| envelope.payload_type = text.to_owned());
    let empty = sign(PayloadKind::Receipt, b"", &signing(0));
    let too_large = sign(
        PayloadKind::Head,
        &vec![b'x'; MAX_ENVELOPE_BYTES],
        &signing(0),
    );
    let mut vectors = vec![
        vector("a head", "head", &good, "ok"),
        vector("an empty payload", "receipt", &empty, "ok"),
        vector(
            "a head read as a receipt",
            "receipt",
            &good,
            "payload_type_wrong",
        ),
        vector(
            "a head read as a key event",
            "key-event",
            &good,
            "payload_type_wrong",
        ),
        vector(
            "a head relabelled as a receipt",
            "receipt",
            &typed("application/vnd.hedgerow.receipt.v1+protobuf"),
            "signature_mismatch",
        ),
        vector(
            "a version that nobody knows yet",
            "head",
            &typed("application/vnd.hedgerow.head.v2+protobuf"),
            "payload_version_unknown",
        ),
        vector("no payload type", "head", &typed(""), "payload_type_wrong"),
        vector(
            "another case of the payload type",
            "head",
            &typed("application/vnd.hedgerow.HEAD.v1+protobuf"),
            "payload_type_wrong",
        ),
        vector("no protobuf", "head", b"\xff\xff\xff", "envelope_malformed"),
        vector(
            "cut short",
            "head",
            &good[..good.len() - 1],
            "envelope_malformed",
        ),
        vector("nothing at all", "head", b"", "payload_type_wrong"),
        vector(
            "longer than 65536 bytes",
            "head",
            &too_large,
            "envelope_too_large",
        ),
        vector(
            "signed by another key",
            "head",
            &sign(PayloadKind::Head, b"a payload", &signing(1)),
            "signature_mismatch",
        ),
    ];
    let changed = |name: &str, verdict: &str, change: fn(&mut hedgerow_proto::v1::Envelope)| {
        vector(name, "head", &meddled(&good, change), verdict)
    };
    vectors.extend([
        changed("another key hint", "ok", |e| {
            e.signatures[0].key_hint = vec![0; 8];
        }),
        changed("no key hint", "ok", |e| e.signatures[0].key_hint.clear()),
        changed("no signature", "signature_count", |e| e.signatures.clear()),
        changed("two signatures", "signature_count", |e| {
            e.signatures.push(e.signatures[0].clone());
        }),
        changed("a signature cut short", "signature_length", |e| {
            e.signatures[0].signature.truncate(63);
        }),
        changed("a payload with a byte more", "signature_mismatch", |e| {
            e.payload.push(b'!');
        }),
    ]);
    vectors
}

#[test]
fn envelopes_get_the_verdicts_of_the_vectors() {
    check("envelopes.json", ABOUT, made(), recompute);
}

/// Recomputes the verdict of a vector from its inputs.
pub fn recompute(vector: &Vector) {
    let key = VerifyingKey::parse(&unhex(&vector.public_key)).unwrap();
    let parsed = Envelope::parse(&unhex(&vector.envelope), kind(&vector.read_as));
    if let Ok(parsed) = &parsed {
        assert_eq!(
            parsed.payload_hash().to_string(),
            vector.payload_hash,
            "{}",
            vector.name
        );
    }
    let verified = parsed.and_then(|parsed| parsed.verify(&key));
    assert_eq!(
        verdict(&verified, hedgerow_core::envelope::EnvelopeError::reason),
        vector.verdict,
        "{}",
        vector.name
    );
}
