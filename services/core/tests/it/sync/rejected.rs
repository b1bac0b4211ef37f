//! Streams that break a rule or exceed a bound.

use hedgerow_core::id::{GroupId, PayloadHash};
use hedgerow_core::name::View;
use hedgerow_core::record::record_hash;
use hedgerow_core::sync::{
    MAX_BATCH, SyncError, SyncLimits, SyncPlan, SyncReader, body_item, end_item,
    missing_record_item,
};
use hedgerow_proto::feed_v1::sync_item::Item;
use hedgerow_proto::{feed_v1, v1};
use hedgerow_testkit::FakeGroup;

use super::{difference, group, plan, read, reader, reason, whole};
use crate::{name, new_group};

#[test]
fn messages_out_of_order_are_refused() {
    let group = group(&[("a", "one")]);
    // key event, head, basis, leaves, body, end
    let items = whole(&group);
    for (from, to) in [(1, 0), (2, 0), (3, 2), (4, 3), (4, 1), (5, 2), (5, 3)] {
        let mut moved = items.clone();
        let item = moved.remove(from);
        moved.insert(to, item);
        assert!(read(reader(None), moved).is_err(), "{from} → {to}");
    }
    let mut twice = items.clone();
    twice.insert(2, items[1].clone());
    assert_eq!(reason(None, twice), "sync_out_of_order");
    let mut after_end = items.clone();
    after_end.push(items[3].clone());
    assert_eq!(reason(None, after_end), "sync_out_of_order");
    let mut empty = items;
    empty.insert(1, feed_v1::SyncItem { item: None });
    assert_eq!(reason(None, empty), "sync_unknown_item");
}

#[test]
fn after_an_error_every_message_is_refused() {
    let group = group(&[("a", "one")]);
    let mut reader = reader(None);
    assert!(reader.accept(body_item(vec![1])).is_err());
    for item in whole(&group) {
        assert!(reader.accept(item).is_err());
    }
    assert!(reader.finish().is_err());
}

#[test]
fn a_stream_about_another_group_or_view_is_refused() {
    let group = group(&[("a", "one")]);
    let other = SyncReader::new(
        SyncLimits::default(),
        None,
        Some(GroupId::from_bytes([9; 32])),
    );
    assert_eq!(
        read(other, whole(&group)).unwrap_err().reason(),
        "sync_wrong_group"
    );
    let circle = reader(None).expecting_view(View::parse("circle").unwrap());
    assert_eq!(
        read(circle, whole(&group)).unwrap_err().reason(),
        "sync_wrong_view"
    );
    let mut stranger = new_group(2);
    stranger.publish();
    assert_eq!(
        reason(Some(&group), whole(&stranger)),
        "key_event_wrong_group"
    );
    let mut items = whole(&group);
    items[1].item = Some(Item::Head(stranger.head.unwrap().envelope().to_vec()));
    assert_eq!(reason(None, items), "head_wrong_group");
}

#[test]
fn a_replayed_or_rival_head_is_refused_with_its_proof() {
    let old = group(&[("a", "one")]);
    let mut new = old.clone();
    new.add("b", b"two");
    new.publish();
    let refused = read(reader(Some(&new)), whole(&old)).unwrap_err();
    let held = new.head.as_ref().unwrap().envelope().to_vec();
    assert_eq!(refused, SyncError::HeadOlder { held: held.clone() });

    let mut twin = old.clone();
    twin.add("c", b"three");
    let rival = twin.publish().envelope().to_vec();
    let refused = read(reader(Some(&new)), whole(&twin)).unwrap_err();
    assert_eq!(refused, SyncError::Equivocation { held, rival });
}

#[test]
fn a_head_that_a_rotation_ended_is_refused() {
    let mut group = group(&[("a", "one")]);
    let items = whole(&group);
    group.rotate();
    assert_eq!(reason(Some(&group), items), "head_key_ended");
    group.deactivate();
    assert_eq!(reason(Some(&group), whole(&group)), "group_ended");
}

#[test]
fn an_unknown_basis_is_refused() {
    let (old, mut new) = (group(&[("a", "one")]), group(&[("a", "one")]));
    new.add("b", b"two");
    new.publish();
    assert_eq!(
        reason(None, {
            let mut items = difference(&old, &new);
            items.insert(0, whole(&old)[0].clone());
            items
        }),
        "sync_basis_unknown"
    );
    let mut items = difference(&old, &new);
    let basis = feed_v1::SyncBasis {
        head_hash: PayloadHash::from_bytes([0; 32]).to_vec(),
    };
    items[1].item = Some(Item::Basis(basis));
    assert_eq!(reason(Some(&old), items), "sync_basis_unknown");
}

fn with_leaves(group: &FakeGroup, change: impl FnOnce(&mut SyncPlan)) -> &'static str {
    let mut plan = plan(group);
    change(&mut plan);
    reason(None, plan.into_items().chain([end_item(0)]).collect())
}

