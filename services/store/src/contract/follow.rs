//! Following by revision, without gaps or repeats.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fixtures::{commit, commit_group, now, public};
use crate::{Committed, Exclude, IndexChange, IndexChangeKind, PendingKind, Store};
use hedgerow_core::id::GroupId;

/// Follows from a revision to the end, two changes at a time, as an index would.
async fn follow(
    store: &Arc<dyn Store>,
    mut from: u64,
    index: &mut BTreeMap<(GroupId, String), Vec<u8>>,
) -> (u64, Vec<IndexChange>) {
    let mut all = Vec::new();
    loop {
        let batch = store.changes_after(from, 2).await.unwrap();
        assert!(!batch.too_old);
        for change in &batch.changes {
            assert!(change.revision > from && change.revision <= batch.through);
            let group = change.group_id;
            match &change.kind {
                IndexChangeKind::Put(record) => {
                    index.insert((group, record.name.key.to_string()), record.record.clone());
                }
                IndexChangeKind::Removed(name) => {
                    index.remove(&(group, name.key.to_string()));
                }
                IndexChangeKind::GroupHidden => index.retain(|(owner, _), _| *owner != group),
                IndexChangeKind::GroupShown(_) => {
                    index.retain(|(owner, _), _| *owner != group);
                    for record in store
                        .list_records(&group, &public(), None, 100)
                        .await
                        .unwrap()
                    {
                        index.insert((group, record.name.key.to_string()), record.record);
                    }
                }
            }
        }
        from = batch.through;
        let end = batch.changes.is_empty();
        all.extend(batch.changes);
        if end {
            return (from, all);
        }
    }
}

fn keys(index: &BTreeMap<(GroupId, String), Vec<u8>>) -> Vec<String> {
    index.keys().map(|(_, key)| key.clone()).collect()
}

pub async fn a_follower_sees_each_record_change_once(store: Arc<dyn Store>) {
    let mut index = BTreeMap::new();
    let mut publisher = commit_group(&store, 1).await;
    let (at, first) = follow(&store, 0, &mut index).await;
    assert_eq!(keys(&index), ["one", "two"]);
    assert_eq!(first.len(), 1, "a new group is one change: {first:?}");
    assert_eq!(at, store.latest_revision().await.unwrap());

    let gone = publisher.first_record();
    publisher.withdraw_record(&gone);
    publisher.add("three", b"third");
    let head = publisher.sign();
    commit(&store, &publisher, &head).await;
    let (at, second) = follow(&store, at, &mut index).await;
    assert_eq!(second.len(), 2, "one removal, one put: {second:?}");
    assert_eq!(keys(&index), ["three", "two"]);

    let heartbeat = publisher.sign();
    commit(&store, &publisher, &heartbeat).await;
    let (_, third) = follow(&store, at, &mut index).await;
    assert!(
        third.is_empty(),
        "an unchanged manifest is no change: {third:?}"
    );
}

pub async fn a_follower_from_any_revision_ends_in_the_same_state(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    let mut other = commit_group(&store, 2).await;
    let mut points = vec![(0, BTreeMap::new())];
    for round in 0..4_u8 {
        let mut index = BTreeMap::new();
        let (at, _) = follow(&store, 0, &mut index).await;
        points.push((at, index));
        publisher.records.pop_first();
        publisher.add(&format!("round-{round}"), &[round]);
        let head = publisher.sign();
        commit(&store, &publisher, &head).await;
        other.add(&format!("other-{round}"), &[round]);
        let head = other.sign();
        commit(&store, &other, &head).await;
        if round == 1 {
            let reason = "a while".to_owned();
            let exclude = Exclude {
                group_id: other.id(),
                reason,
                now: now(),
            };
            store.exclude(exclude).await.unwrap();
            assert!(store.include(&other.id()).await.unwrap());
        }
    }
    let mut whole = BTreeMap::new();
    follow(&store, 0, &mut whole).await;
    for (at, mut index) in points {
        follow(&store, at, &mut index).await;
        assert_eq!(index, whole, "from {at}");
    }
}

pub async fn pending_changes_are_the_changes_with_sizes_in_place_of_records(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    let hidden = commit_group(&store, 2).await;
    let from = [0, store.latest_revision().await.unwrap()];
    publisher.add("three", b"third");
    let gone = publisher.first_record();
    publisher.withdraw_record(&gone);
    let head = publisher.sign();
    commit(&store, &publisher, &head).await;
    let exclude = Exclude {
        group_id: hidden.id(),
        reason: "why".to_owned(),
        now: now(),
    };
    store.exclude(exclude).await.unwrap();
    for revision in from {
        for limit in [1, 2, 100] {
            let changes = store.changes_after(revision, limit).await.unwrap();
            let pending = store.pending_after(revision, limit).await.unwrap();
            assert_eq!(changes.through, pending.through);
            assert_eq!(changes.changes.len(), pending.changes.len());
            for (change, pending) in changes.changes.iter().zip(&pending.changes) {
                let is_same = match (&change.kind, &pending.kind) {
                    (IndexChangeKind::Put(record), PendingKind::Put { name, bytes }) => {
                        record.name == *name && record.record.len() as u64 == *bytes
                    }
                    (IndexChangeKind::Removed(one), PendingKind::Removed(other)) => one == other,
                    (IndexChangeKind::GroupHidden, PendingKind::GroupHidden) => true,
                    (
                        IndexChangeKind::GroupShown(one),
                        PendingKind::GroupShown { records, bytes },
                    ) => one == records && *bytes > 0,
                    _ => false,
                };
                let places = (change.revision, change.group_id);
                assert!(is_same, "{change:?} {pending:?}");
                assert_eq!(places, (pending.revision, pending.group_id));
            }
        }
    }
    assert!(
        store
            .pending_after(u64::from(u32::MAX), 1)
            .await
            .unwrap()
            .too_old
    );
}

