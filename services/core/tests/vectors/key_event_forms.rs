use hedgerow_core::envelope::{Envelope, PayloadKind, sign};
use hedgerow_core::keys::SigningKey;
use hedgerow_proto::v1::KeyEvent;
use prost::Message;

use super::encoding::{broken, delimited, groups, number, then};
use super::file::{check, unhex};
use super::key_logs::{Vector, changed, first_changed, recompute, resigned, vector};
use super::maker::{log, meddled, phrase, signing};

const ABOUT: &str = "Key events, as logs like those in key_logs.json: encryption keys of small order, \
    the order of checks, and what protobuf leaves open. Of an event after event 0, group id and \
    previous hash are compared, whatever their length. Fields that occur twice are last-wins; unknown \
    fields are legal, but groups nest at most 32 deep.";

/// The encodings of the points of small order, without the highest bit, which has no effect.
const SMALL_ORDER: [(&str, &str); 7] = [
    (
        "0",
        "0000000000000000000000000000000000000000000000000000000000000000",
    ),
    (
        "1",
        "0100000000000000000000000000000000000000000000000000000000000000",
    ),
    (
        "p - 1",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    (
        "order 8, first",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    ),
    (
        "order 8, second",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    ),
    (
        "p, read as 0",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    (
        "p + 1, read as 1",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
];

fn encryption_keys() -> Vec<Vector> {
    let mut vectors = Vec::new();
    for (name, text) in SMALL_ORDER {
        let key = unhex(text);
        let mut high = key.clone();
        high[31] |= 0x80;
        for (key, suffix) in [(key, ""), (high, ", highest bit set")] {
            let name = format!("encryption key {name}{suffix}");
            vectors.push(changed(&name, "key_small_order", |e| {
                e.encryption_key = key;
            }));
        }
    }
    let key = |bytes: &str| unhex(bytes);
    vectors.extend([
        first_changed(
            "an inception with an encryption key of zeros",
            "key_small_order",
            |e| {
                e.encryption_key = vec![0; 32];
            },
        ),
        changed("encryption key 2", "ok", |e| {
            e.encryption_key =
                key("0200000000000000000000000000000000000000000000000000000000000000");
        }),
        changed("encryption key p + 2, read as 2", "ok", |e| {
            e.encryption_key =
                key("efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        }),
        changed("encryption key of ones", "ok", |e| {
            e.encryption_key = vec![0xff; 32];
        }),
        changed("no encryption key", "key_event_malformed", |e| {
            e.encryption_key.clear();
        }),
        changed(
            "an encryption key of 33 bytes",
            "key_event_malformed",
            |e| e.encryption_key.push(0),
        ),
        changed(
            "a bad encryption key and no commitment",
            "key_small_order",
            |e| {
                e.encryption_key = vec![0; 32];
                e.next_commitment.clear();
            },
        ),
        changed(
            "a short signing key and a bad encryption key",
            "key_length",
            |e| {
                e.signing_key.pop();
                e.encryption_key = vec![0; 32];
            },
        ),
    ]);
    vectors
}

fn lengths() -> Vec<Vector> {
    vec![
        changed("no group id", "key_event_wrong_group", |e| {
            e.group_id.clear();
        }),
        changed("a group id of 31 bytes", "key_event_wrong_group", |e| {
            e.group_id.truncate(31);
        }),
        changed("no previous hash", "key_event_broken_chain", |e| {
            e.previous_hash.clear();
        }),
        changed(
            "a previous hash of 33 bytes",
            "key_event_broken_chain",
            |e| e.previous_hash.push(0),
        ),
        changed("a recovery key of 31 bytes", "key_length", |e| {
            e.recovery_key.truncate(31);
        }),
        changed("no recovery key", "key_length", |e| e.recovery_key.clear()),
        changed("a recovery key of small order", "key_small_order", |e| {
            e.recovery_key = vec![0; 32];
        }),
        changed("a signing key of 33 bytes", "key_length", |e| {
            e.signing_key.push(0);
        }),
        changed("a commitment of 31 bytes", "key_event_malformed", |e| {
            e.next_commitment.truncate(31);
        }),
        changed("a commitment of 33 bytes", "key_event_malformed", |e| {
            e.next_commitment.push(0);
        }),
        changed("a commitment of zeros", "ok", |e| {
            e.next_commitment = vec![0; 32];
        }),
        changed("a tip of 31 bytes set aside", "key_event_malformed", |e| {
            e.set_aside_hashes = vec![vec![7; 31]];
        }),
        changed("an empty tip set aside", "key_event_malformed", |e| {
            e.set_aside_hashes = vec![vec![]];
        }),
        changed("one unknown tip set aside twice", "ok", |e| {
            e.set_aside_hashes = vec![vec![7; 32]; 2];
        }),
        first_changed("17 random bytes", "key_event_malformed", |e| {
            e.nonce.push(0);
        }),
        first_changed("no random bytes", "key_event_malformed", |e| {
            e.nonce.clear();
        }),
        first_changed(
            "an inception with a previous hash",
            "key_event_malformed",
            |e| {
                e.previous_hash = vec![1; 32];
            },
        ),
        first_changed(
            "an inception with a recovery key",
            "key_event_malformed",
            |e| {
                e.recovery_key = signing(1).public().as_bytes().to_vec();
            },
        ),
        first_changed(
            "an inception that sets a branch aside",
            "key_event_malformed",
            |e| {
                e.set_aside_hashes = vec![vec![7; 32]];
            },
        ),
        first_changed("an inception that rotates", "key_event_malformed", |e| {
            e.action = 2;
        }),
        first_changed(
            "an inception without an action",
            "key_event_malformed",
            |e| e.action = 0,
        ),
        first_changed("an inception with index 1", "key_event_out_of_order", |e| {
            e.index = 1;
        }),
        first_changed(
            "an inception with index 1 that names a group",
            "key_event_out_of_order",
            |e| {
                e.index = 1;
                e.group_id = vec![1; 32];
            },
        ),
    ]
}

fn order() -> Vec<Vector> {
    let stranger = signing(5).public().as_bytes().to_vec();
    vec![
        changed("index 2 after event 0", "key_event_out_of_order", |e| {
            e.index = 2;
        }),
        changed("index 2 and another group", "key_event_out_of_order", |e| {
            e.index = 2;
            e.group_id = vec![1; 32];
        }),
        changed("the highest index", "key_event_out_of_order", |e| {
            e.index = u32::MAX;
        }),
        changed("another event 0", "key_event_wrong_group", |e| e.index = 0),
        changed(
            "another group and another previous event",
            "key_event_wrong_group",
            |e| {
                e.group_id = vec![1; 32];
                e.previous_hash = vec![1; 32];
            },
        ),
        changed(
            "another previous event and random bytes",
            "key_event_broken_chain",
            |e| {
                e.previous_hash = vec![1; 32];
                e.nonce = vec![1; 16];
            },
        ),
        changed(
            "random bytes and a short recovery key",
            "key_event_malformed",
            |e| {
                e.nonce = vec![1; 16];
                e.recovery_key.pop();
            },
        ),
        changed(
            "another recovery key and no action",
            "key_event_not_committed",
            |e| {
                e.recovery_key = stranger;
                e.action = 0;
            },
        ),
        changed(
            "no action and a short signing key",
            "key_event_malformed",
            |e| {
                e.action = 0;
                e.signing_key.pop();
            },
        ),
        changed(
            "a short signing key and a short tip set aside",
            "key_length",
            |e| {
                e.signing_key.pop();
                e.set_aside_hashes = vec![vec![7; 31]];
            },
        ),
        changed(
            "a deactivation with a commitment",
            "key_event_malformed",
            |e| {
                e.action = 3;
                e.signing_key.clear();
                e.encryption_key.clear();
            },
        ),
        changed("a deactivation that sets a branch aside", "ok", |e| {
            e.action = 3;
            e.signing_key.clear();
            e.encryption_key.clear();
            e.next_commitment.clear();
            e.set_aside_hashes = vec![vec![7; 32]];
        }),
        changed("a negative action", "key_event_malformed", |e| {
            e.action = -1;
        }),
        unsigned(
            "a form that is wrong and a signature that does not match",
            "key_event_malformed",
            |e| {
                e.action = 0;
            },
        ),
        unsigned(
            "a signature that does not match",
            "signature_mismatch",
            |_| (),
        ),
    ]
}

/// A log of two events, the last of which has a change and is signed by another key.
fn unsigned(name: &str, verdict: &str, change: impl FnOnce(&mut KeyEvent)) -> Vector {
    let mut envelopes = log(1).envelopes();
    envelopes[1] = resigned(&envelopes[1], &signing(5), change);
    vector(name, &envelopes, verdict)
}

/// A log of two events, the last with other bytes as its payload, signed by the expected key.
fn encoded(name: &str, verdict: &str, change: impl FnOnce(&[u8]) -> Vec<u8>) -> Vector {
    let mut envelopes = log(1).envelopes();
    let key = phrase().recovery_key(1);
    let good = Envelope::parse(&envelopes[1], PayloadKind::KeyEvent).unwrap();
    envelopes[1] = sign(PayloadKind::KeyEvent, &change(good.payload()), &key);
    vector(name, &envelopes, verdict)
}

fn encodings() -> Vec<Vector> {
    let event = {
        let envelope = log(1).envelopes().remove(1);
        let envelope = Envelope::parse(&envelope, PayloadKind::KeyEvent).unwrap();
        KeyEvent::decode(envelope.payload()).unwrap()
    };
    let more =
        |name: &str, verdict: &str, bytes: &[u8]| encoded(name, verdict, |good| then(good, bytes));
    let signing_key = SigningKey::from_seed([0x77; 32]).public();
    let mut vectors = vec![
        more("an unknown field", "ok", &delimited(100, b"later")),
        more("an unknown field, 32 groups deep", "ok", &groups(32)),
        more(
            "an unknown field, 33 groups deep",
            "key_event_malformed",
            &groups(33),
        ),
        more(
            "the index twice, the right one last",
            "ok",
            &[number(2, 7), number(2, 1)].concat(),
        ),
        more(
            "the index twice, another one last",
            "key_event_out_of_order",
            &number(2, 7),
        ),
        more(
            "an index of 2^32 + 1, read as 1",
            "ok",
            &number(2, (1 << 32) + 1),
        ),
        more(
            "a group id twice, another one last",
            "key_event_wrong_group",
            &delimited(1, &[1; 32]),
        ),
        more(
            "a second signing key",
            "ok",
            &delimited(4, signing_key.as_bytes()),
        ),
        more(
            "a second signing key, empty",
            "key_length",
            &delimited(4, b""),
        ),
        more(
            "an action of 2^32 + 2, read as 2",
            "ok",
            &number(9, (1 << 32) + 2),
        ),
        more(
            "the index as bytes",
            "key_event_malformed",
            &delimited(2, &[1]),
        ),
        more(
            "the group id as a number",
            "key_event_malformed",
            &number(1, 1),
        ),
        encoded("fields in another order", "ok", |good| {
            let index = number(2, u64::from(event.index));
            let rest = KeyEvent {
                index: 0,
                ..event.clone()
            }
            .encode_to_vec();
            assert_eq!(rest.len() + index.len(), good.len());
            then(&rest, &index)
        }),
    ];
    for (name, bytes) in broken() {
        vectors.push(more(name, "key_event_malformed", &bytes));
    }
    vectors.push(encoded("an empty payload", "key_event_wrong_group", |_| {
        Vec::new()
    }));
    vectors
}

fn envelopes() -> Vec<Vector> {
    let last = |change: fn(&[u8]) -> Vec<u8>| {
        let mut envelopes = log(1).envelopes();
        envelopes[1] = change(&envelopes[1]);
        envelopes
    };
    let hinted =
        |event: &[u8], length| meddled(event, |e| e.signatures[0].key_hint = vec![7; length]);
    let mut twice = log(1).envelopes();
    twice.push(hinted(&twice[1], 0));
    vec![
        vector(
            "no hint",
            &last(|event| meddled(event, |e| e.signatures[0].key_hint.clear())),
            "ok",
        ),
        vector(
            "a hint of 9 bytes",
            &last(|event| meddled(event, |e| e.signatures[0].key_hint = vec![7; 9])),
            "key_hint_too_long",
        ),
        vector(
            "an unknown field of the envelope",
            &last(|event| then(event, &number(4, 1))),
            "envelope_not_canonical",
        ),
        vector(
            "an event again with another hint is the same event",
            &twice,
            "ok",
        ),
        vector(
            "a head as a key event",
            &last(|_| sign(PayloadKind::Head, b"", &signing(0))),
            "payload_type_wrong",
        ),
    ]
}

#[test]
fn key_events_get_the_verdicts_of_the_vectors() {
    let mut made = encryption_keys();
    made.extend(lengths());
    made.extend(order());
    made.extend(encodings());
    made.extend(envelopes());
    check("key_event_forms.json", ABOUT, made, recompute);
}
