//! Pages behind a reverse proxy.

use axum::extract::Request;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::server::{PlainHttp, ReverseProxy};

/// A server whose page says how a request came in.
async fn start(networks: &[&str]) -> Running {
    let page = async |request: Request| {
        let is_plain = request.extensions().get::<PlainHttp>().is_some();
        let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
        let host = request.headers().get("host").cloned();
        format!("plain={is_plain} peer={peer:?} host={host:?}")
    };
    let proxy = ReverseProxy {
        origin: "https://example.org".parse().unwrap(),
        networks: networks.iter().map(|it| it.parse().unwrap()).collect(),
    };
    let identity = Identity::generate(&["localhost".to_owned()]).unwrap();
    let limits = ServerLimits::default();
    let pages = Router::new().route("/", get(page));
    Running::start_with(limits, identity, pages, |server| server.behind(Some(proxy))).await
}

async fn request(server: &Running, headers: &str) -> String {
    let mut tcp = server.tcp().await;
    let head = format!("GET / HTTP/1.1\r\nconnection: close\r\n{headers}\r\n");
    tcp.write_all(head.as_bytes()).await.unwrap();
    let mut response = String::new();
    tcp.read_to_string(&mut response).await.unwrap();
    response
}

#[tokio::test]
async fn a_request_for_the_site_counts_as_one_over_tls_from_its_visitor() {
    let server = start(&[]).await;
    let passed = "host: example.org\r\nx-forwarded-for: 127.0.0.1, 203.0.113.5\r\n";
    let response = request(&server, passed).await;
    let expected = "plain=false peer=Some(203.0.113.5) host=Some(\"example.org\")";
    assert!(response.ends_with(expected), "{response}");
    let without = request(&server, "host: example.org\r\n").await;
    assert!(
        without.contains("plain=false peer=Some(0.0.0.0)"),
        "{without}"
    );
}

#[tokio::test]
async fn a_browser_at_the_same_machine_needs_no_proxy() {
    let server = start(&[]).await;
    let response = request(&server, "host: localhost\r\n").await;
    assert!(
        response.contains("plain=true peer=Some(127.0.0.1)"),
        "{response}"
    );
}

#[tokio::test]
async fn a_proxy_that_passes_another_host_gets_the_way_out() {
    let server = start(&[]).await;
    for headers in [
        "host: localhost\r\nx-forwarded-for: 203.0.113.5\r\n",
        "host: 127.0.0.1:7440\r\nforwarded: for=203.0.113.5\r\n",
        "host: other.example\r\nx-forwarded-for: 203.0.113.5\r\n",
        "host: other.example\r\n",
    ] {
        let response = request(&server, headers).await;
        assert!(
            response.starts_with("HTTP/1.1 421"),
            "{headers}: {response}"
        );
        assert!(response.contains("site.origin"), "{response}");
    }
}

#[tokio::test]
async fn a_proxy_serves_more_visitors_than_one_address_may_have_connections() {
    let server = start(&[]).await;
    let limits = ServerLimits::default();
    let mut open = Vec::new();
    for _ in 0..=limits.connections_per_peer {
        open.push(server.tcp().await);
    }
    let response = request(&server, "host: example.org\r\n").await;
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    drop(open);
}