#[test]
fn leaves_that_do_not_form_the_signed_tree_are_refused() {
    let group = group(&[("a", "one"), ("b", "two")]);
    assert_eq!(with_leaves(&group, |_| ()), "ok");
    assert_eq!(
        with_leaves(&group, |plan| plan.leaves[0].length += 1),
        "sync_root_mismatch"
    );
    assert_eq!(
        with_leaves(&group, |plan| drop(plan.leaves.pop())),
        "sync_count_mismatch"
    );
    assert_eq!(
        with_leaves(&group, |plan| plan.leaves.reverse()),
        "leaf_out_of_order"
    );
    assert_eq!(
        with_leaves(&group, |plan| plan.leaves[1] = plan.leaves[0].clone()),
        "leaf_duplicate"
    );
    assert_eq!(
        with_leaves(&group, |plan| plan.leaves.push(plan.leaves[1].clone())),
        "sync_too_many_leaves"
    );
    assert_eq!(
        with_leaves(&group, |plan| plan.removals.push(name("c"))),
        "sync_removal_in_whole"
    );
    let malformed = v1::Leaf {
        collection: "Event".to_owned(),
        ..v1::Leaf::default()
    };
    let mut items = whole(&group);
    items[3].item = Some(Item::Leaves(feed_v1::LeafBatch {
        leaves: vec![malformed],
    }));
    assert_eq!(reason(None, items), "collection_malformed");
}

#[test]
fn messages_without_progress_are_refused() {
    let group = group(&[("a", "one"), ("b", "two")]);
    let with = |extra: Vec<feed_v1::SyncItem>| {
        let items = plan(&group).into_items().chain(extra);
        reason(None, items.collect())
    };
    let leaves = feed_v1::SyncItem {
        item: Some(Item::Leaves(feed_v1::LeafBatch::default())),
    };
    assert_eq!(with(vec![leaves, end_item(0)]), "sync_batch_empty");
    let missing = || missing_record_item(&record_hash(&group.records[&name("a")]));
    assert_eq!(with(vec![missing(), end_item(0)]), "ok");
    assert_eq!(with(vec![missing(), missing()]), "missing_repeated");
    let body = body_item(group.records[&name("a")].clone());
    assert_eq!(with(vec![body, missing()]), "missing_repeated");
    assert_eq!(with(vec![end_item(0), end_item(0)]), "sync_out_of_order");
}

#[test]
fn a_body_without_a_leaf_is_refused() {
    let group = group(&[("a", "one")]);
    let body = group.records[&name("a")].clone();
    let stream = |bodies: Vec<Vec<u8>>, counted| {
        let bodies = bodies.into_iter().map(body_item);
        reason(
            None,
            plan(&group)
                .into_items()
                .chain(bodies)
                .chain([end_item(counted)])
                .collect(),
        )
    };
    assert_eq!(stream(vec![body.clone()], 1), "ok");
    assert_eq!(stream(vec![b"other".to_vec()], 1), "body_unknown");
    assert_eq!(stream(vec![body.clone(), body.clone()], 2), "body_repeated");
    assert_eq!(stream(vec![body], 2), "sync_body_count");
}

fn limited(group: &FakeGroup, change: impl FnOnce(&mut SyncLimits)) -> &'static str {
    let mut limits = SyncLimits::default();
    change(&mut limits);
    let reader = SyncReader::new(limits, None, None);
    read(reader, whole(group)).map_or_else(|error| error.reason(), |_| "ok")
}

#[test]
fn every_bound_has_its_reason() {
    let mut group = group(&[("a", "one"), ("b", "two")]);
    let bytes = group.manifest().record_bytes();
    assert_eq!(limited(&group, |limits| limits.max_records = 2), "ok");
    assert_eq!(
        limited(&group, |limits| limits.max_records = 1),
        "view_too_many_records"
    );
    assert_eq!(
        limited(&group, |limits| limits.max_view_bytes = bytes),
        "ok"
    );
    assert_eq!(
        limited(&group, |limits| limits.max_view_bytes = bytes - 1),
        "view_too_large"
    );
    assert_eq!(
        limited(&group, |limits| limits.max_view_bytes = 10),
        "view_too_large"
    );
    group.rotate();
    group.publish();
    assert_eq!(limited(&group, |limits| limits.max_key_events = 2), "ok");
    assert_eq!(
        limited(&group, |limits| limits.max_key_events = 1),
        "key_log_too_long"
    );

    let mut items = whole(&group);
    let leaves = vec![v1::Leaf::default(); MAX_BATCH + 1];
    items[4].item = Some(Item::Leaves(feed_v1::LeafBatch { leaves }));
    assert_eq!(reason(None, items), "sync_batch_too_large");
}

#[test]
fn a_record_that_is_too_large_to_store_does_not_stop_the_others() {
    let group = group(&[("a", "one"), ("b", &"long ".repeat(100))]);
    let small = group.records[&name("a")].len();
    let outcome = limited(&group, |limits| {
        limits.max_record_bytes = 200;
        limits.max_view_bytes = 500;
        assert!(small < 200);
    });
    assert_eq!(outcome, "ok");
}

#[test]
fn removals_are_bounded_and_unknown_names_ignored() {
    let (old, mut new) = (
        group(&[("a", "1"), ("b", "2")]),
        group(&[("a", "1"), ("b", "2")]),
    );
    new.records.remove(&name("a"));
    new.publish();
    let mut items = difference(&old, &new);
    let names = (0..1000).map(|number| name(&format!("gone-{number}")).to_proto());
    let batch = feed_v1::NameBatch {
        names: names.collect(),
    };
    items.insert(
        2,
        feed_v1::SyncItem {
            item: Some(Item::Removals(batch.clone())),
        },
    );
    assert_eq!(reason(Some(&old), items.clone()), "ok");
    for _ in 0..200 {
        items.insert(
            2,
            feed_v1::SyncItem {
                item: Some(Item::Removals(batch.clone())),
            },
        );
    }
    assert_eq!(reason(Some(&old), items), "sync_too_many_removals");
}
