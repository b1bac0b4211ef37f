//! Compresses responses away from the threads of the runtime.
//!
//! tonic compresses a message in the middle of a poll: a megabyte occupies a thread for tens of
//! milliseconds, and every other call on that thread waits. Here larger messages are compressed
//! on blocking threads, a few at a time, and networks take turns.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures::{Stream, stream};
use http::header::HeaderValue;
use http::{HeaderMap, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tonic::Status;
use tonic::body::Body;
use tonic::server::NamedService;
use tower::Service;

use crate::limits::FairTurns;
use crate::peer::{NetworkKey, Peer};
use gzip::compress_messages;

mod gzip;

/// Bytes up to which data is compressed at once: that takes less than waiting for a thread.
const MAX_INLINE_BYTES: usize = 4 * 1024;

/// Bytes at the start of a response that are not compressed, a page of 20 hits among them. They fit
/// into the ten packets that a connection sends before it waits for its peer (RFC 6928), so they
/// arrive as soon; compressing them took a tenth of the time of a search.
const MAX_FIRST_FLIGHT_BYTES: usize = 14_000;

/// Marks a response, by its extensions, that consists of hashes and signatures for the most part.
/// Compression would cost much and save little.
#[derive(Clone, Copy, Debug)]
pub struct Incompressible;

/// A gRPC service whose responses are compressed with gzip, if the caller accepts it. The inner
/// service must not compress.
#[derive(Clone, Debug)]
pub struct Compressed<S> {
    inner: S,
    turns: FairTurns,
}

impl<S> Compressed<S> {
    /// `turns` bounds how many messages are compressed at a time.
    #[must_use]
    pub fn new(inner: S, turns: FairTurns) -> Self {
        Self { inner, turns }
    }
}

impl<S: NamedService> NamedService for Compressed<S> {
    const NAME: &'static str = S::NAME;
}

type ResponseFuture =
    Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send + 'static>>;

impl<S, B> Service<Request<B>> for Compressed<S>
where
    S: Service<Request<B>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture {
        let accepts = accepts_gzip(request.headers());
        let network = Peer::key_of_extensions(request.extensions()).network();
        let turns = self.turns.clone();
        let responding = self.inner.call(request);
        Box::pin(async move {
            let response = responding.await?;
            let is_compressed = accepts
                && response.extensions().get::<Incompressible>().is_none()
                // A response without messages has its status in the headers.
                && !response.headers().contains_key(Status::GRPC_STATUS);
            if !is_compressed {
                return Ok(response);
            }
            let (mut head, body) = response.into_parts();
            let encoding = HeaderValue::from_static("gzip");
            head.headers.insert("grpc-encoding", encoding);
            let frames = StreamBody::new(compressed_frames(body, turns, network));
            Ok(Response::from_parts(head, Body::new(frames)))
        })
    }
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get("grpc-accept-encoding");
    let accepted = accepted.and_then(|value| value.to_str().ok());
    accepted.is_some_and(|value| value.split(',').any(|it| it.trim() == "gzip"))
}

fn compressed_frames(
    body: Body,
    turns: FairTurns,
    network: NetworkKey,
) -> impl Stream<Item = Result<Frame<Bytes>, Status>> + Send {
    // Data that is not a whole message yet. tonic sends whole messages only.
    let state = (body, BytesMut::new(), turns, MAX_FIRST_FLIGHT_BYTES);
    stream::unfold(
        state,
        move |(mut body, mut rest, turns, first)| async move {
            loop {
                let frame = match body.frame().await? {
                    Ok(frame) => frame,
                    Err(status) => return Some((Err(status), (body, rest, turns, first))),
                };
                let data = match frame.into_data() {
                    Ok(data) => data,
                    Err(trailers) => return Some((Ok(trailers), (body, rest, turns, first))),
                };
                rest.extend_from_slice(&data);
                let messages = split_messages(&mut rest);
                if messages.is_empty() {
                    continue;
                }
                let (sent, left) = match first.checked_sub(messages.len()) {
                    Some(left) => (Ok(messages.freeze()), left),
                    None => (compress(messages, &turns, network).await, 0),
                };
                return Some((sent.map(Frame::data), (body, rest, turns, left)));
            }
        },
    )
}

/// Splits off all whole messages, with their prefixes.
fn split_messages(data: &mut BytesMut) -> BytesMut {
    let mut end = 0;
    while let Some(message) = gzip::first_message(&data[end..]) {
        end += gzip::PREFIX_BYTES + message.len();
    }
    data.split_to(end)
}

async fn compress(
    messages: BytesMut,
    turns: &FairTurns,
    network: NetworkKey,
) -> Result<Bytes, Status> {
    if messages.len() <= MAX_INLINE_BYTES {
        return Ok(compress_messages(&messages));
    }
    let turn = turns.next(network).await;
    // The turn moves along: a thread goes on if its caller leaves.
    let compressing = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        compress_messages(&messages)
    });
    compressing
        .await
        .map_err(|_| Status::internal("cannot compress a response"))
}

#[cfg(test)]
mod tests;
