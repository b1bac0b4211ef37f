//! What every store must do: written once, run against each.

mod commits;
mod follow;
mod hiding;
mod logs;
mod staging;
mod together;

use std::sync::Arc;

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_core::record::record_hash;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Manifest;

use super::Bodies;
use super::Committed;
use super::HeadCommit;
use super::KeyEventCommit;
use super::KeyEventPut;
use super::LeafPut;
use super::LeafState;
use super::NewHead;
use super::Staged;
use super::Store;
use super::Tokens;
use super::Verdict;
use crate::tests::Publisher;

pub(crate) use commits::*;
pub(crate) use follow::*;
pub(crate) use hiding::*;
pub(crate) use logs::*;
pub(crate) use staging::*;
pub(crate) use together::*;

/// The tests of the contract, for a backend whose `$open` opens an empty store.
macro_rules! contract_tests {
    ($open:path: $($name:ident),* $(,)?) => {$(
        #[tokio::test]
        async fn $name() {
            let (_folder, store) = $open().await;
            crate::store::contract::$name(store).await;
        }
    )*};
}
pub(crate) use contract_tests;

pub(super) fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

pub(super) fn public() -> View {
    View::public()
}

/// A group with two records, held in the store.
pub(super) async fn held_group(store: &Arc<dyn Store>, number: u8) -> Publisher {
    let mut publisher = Publisher::new(number, now());
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
pub(super) async fn commit_keys(store: &Arc<dyn Store>, publisher: &Publisher) -> Committed {
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
            events: events
                .map(|event| KeyEventPut {
                    index: event.index,
                    hash: event.hash,
                    envelope: event.envelope.clone(),
                    commitment: event.commitment,
                })
                .collect(),
            ends: publisher.log.is_ended(),
            forked: false,
            now: now(),
        })
        .await
        .unwrap()
}

/// Stages the publisher's records and commits a head over them.
pub(super) async fn commit(
    store: &Arc<dyn Store>,
    publisher: &Publisher,
    head: &[u8],
) -> Committed {
    stage(store, publisher).await;
    store
        .commit_head(change(store, publisher, head).await)
        .await
        .unwrap()
}

/// Stages the publisher's records.
pub(super) async fn stage(store: &Arc<dyn Store>, publisher: &Publisher) {
    let manifest = publisher.manifest();
    let name_of = |hash| {
        manifest
            .leaves()
            .iter()
            .find(|leaf| leaf.record_hash == hash)
            .map(|leaf| leaf.name.clone())
    };
    let items: Vec<_> = publisher
        .records
        .iter()
        .map(|record| {
            let record_hash = record_hash(record);
            let verdict = Verdict::Keep(record.clone());
            Staged {
                record_hash,
                name: name_of(record_hash),
                verdict,
            }
        })
        .collect();
    store.stage(&publisher.id(), items, now()).await.unwrap();
}

/// The change from what the store holds to a head over the publisher's records, every
/// body held.
pub(super) async fn change(
    store: &Arc<dyn Store>,
    publisher: &Publisher,
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
        begins: Vec::new(),
        expected_tip: publisher.log.tip_hash(),
        expected_head: stored.map(|head| head.hash),
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

pub(super) fn new_head(head: &VerifiedHead, invited: bool) -> NewHead {
    NewHead {
        envelope: head.envelope().to_vec(),
        hash: head.hash(),
        position: head.position(),
        root: head.root(),
        count: head.count(),
        issued_at: head.issued_at(),
        expires_at: head.expires_at(),
        endpoint: Some("https://node.example:1".to_owned()),
        invited,
    }
}

/// The keys of the records that are shown, in order.
pub(super) async fn shown(store: &Arc<dyn Store>, group: &GroupId) -> Vec<String> {
    let records = store.records_of(group, &public(), None, 100).await.unwrap();
    records
        .iter()
        .map(|record| record.name.key.to_string())
        .collect()
}
