//! Pages as a browser on the same machine gets them: over plain HTTP, at the port of gRPC.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;

/// Sends one request to the node's port and returns the response as text.
async fn exchange(site: &Site, request: String) -> String {
    let port = site.test.address().port;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.unwrap();
    String::from_utf8(response).unwrap()
}

async fn get(site: &Site, path: &str, host: &str) -> String {
    let lines = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    exchange(site, lines).await
}

#[tokio::test]
async fn pages_and_the_console_are_served_at_the_nodes_port() {
    let site = Site::filled().await;
    let page = get(&site, "/", "localhost").await;
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(page.contains("Low Mood Circle"));
    assert!(page.contains("content-security-policy: default-src 'none'"));
    let style = page.split("href=\"/assets/style").nth(1).unwrap();
    let style = format!("/assets/style{}", style.split('"').next().unwrap());
    let style = get(&site, &style, "localhost").await;
    assert!(style.starts_with("HTTP/1.1 200 OK\r\n"), "{style}");
    let console = get(&site, "/console/sign-in", "localhost").await;
    assert!(console.starts_with("HTTP/1.1 200 OK\r\n"), "{console}");
    let feed = get(&site, &format!("{}/feed.atom", site.group()), "localhost:1").await;
    assert!(feed.contains("href=\"http://localhost:1/g/"), "{feed}");
    let missing = get(&site, "/no/such/page", "localhost").await;
    assert!(
        missing.starts_with("HTTP/1.1 404 Not Found\r\n"),
        "{missing}"
    );
    // A name of another machine that leads here.
    let other = get(&site, "/", "evil.example").await;
    assert!(other.starts_with("HTTP/1.1 421 "), "{other}");
    assert!(!other.contains("Low Mood Circle"));
}
