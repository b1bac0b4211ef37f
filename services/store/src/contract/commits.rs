//! Head commits: compare and swap.

use std::sync::Arc;

use hedgerow_core::record::record_hash;

use super::fixtures::{
    change, commit, commit_group, commit_keys, new_head, now, public, shown, stage,
};
use crate::{Bodies, Committed, Erase, Fill, HeadOnly, LeafState, Refusal, Store};
use hedgerow_core::id::GroupId;
use hedgerow_testkit::FakeGroup;

pub async fn a_committed_head_has_its_leaves_and_bodies(store: Arc<dyn Store>) {
    let publisher = commit_group(&store, 1).await;
    let (head, manifest) = store
        .manifest(&publisher.id(), &public())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(manifest.root(), head.facts.root);
    assert_eq!(manifest, publisher.manifest());
    assert_eq!(shown(&store, &publisher.id()).await, ["one", "two"]);
    let first = publisher.first_record();
    let name = &manifest.leaves()[0].name;
    let id = publisher.id();
    assert_eq!(
        store.record(&id, &public(), name).await.unwrap().as_ref(),
        Some(&first)
    );
    let hash = record_hash(&first);
    assert_eq!(
        store.body(&id, &public(), &hash).await.unwrap().as_ref(),
        Some(&first)
    );
    let row = store.group(&id).await.unwrap().unwrap();
    assert!(row.shown && row.seen && row.head.unwrap().whole);
    assert_eq!(store.staged_bytes(&id).await.unwrap(), (0, 0));
}

pub async fn a_change_computed_from_another_head_has_no_effect(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    let mut late = publisher.clone();
    let withdrawn = publisher.first_record();
    publisher.withdraw_record(&withdrawn);
    let newer = publisher.sign();
    let stale = {
        late.add("three", b"third");
        let head = late.sign();
        stage(&store, &late).await;
        change(&store, &late, &head).await
    };
    assert!(matches!(
        commit(&store, &publisher, &newer).await,
        Committed::At(_)
    ));
    let revision = store.latest_revision().await.unwrap();
    assert_eq!(
        store.commit_head(stale).await.unwrap(),
        Committed::Superseded
    );
    assert_eq!(store.latest_revision().await.unwrap(), revision);
    assert_eq!(shown(&store, &publisher.id()).await, ["two"]);
}

pub async fn a_lower_head_has_no_effect(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    let old = publisher.clone();
    let mut head = Vec::new();
    for _ in 0..3 {
        head = publisher.sign();
    }
    assert!(matches!(
        commit(&store, &publisher, &head).await,
        Committed::At(_)
    ));
    let lower = old.clone().sign();
    assert_eq!(commit(&store, &old, &lower).await, Committed::Superseded);
    assert_eq!(
        commit(&store, &publisher, &head).await,
        Committed::Superseded
    );
}

pub async fn a_head_verified_with_another_key_log_has_no_effect(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    let head = publisher.sign();
    let mut other = change(&store, &publisher, &head).await;
    other.expected_tip = hedgerow_core::id::PayloadHash::from_bytes([1; 32]);
    assert_eq!(
        store.commit_head(other).await.unwrap(),
        Committed::Superseded
    );
}

pub async fn a_body_missing_from_staging_rolls_back_the_whole_change(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    publisher.add("three", b"third");
    let head = publisher.sign();
    let change = change(&store, &publisher, &head).await;
    assert_eq!(
        store.commit_head(change).await.unwrap(),
        Committed::Superseded
    );
    assert_eq!(shown(&store, &publisher.id()).await, ["one", "two"]);
}

