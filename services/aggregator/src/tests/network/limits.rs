//! Configured limits, as callers see them.

use std::sync::Mutex;
use std::time::Duration;

use futures::StreamExt;
use hedgerow_core::name::View;
use hedgerow_proto::directory_v1::directory_service_client::DirectoryServiceClient;
use hedgerow_proto::{directory_v1, ingest_v1};
use hedgerow_transport::bounded;
use hedgerow_transport::failure::CallFailure;

use super::{Served, eventually, publisher as publisher_of};
use crate::Config;
use hedgerow_testkit::FakeGroup;

async fn serving(change: impl FnOnce(&mut Config)) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path());
    change(&mut config);
    Served::make(config, folder).await
}

#[tokio::test]
async fn a_page_over_the_configured_size_is_rejected_by_every_paged_method() {
    let served = serving(|config| config.directory.page_size = 30).await;
    let mut directory = bounded!(DirectoryServiceClient::new(served.channel.clone()));
    for (page_size, large) in [(30, false), (31, true), (100, true), (101, true)] {
        let search = directory.search_records(directory_v1::SearchRecordsRequest {
            page_size,
            ..directory_v1::SearchRecordsRequest::default()
        });
        let searched = search.await.err();
        let list = directory.list_events(directory_v1::ListEventsRequest {
            page_size,
            ..directory_v1::ListEventsRequest::default()
        });
        let listed = list.await.err();
        for status in [searched, listed] {
            let reason = status.map(|status| CallFailure::from(status).violations.remove(0).reason);
            let expected = large.then_some("page_size_too_large");
            assert_eq!(reason.as_deref(), expected, "{page_size}");
        }
    }
    served.stop().await;
}

/// Number of the first items of a push: a key event, the head and the basis.
const OPENING: usize = 3;

fn requests_of(publisher: &mut FakeGroup) -> Vec<ingest_v1::PushRequest> {
    let head = publisher.sign();
    let items = publisher.whole(&head).into_iter();
    items
        .map(|item| ingest_v1::PushRequest { item: Some(item) })
        .collect()
}

/// Sends the first of some requests and then nothing, until the returned sender is dropped.
fn held_open(
    served: &Served,
    requests: Vec<ingest_v1::PushRequest>,
) -> futures::channel::mpsc::UnboundedSender<ingest_v1::PushRequest> {
    let (more, rest) = futures::channel::mpsc::unbounded();
    let mut ingest = served.ingest();
    let stream = futures::stream::iter(requests).chain(rest);
    tokio::spawn(async move { ingest.push(stream).await });
    more
}

#[tokio::test]
async fn a_take_back_passes_although_all_places_are_taken() {
    let served = serving(|config| config.ingest.transfers = 1).await;
    let mut publisher = publisher_of(1);
    let whole = requests_of(&mut publisher);
    served
        .ingest()
        .push(futures::stream::iter(whole))
        .await
        .unwrap();
    let opening = requests_of(&mut publisher_of(2)).into_iter().take(OPENING);
    let _hoarder = held_open(&served, opening.collect());
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut adds = publisher.clone();
    adds.add("three", b"third");
    let more = futures::stream::iter(requests_of(&mut adds));
    let refused = CallFailure::from(served.ingest().push(more).await.unwrap_err());
    assert_eq!(refused.reason, "too_many_transfers");
    let gone = publisher.first_record();
    publisher.withdraw_record(&gone);
    let fewer = futures::stream::iter(requests_of(&mut publisher));
    let response = served.ingest().push(fewer).await.unwrap().into_inner();
    assert!(!response.receipt.is_empty(), "{response:?}");
    let manifest = served
        .store
        .manifest(&publisher.id(), &View::public())
        .await;
    let (head, _) = manifest.unwrap().unwrap();
    assert_eq!(head.facts.count, 1);
    served.stop().await;
}

#[tokio::test]
async fn pushes_without_first_items_take_no_place_and_end() {
    let served = serving(|config| {
        config.ingest.transfers = 1;
        config.limits.stall_seconds = 1;
    })
    .await;
    let hoarders: Vec<_> = (0..20).map(|_| held_open(&served, Vec::new())).collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let whole = futures::stream::iter(requests_of(&mut publisher_of(1)));
    served.ingest().push(whole).await.unwrap();
    eventually("they end", || async {
        hoarders
            .iter()
            .all(futures::channel::mpsc::UnboundedSender::is_closed)
    })
    .await;
    served.stop().await;
}

