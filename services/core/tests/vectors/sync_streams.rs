use hedgerow_core::head::{HeadDraft, Seq, VerifiedHead};
use hedgerow_core::id::PayloadHash;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::record::record_hash;
use hedgerow_core::sync::{
    ReceiverState, SyncError, SyncLimits, SyncPlan, SyncReader, SyncStep, body_item, end_item,
    missing_record_item,
};
use hedgerow_core::tree::{Leaf, Manifest};
use hedgerow_proto::feed_v1::sync_item::Item;
use hedgerow_proto::{feed_v1, v1};
use prost::Message;
use serde::{Deserialize, Serialize};

use super::encoding::number;
use super::file::{check, unhex, verdict};
use super::maker::{draft, head, log, manifest, name, phrase, record, rotation, tip_key};
use super::trees::PlainLeaf;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Vector {
    name: String,
    /// The receiver's data before the stream; absent if it does not know the group.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    held: Option<Held>,
    /// Encoded `hedgerow.feed.v1.SyncItem`s.
    items: Vec<String>,
    verdict: String,
    /// The hash of the newest key event that is verified after the stream, even if it was refused.
    key_log_tip: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    result: Option<Good>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Held {
    key_log: Vec<String>,
    /// Empty without a head.
    head: String,
    leaves: Vec<PlainLeaf>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Good {
    /// The hash of the head in the stream; empty without one.
    head_hash: String,
    /// The root and count of the leaves after the stream.
    root: String,
    count: u32,
    /// The hashes of the records that came, and of those that the sender does not have.
    bodies: Vec<String>,
    missing: Vec<String>,
    new_key_events: bool,
}

const ABOUT: &str = "Streams of Sync and Push (protobuf hedgerow.feed.v1.SyncItem each), read by a \
    receiver with usual limits. Key events count as soon as they are verified; the rest counts only if \
    the stream ends well. The order is key events, head, basis, then removals, leaves, bodies and \
    missing hashes in any order, except that a body comes after its leaf, then end, then nothing.";

struct Outcome {
    verdict: String,
    key_log_tip: String,
    result: Option<Good>,
}

fn read(held: Option<&Held>, items: &[String]) -> Outcome {
    let held = held.map(|held| {
        let key_log = KeyLog::verify(held.key_log.iter().map(|one| unhex(one))).unwrap();
        let head = (!held.head.is_empty())
            .then(|| VerifiedHead::verify_past(&unhex(&held.head), &key_log).unwrap());
        let leaves = held.leaves.iter().map(PlainLeaf::parse).collect();
        let manifest = Manifest::from_sorted(leaves).unwrap();
        ReceiverState {
            key_log,
            head,
            manifest,
        }
    });
    let mut reader = SyncReader::new(SyncLimits::default(), held, None);
    let (mut bodies, mut missing) = (Vec::new(), Vec::new());
    let mut refused = None;
    for item in items {
        match reader.accept(feed_v1::SyncItem::decode(unhex(item).as_slice()).unwrap()) {
            Ok(SyncStep::Body { hash, .. }) => bodies.push(hash.to_string()),
            Ok(SyncStep::MissingRecord(hash)) => missing.push(hash.to_string()),
            Ok(_) => {}
            Err(error) => {
                refused = Some(error);
                break;
            }
        }
    }
    let key_log_tip = reader
        .key_log()
        .map(|log| log.tip_hash().to_string())
        .unwrap_or_default();
    let transfer = refused.map_or_else(|| reader.finish(), Err);
    Outcome {
        verdict: verdict(&transfer, SyncError::reason),
        key_log_tip,
        result: transfer.ok().map(|transfer| Good {
            head_hash: transfer
                .head
                .map(|head| head.hash().to_string())
                .unwrap_or_default(),
            root: transfer.manifest.root().to_string(),
            count: transfer.manifest.count(),
            bodies,
            missing,
            new_key_events: transfer.new_key_events,
        }),
    }
}

fn vector(name: &str, held: Option<&Held>, items: &[feed_v1::SyncItem], verdict: &str) -> Vector {
    let items: Vec<_> = items
        .iter()
        .map(|item| hex::encode(item.encode_to_vec()))
        .collect();
    let Outcome {
        key_log_tip,
        result,
        ..
    } = read(held, &items);
    Vector {
        name: name.to_owned(),
        held: held.cloned(),
        items,
        verdict: verdict.to_owned(),
        key_log_tip,
        result,
    }
}

/// A receiver that has the first head of a log over `count` events.
fn held(log: &KeyLog, count: u32) -> Held {
    Held {
        key_log: log.envelopes().iter().map(hex::encode).collect(),
        head: hex::encode(first(log, count).envelope()),
        leaves: manifest(log, count)
            .leaves()
            .iter()
            .map(PlainLeaf::of)
            .collect(),
    }
}

fn first(log: &KeyLog, count: u32) -> VerifiedHead {
    head(log, &draft(log, count))
}

/// The second head under a log's tip, after the first over `before` events.
fn second(log: &KeyLog, before: u32, count: u32) -> VerifiedHead {
    let draft = HeadDraft {
        seq: Seq::new(2).unwrap(),
        previous: Some(first(log, before).hash()),
        ..draft(log, count)
    };
    head(log, &draft)
}

fn item(item: Item) -> feed_v1::SyncItem {
    feed_v1::SyncItem { item: Some(item) }
}

fn key_event(envelope: &[u8]) -> feed_v1::SyncItem {
    item(Item::KeyEvent(envelope.to_vec()))
}

fn basis(hash: &[u8]) -> feed_v1::SyncItem {
    item(Item::Basis(feed_v1::SyncBasis {
        head_hash: hash.to_vec(),
    }))
}

fn leaves(leaves: &[Leaf]) -> feed_v1::SyncItem {
    let leaves = leaves.iter().map(Leaf::to_proto).collect();
    item(Item::Leaves(feed_v1::LeafBatch { leaves }))
}

fn removals(keys: &[&str]) -> feed_v1::SyncItem {
    let names = keys.iter().map(|key| name(key).to_proto()).collect();
    item(Item::Removals(feed_v1::NameBatch { names }))
}

fn body(key: &str) -> feed_v1::SyncItem {
    body_item(record(&log(0), &name(key), &[1]))
}

fn missing(key: &str) -> feed_v1::SyncItem {
    missing_record_item(&record_hash(&record(&log(0), &name(key), &[1])))
}

fn join(parts: &[&[feed_v1::SyncItem]]) -> Vec<feed_v1::SyncItem> {
    parts.concat()
}

/// Key events, head, basis and leaves of a whole manifest.
fn whole(log: &KeyLog, head: &VerifiedHead, count: u32) -> Vec<feed_v1::SyncItem> {
    let plan = SyncPlan {
        key_events: log.envelopes(),
        head: Some(head.envelope().to_vec()),
        leaves: manifest(log, count).into_leaves(),
        ..SyncPlan::default()
    };
    plan.into_items().collect()
}

/// Head and basis of a difference.
fn difference(head: &VerifiedHead, from: PayloadHash) -> Vec<feed_v1::SyncItem> {
    vec![
        item(Item::Head(head.envelope().to_vec())),
        basis(&from.to_vec()),
    ]
}

fn complete() -> Vec<Vector> {
    let log = log(0);
    let (held2, one, two, grown) = (
        held(&log, 2),
        first(&log, 1),
        first(&log, 2),
        second(&log, 2, 3),
    );
    let start = whole(&log, &two, 2);
    let manifest3 = manifest(&log, 3);
    let added = leaves(&manifest3.leaves()[2..]);
    let from = difference(&grown, two.hash());
    let same = difference(&two, two.hash());
    let shrunk = difference(&second(&log, 2, 1), two.hash());
    let emptied = difference(&second(&log, 2, 0), two.hash());
    let end = end_item;
    let split = join(&[
        &start[..3],
        &[leaves(&manifest(&log, 2).leaves()[..1]), body("key-00")],
        &[
            leaves(&manifest(&log, 2).leaves()[1..]),
            body("key-02"),
            end(2),
        ],
    ]);
    let backwards = {
        let mut all = manifest3.leaves().to_vec();
        all.reverse();
        leaves(&all)
    };
    vec![
        vector(
            "everything",
            None,
            &join(&[&start, &[body("key-00"), body("key-02"), end(2)]]),
            "ok",
        ),
        vector(
            "bodies in another order",
            None,
            &join(&[&start, &[body("key-02"), body("key-00"), end(2)]]),
            "ok",
        ),
        vector("leaves and bodies in turn", None, &split, "ok"),
        vector("no bodies", None, &join(&[&start, &[end(0)]]), "ok"),
        vector(
            "a body that the sender does not have",
            None,
            &join(&[&start, &[missing("key-00"), body("key-02"), end(1)]]),
            "ok",
        ),
        vector(
            "a group without records",
            None,
            &join(&[&whole(&log, &first(&log, 0), 0), &[end(0)]]),
            "ok",
        ),
        vector(
            "everything again",
            Some(&held2),
            &join(&[&start, &[end(0)]]),
            "ok",
        ),
        vector(
            "no key events",
            Some(&held2),
            &join(&[&start[1..], &[end(0)]]),
            "ok",
        ),
        vector(
            "a record more, as a difference",
            Some(&held2),
            &join(&[&from, &[added.clone(), body("key-04"), end(1)]]),
            "ok",
        ),
        vector(
            "a record less",
            Some(&held2),
            &join(&[&shrunk, &[removals(&["key-02"]), end(0)]]),
            "ok",
        ),
        vector(
            "everything taken back",
            Some(&held2),
            &join(&[&emptied, &[removals(&["key-00", "key-02"]), end(0)]]),
            "ok",
        ),
        vector(
            "names removed that were never there",
            Some(&held2),
            &join(&[&from, &[removals(&["a", "z"]), added.clone(), end(0)]]),
            "ok",
        ),
        vector(
            "a name removed twice",
            Some(&held2),
            &join(&[&shrunk, &[removals(&["key-02", "key-02"]), end(0)]]),
            "ok",
        ),
        vector(
            "leaves that are there already, in any order",
            Some(&held2),
            &join(&[&from, &[backwards, end(0)]]),
            "ok",
        ),
        vector(
            "removals after leaves",
            Some(&held2),
            &join(&[&from, &[added, removals(&["z"]), end(0)]]),
            "ok",
        ),
        vector(
            "wanted bodies under the same head",
            Some(&held2),
            &join(&[&same, &[body("key-02"), end(1)]]),
            "ok",
        ),
        vector(
            "the same head and nothing else",
            Some(&held2),
            &join(&[&same, &[end(0)]]),
            "ok",
        ),
        vector(
            "another head over the whole manifest",
            Some(&held(&log, 1)),
            &join(&[&whole(&log, &second(&log, 1, 2), 2), &[end(0)]]),
            "ok",
        ),
        vector(
            "an older head",
            Some(&newer(&log)),
            &join(&[&whole(&log, &two, 2), &[end(0)]]),
            "head_older",
        ),
        vector(
            "a rival head at the same number",
            Some(&held2),
            &join(&[&whole(&log, &one, 1), &[end(0)]]),
            "head_equivocation",
        ),
        vector(
            "a next head that follows another",
            Some(&held2),
            &join(&[&whole(&log, &second(&log, 1, 2), 2), &[end(0)]]),
            "head_equivocation",
        ),
    ]
}

/// A receiver that has the second head over three events.
fn newer(log: &KeyLog) -> Held {
    Held {
        head: hex::encode(second(log, 2, 3).envelope()),
        ..held(log, 3)
    }
}

fn keys() -> Vec<Vector> {
    let (log0, log1) = (log(0), log(1));
    let held0 = held(&log0, 2);
    let events = log1.envelopes();
    let rotated = first(&log1, 3);
    let deactivation = key_event(&log0.deactivate(&phrase().recovery_key(1)).unwrap());
    let added = leaves(&manifest(&log0, 3).leaves()[2..]);
    let old_head = item(Item::Head(first(&log0, 2).envelope().to_vec()));
    let from_ended = join(&[
        &[key_event(&events[1])],
        &difference(&rotated, first(&log0, 2).hash()),
        &[added, end_item(0)],
    ]);
    let flipped = |event: &[u8]| {
        let mut event = event.to_vec();
        *event.last_mut().unwrap() ^= 1;
        key_event(&event)
    };
    let (bad, bad_next) = (flipped(&events[1]), flipped(&log(2).envelopes()[2]));
    let rival = rotation(&log0, phrase(), 7, &[]);
    let mut other = log0.clone();
    other.append(&rival).unwrap();
    let healing = rotation(&other, phrase(), 8, &[&log1]);
    let mut healed = other.clone();
    healed.append(&healing).unwrap();
    let after_healing = Held {
        key_log: healed.envelopes().iter().map(hex::encode).collect(),
        head: String::new(),
        leaves: Vec::new(),
    };
    let (end, none) = (end_item(0), None);
    let tip = |event: &[u8]| key_event(event);
    vec![
        vector(
            "a rotation and its head, from the head that it ends",
            Some(&held0),
            &from_ended,
            "ok",
        ),
        vector(
            "a rotation alone",
            Some(&held0),
            &[tip(&events[1]), end.clone()],
            "ok",
        ),
        vector(
            "a rotation alone, without end",
            Some(&held0),
            &[tip(&events[1])],
            "sync_incomplete",
        ),
        vector(
            "the key log twice",
            Some(&held0),
            &[
                tip(&events[0]),
                tip(&events[1]),
                tip(&events[1]),
                end.clone(),
            ],
            "ok",
        ),
        vector(
            "a key log of a new group",
            none,
            &[tip(&events[0]), tip(&events[1]), end.clone()],
            "ok",
        ),
        vector(
            "a key log of a new group, without end",
            none,
            &[tip(&events[0])],
            "sync_incomplete",
        ),
        vector(
            "a deactivation, without end",
            Some(&held0),
            std::slice::from_ref(&deactivation),
            "ok",
        ),
        vector(
            "a deactivation, with end",
            Some(&held0),
            &[deactivation.clone(), end.clone()],
            "ok",
        ),
        vector(
            "a deactivation and a head",
            Some(&held0),
            &[deactivation, old_head.clone()],
            "group_ended",
        ),
        vector(
            "a rotation, then a head that it ends",
            Some(&held0),
            &[tip(&events[1]), old_head],
            "head_key_ended",
        ),
        vector(
            "a rotation, then an event that does not verify",
            Some(&held0),
            &[tip(&events[1]), bad_next],
            "signature_mismatch",
        ),
        vector(
            "an event again, with a signature that does not match",
            Some(&held0),
            &[tip(&events[1]), bad.clone(), end.clone()],
            "ok",
        ),
        vector(
            "an event that does not verify",
            Some(&held0),
            &[bad],
            "signature_mismatch",
        ),
        vector(
            "a gap in the key events",
            none,
            &[tip(&events[1])],
            "key_event_out_of_order",
        ),
        vector(
            "a fork",
            Some(&held(&log1, 2)),
            &[tip(&rival), end.clone()],
            "key_log_forked",
        ),
        vector(
            "a fork that is healed",
            Some(&held(&log1, 2)),
            &[tip(&rival), tip(&healing), end.clone()],
            "ok",
        ),
        vector(
            "a branch that was set aside",
            Some(&after_healing),
            &[tip(&events[1]), end.clone()],
            "key_log_set_aside",
        ),
        vector(
            "key events that count bodies",
            Some(&held0),
            &[tip(&events[1]), end_item(1)],
            "sync_body_count",
        ),
        vector(
            "an end alone",
            Some(&held0),
            std::slice::from_ref(&end),
            "ok",
        ),
        vector(
            "an end alone, of an unknown group",
            none,
            &[end],
            "key_log_missing",
        ),
        vector("nothing", none, &[], "key_log_missing"),
        vector(
            "nothing, of a known group",
            Some(&held0),
            &[],
            "sync_incomplete",
        ),
    ]
}

fn disorder() -> Vec<Vector> {
    let log = log(0);
    let two = first(&log, 2);
    // key event, head, basis, leaves
    let start = whole(&log, &two, 2);
    let done = join(&[&start, &[end_item(0)]]);
    let (event, head) = (start[0].clone(), start[1].clone());
    let out_of_order =
        |name: &str, items: &[feed_v1::SyncItem]| vector(name, None, items, "sync_out_of_order");
    let after_end =
        |name: &str, more: feed_v1::SyncItem| out_of_order(name, &join(&[&done, &[more]]));
    let unknown = feed_v1::SyncItem::decode(number(9, 1).as_slice()).unwrap();
    let mut vectors = vec![
        after_end("a body after the end", body("key-00")),
        after_end("leaves after the end", start[3].clone()),
        after_end("a missing hash after the end", missing("key-00")),
        after_end("a key event after the end", event.clone()),
        after_end("a head after the end", head.clone()),
        after_end("an end after the end", end_item(0)),
        vector(
            "an empty message after the end",
            None,
            &join(&[&done, &[feed_v1::SyncItem { item: None }]]),
            "sync_unknown_item",
        ),
        out_of_order(
            "a key event after the head",
            &[event.clone(), head.clone(), event.clone()],
        ),
        out_of_order("two heads", &[event.clone(), head.clone(), head.clone()]),
        out_of_order(
            "leaves without a basis",
            &[event.clone(), head.clone(), start[3].clone()],
        ),
        out_of_order(
            "an end without a basis",
            &[event.clone(), head.clone(), end_item(0)],
        ),
        out_of_order("a basis without a head", &[event.clone(), start[2].clone()]),
        out_of_order("a basis twice", &join(&[&start[..3], &[basis(&[])]])),
        out_of_order("a body first", &[body("key-00")]),
        out_of_order("a head after the leaves", &join(&[&start, &start[1..2]])),
        vector(
            "a head first, of an unknown group",
            None,
            &[head],
            "key_log_missing",
        ),
        vector(
            "an empty message",
            None,
            &[event.clone(), feed_v1::SyncItem { item: None }],
            "sync_unknown_item",
        ),
        vector(
            "a message of a later version",
            None,
            &[event, unknown],
            "sync_unknown_item",
        ),
    ];
    for kept in 1..start.len() + 1 {
        let name = format!("broken off after {kept} messages");
        vectors.push(vector(&name, None, &start[..kept], "sync_incomplete"));
    }
    vectors
}

fn contents() -> Vec<Vector> {
    let log = log(0);
    let two = first(&log, 2);
    let start = whole(&log, &two, 2);
    let all = manifest(&log, 2).into_leaves();
    let with = |name: &str, more: &[feed_v1::SyncItem], verdict: &str| {
        vector(name, None, &join(&[&start, more]), verdict)
    };
    let leafed = |name: &str, batch: &[Leaf], verdict: &str| {
        vector(
            name,
            None,
            &join(&[&start[..3], &[leaves(batch), end_item(0)]]),
            verdict,
        )
    };
    let longer = Leaf {
        length: all[0].length + 1,
        ..all[0].clone()
    };
    let raw = |leaf: v1::Leaf| item(Item::Leaves(feed_v1::LeafBatch { leaves: vec![leaf] }));
    let malformed = |name: &str, leaf: v1::Leaf, verdict: &str| {
        vector(name, None, &join(&[&start[..3], &[raw(leaf)]]), verdict)
    };
    let plain = all[0].to_proto();
    let no_names = vec![v1::RecordName::default(); 1001];
    let many = item(Item::Removals(feed_v1::NameBatch { names: no_names }));
    let empty = item(Item::Leaves(feed_v1::LeafBatch::default()));
    let short_hash = item(Item::MissingRecordHash(vec![1; 31]));
    let from = difference(&two, two.hash());
    let held2 = held(&log, 2);
    let based = |name: &str, more: &[feed_v1::SyncItem], verdict: &str| {
        vector(name, Some(&held2), &join(&[&from, more]), verdict)
    };
    let no_name = item(Item::Removals(feed_v1::NameBatch {
        names: vec![v1::RecordName::default()],
    }));
    vec![
        with(
            "one body counted as none",
            &[body("key-00"), end_item(0)],
            "sync_body_count",
        ),
        with(
            "one body counted as two",
            &[body("key-00"), end_item(2)],
            "sync_body_count",
        ),
        with(
            "a missing body that is counted",
            &[missing("key-00"), end_item(1)],
            "sync_body_count",
        ),
        with("a body without a leaf", &[body("key-01")], "body_unknown"),
        with("an empty body", &[body_item(Vec::new())], "body_unknown"),
        with(
            "a body twice",
            &[body("key-00"), body("key-00")],
            "body_repeated",
        ),
        with(
            "a missing hash without a leaf",
            &[missing("key-01")],
            "body_unknown",
        ),
        with(
            "a missing hash twice",
            &[missing("key-00"), missing("key-00")],
            "missing_repeated",
        ),
        with(
            "a missing hash after its body",
            &[body("key-00"), missing("key-00")],
            "missing_repeated",
        ),
        with("a missing hash of 31 bytes", &[short_hash], "id_malformed"),
        vector(
            "a body before its leaf",
            None,
            &join(&[&start[..3], &[body("key-00")]]),
            "body_unknown",
        ),
        leafed("a leaf too few", &all[..1], "sync_count_mismatch"),
        leafed(
            "a leaf too many",
            manifest(&log, 3).leaves(),
            "sync_too_many_leaves",
        ),
        leafed(
            "another length",
            &[longer, all[1].clone()],
            "sync_root_mismatch",
        ),
        leafed(
            "leaves out of order",
            &[all[1].clone(), all[0].clone()],
            "leaf_out_of_order",
        ),
        leafed(
            "a leaf twice",
            &[all[0].clone(), all[0].clone()],
            "leaf_duplicate",
        ),
        vector(
            "no leaves",
            None,
            &join(&[&start[..3], &[end_item(0)]]),
            "sync_count_mismatch",
        ),
        vector(
            "leaves out of order in two messages",
            None,
            &join(&[&start[..3], &[leaves(&all[1..]), leaves(&all[..1])]]),
            "leaf_out_of_order",
        ),
        vector(
            "a message without leaves",
            None,
            &join(&[&start[..3], &[empty]]),
            "sync_batch_empty",
        ),
        malformed(
            "a leaf without a key",
            v1::Leaf {
                key: String::new(),
                ..plain.clone()
            },
            "key_malformed",
        ),
        malformed(
            "a leaf of a bad collection",
            v1::Leaf {
                collection: "A".to_owned(),
                ..plain.clone()
            },
            "collection_malformed",
        ),
        malformed(
            "a leaf with a hash of 31 bytes",
            v1::Leaf {
                record_hash: vec![1; 31],
                ..plain
            },
            "id_malformed",
        ),
        with(
            "removals from a whole manifest",
            &[removals(&["z"])],
            "sync_removal_in_whole",
        ),
        based("1001 names in one message", &[many], "sync_batch_too_large"),
        based(
            "a removal without a name",
            &[no_name],
            "collection_malformed",
        ),
        based(
            "removed and put",
            &[removals(&["key-00"]), leaves(&all[..1]), end_item(0)],
            "leaf_removed_and_put",
        ),
        based(
            "put twice",
            &[leaves(&all[..1]), leaves(&all[..1]), end_item(0)],
            "leaf_duplicate",
        ),
        based(
            "removed under the same head",
            &[removals(&["key-00"]), end_item(0)],
            "sync_count_mismatch",
        ),
        vector(
            "a basis that the receiver lacks",
            None,
            &join(&[&start[..2], &[basis(&[1; 32])]]),
            "sync_basis_unknown",
        ),
        vector(
            "another basis",
            Some(&held2),
            &join(&[&start[..2], &[basis(&[1; 32])]]),
            "sync_basis_unknown",
        ),
        vector(
            "a basis of 31 bytes",
            Some(&held2),
            &join(&[&start[..2], &[basis(&two.hash().to_vec()[1..])]]),
            "sync_basis_unknown",
        ),
        vector(
            "a head that does not verify",
            None,
            &[start[0].clone(), forged(&log)],
            "signature_mismatch",
        ),
    ]
}

/// A head signed by another key.
fn forged(log: &KeyLog) -> feed_v1::SyncItem {
    let other = super::maker::signing(u8::try_from(log.tip_index()).unwrap() + 5);
    assert_ne!(other.public(), tip_key(log).public());
    item(Item::Head(draft(log, 2).sign(&other)))
}

#[test]
fn streams_get_the_verdicts_of_the_vectors() {
    let mut made = complete();
    made.extend(keys());
    made.extend(disorder());
    made.extend(contents());
    check("sync_streams.json", ABOUT, made, |vector| {
        let name = &vector.name;
        let outcome = read(vector.held.as_ref(), &vector.items);
        assert_eq!(outcome.verdict, vector.verdict, "{name}");
        assert_eq!(outcome.key_log_tip, vector.key_log_tip, "{name}");
        assert_eq!(outcome.result, vector.result, "{name}");
    });
}
