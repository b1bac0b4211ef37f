//! Malformed messages to every method of every service, found in the descriptors: a new method is
//! covered without a change here.

use bytes::{Buf, BufMut, Bytes};
use hedgerow_core::endpoint::Endpoint;
use hedgerow_tests::TestNetwork;
use hedgerow_transport::connector::{Connector, ConnectorConfig, Trust};
use hedgerow_transport::failure::CallFailure;
use prost::Message;
use prost_types::FileDescriptorSet;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

/// Sends and returns messages as they are.
#[derive(Clone, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

/// Returns the paths of all methods that the protocol defines.
fn methods() -> Vec<String> {
    let set = FileDescriptorSet::decode(hedgerow_proto::FILE_DESCRIPTOR_SET).expect("descriptors");
    let mut paths: Vec<String> = set
        .file
        .iter()
        .flat_map(|file| {
            file.service
                .iter()
                .map(move |service| (file.package(), service))
        })
        .flat_map(|(package, service)| {
            let name = format!("{package}.{}", service.name());
            let methods = service.method.iter();
            methods.map(move |method| format!("/{name}/{}", method.name()))
        })
        .collect();
    paths.push("/grpc.health.v1.Health/Check".to_owned());
    paths.push("/grpc.health.v1.Health/Watch".to_owned());
    paths
}

/// Bytes that are no message, by the reason why they are none.
fn malformed() -> Vec<(&'static str, Bytes)> {
    // Field 1 of wire type 2, over and over: a message in a message.
    let mut nested = Vec::new();
    for _ in 0..200 {
        let mut outer = vec![0x0a];
        prost::encode_length_delimiter(nested.len(), &mut outer).expect("a vector grows");
        outer.extend(&nested);
        nested = outer;
    }
    vec![
        ("a truncated field", Bytes::from_static(b"\x0a\x20abc")),
        (
            "a length over the end",
            Bytes::from_static(b"\x0a\xff\xff\xff\xff\x0f"),
        ),
        ("an endless number", Bytes::from_static(&[0xff; 16])),
        ("field number 0", Bytes::from_static(b"\x00\x01")),
        ("wire type 7", Bytes::from_static(b"\x0f\x01")),
        ("an end of no group", Bytes::from_static(b"\x0c")),
        ("a group without end", Bytes::from(b"\xfb\x07".repeat(200))),
        ("nesting", Bytes::from(nested)),
        ("noise", Bytes::from((0..=255).rev().collect::<Vec<u8>>())),
        (
            "an oversized field",
            Bytes::from(vec![0x0a; 5 * 1024 * 1024]),
        ),
    ]
}

/// Calls a method with one message. Streams are read up to their first message.
async fn call(channel: Channel, path: &str, message: Bytes) -> Result<(), Status> {
    let mut client = Grpc::new(channel).max_encoding_message_size(usize::MAX);
    client.ready().await.expect("the server is there");
    let path = PathAndQuery::try_from(path).expect("a path");
    let request = Request::new(futures::stream::iter([message]));
    let response = client.streaming(request, path, Raw).await?;
    let mut messages = response.into_inner();
    let first = std::time::Duration::from_secs(2);
    match tokio::time::timeout(first, messages.message()).await {
        Ok(Ok(Some(_))) => messages.trailers().await.map(drop),
        Ok(Ok(None)) | Err(_) => Ok(()),
        Ok(Err(status)) => Err(status),
    }
}

async fn check_all(address: &Endpoint) {
    let connector = Connector::new(ConnectorConfig::default());
    let channel = connector
        .channel(address, Trust::Configured)
        .expect("a channel");
    let mut rejected = 0;
    for path in methods() {
        // Watching does not end by itself.
        let endless = path.ends_with("WatchHeads") || path.ends_with("Health/Watch");
        for (what, message) in malformed() {
            let oversized = what == "an oversized field";
            let result = call(channel.clone(), &path, message);
            let limit = std::time::Duration::from_secs(10);
            let Ok(result) = tokio::time::timeout(limit, result).await else {
                assert!(endless, "{path} hangs after {what}");
                continue;
            };
            let Err(status) = result else { continue };
            let failure = CallFailure::from_status(&status);
            let at = format!("{path} after {what}: {failure} ({:?})", failure.code);
            assert!(
                !matches!(failure.code, Code::Internal | Code::Unknown),
                "{at}"
            );
            assert!(!failure.reason.is_empty(), "{at}");
            // Another program serves that method, or a token is checked first.
            if matches!(failure.code, Code::Unimplemented | Code::Unauthenticated) {
                continue;
            }
            rejected += 1;
            if oversized {
                assert_eq!(failure.reason, "message_too_large", "{at}");
                assert_eq!(failure.code, Code::OutOfRange, "{at}");
            } else if failure.reason == "message_malformed" {
                assert_eq!(failure.code, Code::InvalidArgument, "{at}");
            }
        }
        // What no message of any type can be.
        let broken = call(channel.clone(), &path, Bytes::from_static(b"\x0a\x20abc")).await;
        let Err(status) = broken else {
            panic!("{path} accepts a truncated message")
        };
        if !matches!(status.code(), Code::Unimplemented | Code::Unauthenticated) {
            let failure = CallFailure::from_status(&status);
            assert_eq!(failure.reason, "message_malformed", "{path}: {failure}");
        }
    }
    assert!(rejected > 50, "only {rejected} messages were rejected");
}

#[tokio::test]
async fn malformed_messages_to_any_method_are_rejected_as_the_callers_fault() {
    let mut network = TestNetwork::new();
    let aggregator = network.add_aggregator(&[]).await;
    let node = network.add_node(&[]).await;
    check_all(&network.aggregator_address(aggregator)).await;
    check_all(&network.node_address(node)).await;
}