#[tokio::test]
async fn a_stored_head_is_acknowledged_by_its_first_items() {
    let served = serving(|config| config.ingest.leaves_per_peer_and_minute = 1).await;
    let mut publisher = publisher_of(1);
    let requests = requests_of(&mut publisher);
    let whole = || futures::stream::iter(requests.clone());
    served.ingest().push(whole()).await.unwrap();
    for _ in 0..20 {
        // Its stream never ends, and its sender is over the quota of work after the first.
        let first = requests[..OPENING].to_vec();
        let endless = futures::stream::iter(first).chain(futures::stream::pending());
        let response = served.ingest().push(endless).await.unwrap().into_inner();
        assert!(!response.receipt.is_empty());
    }
    for _ in 0..3 {
        publisher.add("three", b"third");
        let push = futures::stream::iter(requests_of(&mut publisher));
        let Err(status) = served.ingest().push(push).await else {
            continue;
        };
        let refused = CallFailure::from(status);
        assert_eq!(refused.reason, "work_per_peer_and_minute");
        assert!(refused.retry_after.is_some());
        // Taking back is not charged.
        publisher.withdraw_record(&publisher.first_record());
        publisher.withdraw_record(&publisher.first_record());
        let fewer = futures::stream::iter(requests_of(&mut publisher));
        served.ingest().push(fewer).await.unwrap();
        served.stop().await;
        return;
    }
    panic!("the quota of work has no effect");
}

#[tokio::test]
async fn transfers_over_the_limit_get_a_retry_delay_and_other_calls_still_work() {
    for own in [true, false] {
        let served = serving(|config| {
            config.ingest.transfers = if own { 5 } else { 1 };
            config.ingest.transfers_per_peer = if own { 1 } else { 5 };
        })
        .await;
        let mut publisher = publisher_of(1);
        let head = publisher.sign();
        let requests = || {
            let items = publisher.whole(&head).into_iter();
            items.map(|item| ingest_v1::PushRequest { item: Some(item) })
        };
        // Of another group each time: the head of a stored one needs no place.
        let numbers = std::cell::Cell::new(2);
        let whole = || {
            let mut other = publisher_of(numbers.replace(numbers.get() + 1));
            futures::stream::iter(requests_of(&mut other))
        };
        // A transfer that begins, and sends nothing more until `go_on` is dropped.
        let begin = || {
            let first: Vec<_> = requests().take(OPENING).collect();
            let (go_on, rest) = futures::channel::mpsc::unbounded();
            let begun = futures::stream::iter(first).chain(rest);
            let mut ingest = served.ingest();
            let slow = tokio::spawn(async move { ingest.push(begun).await });
            (go_on, slow)
        };
        let (mut go_on, mut slow) = begin();
        let refused = Mutex::new(None);
        eventually("a second transfer is rejected", || {
            // If it was the later of the two, it was rejected itself.
            if slow.is_finished() {
                (go_on, slow) = begin();
            }
            async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                let failed = served.ingest().push(whole()).await.err();
                let is_refused = failed.is_some();
                *refused.lock().unwrap() = failed.map(CallFailure::from);
                is_refused
            }
        })
        .await;
        let refused = refused.lock().unwrap().take().unwrap();
        assert_eq!(refused.reason, "too_many_transfers", "{own}");
        assert!(refused.retry_after.is_some());
        served.admission(&publisher).await;
        drop(go_on);
        assert!(slow.await.unwrap().is_err(), "the transfer was incomplete");
        served.ingest().push(whole()).await.unwrap();
        served.stop().await;
    }
}

#[tokio::test]
async fn a_message_over_the_configured_size_is_rejected_and_the_size_is_in_the_limits() {
    const LIMIT: usize = 5 * 1024 * 1024;
    let served = serving(|config| config.limits.message_bytes = LIMIT).await;
    let mut ingest = bounded!(served.ingest(), 2 * LIMIT);
    let mut get_admission = async |view: String| {
        let group_id = vec![7; 32];
        let request = ingest_v1::GetAdmissionRequest { group_id, view };
        let response = ingest.get_admission(request).await;
        response.map(|response| response.into_inner().limits)
    };
    let limits = get_admission(String::new()).await.unwrap().unwrap();
    assert_eq!(limits.max_message_bytes as usize, LIMIT);
    for (bytes, large) in [(LIMIT - 1_000, false), (LIMIT + 1_000, true)] {
        let refused = get_admission("v".repeat(bytes)).await.unwrap_err();
        let reason = CallFailure::from(refused).reason;
        assert_eq!(reason == "message_too_large", large, "{reason}");
    }
    served.stop().await;
}
