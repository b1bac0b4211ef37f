//! The receivers and the messages of which the streams are made.

use hedgerow_core::head::{HeadDraft, Seq, VerifiedHead};
use hedgerow_core::id::PayloadHash;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::record::record_hash;
use hedgerow_core::sync::{SyncPlan, body_item, missing_record_item};
use hedgerow_core::tree::Leaf;
use hedgerow_proto::feed_v1;
use hedgerow_proto::feed_v1::sync_item::Item;

use super::super::maker::{draft, head, log, manifest, name, record, signing, tip_key};
use super::super::trees::PlainLeaf;
use super::form::Held;

/// A receiver that has the first head of a log over `count` events.
pub(super) fn held(log: &KeyLog, count: u32) -> Held {
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

pub(super) fn first(log: &KeyLog, count: u32) -> VerifiedHead {
    head(log, &draft(log, count))
}

/// The second head under a log's tip, after the first over `before` events.
pub(super) fn second(log: &KeyLog, before: u32, count: u32) -> VerifiedHead {
    let draft = HeadDraft {
        seq: Seq::new(2).unwrap(),
        previous: Some(first(log, before).hash()),
        ..draft(log, count)
    };
    head(log, &draft)
}

pub(super) fn item(item: Item) -> feed_v1::SyncItem {
    feed_v1::SyncItem { item: Some(item) }
}

pub(super) fn key_event(envelope: &[u8]) -> feed_v1::SyncItem {
    item(Item::KeyEvent(envelope.to_vec()))
}

pub(super) fn basis(hash: &[u8]) -> feed_v1::SyncItem {
    item(Item::Basis(feed_v1::SyncBasis {
        head_hash: hash.to_vec(),
    }))
}

pub(super) fn leaves(leaves: &[Leaf]) -> feed_v1::SyncItem {
    let leaves = leaves.iter().map(Leaf::to_proto).collect();
    item(Item::Leaves(feed_v1::LeafBatch { leaves }))
}

pub(super) fn removals(keys: &[&str]) -> feed_v1::SyncItem {
    let names = keys.iter().map(|key| name(key).to_proto()).collect();
    item(Item::Removals(feed_v1::NameBatch { names }))
}

pub(super) fn body(key: &str) -> feed_v1::SyncItem {
    body_item(record(&log(0), &name(key), &[1]))
}

pub(super) fn missing(key: &str) -> feed_v1::SyncItem {
    missing_record_item(&record_hash(&record(&log(0), &name(key), &[1])))
}

pub(super) fn join(parts: &[&[feed_v1::SyncItem]]) -> Vec<feed_v1::SyncItem> {
    parts.concat()
}

/// Key events, head, basis and leaves of a whole manifest.
pub(super) fn whole(log: &KeyLog, head: &VerifiedHead, count: u32) -> Vec<feed_v1::SyncItem> {
    let plan = SyncPlan {
        key_events: log.envelopes(),
        head: Some(head.envelope().to_vec()),
        leaves: manifest(log, count).into_leaves(),
        ..SyncPlan::default()
    };
    plan.into_items().collect()
}

/// Head and basis of a difference.
pub(super) fn difference(head: &VerifiedHead, from: PayloadHash) -> Vec<feed_v1::SyncItem> {
    vec![
        item(Item::Head(head.envelope().to_vec())),
        basis(&from.to_vec()),
    ]
}

/// A receiver that has the second head over three events.
pub(super) fn newer(log: &KeyLog) -> Held {
    Held {
        head: hex::encode(second(log, 2, 3).envelope()),
        ..held(log, 3)
    }
}

/// A head signed by another key.
pub(super) fn forged(log: &KeyLog) -> feed_v1::SyncItem {
    let other = signing(u8::try_from(log.tip_index()).unwrap() + 5);
    assert_ne!(other.public(), tip_key(log).public());
    item(Item::Head(draft(log, 2).sign(&other)))
}
