//! Limits, and connections that are idle, slow or cut.

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};

use super::*;

#[tokio::test]
async fn connections_over_the_limit_are_closed_and_the_others_continue() {
    let limits = ServerLimits {
        connections_per_peer: 2,
        ..ServerLimits::default()
    };
    let server = Running::with_limits(limits).await;
    let mut client = server.client();
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
    let server = Running::with_limits(limits).await;
    let mut client = server.client();
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
    let server = Running::with_limits(limits).await;
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
    server.check().await.unwrap();
}

#[tokio::test]
async fn calls_over_the_limit_get_a_retry_time_and_watching_is_not_counted() {
    let limits = ServerLimits {
        calls: 0,
        ..ServerLimits::default()
    };
    let server = Running::with_limits(limits).await;
    let shed = server.check().await.unwrap_err();
    assert_eq!(shed.code, Code::ResourceExhausted);
    assert_eq!(shed.reason, "overloaded");
    assert!(shed.retry_after.is_some());
    let one_peer = ServerLimits {
        calls_per_peer: 0,
        ..ServerLimits::default()
    };
    let other = Running::with_limits(one_peer).await;
    let shed = other.check().await;
    let shed = shed.unwrap_err();
    assert_eq!(shed.reason, "too_many_calls");
    assert!(shed.retry_after.is_some());
    other.stop().await;

    let mut watching = server
        .client()
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
    let server = Running::with_limits(limits).await;
    let mut client = server.client();
    let watching = client.watch(HealthCheckRequest::default()).await.unwrap();
    let mut second = std::pin::pin!(client.check(HealthCheckRequest::default()));
    let waited = timeout(Duration::from_millis(500), second.as_mut()).await;
    assert!(waited.is_err(), "the second call waits for the first");
    let elsewhere = server.check().await;
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
    let server = Running::with_limits(limits).await;
    let mut client = server.client();
    client.check(HealthCheckRequest::default()).await.unwrap();
    // The only permit is free again after the first connection is idle.
    let second = timeout(Duration::from_secs(20), async {
        while server.check().await.is_err() {
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
    let server = Running::with_limits(limits).await;
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
    let channel = server.channel();
    for _ in 0..2_000 {
        let mut client = HealthClient::new(channel.clone());
        let mut call = std::pin::pin!(client.check(HealthCheckRequest::default()));
        // Dropped after its start: the stream is reset.
        assert!(futures::poll!(call.as_mut()).is_pending());
    }
    let response = server.check().await;
    assert_eq!(response.unwrap(), i32::from(ServingStatus::Serving));
}
