use hedgerow_core::envelope::{Envelope, PayloadKind, sign};
use hedgerow_core::id::{GroupId, PayloadHash};
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::View;
use hedgerow_core::receipt::{ReceiptDraft, ReceiptError, VerifiedReceipt};
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use prost::Message;
use serde::{Deserialize, Serialize};

use super::encoding::{broken, delimited, groups, number, then};
use super::file::{check, unhex, verdict};
use super::maker::{ISSUED, log, meddled, phrase, signing};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Vector {
    name: String,
    /// The aggregator's own key log. Its id is the group id of that log.
    aggregator_key_log: Vec<String>,
    envelope: String,
    verdict: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    receipt: Option<Good>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Good {
    aggregator_id: String,
    aggregator_key_index: u32,
    group_id: String,
    view: String,
    head_hash: String,
    in_effect_by: String,
    issued_at: String,
}

const ABOUT: &str = "Receipts (protobuf hedgerow.v1.Receipt in an envelope), judged under the key log of \
    the aggregator that is expected to have signed. The key of any event of that log counts, also of an \
    earlier one. Order of checks: envelope, form, aggregator, key, signature.";

fn good(receipt: &VerifiedReceipt) -> Good {
    Good {
        aggregator_id: receipt.aggregator_id().to_string(),
        aggregator_key_index: receipt.aggregator_key_index(),
        group_id: receipt.group_id().to_string(),
        view: receipt.view().to_string(),
        head_hash: receipt.head_hash().to_string(),
        in_effect_by: receipt.in_effect_by_time().to_string(),
        issued_at: receipt.issue_time().to_string(),
    }
}

fn vector(name: &str, log: &KeyLog, envelope: &[u8], verdict: &str) -> Vector {
    Vector {
        name: name.to_owned(),
        aggregator_key_log: log.envelopes().iter().map(hex::encode).collect(),
        envelope: hex::encode(envelope),
        verdict: verdict.to_owned(),
        receipt: VerifiedReceipt::verify(envelope, log)
            .ok()
            .as_ref()
            .map(good),
    }
}

/// A receipt under event `index` of the aggregator's log.
fn receipt(log: &KeyLog, index: u8) -> Vec<u8> {
    let draft = ReceiptDraft {
        aggregator_id: log.group_id(),
        aggregator_key_index: u32::from(index),
        group_id: GroupId::from_bytes([3; 32]),
        view: View::public(),
        head_hash: PayloadHash::from_bytes([4; 32]),
        in_effect_by_time: Timestamp::from_seconds(1_800_000_060),
        issue_time: ISSUED,
    };
    draft.sign(&signing(index))
}

fn payload() -> Vec<u8> {
    let envelope = Envelope::parse(&receipt(&log(0), 0), PayloadKind::Receipt).unwrap();
    envelope.payload().to_vec()
}

fn encoded(name: &str, verdict: &str, payload: &[u8]) -> Vector {
    vector(
        name,
        &log(0),
        &sign(PayloadKind::Receipt, payload, &signing(0)),
        verdict,
    )
}

fn changed(name: &str, verdict: &str, change: impl FnOnce(&mut v1::Receipt)) -> Vector {
    let mut receipt = v1::Receipt::decode(payload().as_slice()).unwrap();
    change(&mut receipt);
    encoded(name, verdict, &receipt.encode_to_vec())
}

fn fields() -> Vec<Vector> {
    let time = |seconds, nanos| Some(prost_types::Timestamp { seconds, nanos });
    vec![
        changed("a circle", "ok", |r| r.view = "5d41402a".to_owned()),
        changed("no view", "receipt_malformed", |r| r.view.clear()),
        changed("a view in upper case", "receipt_malformed", |r| {
            r.view = "Public".to_owned();
        }),
        changed("no group", "receipt_malformed", |r| r.group_id.clear()),
        changed("a group id of 31 bytes", "receipt_malformed", |r| {
            r.group_id.truncate(31);
        }),
        changed("a head's hash of 33 bytes", "receipt_malformed", |r| {
            r.head_hash.push(0);
        }),
        changed("an aggregator's id of 31 bytes", "receipt_malformed", |r| {
            r.aggregator_id.truncate(31);
        }),
        changed("no time of issue", "receipt_malformed", |r| {
            r.issue_time = None;
        }),
        changed("no time of effect", "receipt_malformed", |r| {
            r.in_effect_by_time = None;
        }),
        changed("a time beyond the year 9999", "receipt_malformed", |r| {
            r.in_effect_by_time = time(253_402_300_800, 0);
        }),
        changed("negative nanoseconds", "receipt_malformed", |r| {
            r.issue_time = time(0, -1);
        }),
        changed("in effect before it was issued", "ok", |r| {
            r.in_effect_by_time = time(0, 0);
        }),
        changed("another aggregator", "receipt_wrong_aggregator", |r| {
            r.aggregator_id = vec![1; 32];
        }),
        changed(
            "another aggregator and a key that is not there",
            "receipt_wrong_aggregator",
            |r| {
                r.aggregator_id = vec![1; 32];
                r.aggregator_key_index = 7;
            },
        ),
        changed("a key that is not there", "receipt_key_unknown", |r| {
            r.aggregator_key_index = 1;
        }),
        changed("no view and another aggregator", "receipt_malformed", |r| {
            r.view.clear();
            r.aggregator_id = vec![1; 32];
        }),
    ]
}

fn made() -> Vec<Vector> {
    let (log0, log1) = (log(0), log(1));
    let mut ended = log(0);
    ended
        .append(&log0.deactivate(&phrase().recovery_key(1)).unwrap())
        .unwrap();
    let under_end = {
        let mut receipt = v1::Receipt::decode(payload().as_slice()).unwrap();
        receipt.aggregator_key_index = 1;
        sign(PayloadKind::Receipt, &receipt.encode_to_vec(), &signing(0))
    };
    let good = receipt(&log0, 0);
    let mut vectors = vec![
        vector("a receipt", &log0, &good, "ok"),
        vector("under an earlier key", &log1, &good, "ok"),
        vector("under the newest key", &log1, &receipt(&log1, 1), "ok"),
        vector("before the aggregator was deactivated", &ended, &good, "ok"),
        vector(
            "under a deactivation",
            &ended,
            &under_end,
            "receipt_key_unknown",
        ),
        vector(
            "a key log that is too short",
            &log0,
            &receipt(&log1, 1),
            "receipt_key_unknown",
        ),
        vector(
            "signed by another key",
            &log0,
            &sign(PayloadKind::Receipt, &payload(), &signing(1)),
            "signature_mismatch",
        ),
        vector(
            "signed as a head",
            &log0,
            &sign(PayloadKind::Head, &payload(), &signing(0)),
            "payload_type_wrong",
        ),
        vector(
            "a hint of 9 bytes",
            &log0,
            &meddled(&good, |e| e.signatures[0].key_hint = vec![7; 9]),
            "key_hint_too_long",
        ),
        vector(
            "an unknown field of the envelope",
            &log0,
            &then(&good, &number(4, 1)),
            "envelope_not_canonical",
        ),
    ];
    vectors.extend(fields());
    let more =
        |name: &str, verdict: &str, bytes: &[u8]| encoded(name, verdict, &then(&payload(), bytes));
    vectors.extend([
        more("an unknown field", "ok", &delimited(100, b"later")),
        more("unknown groups, 32 deep", "ok", &groups(32)),
        more("unknown groups, 33 deep", "receipt_malformed", &groups(33)),
        more(
            "unknown groups in a time, 33 deep",
            "receipt_malformed",
            &delimited(5, &groups(33)),
        ),
        more(
            "the view twice, the last one counts",
            "ok",
            &delimited(3, b"circle"),
        ),
        encoded("an empty payload", "receipt_malformed", b""),
    ]);
    vectors.extend(
        broken()
            .iter()
            .map(|(name, bytes)| more(name, "receipt_malformed", bytes)),
    );
    vectors
}

#[test]
fn receipts_get_the_verdicts_of_the_vectors() {
    check("receipts.json", ABOUT, made(), |vector| {
        let log = KeyLog::verify(vector.aggregator_key_log.iter().map(|one| unhex(one))).unwrap();
        let receipt = VerifiedReceipt::verify(&unhex(&vector.envelope), &log);
        assert_eq!(
            verdict(&receipt, ReceiptError::reason),
            vector.verdict,
            "{}",
            vector.name
        );
        assert_eq!(
            receipt.ok().as_ref().map(good),
            vector.receipt,
            "{}",
            vector.name
        );
    });
}
