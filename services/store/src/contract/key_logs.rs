//! Key logs.

use std::sync::Arc;

use hedgerow_core::id::Commitment;
use hedgerow_core::key_log::{KeyLog, commitment_to, incept};
use hedgerow_core::keys::SigningKey;

use super::fixtures::{commit, commit_group, commit_keys, now, public, shown};
use crate::{Committed, Freeze, KeyEventCommit, KeyEventPut, Rival, Store};
use hedgerow_testkit::FakeGroup;

pub async fn a_key_log_is_stored_and_found_by_any_commitment(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    publisher.rotate();
    assert!(matches!(
        commit_keys(&store, &publisher).await,
        Committed::At(_)
    ));
    let id = publisher.id();
    assert_eq!(store.key_log(&id).await.unwrap(), publisher.log.envelopes());
    for commitment in publisher.log.commitments() {
        assert_eq!(store.find_groups(&commitment, 9).await.unwrap(), [id]);
    }
    let unknown = Commitment::from_bytes([0; 32]);
    assert!(store.find_groups(&unknown, 9).await.unwrap().is_empty());
    for event in publisher.log.events() {
        let stored = store.key_event(&id, event.index).await.unwrap();
        assert_eq!(stored.as_ref(), Some(&event.envelope));
    }
    assert_eq!(store.key_event(&id, 2).await.unwrap(), None);
}

pub async fn the_holder_of_a_commitment_comes_before_groups_that_copied_it(store: Arc<dyn Store>) {
    let mut owner = FakeGroup::new(1, now());
    let commitment = commitment_to(&owner.recovery_key(1).public());
    // A group can commit to a key that it does not have.
    let mut copies = Vec::new();
    for number in 50..53 {
        let mut copy = FakeGroup::new(number.into(), now());
        let first = incept(&copy.signing, [9; 32], commitment, [number; 16]);
        copy.log = KeyLog::verify([&first]).unwrap();
        commit_keys(&store, &copy).await;
        copies.push(copy.id());
    }
    owner.rotate();
    commit_keys(&store, &owner).await;
    let found = store.find_groups(&commitment, 9).await.unwrap();
    assert_eq!(found[0], owner.id(), "its recovery key was used");
    assert_eq!(found.len(), 4);
    assert!(copies.iter().all(|copy| found.contains(copy)));
    assert_eq!(store.find_groups(&commitment, 2).await.unwrap(), found[..2]);
}

pub async fn a_rotation_hides_records_signed_with_the_old_key(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    publisher.rotate();
    commit_keys(&store, &publisher).await;
    assert!(!store.group(&id).await.unwrap().unwrap().shown);
    let head = publisher.sign();
    assert!(matches!(
        commit(&store, &publisher, &head).await,
        Committed::At(_)
    ));
    assert!(store.group(&id).await.unwrap().unwrap().shown);
    assert_eq!(shown(&store, &id).await, ["one", "two"]);
}

pub async fn a_deactivation_erases_all_records(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    publisher.deactivate();
    commit_keys(&store, &publisher).await;
    let row = store.group(&id).await.unwrap().unwrap();
    assert!(row.ended && !row.shown);
    assert!(shown(&store, &id).await.is_empty());
}

pub async fn key_events_for_another_tip_have_no_effect(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    let old = store.group(&publisher.id()).await.unwrap().unwrap();
    publisher.rotate();
    commit_keys(&store, &publisher).await;
    let event = publisher.log.tip();
    let again = KeyEventCommit {
        group_id: publisher.id(),
        expected_tip: Some(old.tip),
        events: vec![event.into()],
        ends: false,
        forked: false,
        now: now(),
    };
    assert_eq!(
        store.commit_key_events(again).await.unwrap(),
        Committed::Superseded
    );
}

pub async fn rival_key_events_are_stored_and_a_winning_branch_replaces_the_log(
    store: Arc<dyn Store>,
) {
    let mut publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    let mut rival = publisher.clone();
    publisher.rotate();
    commit_keys(&store, &publisher).await;
    let rotation = rival.rotation_to(&SigningKey::from_seed([77; 32]));
    rival.log.append(&rotation).unwrap();
    let event = rival.log.tip().clone();
    let put = KeyEventPut::from(&event);
    let freeze = Freeze {
        group_id: id,
        view: public(),
        rival: Rival::KeyEvents(vec![put.clone()]),
        expected_head: store
            .head(&id, &public())
            .await
            .unwrap()
            .map(|head| head.facts.hash),
        hide: Vec::new(),
        now: now(),
    };
    store.freeze(freeze).await.unwrap();
    assert!(store.group(&id).await.unwrap().unwrap().forked);
    assert_eq!(
        store.rival_key_events(&id).await.unwrap(),
        vec![event.envelope.clone()]
    );
    let winner = KeyEventCommit {
        group_id: id,
        expected_tip: Some(publisher.log.tip_hash()),
        events: vec![put],
        ends: false,
        forked: false,
        now: now(),
    };
    assert!(matches!(
        store.commit_key_events(winner).await.unwrap(),
        Committed::At(_)
    ));
    assert_eq!(store.key_log(&id).await.unwrap(), rival.log.envelopes());
    let rivals = store.rival_key_events(&id).await.unwrap();
    assert!(
        rivals.contains(&publisher.log.tip().envelope),
        "the losing branch is stored as proof"
    );
    assert!(!store.group(&id).await.unwrap().unwrap().forked);
}
