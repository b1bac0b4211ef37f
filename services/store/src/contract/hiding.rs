//! Hiding records while the current head stays.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::id::GroupId;

use super::fixtures::{commit, commit_group, now, public, shown};
use super::stored_group::StoredGroup;
use crate::{Committed, Decisions, Exclude, Freeze, Rival, Store, Throttle, ThrottledHead};

pub async fn records_withdrawn_by_a_throttled_head_are_hidden_until_a_head_is_committed(
    store: Arc<dyn Store>,
) {
    let mut publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    let held = store.head(&id, &public()).await.unwrap().unwrap();
    let older = publisher.clone();
    let gone = publisher.first_record();
    publisher.withdraw_record(&gone);
    // A gap, so that there is a head between the current one and the throttled one.
    publisher.sign();
    let head = publisher.sign();
    let verified = publisher.verified(&head);
    let limit = Throttle {
        limit: "ingest.creates".to_owned(),
        until: Some(now()),
    };
    let throttled = ThrottledHead {
        group_id: id,
        view: public(),
        expected_tip: publisher.log.tip_hash(),
        expected_head: Some(held.facts.hash),
        envelope: head.clone(),
        hash: verified.hash(),
        position: verified.position(),
        hide: vec![older.manifest().leaves()[0].name.clone()],
        limit: limit.clone(),
    };
    assert!(matches!(
        store.throttle(throttled).await.unwrap(),
        Committed::At(_)
    ));
    assert_eq!(shown(&store, &id).await, ["two"]);
    let row = store.group(&id).await.unwrap().unwrap();
    assert_eq!(row.throttle, Some(limit));
    assert_eq!(row.head.unwrap().facts.hash, held.facts.hash);
    assert_eq!(
        store.view_state(&id, &public()).await.unwrap().highest,
        Some(head.clone())
    );
    // A head between the two would publish the withdrawn record again.
    let between = older.clone().sign();
    assert_eq!(
        commit(&store, &older, &between).await,
        Committed::Superseded
    );
    assert!(matches!(
        commit(&store, &publisher, &head).await,
        Committed::At(_)
    ));
    assert_eq!(store.group(&id).await.unwrap().unwrap().throttle, None);
    assert_eq!(shown(&store, &id).await, ["two"]);
}

pub async fn a_hidden_record_that_is_still_published_becomes_visible_again(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    let held = store.head(&id, &public()).await.unwrap().unwrap();
    let freeze = Freeze {
        group_id: id,
        view: public(),
        rival: Rival::None,
        expected_head: Some(held.facts.hash),
        hide: vec![publisher.manifest().leaves()[0].name.clone()],
        now: now(),
    };
    let from = store.latest_revision().await.unwrap();
    assert!(matches!(
        store.freeze(freeze).await.unwrap(),
        Committed::At(_)
    ));
    assert_eq!(shown(&store, &id).await, ["two"]);
    let changes = store.changes_after(from, 10).await.unwrap().changes;
    assert_eq!(changes.len(), 1, "the index sees it: {changes:?}");
    let head = publisher.sign();
    commit(&store, &publisher, &head).await;
    assert_eq!(shown(&store, &id).await, ["one", "two"]);
}

pub async fn rival_heads_are_stored_as_proof_and_freeze_their_key_index(store: Arc<dyn Store>) {
    let publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    let held = store.head(&id, &public()).await.unwrap().unwrap();
    let freeze = || Freeze {
        group_id: id,
        view: public(),
        rival: Rival::Head {
            key_index: 0,
            held: vec![1],
            rival: vec![2],
        },
        expected_head: Some(held.facts.hash),
        hide: Vec::new(),
        now: now(),
    };
    assert!(matches!(
        store.freeze(freeze()).await.unwrap(),
        Committed::At(_)
    ));
    let revision = store.latest_revision().await.unwrap();
    assert!(matches!(
        store.freeze(freeze()).await.unwrap(),
        Committed::At(_)
    ));
    assert_eq!(
        store.latest_revision().await.unwrap(),
        revision,
        "a known proof is not a change"
    );
    let proof = store.equivocation(&id, &public(), 0).await.unwrap();
    assert_eq!(proof, Some((vec![1], vec![2])));
    assert_eq!(
        store.group(&id).await.unwrap().unwrap().frozen_index,
        Some(0)
    );
}

