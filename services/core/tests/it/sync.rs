use std::collections::BTreeMap;

use hedgerow_core::head::{Seq, VerifiedHead};
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::View;
use hedgerow_core::record::record_hash;
use hedgerow_core::sync::{
    Fork, ReceiverState, SyncError, SyncLimits, SyncPlan, SyncReader, SyncStep, Transfer,
    body_item, end_item, missing_record_item,
};
use hedgerow_core::tree::Manifest;
use hedgerow_proto::feed_v1;
use hedgerow_proto::feed_v1::sync_item::Item;
use hedgerow_testkit::{FakeGroup, commitment, recovery_key, signing_key};
use proptest::collection::btree_map;
use proptest::prelude::*;

use crate::{name, new_group};

mod rejected;

/// Reads a whole stream and returns its steps and result.
fn read(
    mut reader: SyncReader,
    items: impl IntoIterator<Item = feed_v1::SyncItem>,
) -> Result<(Vec<SyncStep>, Transfer), SyncError> {
    let mut steps = Vec::new();
    for item in items {
        steps.push(reader.accept(item)?);
    }
    Ok((steps, reader.finish()?))
}

fn reader(held: Option<&FakeGroup>) -> SyncReader {
    SyncReader::new(SyncLimits::default(), held.map(state_of), None)
}

fn state_of(group: &FakeGroup) -> ReceiverState {
    let (key_log, head) = (group.log.clone(), group.head.clone());
    ReceiverState {
        key_log,
        head,
        manifest: group.manifest(),
    }
}

fn reason(held: Option<&FakeGroup>, items: Vec<feed_v1::SyncItem>) -> &'static str {
    read(reader(held), items).map_or_else(|error| error.reason(), |_| "ok")
}

/// The plan of a complete stream under the newest head.
fn plan(group: &FakeGroup) -> SyncPlan {
    SyncPlan {
        key_events: group.log.envelopes(),
        head: group.head.as_ref().map(|head| head.envelope().to_vec()),
        basis: None,
        removals: Vec::new(),
        leaves: group.manifest().into_leaves(),
    }
}

/// A complete stream of everything, bodies included.
fn whole(group: &FakeGroup) -> Vec<feed_v1::SyncItem> {
    group.whole(group.head.as_ref().unwrap().envelope())
}

/// A complete stream from the state of `old` to that of `new`.
fn difference(old: &FakeGroup, new: &FakeGroup) -> Vec<feed_v1::SyncItem> {
    let difference = Manifest::difference(&old.manifest(), &new.manifest());
    let new_events = new.log.after(&old.log.tip_hash()).unwrap();
    let bodies: Vec<_> = difference
        .puts
        .iter()
        .map(|leaf| new.records[&leaf.name].clone())
        .collect();
    let count = u32::try_from(bodies.len()).unwrap();
    let plan = SyncPlan {
        key_events: new_events
            .iter()
            .map(|event| event.envelope.clone())
            .collect(),
        head: new.head.as_ref().map(|head| head.envelope().to_vec()),
        basis: old.head.as_ref().map(VerifiedHead::hash),
        removals: difference.removals,
        leaves: difference.puts,
    };
    plan.into_items()
        .chain(bodies.into_iter().map(body_item))
        .chain([end_item(count)])
        .collect()
}

fn group(contents: &[(&str, &str)]) -> FakeGroup {
    let mut group = new_group(1);
    for (key, text) in contents {
        group.add(key, text.as_bytes());
    }
    group.publish();
    group
}

