use std::time::Duration;

use hedgerow_core::envelope::{Envelope, PayloadKind, sign};
use hedgerow_core::id::{GroupId, RequestId};
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::signed_request::{
    RequestDraft, RequestError, UnverifiedRequest, VerifiedRequest, body_hash,
};
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use prost::Message;
use serde::{Deserialize, Serialize};

use super::encoding::{broken, delimited, groups, then};
use super::file::{check, unhex, verdict};
use super::maker::{ISSUED, altered, log, meddled, phrase, signing};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Vector {
    name: String,
    /// The sender's key log as the receiver has it.
    key_log: Vec<String>,
    method: String,
    /// The receiver's own group id.
    receiver: String,
    body: String,
    now: String,
    envelope: String,
    verdict: String,
}

const ABOUT: &str = "Signed requests (protobuf hedgerow.v1.SignedRequest in an envelope), judged by a receiver \
    with a method, its own id, the body that came, the sender's key log and a clock. Order of checks: envelope, \
    form, method, receiver, body, group ended, key index, signature, lifetime, future, expiry.";

const METHOD: &str = "hedgerow.inbox.v1.InboxService/FetchMessages";
const RECEIVER: GroupId = GroupId::from_bytes([3; 32]);
const BODY: &[u8] = &[0x08, 0x01];
const MINUTE: Duration = Duration::from_secs(60);

fn draft(index: u8) -> RequestDraft {
    RequestDraft {
        method: METHOD.to_owned(),
        sender: log(0).group_id(),
        sender_key_index: u32::from(index),
        receiver: RECEIVER,
        request_id: RequestId::from_bytes([0x77; 16]),
        issue_time: ISSUED,
        expire_time: ISSUED.plus(5 * MINUTE),
        body_hash: body_hash(BODY),
    }
}

fn vector(name: &str, log: &KeyLog, envelope: &[u8], now: Timestamp, verdict: &str) -> Vector {
    Vector {
        name: name.to_owned(),
        key_log: log.envelopes().iter().map(hex::encode).collect(),
        method: METHOD.to_owned(),
        receiver: RECEIVER.to_string(),
        body: hex::encode(BODY),
        now: now.to_string(),
        envelope: hex::encode(envelope),
        verdict: verdict.to_owned(),
    }
}

fn at(name: &str, envelope: &[u8], now: Timestamp, verdict: &str) -> Vector {
    vector(name, &log(0), envelope, now, verdict)
}

/// A request with a change, signed again.
fn changed(name: &str, verdict: &str, change: impl FnOnce(&mut v1::SignedRequest)) -> Vector {
    let envelope = altered(PayloadKind::Request, &payload(), &signing(0), change);
    at(name, &envelope, ISSUED, verdict)
}

fn payload() -> Vec<u8> {
    let envelope = draft(0).sign(&signing(0));
    let envelope = Envelope::parse(&envelope, PayloadKind::Request).unwrap();
    envelope.payload().to_vec()
}

fn fields() -> Vec<Vector> {
    let bad = "request_malformed";
    vec![
        changed("no method", bad, |r| r.method.clear()),
        changed("no sender", bad, |r| r.sender_id.clear()),
        changed("a sender's id of 31 bytes", bad, |r| {
            r.sender_id.truncate(31);
        }),
        changed("a receiver's id of 33 bytes", bad, |r| {
            r.receiver_id.push(0);
        }),
        changed("an id of 15 bytes", bad, |r| r.request_id.truncate(15)),
        changed("no time of issue", bad, |r| r.issue_time = None),
        changed("no time of expiry", bad, |r| r.expire_time = None),
        changed("negative nanoseconds", bad, |r| {
            r.issue_time = Some(prost_types::Timestamp {
                seconds: 0,
                nanos: -1,
            });
        }),
        changed("no hash of a body", bad, |r| r.body_hash.clear()),
        changed("another method", "request_wrong_method", |r| {
            r.method = "hedgerow.inbox.v1.InboxService/AcknowledgeMessages".to_owned();
        }),
        changed("another method and receiver", "request_wrong_method", |r| {
            r.method = "x".to_owned();
            r.receiver_id = vec![4; 32];
        }),
        changed("another receiver", "request_wrong_receiver", |r| {
            r.receiver_id = vec![4; 32];
        }),
        changed("another body", "request_body_mismatch", |r| {
            r.body_hash = body_hash(b"").to_vec();
        }),
        changed("a key that is not there", "request_key_unknown", |r| {
            r.sender_key_index = 1;
        }),
    ]
}