pub async fn an_entry_that_the_operator_hides_stays_hidden_until_it_is_shown(
    store: Arc<dyn Store>,
) {
    let mut publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    let one = publisher.manifest().leaves()[0].name.clone();
    let from = store.latest_revision().await.unwrap();
    assert!(store.hide_entry(&id, &one, now()).await.unwrap());
    assert!(!store.hide_entry(&id, &one, now()).await.unwrap());
    assert_eq!(shown(&store, &id).await, ["two"]);
    let changes = store.changes_after(from, 10).await.unwrap().changes;
    assert_eq!(changes.len(), 1, "the index sees it: {changes:?}");
    // The publisher repeats it, and then sends another version of it.
    let head = publisher.sign();
    commit(&store, &publisher, &head).await;
    assert_eq!(shown(&store, &id).await, ["two"]);
    publisher.put_body(one.collection.as_str(), one.key.as_str(), b"");
    let head = publisher.sign();
    commit(&store, &publisher, &head).await;
    assert_eq!(shown(&store, &id).await, ["two"]);
    let hidden = store.list_hidden_entries().await.unwrap();
    assert_eq!(hidden, [(id, one.clone(), now())]);
    let from = store.latest_revision().await.unwrap();
    assert!(store.show_entry(&id, &one).await.unwrap());
    assert!(!store.show_entry(&id, &one).await.unwrap());
    assert_eq!(shown(&store, &id).await, ["one", "two"]);
    let changes = store.changes_after(from, 10).await.unwrap().changes;
    assert_eq!(changes.len(), 1, "the index sees it: {changes:?}");
    assert!(store.list_hidden_entries().await.unwrap().is_empty());
}

pub async fn decisions_are_counted_by_reason(store: Arc<dyn Store>) {
    assert_eq!(store.decisions(9).await.unwrap(), Decisions::default());
    let minutes = |count: u64| now().plus(Duration::from_secs(60 * count));
    let exclude = |number: u64, reason: &str, at| Exclude {
        group_id: id_of(number),
        reason: reason.to_owned(),
        now: at,
    };
    for change in [
        exclude(1, "sells something", minutes(3)),
        exclude(2, "no group", minutes(1)),
        exclude(3, "sells something", minutes(2)),
    ] {
        store.exclude(change).await.unwrap();
    }
    let publisher = commit_group(&store, 4).await;
    let entry = publisher.manifest().leaves()[0].name.clone();
    let hidden = store.hide_entry(&publisher.id(), &entry, minutes(5)).await;
    assert!(hidden.unwrap());
    let decisions = store.decisions(9).await.unwrap();
    let reasons = [
        ("sells something".to_owned(), 2),
        ("no group".to_owned(), 1),
    ];
    assert_eq!(decisions.reasons, reasons);
    assert_eq!(decisions.exclusions, 3);
    let latest = decisions.latest.unwrap();
    assert_eq!(
        (latest.reason.as_str(), latest.at),
        ("sells something", minutes(3))
    );
    assert_eq!(
        (decisions.hidden_entries, decisions.last_hidden),
        (1, Some(minutes(5)))
    );
    let bounded = store.decisions(1).await.unwrap();
    assert_eq!((bounded.reasons.len(), bounded.exclusions), (1, 3));
    store.include(&id_of(3)).await.unwrap();
    let ended = store.decisions(9).await.unwrap();
    assert_eq!((ended.exclusions, ended.reasons[0].1), (2, 1));
}

/// An id of a group of which nothing is stored.
fn id_of(number: u64) -> GroupId {
    StoredGroup::new(number).id()
}