pub async fn a_missing_body_is_wanted_until_it_is_filled(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    publisher.add("three", b"third");
    let head = publisher.sign();
    let mut pulled = change(&store, &publisher, &head).await;
    let leaf = pulled.puts[0].leaf.clone();
    pulled.puts[0].state = LeafState::Wanted;
    let expected_head = pulled.head.hash;
    assert!(matches!(
        store.commit_head(pulled).await.unwrap(),
        Committed::At(_)
    ));
    assert_eq!(
        store.list_wanted(&id, &public(), 10).await.unwrap(),
        [leaf.record_hash]
    );
    assert_eq!(store.list_groups_wanting(None, 10).await.unwrap(), [id]);
    assert_eq!(shown(&store, &id).await, ["one", "two"]);
    stage(&store, &publisher).await;
    let fill = Fill {
        group_id: id,
        view: public(),
        expected_head,
        leaves: vec![(leaf.name, leaf.record_hash, LeafState::Held)],
        bodies: Bodies::new(),
    };
    assert!(matches!(store.fill(fill).await.unwrap(), Committed::At(_)));
    assert_eq!(shown(&store, &id).await, ["one", "three", "two"]);
    assert!(
        store
            .list_groups_wanting(None, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

pub async fn a_refused_record_keeps_its_leaf_with_the_reason(store: Arc<dyn Store>) {
    let mut publisher = FakeGroup::new(1, now());
    publisher.add("good", b"good");
    publisher.add("bad", b"bad");
    commit_keys(&store, &publisher).await;
    let head = publisher.sign();
    stage(&store, &publisher).await;
    let mut refusing = change(&store, &publisher, &head).await;
    refusing.puts[0].state = LeafState::Refused(Refusal {
        reason: "record_malformed".into(),
        detail: "not one".into(),
    });
    assert!(matches!(
        store.commit_head(refusing).await.unwrap(),
        Committed::At(_)
    ));
    let id = publisher.id();
    assert_eq!(shown(&store, &id).await, ["good"]);
    let refusals = store.list_refusals(&id, &public(), 10).await.unwrap();
    assert_eq!(refusals[0].refusal.reason, "record_malformed");
    let (head, manifest) = store.manifest(&id, &public()).await.unwrap().unwrap();
    assert_eq!(manifest.root(), head.facts.root);
}

pub async fn a_withdrawn_record_is_deleted_with_its_body(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    let gone = publisher.first_record();
    publisher.withdraw_record(&gone);
    let head = publisher.sign();
    commit(&store, &publisher, &head).await;
    assert_eq!(
        store
            .body(&id, &public(), &record_hash(&gone))
            .await
            .unwrap(),
        None
    );
    assert!(
        store
            .existing_bodies(&id, &public(), &[record_hash(&gone)])
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(shown(&store, &id).await, ["two"]);
}

pub async fn a_head_without_leaves_erases_the_previous_leaves(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    let head = publisher.sign();
    let only = HeadOnly {
        group_id: id,
        view: public(),
        expected_tip: publisher.log.tip_hash(),
        head: new_head(&publisher.verified(&head), false),
        now: now(),
    };
    assert!(matches!(
        store.commit_head_only(only).await.unwrap(),
        Committed::At(_)
    ));
    assert!(shown(&store, &id).await.is_empty());
    assert_eq!(store.manifest(&id, &public()).await.unwrap(), None);
    let hash = record_hash(&publisher.first_record());
    assert_eq!(store.body(&id, &public(), &hash).await.unwrap(), None);
    let row = store.group(&id).await.unwrap().unwrap();
    assert!(!row.shown && !row.head.unwrap().facts.invited);
    let newer = publisher.sign();
    assert!(matches!(
        commit(&store, &publisher, &newer).await,
        Committed::At(_)
    ));
    assert_eq!(shown(&store, &id).await, ["one", "two"]);
}

pub async fn a_lapsed_group_is_hidden_then_erased_then_restored(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    let long_ago = publisher.now;
    assert!(store.list_lapsed(long_ago, 10).await.unwrap().is_empty());
    let far = now().plus(std::time::Duration::from_secs(400 * 86_400));
    assert_eq!(store.list_lapsed(far, 10).await.unwrap(), [id]);
    store.lapse(&id, far).await.unwrap();
    assert!(!store.group(&id).await.unwrap().unwrap().shown);
    assert!(store.list_lapsed(far, 10).await.unwrap().is_empty());
    assert_eq!(
        store.list_erasable(far, 10).await.unwrap(),
        [(id, public())]
    );
    store
        .erase(Erase {
            group_id: id,
            view: public(),
            expired_before: far,
        })
        .await
        .unwrap();
    assert!(store.list_erasable(far, 10).await.unwrap().is_empty());
    assert_eq!(store.manifest(&id, &public()).await.unwrap(), None);
    let fresh = publisher.sign();
    commit(&store, &publisher, &fresh).await;
    assert!(store.group(&id).await.unwrap().unwrap().shown);
    assert_eq!(shown(&store, &id).await, ["one", "two"]);
}

pub async fn the_highest_head_is_never_deleted(store: Arc<dyn Store>) {
    let publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    let highest = store.view_state(&id, &public()).await.unwrap().highest;
    assert!(highest.is_some());
    let why = crate::Exclude {
        group_id: id,
        reason: "why".into(),
        now: now(),
    };
    store.exclude(why).await.unwrap();
    let far = now().plus(std::time::Duration::from_secs(400 * 86_400));
    store
        .erase(Erase {
            group_id: id,
            view: public(),
            expired_before: far,
        })
        .await
        .unwrap();
    store.forget_history(far).await.unwrap();
    assert_eq!(
        store.view_state(&id, &public()).await.unwrap().highest,
        highest
    );
}

pub async fn many_records_and_groups_are_read_at_once(store: Arc<dyn Store>) {
    let (one, two) = (commit_group(&store, 1).await, commit_group(&store, 2).await);
    let unknown = GroupId::from_bytes([9; 32]);
    let held = store
        .list_records(&one.id(), &public(), None, 10)
        .await
        .unwrap();
    let name = |at: usize| held[at].name.clone();
    // More than fits into one query, with unknown names in between.
    let mut names = Vec::new();
    for _ in 0..40 {
        names.extend([(one.id(), name(0)), (unknown, name(0)), (two.id(), name(1))]);
    }
    let read = store.shown_records(&names).await.unwrap();
    assert_eq!(read.len(), names.len());
    let revision = store.group(&one.id()).await.unwrap().unwrap().revision;
    for (name, found) in names.iter().zip(&read) {
        assert_eq!(found.is_some(), name.0 != unknown);
        if name.0 == one.id() {
            let record = found.as_ref().map(|found| &found.record);
            assert_eq!(record, held.first());
            assert_eq!(found.as_ref().unwrap().group_revision, revision);
        }
    }
    assert_eq!(store.shown_records(&[]).await.unwrap(), []);
    let mut groups: Vec<_> = store
        .get_groups(&[two.id(), unknown, one.id()])
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.group_id)
        .collect();
    groups.sort();
    let mut both = [one.id(), two.id()];
    both.sort();
    assert_eq!(groups, both);
    let revisions = store
        .group_revisions(&[two.id(), unknown, one.id()])
        .await
        .unwrap();
    assert_eq!(revisions.len(), 2);
    for (group, revision) in revisions {
        let row = store.group(&group).await.unwrap().unwrap();
        assert_eq!(revision, row.revision);
    }
}

pub async fn the_records_of_many_groups_come_in_order_up_to_a_limit(store: Arc<dyn Store>) {
    let mut all = Vec::new();
    let mut groups = vec![GroupId::from_bytes([9; 32])];
    // More than fits into one query.
    for number in 10..80 {
        let group = commit_group(&store, number).await.id();
        let records = store
            .list_records(&group, &public(), None, 10)
            .await
            .unwrap();
        assert_eq!(records.len(), 2);
        all.extend(records.into_iter().map(|record| (group, record)));
        groups.push(group);
    }
    all.sort_by_key(|(group, record)| (*group, record.name.clone()));
    let read = store.list_records_of_groups(&groups, 1_000).await.unwrap();
    assert_eq!(read, all);
    for limit in [1, 2, 127, 128, 129] {
        let read = store.list_records_of_groups(&groups, limit).await.unwrap();
        assert_eq!(read, all[..limit]);
    }
    assert_eq!(store.list_records_of_groups(&[], 10).await.unwrap(), []);
}
