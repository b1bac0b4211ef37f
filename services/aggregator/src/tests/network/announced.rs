//! Endpoints that heads name.

use hedgerow_core::name::View;
use hedgerow_rpc::address_rule::Network;

use super::*;

async fn has_three(served: &Served, publisher: &Publisher) -> bool {
    let records = served
        .store
        .records_of(&publisher.id(), &View::public(), None, 10)
        .await;
    records.unwrap().len() == 3
}

/// A server that a group's head names, with a newer head than the one that `second` holds,
/// and with other groups; `second` is then told of the head that it holds.
async fn named_endpoint(second: &Served, others: &mut [Publisher]) -> (Served, Publisher) {
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
        .announce(v1::AnnounceRequest { head })
        .await
        .unwrap();
    (first, publisher)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_a_head_names_is_visited_by_its_key() {
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
async fn what_an_announced_server_brings_beyond_its_limit_is_known_to_be_missed() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path());
    config.connector.allow_networks = vec!["127.0.0.0/8".parse::<Network>().unwrap()];
    config.ingest.daily_new_groups = 1;
    let second = Served::make(config, folder).await;
    let mut others = [publisher(2), publisher(3)];
    let (first, _) = named_endpoint(&second, &mut others).await;
    let address = Address {
        pin: None,
        ..first.address.clone()
    };
    let address = address.to_string();
    eventually("more is to be had there", || async {
        let source = second.store.source(&address).await.unwrap();
        source.is_some_and(|source| source.missed)
    })
    .await;
    second.stop().await;
    first.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_on_a_special_network_is_refused_when_it_is_dialled() {
    let second = Served::start(Vec::new()).await;
    let (first, publisher) = named_endpoint(&second, &mut []).await;
    let address = Address {
        pin: None,
        ..first.address.clone()
    };
    let address = address.to_string();
    eventually("the attempt is remembered", || async {
        let source = second.store.source(&address).await.unwrap();
        source.is_some_and(|source| source.failures > 0 && source.answered_at.is_none())
    })
    .await;
    assert!(!has_three(&second, &publisher).await);
    second.stop().await;
    first.stop().await;
}
