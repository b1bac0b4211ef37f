use hedgerow_core::envelope::{PayloadKind, sign};
use hedgerow_core::tree::Manifest;
use hedgerow_proto::v1;
use prost::Message;
use prost_types::Timestamp;

use super::encoding::{broken, delimited, groups, number, then};
use super::file::check;
use super::heads::{Vector, changed, recompute, vector};
use super::maker::{altered, draft, log, meddled, signing};

const ABOUT: &str = "Heads, like those in heads.json: bounds of every field, the order of checks, and \
    what protobuf leaves open. Fields that occur twice are last-wins, messages that occur twice are \
    merged; unknown fields are legal, but groups nest at most 32 deep, also inside a known message.";

const MIN_SECONDS: i64 = -62_135_596_800;
const MAX_SECONDS: i64 = 253_402_300_799;
const DAY: i64 = 24 * 3600;

fn time(seconds: i64, nanos: i32) -> Option<Timestamp> {
    Some(Timestamp { seconds, nanos })
}

fn lived(
    name: &str,
    verdict: &str,
    issued: Option<Timestamp>,
    expires: Option<Timestamp>,
) -> Vector {
    changed(name, verdict, |h| {
        h.issue_time = issued;
        h.expire_time = expires;
    })
}

fn times() -> Vec<Vector> {
    let issued = 1_800_000_000;
    vec![
        lived(
            "the first second there is",
            "ok",
            time(MIN_SECONDS, 0),
            time(MIN_SECONDS + DAY, 0),
        ),
        lived(
            "before the year 1",
            "head_malformed",
            time(MIN_SECONDS - 1, 999_999_999),
            time(MIN_SECONDS, 0),
        ),
        lived(
            "the last nanosecond there is",
            "ok",
            time(MAX_SECONDS, 0),
            time(MAX_SECONDS, 999_999_999),
        ),
        lived(
            "after the year 9999",
            "head_malformed",
            time(MAX_SECONDS, 0),
            time(MAX_SECONDS + 1, 0),
        ),
        lived(
            "the lowest number of seconds",
            "head_malformed",
            time(i64::MIN, 0),
            time(issued, 0),
        ),
        lived(
            "the highest number of seconds",
            "head_malformed",
            time(issued, 0),
            time(i64::MAX, 0),
        ),
        lived(
            "negative nanoseconds",
            "head_malformed",
            time(issued, -1),
            time(issued + DAY, 0),
        ),
        lived(
            "10^9 nanoseconds",
            "head_malformed",
            time(issued, 1_000_000_000),
            time(issued + DAY, 0),
        ),
        lived("no time of expiry", "head_malformed", time(issued, 0), None),
        lived("an empty time is 1970", "ok", time(0, 0), time(DAY, 0)),
        lived(
            "a life of a nanosecond",
            "ok",
            time(issued, 5),
            time(issued, 6),
        ),
        lived(
            "a life of nothing, in nanoseconds",
            "head_lifetime",
            time(issued, 5),
            time(issued, 5),
        ),
        lived(
            "expired a nanosecond before it was issued",
            "head_lifetime",
            time(issued, 6),
            time(issued, 5),
        ),
        lived(
            "exactly 28 days, with nanoseconds",
            "ok",
            time(issued, 7),
            time(issued + 28 * DAY, 7),
        ),
        lived(
            "28 days and a nanosecond more",
            "head_lifetime",
            time(issued, 7),
            time(issued + 28 * DAY, 8),
        ),
        lived(
            "28 days less a nanosecond",
            "ok",
            time(issued, 7),
            time(issued + 28 * DAY, 6),
        ),
        lived(
            "all the time there is",
            "head_lifetime",
            time(MIN_SECONDS, 0),
            time(MAX_SECONDS, 0),
        ),
    ]
}