fn times() -> Vec<Vector> {
    let good = draft(0).sign(&signing(0));
    let millisecond = Duration::from_millis(1);
    let lasting = |time: Duration| {
        let draft = RequestDraft {
            expire_time: ISSUED.plus(time),
            ..draft(0)
        };
        draft.sign(&signing(0))
    };
    let early = ISSUED.minus(5 * MINUTE);
    let end = ISSUED.plus(5 * MINUTE);
    vec![
        at("5 minutes ahead", &good, early, "ok"),
        at(
            "more than 5 minutes ahead",
            &good,
            early.minus(millisecond),
            "request_from_the_future",
        ),
        at("just before its end", &good, end.minus(millisecond), "ok"),
        at("at its end", &good, end, "request_expired"),
        at("10 minutes long", &lasting(10 * MINUTE), ISSUED, "ok"),
        at(
            "more than 10 minutes long",
            &lasting(10 * MINUTE + millisecond),
            ISSUED,
            "request_lifetime",
        ),
        at(
            "ends when it begins",
            &lasting(Duration::ZERO),
            ISSUED,
            "request_lifetime",
        ),
        at(
            "forged and expired",
            &draft(0).sign(&signing(1)),
            end,
            "signature_mismatch",
        ),
    ]
}

fn made() -> Vec<Vector> {
    let good = draft(0).sign(&signing(0));
    let mut ended = log(0);
    let deactivation = log(0).deactivate(&phrase().recovery_key(1)).unwrap();
    ended.append(&deactivation).unwrap();
    let more = |name: &str, verdict: &str, bytes: &[u8]| {
        let envelope = sign(PayloadKind::Request, &then(&payload(), bytes), &signing(0));
        at(name, &envelope, ISSUED, verdict)
    };
    let mut vectors = vec![
        at("a request", &good, ISSUED, "ok"),
        vector(
            "under the newest key",
            &log(1),
            &draft(1).sign(&signing(1)),
            ISSUED,
            "ok",
        ),
        vector(
            "under an earlier key",
            &log(1),
            &good,
            ISSUED,
            "request_key_ended",
        ),
        vector(
            "of a group that ended",
            &ended,
            &good,
            ISSUED,
            "group_ended",
        ),
        at(
            "signed by another key",
            &draft(0).sign(&signing(1)),
            ISSUED,
            "signature_mismatch",
        ),
        at(
            "signed as a head",
            &sign(PayloadKind::Head, &payload(), &signing(0)),
            ISSUED,
            "payload_type_wrong",
        ),
        at(
            "a hint of 9 bytes",
            &meddled(&good, |e| e.signatures[0].key_hint = vec![7; 9]),
            ISSUED,
            "key_hint_too_long",
        ),
        more(
            "more than 2 KiB",
            "envelope_too_large",
            &delimited(100, &[0; 2_048]),
        ),
        more("an unknown field", "ok", &delimited(100, b"later")),
        more("unknown groups, 33 deep", "request_malformed", &groups(33)),
        more(
            "unknown groups in a time, 33 deep",
            "request_malformed",
            &delimited(6, &groups(33)),
        ),
    ];
    vectors.extend(fields());
    vectors.extend(times());
    let broken = broken().into_iter();
    vectors.extend(broken.map(|(name, bytes)| more(name, "request_malformed", &bytes)));
    vectors
}

fn verify(vector: &Vector) -> Result<VerifiedRequest, RequestError> {
    let log = KeyLog::verify(vector.key_log.iter().map(|one| unhex(one))).unwrap();
    let receiver: GroupId = vector.receiver.parse().unwrap();
    let body = unhex(&vector.body);
    let envelope = unhex(&vector.envelope);
    let request = UnverifiedRequest::parse(&envelope, &vector.method, &receiver, &body)?;
    assert_eq!(*request.sender(), log.group_id());
    let tip = log.events().last().unwrap();
    request.verify(tip, vector.now.parse().unwrap())
}

#[test]
fn signed_requests_get_the_verdicts_of_the_vectors() {
    check("requests.json", ABOUT, made(), |vector| {
        let request = verify(vector);
        assert_eq!(
            verdict(&request, RequestError::reason),
            vector.verdict,
            "{}",
            vector.name
        );
    });
}

#[test]
fn a_verified_request_has_its_id_end_and_hash() {
    let request = verify(&at("", &draft(0).sign(&signing(0)), ISSUED, "ok")).unwrap();
    assert_eq!(*request.request_id(), draft(0).request_id);
    assert_eq!(request.expire_time(), draft(0).expire_time);
    let signed = Envelope::parse(&draft(0).sign(&signing(0)), PayloadKind::Request).unwrap();
    assert_eq!(*request.hash(), signed.payload_hash());
    assert!(v1::SignedRequest::decode(signed.payload()).is_ok());
}
