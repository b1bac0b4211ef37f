//! Calls whose callers make no progress.

use futures::stream;
use tonic::client::Grpc;
use tonic_health::pb::HealthCheckResponse;
use tonic_prost::ProstCodec;

use super::*;

const CHECK: &str = "/grpc.health.v1.Health/Check";

/// Begins a call and sends nothing but its headers.
fn header_only(server: &Running) -> JoinHandle<CallFailure> {
    let mut client = Grpc::new(server.channel());
    tokio::spawn(async move {
        client.ready().await.unwrap();
        let codec: ProstCodec<HealthCheckRequest, HealthCheckResponse> = ProstCodec::default();
        let request = tonic::Request::new(stream::pending());
        let path = http::uri::PathAndQuery::from_static(CHECK);
        let ended = client.client_streaming(request, path, codec).await;
        CallFailure::from(ended.unwrap_err())
    })
}

async fn ended(call: JoinHandle<CallFailure>) -> CallFailure {
    let limit = Duration::from_secs(20);
    timeout(limit, call).await.expect("the call ends").unwrap()
}

#[tokio::test]
async fn a_newcomer_takes_the_place_of_a_call_that_sends_nothing() {
    let limits = ServerLimits {
        calls: 2,
        ..ServerLimits::default()
    };
    let server = Running::with_limits(limits).await;
    let mut hoarded = vec![header_only(&server)];
    tokio::time::sleep(Duration::from_millis(300)).await;
    hoarded.push(header_only(&server));
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = server.check().await.unwrap_err();
    assert_eq!(
        refused.reason, "overloaded",
        "a call may pause for a moment"
    );
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.check().await.expect("the newcomer gets a place");
    let first = ended(hoarded.remove(0)).await;
    assert_eq!(
        (first.code, first.reason.as_str()),
        (Code::ResourceExhausted, "call_evicted")
    );
    assert!(first.retry_after.is_some());
    assert!(
        !hoarded[0].is_finished(),
        "only one is evicted for one newcomer"
    );
}

#[tokio::test]
async fn a_call_that_sends_nothing_for_too_long_is_ended() {
    let limits = ServerLimits {
        stall_seconds: 1,
        ..ServerLimits::default()
    };
    let server = Running::with_limits(limits).await;
    assert_eq!(ended(header_only(&server)).await.reason, "call_stalled");
}

#[tokio::test]
async fn a_newcomer_takes_the_place_of_a_connection_without_calls() {
    let limits = ServerLimits {
        connections: 2,
        handshake_seconds: 60,
        ..ServerLimits::default()
    };
    let server = Running::with_limits(limits).await;
    let (_first, _second) = (server.tcp().await, server.tcp().await);
    tokio::time::sleep(EVICT_AFTER + Duration::from_millis(200)).await;
    server.check().await.expect("the newcomer gets a place");
}

#[tokio::test]
async fn watching_health_is_bounded_in_places_and_time() {
    let limits = ServerLimits {
        health_watches_per_peer: 1,
        health_watch_seconds: 1,
        ..ServerLimits::default()
    };
    let server = Running::with_limits(limits).await;
    let watch = async || {
        let mut client = server.client();
        let watching = client.watch(HealthCheckRequest::default()).await;
        watching.map(tonic::Response::into_inner)
    };
    let mut first = watch().await.unwrap();
    assert!(first.message().await.unwrap().is_some());
    let second = CallFailure::from(watch().await.unwrap_err());
    assert_eq!(second.reason, "too_many_watchers");
    assert!(second.retry_after.is_some());
    let end = CallFailure::from(first.message().await.unwrap_err());
    assert_eq!(end.reason, "deadline_exceeded");
    watch().await.expect("the place is free again");
}