fn names_and_numbers() -> Vec<Vector> {
    let view = |name: &str, view: &str, verdict: &str| {
        let view = view.to_owned();
        changed(name, verdict, |h| h.view = view)
    };
    let empty = Manifest::empty().root().to_vec();
    vec![
        view("a view of 64", &"v".repeat(64), "ok"),
        view("a view of 65", &"v".repeat(65), "head_malformed"),
        view("a view with every kind of character", "-a.0-", "ok"),
        view("a view of one dot", ".", "ok"),
        view("a view in upper case", "Public", "head_malformed"),
        view("a view with an underscore", "a_b", "head_malformed"),
        view("a view with a space", "public ", "head_malformed"),
        view("a view with a line break", "public\n", "head_malformed"),
        view("a view beyond ASCII", "caf\u{e9}", "head_malformed"),
        changed("number 2 without a previous head", "ok", |h| h.seq = 2),
        changed("number 2 after a head of 31 bytes", "head_malformed", |h| {
            h.seq = 2;
            h.previous_hash = vec![1; 31];
        }),
        changed("number 1 after a head of 31 bytes", "head_malformed", |h| {
            h.previous_hash = vec![1; 31];
        }),
        changed("number 2^53 - 1 after another", "ok", |h| {
            h.seq = (1 << 53) - 1;
            h.previous_hash = vec![1; 32];
        }),
        changed("number 2^63", "head_seq_out_of_range", |h| h.seq = 1 << 63),
        changed("number 2^64 - 1", "head_seq_out_of_range", |h| {
            h.seq = u64::MAX;
        }),
        changed("count 1 over the root of nothing", "head_malformed", |h| {
            h.count = 1;
            h.root = empty.clone();
        }),
        changed("count 0 over the root of nothing", "ok", |h| {
            h.count = 0;
            h.root = empty.clone();
        }),
        changed("the highest count", "ok", |h| h.count = u32::MAX),
        changed("a root of 33 bytes", "head_malformed", |h| h.root.push(0)),
        changed("no root", "head_malformed", |h| h.root.clear()),
        changed("a group id of 31 bytes", "head_malformed", |h| {
            h.group_id.truncate(31);
        }),
        changed("no group id", "head_malformed", |h| h.group_id.clear()),
        changed("a key event's hash of 31 bytes", "head_malformed", |h| {
            h.key_event_hash.truncate(31);
        }),
        changed("the highest key index", "head_key_event_unknown", |h| {
            h.key_index = u32::MAX;
        }),
    ]
}

fn indexing() -> Vec<Vector> {
    let indexed = |name: &str, verdict: &str, policy: i32, aggregators: Vec<Vec<u8>>| {
        changed(name, verdict, |h| {
            h.indexing = Some(v1::Indexing {
                policy,
                aggregators,
            });
        })
    };
    let id = vec![1; 32];
    vec![
        indexed("nobody is named", "ok", 2, vec![]),
        indexed(
            "one aggregator is named twice",
            "ok",
            2,
            vec![id.clone(), id.clone()],
        ),
        indexed(
            "a named id is empty",
            "head_malformed",
            2,
            vec![id.clone(), vec![]],
        ),
        indexed(
            "a named id of 33 bytes",
            "head_malformed",
            2,
            vec![vec![1; 33]],
        ),
        indexed("anyone: ids are not read", "ok", 1, vec![vec![1; 31]]),
        indexed("nobody: ids are not read", "ok", 3, vec![vec![1; 31]]),
        indexed("no policy means nobody", "ok", 0, vec![id.clone()]),
        indexed("a negative policy means nobody", "ok", -1, vec![id]),
    ]
}

fn endpoints() -> Vec<Vector> {
    let at = |name: &str, verdict: &str, url: &str, spki: &[u8]| {
        let endpoint = v1::Endpoint {
            url: url.to_owned(),
            spki_sha256: spki.to_vec(),
        };
        changed(name, verdict, |h| h.endpoint = Some(endpoint))
    };
    let pin = "ab".repeat(32);
    vec![
        at("an endpoint", "ok", "https://node.example:7443", &[]),
        at(
            "an endpoint in upper case",
            "ok",
            "https://NODE.example:7443",
            &[],
        ),
        at(
            "an IPv6 endpoint",
            "ok",
            "https://[2001:DB8::7]:7443",
            &[7; 32],
        ),
        at("an empty endpoint", "address_scheme", "", &[]),
        at(
            "an underscore",
            "address_host",
            "https://node_x.example:7443",
            &[],
        ),
        at("a zone", "address_host", "https://[::1%25lo]:7443", &[]),
        at(
            "a final dot",
            "address_host",
            "https://node.example.:7443",
            &[],
        ),
        at(
            "a leading zero",
            "address_port",
            "https://node.example:0443",
            &[],
        ),
        at(
            "a key hash in the url",
            "address_extra",
            &format!("https://a.example:1#sha256={pin}"),
            &[],
        ),
        at(
            "a key hash of 31 bytes",
            "address_pin",
            "https://node.example:7443",
            &[7; 31],
        ),
    ]
}