fn contents() -> impl Strategy<Value = BTreeMap<String, String>> {
    btree_map("[a-c]{1,2}", "[xy]", 0..9)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_difference_gives_the_same_result_as_the_whole(before in contents(), after in contents(), rotated: bool) {
        let mut old = new_group(1);
        for (key, text) in &before {
            old.add(key, text.as_bytes());
        }
        old.publish();
        let mut new = old.clone();
        if rotated {
            new.rotate();
        }
        new.records.clear();
        for (key, text) in &after {
            new.add(key, text.as_bytes());
        }
        new.publish();

        let (_, by_difference) = read(reader(Some(&old)), difference(&old, &new))?;
        let (_, by_whole) = read(reader(Some(&old)), whole(&new))?;
        let (_, from_nothing) = read(reader(None), whole(&new))?;
        prop_assert_eq!(&by_difference.manifest, &new.manifest());
        prop_assert_eq!(&by_whole.manifest, &new.manifest());
        prop_assert_eq!(&from_nothing.manifest, &new.manifest());
        prop_assert_eq!(&by_difference.difference, &by_whole.difference);
        prop_assert_eq!(&by_difference.key_log, &new.log);
        prop_assert_eq!(&by_whole.key_log, &new.log);
        prop_assert_eq!(by_difference.new_key_events, rotated);
        prop_assert_eq!(by_whole.new_key_events, rotated);
        prop_assert!(by_whole.whole && !by_difference.whole);
    }

    #[test]
    fn a_stream_with_a_message_lost_or_moved_never_gives_another_root(
        lost in any::<prop::sample::Index>(),
        moved in any::<prop::sample::Index>(),
    ) {
        let (old, mut new) = (group(&[("a", "1"), ("b", "2")]), group(&[("a", "1"), ("b", "2")]));
        new.records.remove(&name("a"));
        new.add("c", b"3");
        new.publish();
        let mut items = difference(&old, &new);
        let item = items.remove(lost.index(items.len()));
        let outcome = read(reader(Some(&old)), items.clone());
        prop_assert!(outcome.is_err());
        items.insert(moved.index(items.len() + 1), item);
        if let Ok((_, transfer)) = read(reader(Some(&old)), items) {
            prop_assert_eq!(transfer.manifest, new.manifest());
        }
    }
}

#[test]
fn bodies_arrive_as_they_were_sent() {
    let group = group(&[("a", "one"), ("b", "two")]);
    let mut reader = SyncReader::new(SyncLimits::default(), None, Some(group.log.group_id()))
        .expecting_view(View::public());
    let mut bodies = Vec::new();
    for item in whole(&group) {
        if let SyncStep::Body { hash, record } = reader.accept(item).unwrap() {
            let leaf = reader.leaf(&hash).unwrap().clone();
            bodies.push((leaf.name, record));
        }
    }
    assert_eq!(bodies, group.records.into_iter().collect::<Vec<_>>());
    assert_eq!(reader.key_log(), Some(&group.log));
    assert_eq!(reader.head(), group.head.as_ref());
    let transfer = reader.finish().unwrap();
    assert_eq!(
        (transfer.new_key_events, transfer.key_events_from),
        (true, Some(0))
    );
}

#[test]
fn a_deactivation_alone_needs_no_end() {
    let old = group(&[("a", "one")]);
    let mut ended = old.clone();
    ended.deactivate();
    let event = SyncPlan {
        key_events: vec![ended.log.tip().envelope.clone()],
        ..SyncPlan::default()
    };
    for end in [vec![], vec![end_item(0)]] {
        let items = event.clone().into_items().chain(end);
        let (steps, transfer) = read(reader(Some(&old)), items).unwrap();
        assert_eq!(steps[0], SyncStep::KeyLog);
        assert!(transfer.key_log.is_ended());
        assert_eq!((transfer.head, transfer.key_events_from), (None, Some(1)));
        assert_eq!(transfer.manifest, old.manifest());
    }
}

#[test]
fn a_rotation_alone_needs_an_end() {
    let old = group(&[("a", "one")]);
    let mut rotated = old.clone();
    rotated.rotate();
    let plan = SyncPlan {
        key_events: rotated.log.envelopes(),
        ..SyncPlan::default()
    };
    let mut items: Vec<_> = plan.into_items().collect();
    assert_eq!(reason(Some(&old), items.clone()), "sync_incomplete");
    items.push(end_item(0));
    let (_, transfer) = read(reader(Some(&old)), items).unwrap();
    assert_eq!((transfer.key_log, transfer.head), (rotated.log, None));
}

#[test]
fn bodies_may_be_sent_under_an_unchanged_head() {
    let group = group(&[("a", "one"), ("b", "two")]);
    let plan = SyncPlan {
        head: plan(&group).head,
        basis: group.head.as_ref().map(VerifiedHead::hash),
        ..SyncPlan::default()
    };
    let wanted = group.records[&name("b")].clone();
    let items = plan
        .into_items()
        .chain([body_item(wanted.clone()), end_item(1)]);
    let (steps, transfer) = read(reader(Some(&group)), items).unwrap();
    assert!(steps.contains(&SyncStep::Body {
        hash: record_hash(&wanted),
        record: wanted
    }));
    assert!(transfer.difference.is_empty() && !transfer.new_key_events);
}

