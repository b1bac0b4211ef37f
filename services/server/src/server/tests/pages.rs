//! Pages, and gRPC-Web calls of pages.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

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
    server.check().await.unwrap();
}

#[tokio::test]
async fn headers_of_http1_have_the_same_limit_and_a_body_of_two_lengths_is_refused() {
    let pages = Router::new().route("/", axum::routing::any(|| async { "hello" }));
    let server = Running::start(ServerLimits::default(), pages).await;
    let first_line = async |headers: String, body: &str| {
        let request = format!("POST / HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n{body}");
        let response = send(&server, request.as_bytes()).await;
        let text = String::from_utf8_lossy(&response).into_owned();
        text.lines().next().unwrap_or_default().to_owned()
    };
    let long = |bytes| format!("connection: close\r\nlong: {}\r\n", "x".repeat(bytes));
    assert!(first_line(long(30 * 1024), "").await.contains("200"));
    for bytes in [33 * 1024, 70 * 1024] {
        assert!(first_line(long(bytes), "").await.contains("431"), "{bytes}");
    }
    let many: String = (0..90)
        .map(|n| format!("h{n}: {}\r\n", "x".repeat(340)))
        .collect();
    assert!(first_line(many, "").await.contains("431"));
    let both = "content-length: 5\r\ntransfer-encoding: chunked\r\n";
    let swapped = "transfer-encoding: chunked\r\ncontent-length: 5\r\n";
    for headers in [both, swapped] {
        // Without `connection: close`: the server must close it, or this waits in vain.
        let line = first_line(headers.to_owned(), "0\r\n\r\n").await;
        assert!(line.contains("400"), "{line}");
    }
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
    let server = Running::with_limits(limits).await;
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

/// Sends bytes without TLS, and returns what comes back until the server closes the connection.
async fn send_plain(server: &Running, request: &str) -> String {
    let mut stream = server.tcp().await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.unwrap();
    String::from_utf8_lossy(&response).into_owned()
}

fn hello() -> Router {
    Router::new()
        .route("/", axum::routing::get(|| async { "hello" }))
        .fallback(|| async { (http::StatusCode::NOT_FOUND, "no such page") })
}

#[tokio::test]
async fn a_browser_on_this_machine_gets_pages_without_tls() {
    let server = Running::start(ServerLimits::default(), hello()).await;
    let port = server.address.port;
    let page = |path: &str| {
        format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n")
    };
    let response = send_plain(&server, &page("/")).await;
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    assert!(response.ends_with("hello"), "{response}");
    let response = send_plain(&server, &page("/none")).await;
    assert!(response.starts_with("HTTP/1.1 404"), "{response}");
    assert!(response.ends_with("no such page"), "{response}");
    // The same routes over TLS, and gRPC on the same port.
    assert!(get(&server, "/none").await.ends_with("no such page"));
    server.check().await.unwrap();
}

#[tokio::test]
async fn without_tls_there_is_no_grpc_and_no_other_host() {
    let server = Running::start(ServerLimits::default(), hello()).await;
    for kind in ["application/grpc", "application/grpc-web+proto"] {
        let call = format!(
            "POST {CHECK} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {kind}\r\n\
             content-length: 5\r\n\r\n\0\0\0\0\0"
        );
        let response = send_plain(&server, &call).await;
        assert!(response.starts_with("HTTP/1.1 415"), "{kind}: {response}");
    }
    let preflight = format!(
        "OPTIONS {CHECK} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         origin: https://example.org\r\naccess-control-request-method: POST\r\n\r\n"
    );
    let response = send_plain(&server, &preflight).await;
    assert!(!response.contains("access-control"), "{response}");
    for host in ["host: rebound.example\r\n", ""] {
        let request = format!("GET / HTTP/1.1\r\n{host}\r\n");
        let response = send_plain(&server, &request).await;
        assert!(response.starts_with("HTTP/1.1 421"), "{host}: {response}");
        assert!(!response.contains("hello"), "{response}");
    }
    // The first bytes of HTTP/2 without TLS.
    let response = send_plain(&server, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    assert!(!response.contains("200"), "{response}");
}

#[tokio::test]
async fn a_plain_connection_has_the_same_bounds() {
    let limits = ServerLimits {
        handshake_seconds: 1,
        ..ServerLimits::default()
    };
    let server = Running::start(limits, hello()).await;
    let header = format!(
        "GET / HTTP/1.1\r\nhost: localhost\r\nlong: {}\r\n\r\n",
        "x".repeat(40_000)
    );
    assert!(
        send_plain(&server, &header)
            .await
            .starts_with("HTTP/1.1 431")
    );
    // Nothing, and a request that never ends: both are closed.
    for begun in ["", "GET / HTTP/1.1\r\nhost: local"] {
        let closed = timeout(Duration::from_secs(20), send_plain(&server, begun)).await;
        closed.expect("the connection is closed");
    }
}

#[tokio::test]
async fn a_form_has_a_maximum_size() {
    let read = |body: axum::body::Body| async {
        match axum::body::to_bytes(body, usize::MAX).await {
            Ok(bytes) => bytes.len().to_string(),
            Err(_) => "too long".to_owned(),
        }
    };
    let pages = Router::new().route("/", axum::routing::post(read));
    let server = Running::start(ServerLimits::default(), pages).await;
    for (bytes, expected) in [
        (MAX_FORM_BYTES, MAX_FORM_BYTES.to_string()),
        (MAX_FORM_BYTES + 1, "too long".to_owned()),
    ] {
        let request = format!(
            "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-length: {bytes}\r\n\r\n{}",
            "x".repeat(bytes)
        );
        let response = send_plain(&server, &request).await;
        assert!(response.ends_with(&expected), "{bytes}: {response}");
    }
}

#[tokio::test]
async fn a_refused_page_is_a_page_that_says_when_to_try_again() {
    let limits = ServerLimits {
        calls: 0,
        ..ServerLimits::default()
    };
    let pages = Pages::new(hello(), |status| format!("<h1>{}</h1>", status.as_u16()));
    let server = Running::start(limits, pages).await;
    let response = get(&server, "/").await;
    assert!(response.starts_with("HTTP/1.1 429"), "{response}");
    assert!(response.contains("retry-after: 2"), "{response}");
    assert!(response.ends_with("<h1>429</h1>"), "{response}");
}

/// An address of this machine that is not a loopback one, if it has any.
fn outward_address() -> Option<std::net::IpAddr> {
    // Chooses a route without sending anything.
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[tokio::test]
async fn another_machine_gets_nothing_without_tls() {
    let Some(outward) = outward_address() else {
        println!("not tested: this machine has no address besides loopback");
        return;
    };
    let identity = Identity::generate(&["localhost".to_owned()]).unwrap();
    let listener = bind(std::net::SocketAddr::new(outward, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::new(ServerLimits::default(), &identity)
        .unwrap()
        .pages(hello());
    let serving = tokio::spawn(server.serve(listener, std::future::pending()));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut response = Vec::new();
    // A reset is as good as an end.
    let _ = stream.read_to_end(&mut response).await;
    let response = String::from_utf8_lossy(&response);
    assert!(!response.contains("HTTP"), "{response}");
    serving.abort();
}
