//! A server and a connector over real TLS on loopback.

use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_transport::bounded;
use hedgerow_transport::connector::{ConnectReason, Connector, ConnectorConfig, Trust};
use hedgerow_transport::failure::CallFailure;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::*;
use crate::listen::bind;

const SERVICE: &str = "hedgerow.feed.v1.FeedService";

struct Running {
    address: Endpoint,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Running {
    async fn start(limits: ServerLimits, pages: Router) -> Self {
        let identity = Identity::generate(&["localhost".to_owned()]).unwrap();
        let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = Endpoint {
            host: "127.0.0.1".to_owned(),
            port: listener.local_addr().unwrap().port(),
            pin: Some(identity.spki_hash()),
        };
        let services = standard_services(&[SERVICE]).await.unwrap();
        let server = Server::builder(limits)
            .tls(&identity)
            .unwrap()
            .routes(services.routes)
            .pages(pages)
            .web(&["grpc.health.v1.Health"]);
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(server.serve(listener, async {
            // Also when the test ends and drops the sender.
            drop(stopped.await);
        }));
        Self {
            address,
            stop: Some(stop),
            task,
        }
    }

    async fn plain() -> Self {
        Self::start(ServerLimits::default(), Router::new()).await
    }

    async fn stop(mut self) {
        drop(self.stop.take());
        timeout(Duration::from_secs(20), self.task)
            .await
            .expect("the server stops in time")
            .unwrap();
    }

    async fn tcp(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.address.port))
            .await
            .unwrap()
    }
}

fn allowing(networks: &[&str]) -> Connector {
    Connector::new(ConnectorConfig {
        allow_networks: networks.iter().map(|n| n.parse().unwrap()).collect(),
        ..ConnectorConfig::default()
    })
}

async fn check(
    connector: &Connector,
    address: &Endpoint,
    trust: Trust,
) -> Result<i32, CallFailure> {
    let channel = connector.channel(address, trust).unwrap();
    let request = HealthCheckRequest {
        service: SERVICE.to_owned(),
    };
    let response = bounded!(HealthClient::new(channel)).check(request).await?;
    Ok(response.into_inner().status)
}

#[tokio::test]
async fn a_client_with_the_right_key_is_served() {
    let server = Running::plain().await;
    let response = check(&allowing(&[]), &server.address, Trust::Configured).await;
    assert_eq!(response.unwrap(), i32::from(ServingStatus::Serving));
    server.stop().await;
}

#[tokio::test]
async fn another_key_is_a_pin_mismatch_and_nothing_else() {
    let server = Running::plain().await;
    let mut address = server.address.clone();
    address.pin = Some(Identity::generate(&[]).unwrap().spki_hash());
    let rejected = check(&allowing(&[]), &address, Trust::Configured)
        .await
        .unwrap_err();
    assert_eq!(rejected.connect, Some(ConnectReason::PinMismatch));
    assert_eq!(rejected.reason, "pin_mismatch");
    assert!(rejected.message.contains(&address.port.to_string()));
    assert!(rejected.may_be_retried());

    let channel = allowing(&[])
        .channel_for_public_data(&address, Trust::Configured)
        .unwrap();
    HealthClient::new(channel)
        .check(HealthCheckRequest::default())
        .await
        .expect("public data may be fetched under another key");
}

#[tokio::test]
async fn a_self_signed_key_without_a_pin_is_not_trusted() {
    let server = Running::plain().await;
    let mut address = server.address.clone();
    address.pin = None;
    let rejected = check(&allowing(&[]), &address, Trust::Configured).await;
    assert_eq!(
        rejected.unwrap_err().connect,
        Some(ConnectReason::TlsFailed)
    );
}

#[tokio::test]
async fn an_announced_loopback_address_is_dialled_only_if_the_operator_allows_it() {
    let server = Running::plain().await;
    for host in ["127.0.0.1", "localhost"] {
        let mut address = server.address.clone();
        address.host = host.to_owned();
        let rejected = check(&allowing(&[]), &address, Trust::Announced)
            .await
            .unwrap_err();
        assert_eq!(rejected.reason, "address_not_allowed", "{host}");
        assert!(rejected.message.contains("allow_networks"));
        let elsewhere = check(&allowing(&["10.0.0.0/8"]), &address, Trust::Announced).await;
        assert_eq!(elsewhere.unwrap_err().reason, "address_not_allowed");
        let widened = allowing(&["127.0.0.0/8"]);
        check(&widened, &address, Trust::Announced).await.unwrap();
    }
}