#[test]
fn a_sender_may_lack_a_record_of_a_known_leaf() {
    let group = group(&[("a", "one")]);
    let hash = record_hash(&group.records[&name("a")]);
    let items = plan(&group)
        .into_items()
        .chain([missing_record_item(&hash), end_item(0)]);
    let (steps, _) = read(reader(None), items).unwrap();
    assert!(steps.contains(&SyncStep::MissingRecord(hash)));
    let unknown = RecordHash::from_bytes([0; 32]);
    let items = plan(&group)
        .into_items()
        .chain([missing_record_item(&unknown), end_item(0)]);
    assert_eq!(reason(None, items.collect()), "body_unknown");
}

#[test]
fn a_stream_that_breaks_off_is_incomplete() {
    let group = group(&[("a", "one")]);
    let items = whole(&group);
    for kept in 0..items.len() {
        let broken = reason(None, items[..kept].to_vec());
        assert!(
            ["sync_incomplete", "key_log_missing"].contains(&broken),
            "{kept}: {broken}"
        );
    }
}

#[test]
fn large_manifests_are_sent_in_batches() {
    let mut group = new_group(1);
    for number in 0..2_500 {
        group.add(&format!("key-{number:05}"), b"x");
    }
    group.publish();
    let sizes: Vec<_> = plan(&group)
        .into_items()
        .filter_map(|item| match item.item {
            Some(Item::Leaves(batch)) => Some(batch.leaves.len()),
            _ => None,
        })
        .collect();
    assert_eq!(sizes, [1000, 1000, 500]);
    assert_eq!(reason(None, whole(&group)), "ok");
}

#[test]
fn a_forked_key_log_ends_the_stream_with_both_branches() {
    let mut held = group(&[("a", "one")]);
    let mut rival = held.clone();
    held.rotate();
    let event = rival.rotation_to(&signing_key(7, 7));
    rival.log.append(&event).unwrap();
    let plan = SyncPlan {
        key_events: rival.log.envelopes(),
        ..SyncPlan::default()
    };
    let items = plan.into_items().chain([end_item(0)]);
    let refused = read(reader(Some(&held)), items).unwrap_err();
    let fork = Fork {
        index: 1,
        held: held.log,
        rival: rival.log,
    };
    assert_eq!(refused, SyncError::Fork(Box::new(fork)));
}

#[test]
fn a_stream_can_resolve_an_innocent_fork() {
    let mut held = group(&[("a", "one")]);
    let mut winner = held.clone();
    held.rotate();
    let event = winner.rotation_to(&signing_key(1, 1));
    // The same phrase, another machine: only the encryption key differs.
    assert_eq!(Some(&event), held.log.envelopes().get(1));
    let other = winner
        .log
        .rotate(
            &recovery_key(1, 1),
            &signing_key(1, 1).public(),
            [8; 32],
            commitment(1, 2),
        )
        .unwrap();
    winner.log.append(&other).unwrap();
    let healing = winner
        .log
        .rotate_setting_aside(
            &recovery_key(1, 2),
            &signing_key(1, 2).public(),
            [8; 32],
            commitment(1, 3),
            &[held.log.tip_hash()],
        )
        .unwrap();
    winner.log.append(&healing).unwrap();
    winner.signing = signing_key(1, 2);
    (winner.seq, winner.previous) = (Seq::FIRST, None);
    winner.publish();

    let (_, transfer) = read(reader(Some(&held)), whole(&winner)).unwrap();
    assert_eq!(transfer.key_log, winner.log);
    assert_eq!(transfer.key_events_from, Some(1), "event 1 was replaced");

    // A stream on the branch that was set aside is refused.
    held.publish();
    winner.head = None;
    assert_eq!(reason(Some(&winner), whole(&held)), "key_log_set_aside");
}

#[test]
fn the_first_head_of_a_group_may_have_any_number() {
    let mut group = new_group(1);
    group.seq = Seq::new(1_000_001).unwrap();
    group.publish();
    assert_eq!(reason(None, whole(&group)), "ok");
}
