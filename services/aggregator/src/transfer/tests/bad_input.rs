//! Invalid input: each kind has a reason of its own, and does not affect the rest.

use hedgerow_core::name::View;
use hedgerow_core::sync::body_item;
use hedgerow_core::tree::{Leaf, Manifest};
use hedgerow_proto::feed_v1::sync_item::Item;

use super::*;
use hedgerow_testkit::{record, transfer};

/// Pushes a valid and an invalid record, and returns the reason for which the invalid one is
/// refused. The valid one must be shown.
async fn reason_for(bad: impl FnOnce(&FakeGroup) -> Vec<u8>, name: &str) -> String {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    let good = publisher.add("good", b"good");
    let bad = bad(&publisher);
    let collection = if name == "listing" {
        "listing"
    } else {
        "future-kind"
    };
    let bad_name = hedgerow_core::name::RecordName::parse(collection, "bad").unwrap();
    let leaves = vec![
        publisher.manifest().leaves()[0].clone(),
        Leaf::new(bad_name, &bad),
    ];
    let manifest = Manifest::new(leaves).unwrap();
    let mut draft = publisher.draft();
    draft.root = manifest.root();
    draft.count = manifest.count();
    let head = draft.sign(&publisher.signing);
    let push = transfer(&publisher.log, Some(&head), None, &manifest, &[good, bad]);
    let result = bench.push(push).await.unwrap();
    assert!(matches!(result.outcome, Outcome::Stored(_)), "{result:?}");
    assert_eq!((result.kept, result.refused), (1, 1));
    assert_eq!(bench.shown(&publisher).await, ["good"]);
    bench.assert_consistent(&publisher).await;
    let refusals = bench
        .store()
        .list_refusals(&publisher.id(), &View::public(), 10)
        .await
        .unwrap();
    assert!(!refusals[0].refusal.detail.is_empty());
    refusals[0].refusal.reason.clone()
}

#[tokio::test]
async fn a_malformed_record_is_refused() {
    assert_eq!(
        reason_for(|_| b"no record".to_vec(), "").await,
        "record_malformed"
    );
}

#[tokio::test]
async fn an_oversized_record_is_refused() {
    let big =
        |publisher: &FakeGroup| record(publisher.id(), "future-kind", "bad", &vec![0; 64 * 1024]);
    assert_eq!(reason_for(big, "").await, "record_too_large");
}

#[tokio::test]
async fn an_oversized_record_is_refused_by_its_leaf_alone() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    let good = publisher.add("good", b"good");
    publisher.add("big", &vec![0; 64 * 1024]);
    let head = publisher.sign();
    let push = transfer(
        &publisher.log,
        Some(&head),
        None,
        &publisher.manifest(),
        &[good],
    );
    let result = bench.push(push).await.unwrap();
    assert!(matches!(result.outcome, Outcome::Stored(_)), "{result:?}");
    assert_eq!(result.refused, 1);
}

#[tokio::test]
async fn an_over_nested_record_is_refused() {
    let nested = |publisher: &FakeGroup| {
        let mut bytes = record(publisher.id(), "future-kind", "bad", b"");
        bytes.extend([0xa3, 0x06].repeat(1_000));
        bytes
    };
    assert_eq!(reason_for(nested, "").await, "record_too_deep");
}

#[tokio::test]
async fn another_groups_record_is_refused() {
    let foreign = |_: &FakeGroup| record(OWN, "future-kind", "bad", b"");
    assert_eq!(reason_for(foreign, "").await, "record_wrong_group");
}

#[tokio::test]
async fn a_record_under_another_name_is_refused() {
    let other = |publisher: &FakeGroup| record(publisher.id(), "future-kind", "other", b"");
    assert_eq!(reason_for(other, "").await, "record_name_mismatch");
}

#[tokio::test]
async fn a_record_of_another_kind_is_refused_by_its_name_and_not_by_its_body() {
    let other = |publisher: &FakeGroup| record(publisher.id(), "listing", "bad", b"\x0f");
    assert_eq!(reason_for(other, "").await, "record_name_mismatch");
}

#[tokio::test]
async fn a_listing_that_does_not_decode_is_refused() {
    let broken = |publisher: &FakeGroup| record(publisher.id(), "listing", "bad", &[0xff]);
    let reason = reason_for(broken, "listing").await;
    assert!(!reason.is_empty());
}

