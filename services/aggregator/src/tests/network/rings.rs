//! Aggregators that follow each other in a ring, and themselves.

use hedgerow_core::name::View;
use hedgerow_store::Exclude;

use super::*;

/// Three aggregators, of which each follows the next and itself under another name.
async fn ring() -> [Served; 3] {
    let mut stopped = Vec::new();
    for _ in 0..3 {
        let served = Served::start(Vec::new()).await;
        let address = served.address.clone();
        stopped.push((address, served.stop().await));
    }
    let addresses: Vec<Endpoint> = stopped.iter().map(|(address, _)| address.clone()).collect();
    let mut ring = Vec::new();
    for (at, (address, folder)) in stopped.into_iter().enumerate() {
        let itself = Endpoint {
            host: "localhost".to_owned(),
            ..address.clone()
        };
        let config = Config {
            sources: vec![addresses[(at + 1) % 3].clone(), itself],
            ..Config::new(folder.path())
        };
        ring.push(Served::serve_at(config, folder, address.port).await);
    }
    ring.try_into().ok().unwrap()
}

async fn revisions(ring: &[Served; 3]) -> Vec<u64> {
    let mut revisions = Vec::new();
    for served in ring {
        revisions.push(served.store.latest_revision().await.unwrap());
    }
    revisions
}

async fn keys(served: &Served, group: &FakeGroup) -> Vec<String> {
    let records = served
        .store
        .list_records(&group.id(), &View::public(), None, 10)
        .await
        .unwrap();
    records.iter().map(|one| one.name.key.to_string()).collect()
}

async fn all_have(ring: &[Served; 3], group: &FakeGroup, expected: &[&str]) {
    for served in ring {
        eventually("the aggregator has the newest records", || async {
            keys(served, group).await == expected
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_taken_back_anywhere_in_a_ring_is_gone_and_the_ring_is_quiet() {
    let ring = ring().await;
    let mut group = publisher(1);
    let head = group.sign();
    ring[0].push(group.whole(&head)).await;
    all_have(&ring, &group, &["one", "two"]).await;
    let old = group.clone();
    group.withdraw_record(&old.first_record());
    let head = group.sign();
    ring[1].push(group.whole(&head)).await;
    all_have(&ring, &group, &["two"]).await;

    // The head before comes in again.
    let mut old = old;
    let replayed = old.sign();
    let _ = ring[2]
        .ingest()
        .push(futures::stream::iter(
            old.whole(&replayed)
                .into_iter()
                .map(|item| ingest_v1::PushRequest { item: Some(item) })
                .collect::<Vec<_>>(),
        ))
        .await;
    let quiet = revisions(&ring).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    all_have(&ring, &group, &["two"]).await;
    let after = revisions(&ring).await;
    let grown: u64 = after.iter().zip(&quiet).map(|(now, then)| now - then).sum();
    assert!(
        grown <= 6,
        "the replay went round once at most: {quiet:?} {after:?}"
    );
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(revisions(&ring).await, after, "the ring is quiet");
    for served in ring {
        served.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_excluded_group_does_not_come_back_around_a_ring() {
    let ring = ring().await;
    let mut group = publisher(1);
    let head = group.sign();
    ring[0].push(group.whole(&head)).await;
    all_have(&ring, &group, &["one", "two"]).await;
    let exclude = Exclude {
        group_id: group.id(),
        reason: "spam".to_owned(),
        now: now(),
    };
    ring[1].store.exclude(exclude).await.unwrap();
    group.add("three", b"third");
    let head = group.sign();
    ring[0].push(group.whole(&head)).await;
    eventually("the aggregator of the group has it", || async {
        keys(&ring[0], &group).await.len() == 3
    })
    .await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let row = ring[1].store.group(&group.id()).await.unwrap().unwrap();
    assert!(!row.shown, "it stays hidden");
    for served in ring {
        served.stop().await;
    }
}
