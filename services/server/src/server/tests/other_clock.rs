//! `doctor` and a server with another clock.

use std::convert::Infallible;

use axum::routing::post;
use bytes::Bytes;
use futures::stream;
use hedgerow_core::time::Timestamp;
use http::{HeaderMap, HeaderValue, Response};
use http_body::Frame;
use http_body_util::StreamBody;
use tonic::service::Routes;

use super::*;
use crate::doctor::{Remote, check_clocks, check_remotes};

/// 15 January 2027, eight o'clock.
const DATE: &str = "Fri, 15 Jan 2027 08:00:00 GMT";

/// The response of a health service whose machine has this clock.
async fn respond() -> Response<axum::body::Body> {
    let serving = Bytes::from_static(&[0, 0, 0, 0, 2, 8, 1]);
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let frames = [Frame::data(serving), Frame::trailers(trailers)];
    let frames = frames.map(Ok::<_, Infallible>);
    Response::builder()
        .header("content-type", "application/grpc")
        .header("date", DATE)
        .body(axum::body::Body::new(StreamBody::new(stream::iter(frames))))
        .unwrap()
}

#[tokio::test]
async fn a_server_with_another_clock_is_noticed_by_its_response() {
    let routes = Router::new().route("/grpc.health.v1.Health/Check", post(respond));
    let identity = Identity::generate(&["localhost".to_owned()]).unwrap();
    let limits = ServerLimits::default();
    let running = Running::start_with(limits, identity, Router::new(), |server| {
        server.routes(Routes::from(routes))
    });
    let server = running.await;
    let clock = async |seconds: i64| {
        let remote = Remote {
            address: server.address.clone(),
            trust: Trust::Configured,
            last_contact: String::new(),
        };
        let now = || Timestamp::from_seconds(1_800_000_000 + seconds);
        let (checks, offsets) =
            check_remotes("aggregator", &allowing(&[]), vec![remote], now).await;
        assert!(!checks[0].is_fault(), "{checks:?}");
        check_clocks(&offsets)
    };
    assert_eq!(clock(0).await, None);
    let check = clock(7_200).await.expect("a check");
    assert!(
        check.is_fault() && check.detail.contains("7200 s ahead of"),
        "{check:?}"
    );
    assert!(check.way_out.contains("timedatectl"), "{check:?}");
}