#[tokio::test]
async fn a_message_of_one_kind_is_not_accepted_as_another() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    let event = publisher.log.envelopes()[0].clone();
    let as_head = transfer(&publisher.log, Some(&event), None, &Manifest::empty(), &[]);
    let reason = bench.push_error(as_head).await;
    assert_eq!(reason, "payload_type_wrong");
    let head = publisher.sign();
    let as_event = vec![feed_v1::SyncItem {
        item: Some(Item::KeyEvent(head)),
    }];
    assert_eq!(bench.push_error(as_event).await, "payload_type_wrong");
}

#[tokio::test]
async fn a_head_signed_by_another_key_is_refused() {
    let bench = Bench::new().await;
    let publisher = pushed(&bench, 1).await;
    let thief = hedgerow_core::keys::SigningKey::from_seed([66; 32]);
    let forged = publisher.draft().sign(&thief);
    assert_eq!(
        bench.push_error(publisher.whole(&forged)).await,
        "signature_mismatch"
    );
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);
}

#[tokio::test]
async fn another_groups_head_is_refused() {
    let bench = Bench::new().await;
    let publisher = FakeGroup::new(1, now());
    let mut other = FakeGroup::new(2, now());
    let head = other.sign();
    let push = transfer(&publisher.log, Some(&head), None, &Manifest::empty(), &[]);
    assert_eq!(bench.push_error(push).await, "head_wrong_group");
}

#[tokio::test]
async fn leaves_with_another_root_are_refused() {
    let bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    publisher.add("three", b"third");
    let head = publisher.sign();
    publisher.records.pop_first();
    publisher.add("four", b"fourth");
    assert_eq!(
        bench.push_error(publisher.whole(&head)).await,
        "sync_root_mismatch"
    );
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);
}

#[tokio::test]
async fn a_head_from_the_future_is_postponed_and_accepted_later() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now().plus(Duration::from_secs(3_600)));
    publisher.add("one", b"first");
    let head = publisher.sign();
    let failure = bench.push(publisher.whole(&head)).await.unwrap_err();
    assert_eq!(failure.reason(), "head_from_the_future");
    assert!(bench.shown(&publisher).await.is_empty());
    bench.clock.advance(Duration::from_secs(3_300));
    bench.push(publisher.whole(&head)).await.unwrap();
    assert_eq!(bench.shown(&publisher).await, ["one"]);
}

#[tokio::test]
async fn an_expired_head_is_accepted_as_stale() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now().minus(40 * DAY));
    publisher.add("one", b"first");
    bench.publish(&mut publisher).await;
    assert_eq!(bench.status(&publisher).await, feed_v1::GroupStatus::Stale);
    assert_eq!(bench.shown(&publisher).await, ["one"]);
}

#[tokio::test]
async fn a_replayed_head_is_refused_and_counted() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    publisher.add("one", b"first");
    let old = publisher.sign();
    let replay = publisher.whole(&old);
    bench.push(replay.clone()).await.unwrap();
    publisher.records.clear();
    bench.publish(&mut publisher).await;
    assert_eq!(bench.push_error(replay.clone()).await, "head_superseded");
    assert_eq!(
        bench.pull(replay).await.unwrap_err().reason(),
        "head_superseded"
    );
    assert_eq!(bench.processor.counters().refused("head_superseded"), 2);
    assert!(bench.shown(&publisher).await.is_empty());
}

#[tokio::test]
async fn a_head_of_a_circle_is_refused() {
    let bench = Bench::new().await;
    let publisher = FakeGroup::new(1, now());
    let mut draft = publisher.draft();
    draft.view = View::parse("circle-7").unwrap();
    let head = draft.sign(&publisher.signing);
    let push = transfer(&publisher.log, Some(&head), None, &Manifest::empty(), &[]);
    assert_eq!(bench.push_error(push).await, "view_not_served");
}

#[tokio::test]
async fn a_body_without_a_leaf_is_refused() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    publisher.add("one", b"first");
    let head = publisher.sign();
    let mut push = publisher.whole(&head);
    let end = push.pop().unwrap();
    push.push(body_item(b"stray".to_vec()));
    push.push(end);
    assert_eq!(bench.push_error(push).await, "body_unknown");
}

#[tokio::test]
async fn an_empty_stream_and_an_empty_item_are_refused() {
    let bench = Bench::new().await;
    assert_eq!(bench.push_error(Vec::new()).await, "sync_out_of_order");
    assert_eq!(
        bench.push_error(vec![feed_v1::SyncItem::default()]).await,
        "sync_out_of_order"
    );
}
