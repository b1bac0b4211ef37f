use hedgerow_core::envelope::{MAX_KEY_EVENT_BYTES, PayloadKind, sign};
use hedgerow_proto::v1;
use prost::Message;

use super::encoding::{broken, delimited, groups, number, then, varint};
use super::envelopes::{Vector, recompute, vector};
use super::file::check;
use super::maker::{meddled, signing};

const ABOUT: &str = "Envelopes whose unsigned bytes differ: the key hint has at most 8 bytes, and the \
    rest has exactly one encoding (fields once each, in order, nothing unknown, shortest lengths). The \
    order of checks is size, protobuf, payload type, number of signatures, hint, encoding, signature. \
    The size of an envelope does not count its hint.";

fn good() -> Vec<u8> {
    sign(PayloadKind::Head, b"a payload", &signing(0))
}

fn head(name: &str, envelope: &[u8], verdict: &str) -> Vector {
    vector(name, "head", envelope, verdict)
}

fn changed(name: &str, verdict: &str, change: impl FnOnce(&mut v1::Envelope)) -> Vector {
    head(name, &meddled(&good(), change), verdict)
}

fn hinted(length: usize) -> Vec<u8> {
    meddled(&good(), |e| e.signatures[0].key_hint = vec![7; length])
}

fn hints() -> Vec<Vector> {
    let mut vectors: Vec<_> = (0..=8)
        .map(|length| head(&format!("a hint of {length} bytes"), &hinted(length), "ok"))
        .collect();
    for length in [9, 32, 200] {
        let name = format!("a hint of {length} bytes");
        vectors.push(head(&name, &hinted(length), "key_hint_too_long"));
    }
    let unknown = number(4, 1);
    vectors.extend([
        head(
            "a long hint and an unknown field",
            &then(&hinted(9), &unknown),
            "key_hint_too_long",
        ),
        changed("a long hint and another type", "payload_type_wrong", |e| {
            e.signatures[0].key_hint = vec![7; 9];
            e.payload_type.clear();
        }),
        changed("a long hint and two signatures", "signature_count", |e| {
            e.signatures[0].key_hint = vec![7; 9];
            e.signatures.push(e.signatures[0].clone());
        }),
        changed(
            "a long hint and a signature that does not match",
            "key_hint_too_long",
            |e| {
                e.signatures[0].key_hint = vec![7; 9];
                e.payload.push(1);
            },
        ),
    ]);
    vectors
}

/// The parts of the good envelope, each an encoded field.
struct Parts {
    payload_type: Vec<u8>,
    payload: Vec<u8>,
    hint: Vec<u8>,
    signature: Vec<u8>,
}

impl Parts {
    fn new() -> Self {
        let envelope = v1::Envelope::decode(good().as_slice()).unwrap();
        Self {
            payload_type: delimited(1, envelope.payload_type.as_bytes()),
            payload: delimited(2, &envelope.payload),
            hint: delimited(1, &envelope.signatures[0].key_hint),
            signature: delimited(2, &envelope.signatures[0].signature),
        }
    }

    /// Type and payload, then a signature of these fields.
    fn with_signature(&self, fields: &[u8]) -> Vec<u8> {
        [&self.payload_type, &self.payload, &delimited(3, fields)]
            .map(Vec::as_slice)
            .concat()
    }
}

fn encodings() -> Vec<Vector> {
    let parts = Parts::new();
    let Parts {
        payload_type,
        payload,
        hint,
        signature,
    } = &parts;
    let signed = delimited(3, &then(hint, signature));
    let of = |fields: &[&[u8]]| fields.concat();
    let not_canonical =
        |name: &str, envelope: &[u8]| head(name, envelope, "envelope_not_canonical");
    // The length 9 of the payload and the key of its field, each in two bytes instead of one.
    let long_length = [&[0x12, 0x89, 0x00], b"a payload".as_slice()].concat();
    let long_key = [&[0x92, 0x00, 0x09], b"a payload".as_slice()].concat();
    let empty = sign(PayloadKind::Head, b"", &signing(0));
    let empty_type = delimited(1, PayloadKind::Head.payload_type().as_bytes());
    let explicit = [
        &empty_type,
        &delimited(2, b""),
        &empty[empty_type.len()..].to_vec(),
    ];
    vec![
        head(
            "fields in order",
            &of(&[payload_type, payload, &signed]),
            "ok",
        ),
        not_canonical("an unknown number", &then(&good(), &number(4, 0))),
        not_canonical("unknown bytes", &then(&good(), &delimited(15, b"later"))),
        not_canonical(
            "an unknown empty field",
            &then(&good(), &delimited(15, b"")),
        ),
        not_canonical("an unknown group", &then(&good(), &groups(1))),
        not_canonical(
            "an unknown field in the signature",
            &parts.with_signature(&of(&[hint, signature, &number(3, 1)])),
        ),
        not_canonical(
            "the type twice",
            &of(&[payload_type, payload_type, payload, &signed]),
        ),
        not_canonical(
            "the payload twice",
            &of(&[payload_type, payload, payload, &signed]),
        ),
        not_canonical(
            "another payload, then the right one",
            &of(&[payload_type, &delimited(2, b"x"), payload, &signed]),
        ),
        not_canonical(
            "the hint twice",
            &parts.with_signature(&of(&[hint, hint, signature])),
        ),
        not_canonical(
            "the signature's bytes twice",
            &parts.with_signature(&of(&[hint, signature, signature])),
        ),
        not_canonical(
            "payload before type",
            &of(&[payload, payload_type, &signed]),
        ),
        not_canonical(
            "signature before payload",
            &of(&[payload_type, &signed, payload]),
        ),
        not_canonical(
            "hint after signature",
            &parts.with_signature(&of(&[signature, hint])),
        ),
        not_canonical(
            "an empty hint, written",
            &parts.with_signature(&of(&[&delimited(1, b""), signature])),
        ),
        not_canonical(
            "an empty payload, written",
            &explicit.map(Vec::as_slice).concat(),
        ),
        not_canonical(
            "a length in two bytes",
            &of(&[payload_type, &long_length, &signed]),
        ),
        not_canonical(
            "a field's key in two bytes",
            &of(&[payload_type, &long_key, &signed]),
        ),
        not_canonical(
            "an unknown field and a short signature",
            &then(
                &meddled(&good(), |e| e.signatures[0].signature.truncate(63)),
                &number(4, 1),
            ),
        ),
        head(
            "an unknown field and no signature",
            &of(&[payload_type, payload, &number(4, 1)]),
            "signature_count",
        ),
        head(
            "the payload as a number",
            &of(&[payload_type, &number(2, 9), &signed]),
            "envelope_malformed",
        ),
        head(
            "a type that is not UTF-8",
            &of(&[&delimited(1, b"\xff"), payload, &signed]),
            "envelope_malformed",
        ),
        head(
            "a signature without bytes",
            &parts.with_signature(&[]),
            "signature_length",
        ),
        head(
            "a signature without its field",
            &parts.with_signature(hint),
            "signature_length",
        ),
    ]
}

