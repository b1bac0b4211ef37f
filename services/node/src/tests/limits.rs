//! Configured limits, as callers experience them.

use hedgerow_proto::{feed_v1, steward_v1};
use hedgerow_transport::bounded;
use hedgerow_transport::failure::CallFailure;

use crate::testing::{TestNode, event, put};

#[tokio::test]
async fn a_page_has_at_most_the_configured_records_and_the_rest_follows() {
    let mut test = TestNode::new(&[]).await;
    test.config.steward.page_size = 2;
    test.start().await;
    let steward = test.steward();
    let many = (0..5).map(|n| put(event(&format!("Event {n}")))).collect();
    steward.publish(many).await.unwrap();
    let (mut token, mut pages) = (String::new(), Vec::new());
    loop {
        let request = steward_v1::ListRecordsRequest {
            page_size: 400,
            page_token: token,
            ..steward_v1::ListRecordsRequest::default()
        };
        let mut client = steward.client.clone();
        let response = client.list_records(steward.request(request)).await;
        let page = response.unwrap().into_inner();
        pages.push(page.records.len());
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(pages, [2, 2, 1]);
}

#[tokio::test]
async fn a_page_over_the_limit_of_the_protocol_is_rejected() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    for (page_size, expected) in [(500, None), (501, Some("page_size_too_large"))] {
        let request = steward_v1::ListRecordsRequest {
            page_size,
            ..steward_v1::ListRecordsRequest::default()
        };
        let mut client = steward.client.clone();
        let response = client.list_records(steward.request(request)).await;
        let reason = response
            .err()
            .map(|status| CallFailure::from(status).reason);
        assert_eq!(reason.as_deref(), expected);
    }
}

#[tokio::test]
async fn a_message_over_the_configured_size_is_rejected_with_its_own_reason() {
    const LIMIT: usize = 5 * 1024 * 1024;
    let mut test = TestNode::new(&[]).await;
    test.config.limits.message_bytes = LIMIT;
    test.start().await;
    let steward = test.steward();
    let mut stewards = bounded!(steward.client.clone(), 2 * LIMIT);
    let mut feed = bounded!(test.feed(), 2 * LIMIT);
    for (bytes, large) in [(LIMIT - 1_000, false), (LIMIT + 1_000, true)] {
        let request = steward_v1::ListRecordsRequest {
            collection: "x".repeat(bytes),
            ..steward_v1::ListRecordsRequest::default()
        };
        let listed = stewards.list_records(steward.request(request)).await;
        let request = feed_v1::GetHeadRequest {
            group_id: vec![0; bytes],
            view: String::new(),
        };
        let headed = feed.get_head(request).await;
        for status in [listed.unwrap_err(), headed.unwrap_err()] {
            let reason = CallFailure::from(status).reason;
            assert_eq!(reason == "message_too_large", large, "{reason}");
        }
    }
}