fn order() -> Vec<Vector> {
    let bad_endpoint = v1::Endpoint {
        url: "http://a.example:1".to_owned(),
        spki_sha256: vec![],
    };
    let bad_indexing = v1::Indexing {
        policy: 2,
        aggregators: vec![vec![]],
    };
    let unsigned = |name: &str, verdict: &str, key_log: u8, change: fn(&mut v1::Head)| {
        let (signed_under, judged_under) = (log(0), log(key_log));
        let payload = draft(&signed_under, 3).payload();
        let envelope = altered(PayloadKind::Head, &payload, &signing(5), change);
        vector(name, &judged_under, &envelope, verdict)
    };
    vec![
        changed("no view and number 0", "head_malformed", |h| {
            h.view.clear();
            h.seq = 0;
        }),
        changed("number 0 and a short root", "head_seq_out_of_range", |h| {
            h.seq = 0;
            h.root.clear();
        }),
        changed(
            "number 0 and a life of nothing",
            "head_seq_out_of_range",
            |h| {
                h.seq = 0;
                h.expire_time = h.issue_time;
            },
        ),
        changed(
            "a short root and a life of nothing",
            "head_malformed",
            |h| {
                h.root.pop();
                h.expire_time = h.issue_time;
            },
        ),
        changed("a life of nothing and no group", "head_lifetime", |h| {
            h.expire_time = h.issue_time;
            h.group_id.clear();
        }),
        changed("no group and a bad endpoint", "head_malformed", {
            let endpoint = bad_endpoint.clone();
            |h| {
                h.group_id.clear();
                h.endpoint = Some(endpoint);
            }
        }),
        changed("a bad endpoint and bad indexing", "address_scheme", {
            let endpoint = bad_endpoint.clone();
            |h| {
                h.endpoint = Some(endpoint);
                h.indexing = Some(bad_indexing);
            }
        }),
        changed("a bad endpoint of another group", "address_scheme", |h| {
            h.endpoint = Some(bad_endpoint);
            h.group_id = vec![1; 32];
        }),
        changed(
            "another group and an unknown key event",
            "head_wrong_group",
            |h| {
                h.group_id = vec![1; 32];
                h.key_index = 7;
            },
        ),
        unsigned("no view and no valid signature", "head_malformed", 0, |h| {
            h.view.clear();
        }),
        unsigned(
            "another group and no valid signature",
            "head_wrong_group",
            0,
            |h| {
                h.group_id = vec![1; 32];
            },
        ),
        unsigned(
            "another key event and no valid signature",
            "head_key_event_mismatch",
            0,
            |h| {
                h.key_event_hash = vec![1; 32];
            },
        ),
        unsigned(
            "ended by a rotation and no valid signature",
            "signature_mismatch",
            1,
            |_| (),
        ),
    ]
}

/// The good head with other bytes as its payload.
fn encoded(name: &str, verdict: &str, change: impl FnOnce(&[u8]) -> Vec<u8>) -> Vector {
    let log = log(0);
    let payload = change(&draft(&log, 3).payload());
    vector(
        name,
        &log,
        &sign(PayloadKind::Head, &payload, &signing(0)),
        verdict,
    )
}