fn types() -> Vec<Vector> {
    let typed = |text: &str, verdict: &str| {
        changed(&format!("the type {text:?}"), verdict, |e| {
            e.payload_type = text.to_owned();
        })
    };
    vec![
        typed(
            "application/vnd.hedgerow.head.v01+protobuf",
            "payload_version_unknown",
        ),
        typed(
            "application/vnd.hedgerow.head.v1.1+protobuf",
            "payload_version_unknown",
        ),
        typed(
            "application/vnd.hedgerow.head.v10+protobuf",
            "payload_version_unknown",
        ),
        typed(
            "application/vnd.hedgerow.head.v1+json",
            "payload_version_unknown",
        ),
        typed(
            "application/vnd.hedgerow.head.v1+protobuf ",
            "payload_version_unknown",
        ),
        typed(
            "application/vnd.hedgerow.head.v1+protobuf; a=b",
            "payload_version_unknown",
        ),
        typed(
            "application/vnd.hedgerow.head.v0",
            "payload_version_unknown",
        ),
        typed("application/vnd.hedgerow.head.v", "payload_type_wrong"),
        typed(
            "application/vnd.hedgerow.head.v-1+protobuf",
            "payload_type_wrong",
        ),
        typed(
            "application/vnd.hedgerow.head.v\u{661}+protobuf",
            "payload_type_wrong",
        ),
        typed(
            "application/vnd.hedgerow.receipt.v2+protobuf",
            "payload_type_wrong",
        ),
        typed(
            "application/vnd.hedgerow.heads.v1+protobuf",
            "payload_type_wrong",
        ),
        typed(
            " application/vnd.hedgerow.head.v1+protobuf",
            "payload_type_wrong",
        ),
        typed(
            "Application/vnd.hedgerow.head.v1+protobuf",
            "payload_type_wrong",
        ),
    ]
}

fn sizes() -> Vec<Vector> {
    let sized = |payload: usize, hint: usize| {
        let envelope = sign(PayloadKind::KeyEvent, &vec![b'x'; payload], &signing(0));
        meddled(&envelope, |e| e.signatures[0].key_hint = vec![7; hint])
    };
    // Type, payload with its lengths, and the signature make 4,096 bytes without a hint.
    let largest = MAX_KEY_EVENT_BYTES - (sized(1_000, 0).len() - 1_000);
    let mut vectors = Vec::new();
    for hint in [0, 1, 8] {
        let fits = format!("a key event of 4096 bytes, and a hint of {hint}");
        let over = format!("a key event of 4097 bytes, and a hint of {hint}");
        vectors.push(vector(&fits, "key-event", &sized(largest, hint), "ok"));
        vectors.push(vector(
            &over,
            "key-event",
            &sized(largest + 1, hint),
            "envelope_too_large",
        ));
    }
    let zeros = |length| vec![0; length];
    vectors.push(vector(
        "4106 zeros",
        "key-event",
        &zeros(4_106),
        "envelope_malformed",
    ));
    vectors.push(vector(
        "4107 zeros",
        "key-event",
        &zeros(4_107),
        "envelope_too_large",
    ));
    vectors
}

fn made() -> Vec<Vector> {
    let mut vectors = hints();
    vectors.extend(encodings());
    vectors.extend(types());
    vectors.extend(sizes());
    vectors.extend(
        broken()
            .iter()
            .map(|(name, bytes)| head(name, &then(&good(), bytes), "envelope_malformed")),
    );
    let count = varint(u64::MAX);
    vectors.push(head(
        "only a number of 64 bits",
        &then(&[0x20], &count),
        "payload_type_wrong",
    ));
    vectors
}

#[test]
fn the_unsigned_bytes_of_envelopes_get_the_verdicts_of_the_vectors() {
    check("envelope_forms.json", ABOUT, made(), recompute);
}
