//! Calls from a browser's page, as raw gRPC-Web over HTTP/1.1 and TLS.

use std::sync::Arc;

use hedgerow_proto::directory_v1;

use hedgerow_proto::ingest_v1;
use hedgerow_transport::tls::{ServerTrust, client_config};
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Served;

/// Calls a method. Returns status line and headers, and the body.
async fn call(served: &Served, method: &str, message: &impl Message) -> (String, Vec<u8>) {
    let message = message.encode_to_vec();
    let head = format!(
        "POST /hedgerow.{method} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         origin: https://pages.example\r\ncontent-type: application/grpc-web+proto\r\n\
         content-length: {}\r\n\r\n",
        message.len() + 5
    );
    let mut request = head.into_bytes();
    request.push(0);
    request.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    request.extend(message);

    let mut config = client_config(ServerTrust::Pinned(served.address.pin.unwrap())).unwrap();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let tcp = TcpStream::connect(("127.0.0.1", served.address.port)).await;
    let mut stream = tokio_rustls::TlsConnector::from(Arc::new(config))
        .connect("localhost".try_into().unwrap(), tcp.unwrap())
        .await
        .unwrap();
    stream.write_all(&request).await.unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.unwrap();
    let end = response.windows(4).position(|four| four == b"\r\n\r\n");
    let body = response.split_off(end.unwrap() + 4);
    let head = String::from_utf8(response).unwrap();
    let chunked = head.contains("transfer-encoding: chunked");
    (head, if chunked { dechunked(&body) } else { body })
}

/// Decodes a chunked body.
fn dechunked(mut chunks: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = chunks.windows(2).position(|two| two == b"\r\n").unwrap();
        let length = std::str::from_utf8(&chunks[..end]).unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return whole;
        }
        whole.extend(&chunks[end + 2..end + 2 + length]);
        chunks = &chunks[end + 4 + length..];
    }
}

#[tokio::test]
async fn a_page_of_any_origin_may_search_and_read_the_trailers() {
    let served = Served::start(Vec::new()).await;
    let request = directory_v1::GetCoverageRequest::default();
    let (head, body) = call(
        &served,
        "directory.v1.DirectoryService/GetCoverage",
        &request,
    )
    .await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("access-control-allow-origin: *"), "{head}");
    assert!(!head.contains("access-control-allow-credentials"), "{head}");
    let length = u32::from_be_bytes(body[1..5].try_into().unwrap()) as usize;
    let response = directory_v1::GetCoverageResponse::decode(&body[5..5 + length]).unwrap();
    assert_eq!(response.regions.len(), 8);
    let trailers = &body[5 + length..];
    assert_eq!(trailers[0], 0x80, "the last frame contains the trailers");
    assert!(String::from_utf8_lossy(&trailers[5..]).contains("grpc-status:0"));
    served.stop().await;
}

#[tokio::test]
async fn a_page_may_not_publish() {
    let served = Served::start(Vec::new()).await;
    let request = ingest_v1::GetAdmissionRequest::default();
    let (head, _) = call(&served, "ingest.v1.IngestService/GetAdmission", &request).await;
    assert!(head.starts_with("HTTP/1.1 415"), "{head}");
    assert!(!head.contains("access-control"), "{head}");
    served.stop().await;
}
