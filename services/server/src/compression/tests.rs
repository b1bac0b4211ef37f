use std::io::Read;
use std::net::{IpAddr, SocketAddr};

use bytes::BufMut;
use flate2::read::GzDecoder;
use futures::FutureExt as _;
use hedgerow_testkit::SeededRandom;

use super::*;
use crate::peer::PeerKey;

fn message(content: &[u8]) -> Vec<u8> {
    let mut message = vec![0];
    message.put_u32(u32::try_from(content.len()).unwrap());
    message.extend_from_slice(content);
    message
}

/// Text that compresses, and bytes that do not.
fn contents() -> (Vec<u8>, Vec<u8>) {
    let random = SeededRandom::new(1);
    let byte = |_| u8::try_from(random.below(256)).unwrap();
    (
        b"we meet on Mondays ".repeat(1_000),
        (0..5_000).map(byte).collect(),
    )
}

fn read_messages(mut data: &[u8]) -> Vec<(bool, Vec<u8>)> {
    let mut read = Vec::new();
    while let Some(content) = gzip::first_message(data) {
        let is_compressed = data[0] == 1;
        data = &data[gzip::PREFIX_BYTES + content.len()..];
        let mut plain = Vec::new();
        if is_compressed {
            let mut decoder = GzDecoder::new(content);
            decoder.read_to_end(&mut plain).unwrap();
        } else {
            plain.extend_from_slice(content);
        }
        read.push((is_compressed, plain));
    }
    assert!(data.is_empty());
    read
}

#[test]
fn messages_that_do_not_become_shorter_are_sent_as_they_are() {
    let (text, random) = contents();
    let all = [text.as_slice(), b"short", &random, &text, b""];
    let sent: Vec<u8> = all.iter().flat_map(|it| message(it)).collect();
    let compressed = compress_messages(&sent);
    let read = read_messages(&compressed);
    let expected = [true, false, false, true, false];
    for ((is_compressed, plain), (content, expected)) in read.iter().zip(all.iter().zip(expected)) {
        assert_eq!((*is_compressed, plain.as_slice()), (expected, *content));
    }
    assert_eq!(read.len(), all.len());
    assert!(compressed.len() < sent.len() / 4);
}

/// A service that responds with these frames and a trailer.
#[derive(Clone)]
struct Fixed(Vec<Vec<u8>>, bool);

impl Service<Request<()>> for Fixed {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        let frames = self.0.clone().into_iter().map(|it| Frame::data(it.into()));
        let mut trailers = HeaderMap::new();
        trailers.insert(Status::GRPC_STATUS, HeaderValue::from_static("0"));
        let frames = frames.chain([Frame::trailers(trailers)]);
        let body = StreamBody::new(stream::iter(frames.map(Ok::<_, Status>)));
        let mut response = Response::new(Body::new(body));
        if self.1 {
            response.extensions_mut().insert(Incompressible);
        }
        std::future::ready(Ok(response))
    }
}

fn peer() -> Peer {
    Peer(SocketAddr::from(([1, 1, 1, 1], 1)))
}

fn request(accepted: &'static str) -> Request<()> {
    let mut request = Request::new(());
    let accepted = HeaderValue::from_static(accepted);
    request
        .headers_mut()
        .insert("grpc-accept-encoding", accepted);
    request.extensions_mut().insert(peer());
    request
}

async fn respond(service: Fixed, accepted: &'static str, turns: FairTurns) -> (bool, Vec<u8>) {
    let mut service = Compressed::new(service, turns);
    let response = service.call(request(accepted)).await.unwrap();
    let is_gzip = response.headers().contains_key("grpc-encoding");
    let body = response.into_body().collect().await.unwrap();
    let trailers = body.trailers().expect("the trailers are kept");
    assert!(trailers.contains_key(Status::GRPC_STATUS));
    (is_gzip, body.to_bytes().to_vec())
}

#[tokio::test]
async fn messages_are_compressed_for_callers_that_accept_it_however_frames_divide_them() {
    let (text, random) = contents();
    let sent: Vec<u8> = [&text, &random]
        .into_iter()
        .flat_map(|it| message(it))
        .collect();
    for size in [3, 1_000, sent.len()] {
        let frames: Vec<_> = sent.chunks(size).map(<[u8]>::to_vec).collect();
        let turns = FairTurns::new(1);
        let plain = Fixed(frames.clone(), false);
        let (is_gzip, body) = respond(plain.clone(), "identity, gzip", turns.clone()).await;
        assert!(is_gzip);
        let expected = [(true, text.clone()), (false, random.clone())];
        assert_eq!(read_messages(&body), expected);
        assert_eq!(
            respond(plain, "identity", turns.clone()).await,
            (false, sent.clone())
        );
        let marked = Fixed(frames, true);
        assert_eq!(respond(marked, "gzip", turns).await, (false, sent.clone()));
    }
}

#[tokio::test]
async fn large_messages_wait_for_a_turn_and_small_ones_do_not() {
    let turns = FairTurns::new(1);
    let network = PeerKey::from(IpAddr::from([2, 2, 2, 2])).network();
    let turn = turns.next(network).await;
    let first = vec![7; MAX_FIRST_FLIGHT_BYTES - gzip::PREFIX_BYTES];
    let small = Fixed(vec![message(&first), message(&[7; 3_000])], false);
    let responded = respond(small, "gzip", turns.clone()).now_or_never();
    let (is_gzip, body) = responded.expect("it needs no turn");
    assert!(is_gzip);
    let expected = [(false, first.clone()), (true, vec![7; 3_000])];
    assert_eq!(
        read_messages(&body),
        expected,
        "the first flight is sent as it is"
    );
    let large = Fixed(vec![message(&first), message(&[7; 10_000])], false);
    let mut responding = Box::pin(respond(large, "gzip", turns));
    assert!((&mut responding).now_or_never().is_none());
    drop(turn);
    let (_, body) = responding.await;
    assert_eq!(
        read_messages(&body),
        [(false, first), (true, vec![7; 10_000])]
    );
}
