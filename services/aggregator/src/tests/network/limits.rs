//! Configured limits, as those see them who meet them.

use std::sync::Mutex;
use std::time::Duration;

use futures::StreamExt;
use hedgerow_proto::v1;
use hedgerow_proto::v1::directory_service_client::DirectoryServiceClient;
use hedgerow_rpc::bounded;
use hedgerow_rpc::failure::CallFailure;

use super::Served;
use super::eventually;
use super::publisher;
use crate::Config;

async fn serving(change: impl FnOnce(&mut Config)) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path());
    change(&mut config);
    Served::make(config, folder).await
}

#[tokio::test]
async fn a_page_over_the_configured_size_is_refused_by_name_wherever_there_are_pages() {
    let served = serving(|config| config.directory.page_size = 30).await;
    let mut directory = bounded!(DirectoryServiceClient::new(served.channel.clone()));
    for (page_size, large) in [(30, false), (31, true), (100, true), (101, true)] {
        let search = directory.search(v1::SearchRequest {
            page_size,
            ..v1::SearchRequest::default()
        });
        let searched = search.await.err();
        let list = directory.list_events(v1::ListEventsRequest {
            page_size,
            ..v1::ListEventsRequest::default()
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
async fn transfers_over_the_limit_are_told_when_to_come_back_and_other_calls_go_on() {
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
            items.map(|item| v1::PushRequest { item: Some(item) })
        };
        let whole = || futures::stream::iter(requests().collect::<Vec<_>>());
        // A transfer that begins, and says nothing more until it is told to.
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
        eventually("a second transfer finds no place", || {
            // Where it came after another one it was refused itself.
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
        assert!(slow.await.unwrap().is_err(), "it ended in its middle");
        served.ingest().push(whole()).await.unwrap();
        served.stop().await;
    }
}

#[tokio::test]
async fn a_message_over_the_configured_size_is_refused_by_name_and_nodes_are_told_the_size() {
    const LIMIT: usize = 5 * 1024 * 1024;
    let served = serving(|config| config.limits.message_bytes = LIMIT).await;
    let mut ingest = bounded!(served.ingest(), 2 * LIMIT);
    let mut ask = async |view: String| {
        let group_id = vec![7; 32];
        let request = v1::GetAdmissionRequest { group_id, view };
        let answer = ingest.get_admission(request).await;
        answer.map(|answer| answer.into_inner().limits)
    };
    let limits = ask(String::new()).await.unwrap().unwrap();
    assert_eq!(limits.max_message_bytes as usize, LIMIT);
    for (bytes, large) in [(LIMIT - 1_000, false), (LIMIT + 1_000, true)] {
        let refused = ask("v".repeat(bytes)).await.unwrap_err();
        let reason = CallFailure::from(refused).reason;
        assert_eq!(reason == "message_too_large", large, "{reason}");
    }
    served.stop().await;
}
