//! Configured limits, as those see them who meet them.

use hedgerow_proto::v1;
use hedgerow_proto::v1::directory_service_client::DirectoryServiceClient;
use hedgerow_rpc::bounded;
use hedgerow_rpc::failure::CallFailure;

use super::Served;
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