fn encodings() -> Vec<Vector> {
    let more =
        |name: &str, verdict: &str, bytes: &[u8]| encoded(name, verdict, |good| then(good, bytes));
    let endpoint = |url: &str| delimited(11, &delimited(1, url.as_bytes()));
    let url = "https://node.example:7443";
    let mut vectors = vec![
        more("an unknown field", "ok", &delimited(100, b"later")),
        more("an unknown number", "ok", &number(15, u64::MAX)),
        more("an unknown field, 32 groups deep", "ok", &groups(32)),
        more(
            "an unknown field, 33 groups deep",
            "head_malformed",
            &groups(33),
        ),
        more(
            "unknown groups in a time, 32 deep",
            "ok",
            &delimited(9, &groups(32)),
        ),
        more(
            "unknown groups in a time, 33 deep",
            "head_malformed",
            &delimited(9, &groups(33)),
        ),
        more(
            "unknown groups in the indexing, 33 deep",
            "head_malformed",
            &delimited(12, &groups(33)),
        ),
        more(
            "unknown groups in an unknown field, 33 deep",
            "ok",
            &delimited(100, &groups(33)),
        ),
        more(
            "the number twice, the right one last",
            "ok",
            &[number(5, 0), number(5, 1)].concat(),
        ),
        more(
            "the number twice, 0 last",
            "head_seq_out_of_range",
            &number(5, 0),
        ),
        more("the view twice", "ok", &delimited(2, b"circle")),
        more(
            "the view twice, empty last",
            "head_malformed",
            &delimited(2, b""),
        ),
        more(
            "a count of 2^32 + 3, read as 3",
            "ok",
            &number(7, (1 << 32) + 3),
        ),
        more("a key index of 2^32, read as 0", "ok", &number(3, 1 << 32)),
        more(
            "the time of issue twice, merged",
            "ok",
            &delimited(9, &number(2, 5)),
        ),
        more(
            "an endpoint in two parts, merged",
            "ok",
            &[endpoint(url), delimited(11, &delimited(2, &[7; 32]))].concat(),
        ),
        more(
            "two endpoints, the last one counts",
            "address_scheme",
            &[endpoint(url), endpoint("x")].concat(),
        ),
        more(
            "named aggregators are added up",
            "ok",
            &delimited(12, &delimited(2, &[1; 31])),
        ),
        more("the count as bytes", "head_malformed", &delimited(7, &[3])),
        more("the view as a number", "head_malformed", &number(2, 1)),
        more(
            "the time of issue as a number",
            "head_malformed",
            &number(9, 1),
        ),
        more(
            "a view that is not UTF-8",
            "head_malformed",
            &delimited(2, b"\xff"),
        ),
        more(
            "an endpoint that is cut short",
            "head_malformed",
            &delimited(11, &[0x0a, 0x05, b'x']),
        ),
        encoded("fields in another order", "ok", |good| {
            let head = v1::Head::decode(good).unwrap();
            let (count, rest) = (
                number(7, u64::from(head.count)),
                v1::Head { count: 0, ..head },
            );
            then(&count, &rest.encode_to_vec())
        }),
        encoded("zeros that an encoder leaves out", "ok", |good| {
            then(good, &number(3, 0))
        }),
        encoded("an empty payload", "head_malformed", |_| Vec::new()),
    ];
    for (name, bytes) in broken() {
        vectors.push(more(name, "head_malformed", &bytes));
    }
    vectors
}

fn envelopes() -> Vec<Vector> {
    let log = log(0);
    let good = draft(&log, 3).sign(&signing(0));
    let hinted = |length| meddled(&good, |e| e.signatures[0].key_hint = vec![7; length]);
    vec![
        vector("a hint of 8 bytes", &log, &hinted(8), "ok"),
        vector("a hint of 9 bytes", &log, &hinted(9), "key_hint_too_long"),
        vector(
            "an unknown field of the envelope",
            &log,
            &then(&good, &number(4, 1)),
            "envelope_not_canonical",
        ),
    ]
}

#[test]
fn forms_of_heads_get_the_verdicts_of_the_vectors() {
    let mut made = times();
    made.extend(names_and_numbers());
    made.extend(indexing());
    made.extend(endpoints());
    made.extend(order());
    made.extend(encodings());
    made.extend(envelopes());
    check("head_forms.json", ABOUT, made, recompute);
}
