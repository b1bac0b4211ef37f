//! Configured limits, as callers see them.

use std::sync::Mutex;
use std::time::Duration;

use futures::StreamExt;
use hedgerow_proto::directory_v1::directory_service_client::DirectoryServiceClient;
use hedgerow_proto::{directory_v1, ingest_v1};
use hedgerow_transport::bounded;
use hedgerow_transport::failure::CallFailure;

use super::{Served, eventually, publisher};
use crate::Config;

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

#[tokio::test]
async fn transfers_over_the_limit_get_a_retry_delay_and_other_calls_still_work() {
    for own in [true, false] {
        let served = serving(|config| {
            config.ingest.transfers = if own { 5 } else { 1 };
            config.ingest.transfers_per_peer = if own { 1 } else { 5 };
        })
        .await;
        let mut publisher = publisher(1);
        let head = publisher.sign();
        let requests = || {
            let items = publisher.whole(&head).into_iter();
            items.map(|item| ingest_v1::PushRequest { item: Some(item) })
        };
        let whole = || futures::stream::iter(requests().collect::<Vec<_>>());
        // A transfer that begins, and sends nothing more until `go_on` is dropped.
        let begin = || {
            let first = requests().next().unwrap();
            let (go_on, rest) = futures::channel::mpsc::unbounded();
            let begun = futures::stream::iter([first]).chain(rest);
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