#[tokio::test]
async fn a_closed_port_is_reported_as_a_failure_to_connect() {
    let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let address = Endpoint {
        host: "127.0.0.1".to_owned(),
        port,
        pin: None,
    };
    let rejected = check(&allowing(&[]), &address, Trust::Configured).await;
    assert_eq!(rejected.unwrap_err().reason, "connect_failed");
}

#[tokio::test]
async fn an_unknown_method_is_unimplemented() {
    let server = Running::plain().await;
    let channel = allowing(&[])
        .channel(&server.address, Trust::Configured)
        .unwrap();
    let mut client = hedgerow_proto::feed_v1::feed_service_client::FeedServiceClient::new(channel);
    let status = client
        .get_head(hedgerow_proto::feed_v1::GetHeadRequest::default())
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    let details = tonic_types::StatusExt::get_error_details(&status);
    let info = details.error_info().expect("every failure has a reason");
    assert_eq!(info.reason, "unimplemented");
}

#[tokio::test]
async fn connections_over_the_limit_are_closed_and_the_others_continue() {
    let limits = ServerLimits {
        connections_per_peer: 2,
        ..ServerLimits::default()
    };
    let server = Running::start(limits, Router::new()).await;
    let channel = allowing(&[])
        .channel(&server.address, Trust::Configured)
        .unwrap();
    let mut client = HealthClient::new(channel);
    client.check(HealthCheckRequest::default()).await.unwrap();
    let _second = server.tcp().await;
    let mut third = server.tcp().await;
    let mut buffer = [0; 1];
    let read = timeout(Duration::from_secs(5), third.read(&mut buffer)).await;
    assert!(matches!(read, Ok(Ok(0) | Err(_))), "{read:?}");
    client.check(HealthCheckRequest::default()).await.unwrap();
}

#[tokio::test]
async fn a_header_list_over_the_configured_size_is_rejected_and_the_next_call_succeeds() {
    let limits = ServerLimits {
        header_list_bytes: 8 * 1024,
        ..ServerLimits::default()
    };
    let server = Running::start(limits, Router::new()).await;
    let channel = allowing(&[])
        .channel(&server.address, Trust::Configured)
        .unwrap();
    let mut client = HealthClient::new(channel);
    let mut call = async |bytes: usize| {
        let mut request = tonic::Request::new(HealthCheckRequest::default());
        let value = "x".repeat(bytes).parse().unwrap();
        request.metadata_mut().insert("long", value);
        client.check(request).await
    };
    call(7 * 1024).await.unwrap();
    let rejected = call(9 * 1024).await.unwrap_err();
    assert!(rejected.message().contains("431"), "{rejected}");
    call(100).await.unwrap();
}

#[tokio::test]
async fn a_slow_handshake_and_plain_text_end_their_own_connection_only() {
    let limits = ServerLimits {
        handshake_seconds: 1,
        ..ServerLimits::default()
    };
    let server = Running::start(limits, Router::new()).await;
    let mut silent = server.tcp().await;
    let mut plain = server.tcp().await;
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    for stream in [&mut silent, &mut plain] {
        let ended = timeout(Duration::from_secs(10), async {
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await
        });
        assert!(ended.await.is_ok(), "the connection was left open");
    }
    check(&allowing(&[]), &server.address, Trust::Configured)
        .await
        .unwrap();
}

#[tokio::test]
async fn pages_are_served_with_grpc_and_a_panic_or_a_slow_page_affects_no_other_call() {
    let pages = Router::new()
        .route("/hello", axum::routing::get(|| async { "hello" }))
        .route(
            "/panic",
            axum::routing::get(|| async {
                assert!(std::hint::black_box(false), "on purpose");
            }),
        )
        .route(
            "/slow",
            axum::routing::get(|| async { tokio::time::sleep(Duration::from_secs(60)).await }),
        );
    let limits = ServerLimits {
        call_seconds: 1,
        ..ServerLimits::default()
    };
    let server = Running::start(limits, pages).await;
    assert!(get(&server, "/hello").await.ends_with("hello"));
    assert!(get(&server, "/panic").await.starts_with("HTTP/1.1 500"));
    assert!(get(&server, "/slow").await.starts_with("HTTP/1.1 503"));
    check(&allowing(&[]), &server.address, Trust::Configured)
        .await
        .unwrap();
}

/// Requests a page over HTTP/1.1, and returns the response with its head.
async fn get(server: &Running, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    String::from_utf8(send(server, request.as_bytes()).await).unwrap()
}

