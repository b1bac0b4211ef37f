use hedgerow_proto::v1;
use prost::Message;
use prost_types::Timestamp;

use super::encoding::{broken, delimited, groups, number, then};
use super::file::check;
use super::records::{Vector, changed, plain, recompute, vector};

const ABOUT: &str = "Records, like those in records.json: bounds of every field, the order of checks, \
    and what protobuf leaves open. Of fields that occur twice the last counts here; the body's kind may \
    refuse them later. Groups nest at most 32 deep, also inside a known message.";

fn names() -> Vec<Vector> {
    let key = |name: &str, key: &str, verdict: &str| {
        let key = key.to_owned();
        changed(name, verdict, |r| r.key = key)
    };
    let kind = |name: &str, kind: &str, verdict: &str| {
        let kind = kind.to_owned();
        changed(name, verdict, |r| r.collection = kind)
    };
    vec![
        key("a key of 64", &"k".repeat(64), "ok"),
        key("a key of 65", &"k".repeat(65), "key_malformed"),
        key("a key of one character", "0", "ok"),
        key("a key of dots and hyphens", "..-", "ok"),
        key("no key", "", "key_malformed"),
        key("a key in upper case", "A", "key_malformed"),
        key("a key with an underscore", "a_b", "key_malformed"),
        key("a key with a slash", "a/b", "key_malformed"),
        key("a key with a line break", "a\n", "key_malformed"),
        key("a key with a zero byte", "a\0", "key_malformed"),
        key("a key beyond ASCII", "\u{ff41}", "key_malformed"),
        kind("a collection of 64", &"c".repeat(64), "ok"),
        kind(
            "a collection of 65",
            &"c".repeat(65),
            "collection_malformed",
        ),
        kind(
            "a collection in upper case",
            "Event",
            "collection_malformed",
        ),
        kind(
            "a collection with a space",
            "event ",
            "collection_malformed",
        ),
    ]
}

fn time(seconds: i64, nanos: i32) -> Option<Timestamp> {
    Some(Timestamp { seconds, nanos })
}

fn fields() -> Vec<Vector> {
    let (first, last) = (-62_135_596_800, 253_402_300_799);
    let created =
        |name: &str, verdict: &str, time| changed(name, verdict, |r| r.create_time = time);
    vec![
        created("the first second there is", "ok", time(first, 0)),
        created("before the year 1", "record_time", time(first - 1, 0)),
        created(
            "the last nanosecond there is",
            "ok",
            time(last, 999_999_999),
        ),
        created("10^9 nanoseconds", "record_time", time(last, 1_000_000_000)),
        created(
            "the lowest number of seconds",
            "record_time",
            time(i64::MIN, 0),
        ),
        created(
            "the highest number of seconds",
            "record_time",
            time(i64::MAX, i32::MAX),
        ),
        created("an empty time is 1970", "ok", time(0, 0)),
        changed("no time of change", "record_time", |r| r.update_time = None),
        changed("changed before it was created", "ok", |r| {
            r.update_time = time(0, 0);
        }),
        changed("17 random bytes", "record_nonce", |r| r.nonce.push(0)),
        changed("random bytes that are zero", "ok", |r| {
            r.nonce = vec![0; 16];
        }),
        changed("a group id of 31 bytes", "record_wrong_group", |r| {
            r.group_id.truncate(31);
        }),
        changed("no group id", "record_wrong_group", |r| r.group_id.clear()),
        changed("no language", "ok", |r| r.language.clear()),
        changed("a language that is none", "ok", |r| {
            r.language = "!".to_owned();
        }),
        changed("an empty subject", "ok", |r| {
            r.subject = Some(v1::Subject::default());
        }),
    ]
}

fn order() -> Vec<Vector> {
    vec![
        changed(
            "another group and no collection",
            "record_wrong_group",
            |r| {
                r.group_id = vec![1; 32];
                r.collection.clear();
            },
        ),
        changed("no collection and no key", "collection_malformed", |r| {
            r.collection.clear();
            r.key.clear();
        }),
        changed("no key and no random bytes", "key_malformed", |r| {
            r.key.clear();
            r.nonce.clear();
        }),
        changed("no random bytes and no times", "record_nonce", |r| {
            r.nonce.clear();
            r.create_time = None;
        }),
        vector(
            "33 groups deep and cut short",
            &then(&plain(), &[&groups(33), &[0x0a][..]].concat()),
            "record_too_deep",
        ),
        vector(
            "cut short before 33 groups",
            &then(&plain(), &[0x0a, 0x7f]),
            "record_malformed",
        ),
    ]
}

fn encodings() -> Vec<Vector> {
    let more =
        |name: &str, verdict: &str, bytes: &[u8]| vector(name, &then(&plain(), bytes), verdict);
    let mut vectors = vec![
        more("an unknown number", "ok", &number(15, u64::MAX)),
        more(
            "unknown groups in a time, 32 deep",
            "ok",
            &delimited(5, &groups(32)),
        ),
        more(
            "unknown groups in a time, 33 deep",
            "record_too_deep",
            &delimited(5, &groups(33)),
        ),
        more(
            "unknown groups in the subject, 33 deep",
            "record_too_deep",
            &delimited(9, &groups(33)),
        ),
        more(
            "unknown groups in the body, 33 deep",
            "ok",
            &delimited(8, &groups(33)),
        ),
        more(
            "unknown groups in an unknown field, 33 deep",
            "ok",
            &delimited(100, &groups(33)),
        ),
        more("the key twice", "ok", &delimited(3, b"the-last")),
        more(
            "the key twice, empty last",
            "key_malformed",
            &delimited(3, b""),
        ),
        more(
            "the group twice, another one last",
            "record_wrong_group",
            &delimited(1, &[1; 32]),
        ),
        more(
            "the random bytes twice, 15 last",
            "record_nonce",
            &delimited(4, &[1; 15]),
        ),
        more(
            "the time of creation twice, merged",
            "ok",
            &delimited(5, &number(2, 5)),
        ),
        more("the key as a number", "record_malformed", &number(3, 1)),
        more(
            "the time of creation as a number",
            "record_malformed",
            &number(5, 1),
        ),
        more(
            "a key that is not UTF-8",
            "record_malformed",
            &delimited(3, b"\xff"),
        ),
        more(
            "a subject that is cut short",
            "record_malformed",
            &delimited(9, &[0x0a, 0x05, b'x']),
        ),
        vector(
            "fields in another order",
            &{
                let record = v1::Record::decode(plain().as_slice()).unwrap();
                let key = delimited(3, record.key.as_bytes());
                let rest = v1::Record {
                    key: String::new(),
                    ..record
                };
                then(&key, &rest.encode_to_vec())
            },
            "ok",
        ),
    ];
    for (name, bytes) in broken() {
        vectors.push(more(name, "record_malformed", &bytes));
    }
    vectors
}

#[test]
fn forms_of_records_get_the_verdicts_of_the_vectors() {
    let mut made = names();
    made.extend(fields());
    made.extend(order());
    made.extend(encodings());
    check("record_forms.json", ABOUT, made, recompute);
}
