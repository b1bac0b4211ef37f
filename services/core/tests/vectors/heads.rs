use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::envelope::PayloadKind;
use hedgerow_core::head::{
    Freshness, HeadDraft, HeadError, HeadOrder, Indexing, Seq, VerifiedHead, compare,
};
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use serde::{Deserialize, Serialize};

use super::file::{check, unhex, verdict};
use super::maker::{ISSUED, altered, draft, head, log, phrase, signing, tip_key};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Vector {
    name: String,
    key_log: Vec<String>,
    envelope: String,
    verdict: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    head: Option<Good>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Good {
    hash: String,
    group_id: String,
    view: String,
    key_index: u32,
    seq: u64,
    root: String,
    count: u32,
    previous: String,
    issued_at: String,
    expires_at: String,
    endpoint: String,
    /// `anyone`, `nobody`, or the ids of the aggregators named.
    indexing: String,
}

const ABOUT: &str = "Heads (protobuf hedgerow.v1.Head in an envelope), judged under a key log as heads \
    that are to count now: under the newest key event, and not after a deactivation.";

fn good(head: &VerifiedHead) -> Good {
    let named = |ids: &Vec<GroupId>| {
        ids.iter()
            .map(GroupId::to_string)
            .collect::<Vec<_>>()
            .join(" ")
    };
    Good {
        hash: head.hash().to_string(),
        group_id: head.group_id().to_string(),
        view: head.view().to_string(),
        key_index: head.position().key_index,
        seq: head.position().seq.get(),
        root: head.root().to_string(),
        count: head.count(),
        previous: head
            .previous()
            .map(|hash| hash.to_string())
            .unwrap_or_default(),
        issued_at: head.issue_time().to_string(),
        expires_at: head.expire_time().to_string(),
        endpoint: head.endpoint().map(Endpoint::to_string).unwrap_or_default(),
        indexing: match head.indexing() {
            Indexing::Anyone => "anyone".to_owned(),
            Indexing::Nobody => "nobody".to_owned(),
            Indexing::Named(ids) => named(ids),
        },
    }
}

pub fn vector(name: &str, log: &KeyLog, envelope: &[u8], verdict: &str) -> Vector {
    Vector {
        name: name.to_owned(),
        key_log: log.envelopes().iter().map(hex::encode).collect(),
        envelope: hex::encode(envelope),
        verdict: verdict.to_owned(),
        head: VerifiedHead::verify(envelope, log).ok().as_ref().map(good),
    }
}

fn drafted(name: &str, log: &KeyLog, draft: &HeadDraft) -> Vector {
    vector(name, log, &draft.sign(&tip_key(log)), "ok")
}

pub fn changed(name: &str, verdict: &str, change: impl FnOnce(&mut v1::Head)) -> Vector {
    let log = log(0);
    let payload = draft(&log, 3).payload();
    let envelope = altered(PayloadKind::Head, &payload, &signing(0), change);
    vector(name, &log, &envelope, verdict)
}

fn accepted() -> Vec<Vector> {
    let (log0, log1) = (log(0), log(1));
    let first = head(&log0, &draft(&log0, 3));
    let second = HeadDraft {
        seq: Seq::new(2).unwrap(),
        previous: Some(first.hash()),
        ..draft(&log0, 4)
    };
    let pinned = Endpoint::parse(&format!(
        "https://node.example:7443#sha256={}",
        "ab".repeat(32)
    ));
    let elsewhere = HeadDraft {
        endpoint: Some(pinned.unwrap()),
        ..draft(&log0, 3)
    };
    let named = Indexing::Named(vec![
        GroupId::from_bytes([1; 32]),
        GroupId::from_bytes([2; 32]),
    ]);
    let far = HeadDraft {
        seq: Seq::MAX,
        ..draft(&log0, 3)
    };
    let circle = HeadDraft {
        view: View::parse("5d41402a").unwrap(),
        ..draft(&log0, 3)
    };
    vec![
        drafted("the first head", &log0, &draft(&log0, 3)),
        drafted("the second head", &log0, &second),
        drafted("everything taken back", &log0, &draft(&log0, 0)),
        drafted("the first head after a rotation", &log1, &draft(&log1, 3)),
        drafted("the last number there is, across a gap", &log0, &far),
        drafted("a circle", &log0, &circle),
        drafted("an endpoint with its key", &log0, &elsewhere),
        drafted(
            "named aggregators",
            &log0,
            &HeadDraft {
                indexing: named,
                ..draft(&log0, 3)
            },
        ),
        drafted(
            "no aggregator",
            &log0,
            &HeadDraft {
                indexing: Indexing::Nobody,
                ..draft(&log0, 3)
            },
        ),
        changed("no word about indexing means nobody", "ok", |h| {
            h.indexing = None;
        }),
        changed("a policy that nobody knows yet means nobody", "ok", |h| {
            h.indexing = Some(v1::Indexing {
                policy: 9,
                aggregators: vec![],
            });
        }),
    ]
}

fn refused() -> Vec<Vector> {
    let (log0, log1) = (log(0), log(1));
    let under_0 = draft(&log0, 3).sign(&signing(0));
    let mut ended = log(0);
    ended
        .append(&log0.deactivate(&phrase().recovery_key(1)).unwrap())
        .unwrap();
    let under_end = HeadDraft {
        key_index: 1,
        key_event_hash: ended.tip_hash(),
        ..draft(&log0, 3)
    };
    let endpoint = |url: &str| {
        Some(v1::Endpoint {
            url: url.to_owned(),
            spki_sha256: vec![],
        })
    };
    vec![
        vector("ended by a rotation", &log1, &under_0, "head_key_ended"),
        vector("ended by a deactivation", &ended, &under_0, "group_ended"),
        vector(
            "under a deactivation",
            &ended,
            &under_end.sign(&signing(0)),
            "group_ended",
        ),
        vector(
            "a key log that is too short",
            &log0,
            &draft(&log1, 3).sign(&signing(1)),
            "head_key_event_unknown",
        ),
        vector(
            "signed by another key",
            &log0,
            &draft(&log0, 3).sign(&signing(1)),
            "signature_mismatch",
        ),
        vector(
            "a key event as a head",
            &log0,
            &log0.envelopes()[0],
            "payload_type_wrong",
        ),
        changed("another group", "head_wrong_group", |h| {
            h.group_id = vec![1; 32];
        }),
        changed("another key event", "head_key_event_mismatch", |h| {
            h.key_event_hash = vec![1; 32];
        }),
        changed("no view", "head_malformed", |h| h.view.clear()),
        changed("number 0", "head_seq_out_of_range", |h| h.seq = 0),
        changed("number 2^53", "head_seq_out_of_range", |h| h.seq = 1 << 53),
        changed("a first head that follows another", "head_malformed", |h| {
            h.previous_hash = vec![1; 32];
        }),
        changed("a root of 31 bytes", "head_malformed", |h| {
            h.root.truncate(31);
        }),
        changed("count 0 over a root of something", "head_malformed", |h| {
            h.count = 0;
        }),
        changed("no time of issue", "head_malformed", |h| {
            h.issue_time = None;
        }),
        changed("28 days and a nanosecond", "head_lifetime", |h| {
            h.expire_time.as_mut().unwrap().nanos = 1;
        }),
        changed("expired when issued", "head_lifetime", |h| {
            h.expire_time = h.issue_time;
        }),
        changed("an endpoint without TLS", "address_scheme", |h| {
            h.endpoint = endpoint("http://a.example:80");
        }),
        changed("an endpoint with a path", "address_extra", |h| {
            h.endpoint = endpoint("https://a.example:80/x");
        }),
        changed("an aggregator's id of 31 bytes", "head_malformed", |h| {
            h.indexing = Some(v1::Indexing {
                policy: 2,
                aggregators: vec![vec![1; 31]],
            });
        }),
    ]
}

#[test]
fn heads_get_the_verdicts_of_the_vectors() {
    let made = accepted().into_iter().chain(refused()).collect();
    check("heads.json", ABOUT, made, recompute);
}

/// Recomputes the verdict of a vector from its inputs.
pub fn recompute(vector: &Vector) {
    let log = KeyLog::verify(vector.key_log.iter().map(|one| unhex(one))).unwrap();
    let head = VerifiedHead::verify(&unhex(&vector.envelope), &log);
    assert_eq!(
        verdict(&head, HeadError::reason),
        vector.verdict,
        "{}",
        vector.name
    );
    assert_eq!(head.ok().as_ref().map(good), vector.head, "{}", vector.name);
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Pair {
    name: String,
    key_log: Vec<String>,
    held: String,
    new: String,
    /// `newer`, `same`, `older`, `equivocation` or `unrelated`.
    order: String,
}

const ABOUT_ORDER: &str = "The order of heads: (key index, seq), never a clock. Equivocation: two \
    payloads at one (group, view, index, seq), or a head at n + 1 whose previous-hash is not that of \
    the head at n. The key log is the group's newest; held heads may have been ended by it.";

fn pairs() -> Vec<Pair> {
    let (log0, log1) = (log(0), log(1));
    let numbered = |log: &KeyLog, seq, previous: Option<&VerifiedHead>, count| {
        let previous = previous.map(VerifiedHead::hash);
        head(
            log,
            &HeadDraft {
                seq: Seq::new(seq).unwrap(),
                previous,
                ..draft(log, count)
            },
        )
    };
    let first = numbered(&log0, 1, None, 1);
    let second = numbered(&log0, 2, Some(&first), 2);
    let rival = numbered(&log0, 1, None, 3);
    let other_second = numbered(&log0, 2, Some(&rival), 2);
    let orphan = numbered(&log0, 2, None, 2);
    let fifth = numbered(&log0, 5, Some(&other_second), 2);
    let rotated = numbered(&log1, 1, None, 1);
    let early = HeadDraft {
        issue_time: Timestamp::from_seconds(0),
        expire_time: Timestamp::from_seconds(1),
        seq: Seq::new(2).unwrap(),
        previous: Some(first.hash()),
        ..draft(&log0, 1)
    };
    let early = head(&log0, &early);
    let circle = HeadDraft {
        view: View::parse("circle").unwrap(),
        ..draft(&log0, 1)
    };
    let circle = head(&log0, &circle);
    let log_text: Vec<_> = log1.envelopes().iter().map(hex::encode).collect();
    let pair = |name: &str, held: &VerifiedHead, new: &VerifiedHead, order: &str| Pair {
        name: name.to_owned(),
        key_log: log_text.clone(),
        held: hex::encode(held.envelope()),
        new: hex::encode(new.envelope()),
        order: order.to_owned(),
    };
    vec![
        pair("the next head", &first, &second, "newer"),
        pair("the same head", &first, &first, "same"),
        pair("a replay", &second, &first, "older"),
        pair("a rival at the same number", &first, &rival, "equivocation"),
        pair(
            "a next head that follows a rival",
            &first,
            &other_second,
            "equivocation",
        ),
        pair(
            "a next head that follows none",
            &first,
            &orphan,
            "equivocation",
        ),
        pair(
            "a head before the one held, which follows another",
            &other_second,
            &first,
            "equivocation",
        ),
        pair("across a gap nothing can be said", &second, &fifth, "newer"),
        pair("a rotation", &fifth, &rotated, "newer"),
        pair("from before the rotation", &rotated, &fifth, "older"),
        pair("an earlier clock", &first, &early, "newer"),
        pair("another view", &first, &circle, "unrelated"),
    ]
}

#[test]
fn heads_have_the_order_of_the_vectors() {
    check("head_order.json", ABOUT_ORDER, pairs(), |pair| {
        let log = KeyLog::verify(pair.key_log.iter().map(|one| unhex(one))).unwrap();
        let head = |text: &str| VerifiedHead::verify_past(&unhex(text), &log).unwrap();
        let found = match compare(&head(&pair.held), &head(&pair.new)) {
            HeadOrder::Newer => "newer",
            HeadOrder::Same => "same",
            HeadOrder::Older => "older",
            HeadOrder::Equivocation => "equivocation",
            HeadOrder::Unrelated => "unrelated",
        };
        assert_eq!(found, pair.order, "{}", pair.name);
    });
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Moment {
    issued_at: String,
    expires_at: String,
    now: String,
    /// `fresh`, `stale`, `lapsed` or `erasable`.
    freshness: String,
    /// `ok` or `head_from_the_future`.
    issued: String,
}

const ABOUT_CLOCK: &str = "What the receiver's clock says of a head: it labels (stale from expiry, \
    lapsed 180 days later, its bodies erased 365 days after expiry) or postpones (issued more than 5 \
    minutes ahead), and orders nothing.";

fn moments() -> Vec<Moment> {
    const DAY: u64 = 24 * 3600 * 1000;
    let expires = ISSUED.plus(Duration::from_millis(28 * DAY));
    let moment = |now: Timestamp, freshness: &str, issued: &str| Moment {
        issued_at: ISSUED.to_string(),
        expires_at: expires.to_string(),
        now: now.to_string(),
        freshness: freshness.to_owned(),
        issued: issued.to_owned(),
    };
    let before = |millis| ISSUED.minus(Duration::from_millis(millis));
    let after = |millis| expires.plus(Duration::from_millis(millis));
    vec![
        moment(ISSUED, "fresh", "ok"),
        moment(before(300_000), "fresh", "ok"),
        moment(before(300_001), "fresh", "head_from_the_future"),
        moment(before(3650 * DAY), "fresh", "head_from_the_future"),
        moment(expires.minus(Duration::from_millis(1)), "fresh", "ok"),
        moment(expires, "stale", "ok"),
        moment(after(180 * DAY - 1), "stale", "ok"),
        moment(after(180 * DAY), "lapsed", "ok"),
        moment(after(365 * DAY - 1), "lapsed", "ok"),
        moment(after(365 * DAY), "erasable", "ok"),
    ]
}

#[test]
fn the_clock_labels_heads_as_in_the_vectors() {
    check("head_clock.json", ABOUT_CLOCK, moments(), |moment| {
        let log = log(0);
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let draft = HeadDraft {
            issue_time: time(&moment.issued_at),
            expire_time: time(&moment.expires_at),
            ..draft(&log, 1)
        };
        let (head, now) = (head(&log, &draft), time(&moment.now));
        let freshness = match head.freshness(now) {
            Freshness::Fresh => "fresh",
            Freshness::Stale => "stale",
            Freshness::Lapsed => "lapsed",
            Freshness::Erasable => "erasable",
        };
        assert_eq!(freshness, moment.freshness, "{}", moment.now);
        let issued = verdict(&head.check_issued(now), HeadError::reason);
        assert_eq!(issued, moment.issued, "{}", moment.now);
    });
}