/// Sends bytes of HTTP/1.1, and returns the response.
async fn send(server: &Running, request: &[u8]) -> Vec<u8> {
    let keys = hedgerow_transport::tls::ServerTrust::Pinned(server.address.pin.unwrap());
    let mut config = hedgerow_transport::tls::client_config(keys).unwrap();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let mut stream = connector
        .connect("localhost".try_into().unwrap(), server.tcp().await)
        .await
        .unwrap();
    stream.write_all(request).await.unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.unwrap();
    response
}

/// Makes a gRPC-Web call, and returns head and body of the response as text.
async fn call_from_a_page(server: &Running, method: &str, message: &[u8]) -> String {
    let head = format!(
        "POST {method} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         origin: https://example.org\r\ncontent-type: application/grpc-web+proto\r\n\
         x-grpc-web: 1\r\ncontent-length: {}\r\n\r\n",
        message.len() + 5
    );
    let mut request = head.into_bytes();
    request.push(0);
    request.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    request.extend(message);
    String::from_utf8_lossy(&send(server, &request).await).into_owned()
}

const CHECK: &str = "/grpc.health.v1.Health/Check";

#[tokio::test]
async fn a_page_of_any_origin_may_call_an_open_service() {
    let server = Running::plain().await;
    let response = call_from_a_page(&server, CHECK, &[]).await;
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    assert!(
        response.contains("content-type: application/grpc-web+proto"),
        "{response}"
    );
    assert!(
        response.contains("access-control-allow-origin: *"),
        "{response}"
    );
    assert!(
        !response.contains("access-control-allow-credentials"),
        "{response}"
    );
    // The message (status 1: serving), then the trailers as a last frame.
    assert!(
        response.contains("\u{0}\u{0}\u{0}\u{0}\u{2}\u{8}\u{1}"),
        "{response:?}"
    );
    assert!(response.contains("grpc-status:0"), "{response}");
    let preflight = "OPTIONS /grpc.health.v1.Health/Check HTTP/1.1\r\nhost: localhost\r\n\
        connection: close\r\norigin: https://example.org\r\n\
        access-control-request-method: POST\r\n\r\n";
    let allowed = send(&server, preflight.as_bytes()).await;
    let allowed = String::from_utf8(allowed).unwrap();
    assert!(allowed.starts_with("HTTP/1.1 204"), "{allowed}");
    assert!(
        allowed.contains("access-control-allow-methods: POST"),
        "{allowed}"
    );
}

#[tokio::test]
async fn a_page_can_read_the_reason_and_the_retry_time_of_a_failed_call() {
    let limits = ServerLimits {
        calls: 0,
        ..ServerLimits::default()
    };
    let server = Running::start(limits, Router::new()).await;
    let response = call_from_a_page(&server, CHECK, &[]).await;
    assert!(response.contains("grpc-status: 8"), "{response}");
    assert!(response.contains("grpc-status-details-bin: "), "{response}");
    assert!(
        response.contains("access-control-expose-headers: grpc-message,grpc-status"),
        "{response}"
    );
}

#[tokio::test]
async fn other_services_reject_calls_of_pages() {
    let server = Running::plain().await;
    let reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    let response = call_from_a_page(&server, reflection, &[]).await;
    assert!(response.starts_with("HTTP/1.1 415"), "{response}");
    assert!(!response.contains("access-control"), "{response}");
}

