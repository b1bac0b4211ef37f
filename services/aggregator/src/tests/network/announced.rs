//! Servers that heads name as their endpoint.

use hedgerow_core::name::View;
use hedgerow_transport::address_rule::Network;

use super::*;

async fn has_three(served: &Served, publisher: &FakeGroup) -> bool {
    let records = served
        .store
        .list_records(&publisher.id(), &View::public(), None, 10)
        .await;
    records.unwrap().len() == 3
}

/// Starts a server that a group's head names, with a newer head than `second` has stored, and
/// with other groups; then announces to `second` the head that it has.
async fn named_endpoint(second: &Served, others: &mut [FakeGroup]) -> (Served, FakeGroup) {
    let first = Served::start(Vec::new()).await;
    for other in others {
        let head = other.sign();
        first.push(other.whole(&head)).await;
    }
    let mut publisher = publisher(1);
    let mut draft = publisher.draft();
    draft.endpoint = Some(first.address.clone());
    let head = draft.sign(&publisher.signing);
    publisher.previous = Some(publisher.verified(&head).hash());
    publisher.seq = publisher.seq.next().unwrap();
    second.push(publisher.whole(&head)).await;
    publisher.add("three", b"third");
    let newer = publisher.sign();
    first.push(publisher.whole(&newer)).await;
    second
        .ingest()
        .announce(ingest_v1::AnnounceRequest { head })
        .await
        .unwrap();
    (first, publisher)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_a_head_names_is_visited() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path());
    config.connector.allow_networks = vec!["127.0.0.0/8".parse::<Network>().unwrap()];
    let second = Served::make(config, folder).await;
    let (first, publisher) = named_endpoint(&second, &mut []).await;
    eventually("the newer head is fetched", || {
        has_three(&second, &publisher)
    })
    .await;
    second.stop().await;
    first.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_of_an_announced_server_over_its_quota_are_marked_as_missed() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path());
    config.connector.allow_networks = vec!["127.0.0.0/8".parse::<Network>().unwrap()];
    config.ingest.daily_new_groups = 1;
    let second = Served::make(config, folder).await;
    let mut others = [publisher(2), publisher(3)];
    let (first, _) = named_endpoint(&second, &mut others).await;
    let address = Endpoint {
        pin: None,
        ..first.address.clone()
    };
    let address = address.to_string();
    eventually("groups are marked as missed", || async {
        let source = second.store.source(&address).await.unwrap();
        source.is_some_and(|source| source.missed)
    })
    .await;
    second.stop().await;
    first.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_on_a_special_network_is_not_dialled() {
    let second = Served::start(Vec::new()).await;
    let (first, publisher) = named_endpoint(&second, &mut []).await;
    let address = Endpoint {
        pin: None,
        ..first.address.clone()
    };
    let address = address.to_string();
    eventually("the failure is recorded", || async {
        let source = second.store.source(&address).await.unwrap();
        source.is_some_and(|source| source.failures > 0 && source.answered_at.is_none())
    })
    .await;
    assert!(!has_three(&second, &publisher).await);
    second.stop().await;
    first.stop().await;
}
