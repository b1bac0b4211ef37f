use hedgerow_core::id::GroupId;
use hedgerow_core::record::ParsedRecord;
use hedgerow_proto::v1;
use prost::Message;
use serde::{Deserialize, Serialize};

use super::file::{check, unhex, verdict};
use super::maker::{log, name, record};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Vector {
    name: String,
    group_id: String,
    record: String,
    verdict: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    good: Option<Good>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Good {
    collection: String,
    key: String,
    length: u32,
    record_hash: String,
    leaf_hash: String,
}

const ABOUT: &str = "Records as bytes (protobuf hedgerow.v1.Record), judged as far as their envelope \
    goes; bodies are opaque here. record hash = SHA-256(hedgerow/v1/record + 00 + bytes); leaf hash = \
    SHA-256(00 + u8 length + collection + u8 length + key + u32be record length + record hash).";

fn good(bytes: &[u8], group: &GroupId) -> Option<Good> {
    let record = ParsedRecord::parse(bytes, group).ok()?;
    let leaf = record.leaf();
    Some(Good {
        collection: leaf.name.collection.to_string(),
        key: leaf.name.key.to_string(),
        length: leaf.length,
        record_hash: record.hash().to_string(),
        leaf_hash: hex::encode(leaf.hash()),
    })
}

pub fn vector(name: &str, bytes: &[u8], verdict: &str) -> Vector {
    let group = log(0).group_id();
    Vector {
        name: name.to_owned(),
        group_id: group.to_string(),
        record: hex::encode(bytes),
        verdict: verdict.to_owned(),
        good: good(bytes, &group),
    }
}

pub fn changed(name: &str, verdict: &str, change: impl FnOnce(&mut v1::Record)) -> Vector {
    let mut message = v1::Record::decode(plain().as_slice()).unwrap();
    change(&mut message);
    vector(name, &message.encode_to_vec(), verdict)
}

pub fn plain() -> Vec<u8> {
    record(
        &log(0),
        &name("0f0e0d0c0b0a09080706050403020100"),
        b"\x0a\x03any",
    )
}

fn made() -> Vec<Vector> {
    let with = |tail: &[u8]| [plain().as_slice(), tail].concat();
    // Field 100, first as text, then as nested groups (wire types 3 and 4).
    let later_field = with(b"\xa2\x06\x05later");
    let nested = |depth| with(&[b"\xa3\x06".repeat(depth), b"\xa4\x06".repeat(depth)].concat());
    vec![
        vector("a record", &plain(), "ok"),
        vector("a field of a later version", &later_field, "ok"),
        changed("a kind of a later version", "ok", |r| {
            r.collection = "parade".to_owned();
        }),
        changed("an empty body", "ok", |r| r.body.clear()),
        changed("a subject", "ok", |r| {
            r.subject = Some(v1::Subject {
                scheme: "jigsaw-2013".to_owned(),
                id: "sodit".to_owned(),
                name: "An organisation".to_owned(),
                group_id: None,
            });
        }),
        vector("unknown groups, 32 deep", &nested(32), "ok"),
        vector("unknown groups, 33 deep", &nested(33), "record_too_deep"),
        vector(
            "a group that does not end",
            &with(b"\xa3\x06"),
            "record_malformed",
        ),
        vector(
            "cut short",
            &plain()[..plain().len() - 1],
            "record_malformed",
        ),
        vector(
            "text that is not UTF-8",
            &with(b"\x3a\x02\xff\xff"),
            "record_malformed",
        ),
        vector("nothing", b"", "record_wrong_group"),
        changed("another group", "record_wrong_group", |r| {
            r.group_id = vec![1; 32];
        }),
        changed("no collection", "collection_malformed", |r| {
            r.collection.clear();
        }),
        changed("a key made from a title", "key_malformed", |r| {
            r.key = "Sunday Walk".to_owned();
        }),
        changed("15 random bytes", "record_nonce", |r| r.nonce.truncate(15)),
        changed("no random bytes", "record_nonce", |r| r.nonce.clear()),
        changed("no creation time", "record_time", |r| r.create_time = None),
        changed("a time beyond the year 9999", "record_time", |r| {
            r.update_time = Some(prost_types::Timestamp {
                seconds: 253_402_300_800,
                nanos: 0,
            });
        }),
        changed("negative nanoseconds", "record_time", |r| {
            r.update_time = Some(prost_types::Timestamp {
                seconds: 0,
                nanos: -1,
            });
        }),
        changed("more than 65536 bytes", "record_too_large", |r| {
            r.body = vec![0; 65_536];
        }),
    ]
}

#[test]
fn records_get_the_verdicts_of_the_vectors() {
    check("records.json", ABOUT, made(), recompute);
}

/// Recomputes the verdict of a vector from its inputs.
pub fn recompute(vector: &Vector) {
    let group = vector.group_id.parse().unwrap();
    let bytes = unhex(&vector.record);
    let parsed = ParsedRecord::parse(&bytes, &group);
    assert_eq!(
        verdict(&parsed, hedgerow_core::record::RecordError::reason),
        vector.verdict,
        "{}",
        vector.name
    );
    assert_eq!(good(&bytes, &group), vector.good, "{}", vector.name);
}