#[tokio::test]
async fn calls_over_the_limit_get_a_retry_time_and_watching_is_not_counted() {
    let limits = ServerLimits {
        calls: 0,
        ..ServerLimits::default()
    };
    let server = Running::start(limits, Router::new()).await;
    let shed = check(&allowing(&[]), &server.address, Trust::Configured)
        .await
        .unwrap_err();
    assert_eq!(shed.code, Code::ResourceExhausted);
    assert_eq!(shed.reason, "overloaded");
    assert!(shed.retry_after.is_some());
    let one_peer = ServerLimits {
        calls_per_peer: 0,
        ..ServerLimits::default()
    };
    let other = Running::start(one_peer, Router::new()).await;
    let shed = check(&allowing(&[]), &other.address, Trust::Configured).await;
    let shed = shed.unwrap_err();
    assert_eq!(shed.reason, "too_many_calls");
    assert!(shed.retry_after.is_some());
    other.stop().await;

    let channel = allowing(&[])
        .channel(&server.address, Trust::Configured)
        .unwrap();
    let mut watching = HealthClient::new(channel)
        .watch(HealthCheckRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert!(watching.message().await.unwrap().is_some());
    let last = tokio::spawn(async move { watching.message().await });
    server.stop().await;
    let ended = CallFailure::from(last.await.unwrap().unwrap_err());
    assert_eq!(ended.reason, "shutting_down");
}

#[tokio::test]
async fn calls_over_the_limit_of_a_connection_wait() {
    let limits = ServerLimits {
        streams_per_connection: 1,
        ..ServerLimits::default()
    };
    let server = Running::start(limits, Router::new()).await;
    let connector = allowing(&[]);
    let channel = connector
        .channel(&server.address, Trust::Configured)
        .unwrap();
    let mut client = HealthClient::new(channel);
    let watching = client.watch(HealthCheckRequest::default()).await.unwrap();
    let mut second = std::pin::pin!(client.check(HealthCheckRequest::default()));
    let waited = timeout(Duration::from_millis(500), second.as_mut()).await;
    assert!(waited.is_err(), "the second call waits for the first");
    let elsewhere = check(&connector, &server.address, Trust::Configured).await;
    elsewhere.expect("other connections continue");
    drop(watching);
    let answered = timeout(Duration::from_secs(20), second).await;
    answered.expect("the first call has ended").unwrap();
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_reopened_when_needed() {
    let limits = ServerLimits {
        idle_seconds: 1,
        handshake_seconds: 1,
        connections: 1,
        ..ServerLimits::default()
    };
    let server = Running::start(limits, Router::new()).await;
    let connector = allowing(&[]);
    let channel = connector
        .channel(&server.address, Trust::Configured)
        .unwrap();
    let mut client = HealthClient::new(channel);
    client.check(HealthCheckRequest::default()).await.unwrap();
    // The only permit is free again after the first connection is idle.
    let second = timeout(Duration::from_secs(20), async {
        while check(&connector, &server.address, Trust::Configured)
            .await
            .is_err()
        {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    second.await.expect("the idle connection is closed");
}

#[tokio::test]
async fn both_sides_detect_a_connection_that_was_cut_silently() {
    let limits = ServerLimits {
        keepalive_seconds: 1,
        keepalive_timeout_seconds: 1,
        ..ServerLimits::default()
    };
    let server = Running::start(limits, Router::new()).await;
    let between = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = Endpoint {
        port: between.local_addr().unwrap().port(),
        ..server.address.clone()
    };
    let (cut, is_cut) = oneshot::channel::<()>();
    let mut called = server.tcp().await;
    let cable = tokio::spawn(async move {
        let (mut caller, _) = between.accept().await.unwrap();
        tokio::select! {
            _ = copy_bidirectional(&mut caller, &mut called) => panic!("both sides are connected"),
            _ = is_cut => {}
        }
        // Both sockets stay open, and nothing is passed on.
        let mut dropped = Vec::new();
        let closed = timeout(Duration::from_secs(20), called.read_to_end(&mut dropped));
        drop(closed.await.expect("the server closes the connection"));
        caller
    });
    let connector = Connector::new(ConnectorConfig {
        keepalive_seconds: 1,
        keepalive_timeout_seconds: 1,
        ..ConnectorConfig::default()
    });
    let channel = connector.channel(&address, Trust::Configured).unwrap();
    // The client is kept, because an open stream without a client causes no pings.
    let mut client = HealthClient::new(channel);
    let watching = client.watch(HealthCheckRequest::default()).await;
    let mut watching = watching.unwrap().into_inner();
    assert!(watching.message().await.unwrap().is_some());
    cut.send(()).unwrap();
    let ended = timeout(Duration::from_secs(20), watching.message());
    ended.await.expect("the client gives up").unwrap_err();
    drop((client, cable.await.unwrap()));
    server.stop().await;
}

#[tokio::test]
async fn a_flood_of_resets_does_not_affect_other_calls() {
    let server = Running::plain().await;
    let connector = allowing(&[]);
    let channel = connector
        .channel(&server.address, Trust::Configured)
        .unwrap();
    for _ in 0..2_000 {
        let mut client = HealthClient::new(channel.clone());
        let mut call = std::pin::pin!(client.check(HealthCheckRequest::default()));
        // Dropped after its start: the stream is reset.
        assert!(futures::poll!(call.as_mut()).is_pending());
    }
    let response = check(&connector, &server.address, Trust::Configured).await;
    assert_eq!(response.unwrap(), i32::from(ServingStatus::Serving));
}
