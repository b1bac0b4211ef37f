//! Groups and commits that the tests share.

use std::sync::Arc;

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_core::record::record_hash;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Manifest;
use hedgerow_testkit::FakeGroup;

use crate::{
    Bodies, Committed, HeadCommit, HeadFacts, KeyEventCommit, LeafPut, LeafState, Staged, Store,
    Tokens, Verdict,
};

pub(crate) fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

pub(crate) fn public() -> View {
    View::public()
}

/// Stores a group with two records, `one` and `two`.
pub async fn commit_group(store: &Arc<dyn Store>, number: u8) -> FakeGroup {
    let mut publisher = FakeGroup::new(number.into(), now());
    publisher.add("one", b"first");
    publisher.add("two", b"second");
    commit_keys(store, &publisher).await;
    let head = publisher.sign();
    assert!(matches!(
        commit(store, &publisher, &head).await,
        Committed::At(_)
    ));
    publisher
}

/// Commits the key events that the store lacks.
pub(crate) async fn commit_keys(store: &Arc<dyn Store>, publisher: &FakeGroup) -> Committed {
    let held = store.group(&publisher.id()).await.unwrap();
    let after = held.as_ref().map_or(0, |row| row.tip_index + 1);
    let events = publisher
        .log
        .events()
        .iter()
        .filter(|event| event.index >= after);
    store
        .commit_key_events(KeyEventCommit {
            group_id: publisher.id(),
            expected_tip: held.map(|row| row.tip),
            events: events.map(Into::into).collect(),
            ends: publisher.log.is_ended(),
            forked: false,
            now: now(),
        })
        .await
        .unwrap()
}

/// Stages the group's records and commits a head over them.
pub(crate) async fn commit(
    store: &Arc<dyn Store>,
    publisher: &FakeGroup,
    head: &[u8],
) -> Committed {
    stage(store, publisher).await;
    store
        .commit_head(change(store, publisher, head).await)
        .await
        .unwrap()
}

/// Stages the group's records.
pub(crate) async fn stage(store: &Arc<dyn Store>, publisher: &FakeGroup) {
    let items: Vec<_> = publisher
        .records
        .iter()
        .map(|(name, record)| Staged {
            record_hash: record_hash(record),
            name: Some(name.clone()),
            verdict: Verdict::Keep(record.clone()),
        })
        .collect();
    store.stage(&publisher.id(), items, now()).await.unwrap();
}

/// The commit that leads from the stored state to a head over the group's records, all of them
/// staged.
pub(crate) async fn change(
    store: &Arc<dyn Store>,
    publisher: &FakeGroup,
    head: &[u8],
) -> HeadCommit {
    let id = publisher.id();
    let held = store.manifest(&id, &public()).await.unwrap();
    let stored = store.head(&id, &public()).await.unwrap();
    let manifest = publisher.manifest();
    let before = held.map_or_else(Manifest::empty, |(_, manifest)| manifest);
    let difference = Manifest::difference(&before, &manifest);
    HeadCommit {
        group_id: id,
        view: public(),
        new_key_log: Vec::new(),
        expected_tip: publisher.log.tip_hash(),
        expected_head: stored.map(|head| head.facts.hash),
        head: new_head(&publisher.verified(head), true),
        removals: difference.removals,
        puts: difference
            .puts
            .into_iter()
            .map(|leaf| LeafPut {
                leaf,
                state: LeafState::Held,
            })
            .collect(),
        bodies: Bodies::new(),
        bytes: manifest.record_bytes(),
        tokens: Tokens {
            thousandths: 5,
            at: now(),
        },
        now: now(),
    }
}

pub(crate) fn new_head(head: &VerifiedHead, invited: bool) -> HeadFacts {
    HeadFacts {
        endpoint: Some("https://node.example:1".to_owned()),
        ..HeadFacts::new(head, invited)
    }
}

/// The keys of the visible records, in order.
pub(crate) async fn shown(store: &Arc<dyn Store>, group: &GroupId) -> Vec<String> {
    let records = store
        .list_records(group, &public(), None, 100)
        .await
        .unwrap();
    records
        .iter()
        .map(|record| record.name.key.to_string())
        .collect()
}
