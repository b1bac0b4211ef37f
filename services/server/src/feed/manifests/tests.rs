use std::net::IpAddr;

use hedgerow_core::name::RecordName;
use hedgerow_core::tree::Leaf;

use super::*;
use crate::limits::FeedLimits;

fn budgets(memory: u64) -> FeedBudget {
    FeedBudget::new(&FeedLimits {
        sync_memory_bytes: memory,
        ..FeedLimits::default()
    })
}

fn peer(last: u8) -> PeerKey {
    PeerKey::from(IpAddr::from([1, 1, 1, last]))
}

fn head(number: u8) -> PayloadHash {
    PayloadHash::from_bytes([number; 32])
}

fn leaves(bodies: &[&str]) -> Vec<Leaf> {
    let name = |at: usize| RecordName::parse("listing", &format!("k{at:05}")).unwrap();
    let leaf = |(at, body): (usize, &&str)| Leaf::new(name(at), body.as_bytes());
    bodies.iter().enumerate().map(leaf).collect()
}

fn many(count: usize) -> Vec<Leaf> {
    leaves(&vec!["x"; count])
}

#[tokio::test]
async fn a_record_is_found_by_its_hash_and_a_repeated_body_is_sent_once() {
    let budget = budgets(1 << 20).for_peer(peer(1));
    let all = leaves(&["one", "two", "one", "three", "one"]);
    let shared = Manifests::new();
    let manifest = shared.insert(head(1), all.clone(), &budget).await.unwrap();
    for leaf in &all {
        let found = manifest.length_of(&leaf.record_hash);
        assert_eq!(found, Some(leaf.length));
    }
    assert_eq!(manifest.length_of(&RecordHash::from_bytes([9; 32])), None);
    let sent: Vec<_> = (0..6).map(|at| manifest.body(at).is_some()).collect();
    assert_eq!(sent, [true, true, false, true, false, false]);
}

#[tokio::test]
async fn a_manifest_is_served_for_its_own_head_only_and_is_read_once() {
    let (all, shared) = (budgets(1 << 20), Manifests::new());
    let (one_peer, other) = (all.for_peer(peer(1)), all.for_peer(peer(2)));
    let first = shared.insert(head(1), many(3), &one_peer).await.unwrap();
    assert!(shared.get(&head(2)).is_none());
    let again = shared.insert(head(1), Vec::new(), &other).await.unwrap();
    assert!(Arc::ptr_eq(&again, &first));
    let one = FeedBudget::bytes_of_shared_leaves(3);
    assert_eq!(all.memory_used(), one);
}

#[tokio::test]
async fn manifests_that_no_call_reads_are_kept_up_to_a_number_of_leaves_and_of_heads() {
    let (all, shared) = (budgets(1 << 40), Manifests::new());
    let budget = all.for_peer(peer(1));
    let fifth = MAX_KEPT_LEAVES / 5;
    for number in 0..6 {
        shared
            .insert(head(number), many(fifth), &budget)
            .await
            .unwrap();
    }
    let kept: Vec<_> = (0..6)
        .filter(|it| shared.get(&head(*it)).is_some())
        .collect();
    assert_eq!(kept, [1, 2, 3, 4, 5]);
    let five = 5 * FeedBudget::bytes_of_shared_leaves(fifth);
    assert_eq!(all.memory_used(), five);
    for number in 10..=10 + u8::try_from(MAX_KEPT).unwrap() {
        shared.insert(head(number), many(1), &budget).await.unwrap();
    }
    let table = shared.0.table.lock();
    assert_eq!(table.kept.len(), MAX_KEPT);
    drop(table);
    assert!(shared.get(&head(5)).is_none());
}

#[tokio::test]
async fn kept_manifests_make_room_and_those_of_another_peer_only_if_that_helps() {
    let one = FeedBudget::bytes_of_shared_leaves(100);
    let (all, shared) = (budgets(8 * one), Manifests::new());
    let (first, second) = (all.for_peer(peer(1)), all.for_peer(peer(2)));
    shared.insert(head(1), many(100), &first).await.unwrap();
    // The share of one peer is a quarter, which are two.
    for number in 2..5 {
        shared
            .insert(head(number), many(100), &second)
            .await
            .unwrap();
    }
    assert!(shared.get(&head(2)).is_none(), "the second peer's oldest");
    assert!(shared.get(&head(1)).is_some(), "of the first peer");
    let held = shared.get(&head(4)).unwrap();
    let mut third = Vec::new();
    for number in 3..10 {
        let budget = all.for_peer(peer(number));
        third.push(shared.take_memory(&budget, one).await.unwrap());
    }
    assert!(shared.get(&head(1)).is_none(), "the memory of all is used");
    assert_eq!(shared.get(&head(4)).unwrap().leaves(), held.leaves());
}

#[tokio::test(start_paused = true)]
async fn a_transfer_that_waits_for_its_caller_gives_its_memory_to_a_newcomer() {
    let (all, shared) = (budgets(1_000), Manifests::new());
    let (stalled, busy) = (
        Arc::new(Progress::begin_waiting()),
        Arc::new(Progress::begin()),
    );
    let budget = all.for_peer(peer(1));
    let _place = shared.register(peer(1), &stalled);
    let _other = shared.register(peer(3), &busy);
    let memory = shared.take_memory(&budget, 900).await.unwrap();
    let newcomer = all.for_peer(peer(2));
    let rejected = shared.take_memory(&newcomer, 500).await.unwrap_err();
    assert_eq!(rejected.reason(), "sync_memory", "it has not waited long");
    tokio::time::advance(EVICT_AFTER).await;
    // As the task of a transfer does when it is ended.
    let ended = stalled.ended().clone();
    tokio::spawn(async move {
        ended.cancelled().await;
        drop(memory);
    });
    let _memory = shared.take_memory(&newcomer, 500).await.unwrap();
    assert!(stalled.early_end().is_some());
    assert!(busy.early_end().is_none());
}

#[tokio::test]
async fn leaves_that_were_read_are_charged_although_no_memory_is_left_for_them() {
    let all = FeedBudget::new(&FeedLimits {
        sync_memory_bytes: FeedBudget::bytes_of_shared_leaves(100),
        leaves_per_peer_and_minute: 100,
        ..FeedLimits::default()
    });
    let (shared, budget) = (Manifests::new(), all.for_peer(peer(1)));
    let _held = shared.insert(head(1), many(90), &budget).await.unwrap();
    for number in 2..4 {
        budget.check_work().expect("within the budget");
        let refused = shared.insert(head(number), many(80), &budget).await;
        assert_eq!(refused.unwrap_err().reason(), "sync_memory");
    }
    let refused = budget.check_work().unwrap_err();
    assert_eq!(refused.reason(), "leaves_per_peer_and_minute");
}