pub async fn an_excluded_group_disappears_and_returns_complete(store: Arc<dyn Store>) {
    let mut index = BTreeMap::new();
    let mut publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    let (at, _) = follow(&store, 0, &mut index).await;
    let exclude = Exclude {
        group_id: id,
        reason: "why".to_owned(),
        now: now(),
    };
    store.exclude(exclude).await.unwrap();
    let (at, changes) = follow(&store, at, &mut index).await;
    assert_eq!(changes.last().unwrap().kind, IndexChangeKind::GroupHidden);
    assert!(index.is_empty());
    assert_eq!(store.exclusion(&id).await.unwrap().unwrap().reason, "why");
    assert!(store.include(&id).await.unwrap());
    assert!(!store.include(&id).await.unwrap());
    let head = publisher.sign();
    assert!(matches!(
        commit(&store, &publisher, &head).await,
        Committed::At(_)
    ));
    follow(&store, at, &mut index).await;
    assert_eq!(keys(&index), ["one", "two"]);
}

pub async fn a_difference_leads_from_an_earlier_head_to_the_current_one(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    let (first, before) = store.manifest(&id, &public()).await.unwrap().unwrap();
    for round in 0..3_u8 {
        publisher.records.pop_first();
        publisher.add(&format!("round-{round}"), &[round]);
        let head = publisher.sign();
        commit(&store, &publisher, &head).await;
    }
    let difference = store
        .difference(&id, &public(), &first.facts.hash)
        .await
        .unwrap()
        .unwrap();
    let applied = before
        .apply(&hedgerow_core::tree::Difference {
            removals: difference.removals,
            puts: difference.puts,
        })
        .unwrap();
    assert_eq!(applied.root(), difference.head.facts.root);
    let unknown = hedgerow_core::id::PayloadHash::from_bytes([9; 32]);
    assert_eq!(
        store.difference(&id, &public(), &unknown).await.unwrap(),
        None
    );
}

pub async fn deleted_history_makes_a_follower_start_over(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    let (old, _) = store.manifest(&id, &public()).await.unwrap().unwrap();
    let before = store.latest_revision().await.unwrap();
    publisher.records.pop_first();
    let head = publisher.sign();
    commit(&store, &publisher, &head).await;
    let later = now().plus(std::time::Duration::from_secs(60));
    store.forget_history(later).await.unwrap();
    assert!(store.changes_after(before, 10).await.unwrap().too_old);
    assert!(!store.changes_after(0, 10).await.unwrap().too_old);
    let latest = store.latest_revision().await.unwrap();
    assert!(!store.changes_after(latest, 10).await.unwrap().too_old);
    assert!(store.changes_after(latest + 1, 10).await.unwrap().too_old);
    assert_eq!(
        store
            .difference(&id, &public(), &old.facts.hash)
            .await
            .unwrap(),
        None
    );
}

pub async fn the_feed_has_one_row_for_each_group_in_order(store: Arc<dyn Store>) {
    let mut one = commit_group(&store, 1).await;
    let two = commit_group(&store, 2).await;
    let rows = store.list_feed(0, 10).await.unwrap();
    assert_eq!(
        rows.iter().map(|row| row.group_id).collect::<Vec<_>>(),
        [one.id(), two.id()]
    );
    let head = one.sign();
    commit(&store, &one, &head).await;
    let after = store.list_feed(rows[1].revision, 10).await.unwrap();
    assert_eq!(after.len(), 1);
    assert_eq!(after[0].head.as_ref().unwrap().facts.envelope, head);
    let all = store.list_feed(0, 10).await.unwrap();
    assert_eq!(
        all.iter().map(|row| row.group_id).collect::<Vec<_>>(),
        [two.id(), one.id()]
    );
}

pub async fn subscribers_are_notified_of_changes(store: Arc<dyn Store>) {
    let mut changed = store.changed();
    changed.borrow_and_update();
    commit_group(&store, 1).await;
    changed.changed().await.unwrap();
    assert_eq!(*changed.borrow(), store.latest_revision().await.unwrap());
}

pub async fn a_restored_store_has_a_new_stream_and_unconfirmed_heads(store: Arc<dyn Store>) {
    let publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    let before = store.stream_id().await.unwrap();
    store.begin_stream("another").await.unwrap();
    assert_ne!(store.stream_id().await.unwrap(), before);
    let head = store.head(&id, &public()).await.unwrap().unwrap();
    assert!(head.unconfirmed);
    store
        .confirm(&id, &public(), &head.facts.hash)
        .await
        .unwrap();
    assert!(
        !store
            .head(&id, &public())
            .await
            .unwrap()
            .unwrap()
            .unconfirmed
    );
}
