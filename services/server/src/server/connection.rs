//! Serves one connection, from its handshake to its end.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderMap, Response, StatusCode, Version};
use http_body_util::Full;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;

use super::activity::ConnectionActivity;
use super::byte_counter::ByteCounter;
use super::door::{Door, PlainHttp};
use super::middleware::{Middleware, is_grpc};
use super::proxy::{ReverseProxy, was_passed_on};
use super::stream::{StreamExecutor, progress_of_stream, watch};
use super::tls::Tls;
use super::web::Web;
use crate::limits::{
    EarlyEnd, MAX_FRAME_BYTES, MAX_PENDING_RESETS, MAX_SEND_BUFFER_BYTES, Progress, ServerLimits,
};
use crate::metrics::{Refused, ServerMetrics};
use crate::peer::Peer;

/// Time that an evicted connection has to end by itself.
const EVICTED_GRACE: Duration = Duration::from_secs(1);

/// Time in which the responses of a penalised connection are sent. It is short, because its peer
/// may send further calls meanwhile.
const PENALISED_GRACE: Duration = Duration::from_millis(100);

/// What each header costs in addition to its name and value, as HTTP/2 counts it.
const HEADER_OVERHEAD_BYTES: usize = 32;

pub(super) struct Connection {
    pub(super) tls: Tls,
    /// Whether private networks may request pages without TLS.
    pub(super) is_on_local_network: bool,
    /// The reverse proxy in front of the pages, if there is one.
    pub(super) proxy: Option<Arc<ReverseProxy>>,
    pub(super) middleware: Middleware,
    pub(super) web: Web,
    pub(super) limits: Arc<ServerLimits>,
    pub(super) stopping: CancellationToken,
    pub(super) metrics: ServerMetrics,
    pub(super) peer: Peer,
    /// Ended if a newcomer takes the place of this connection, or its peer is penalised.
    pub(super) progress: Arc<Progress>,
    /// The wait before the handshake.
    pub(super) delay: Duration,
}

/// A connection that is ready for requests.
enum Opened {
    Tls(Box<TlsStream<ByteCounter>>, Door),
    Plain(ByteCounter, Door),
    /// An authority has checked the domain of the server, and requests nothing.
    Checked,
}

impl Connection {
    pub(super) async fn run(self, tcp: TcpStream) {
        // Without it, small messages wait for the acknowledgement of earlier ones. The
        // connection works all the same.
        if let Err(error) = tcp.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let tcp = ByteCounter::new(tcp, self.metrics.connection_begins());
        let limit = Duration::from_secs(self.limits.handshake_seconds);
        let handshake = async {
            // Without this, a sleep of zero would last until the next tick of the timer.
            if !self.delay.is_zero() {
                tokio::time::sleep(self.delay).await;
            }
            timeout(limit, self.open(tcp)).await
        };
        let accepted = tokio::select! {
            () = self.stopping.cancelled() => return,
            () = self.progress.ended().cancelled() => return,
            accepted = handshake => accepted,
        };
        match accepted {
            Ok(Ok(Opened::Tls(tls, door))) => {
                let http2 = tls.get_ref().1.alpn_protocol() == Some(b"h2");
                self.serve(*tls, http2, door).await;
            }
            Ok(Ok(Opened::Plain(tcp, door))) => self.serve(tcp, false, door).await,
            Ok(Ok(Opened::Checked)) => tracing::debug!("an authority has checked the domain"),
            Ok(Err(error)) => {
                self.metrics.connection_refused(Refused::Handshake);
                tracing::debug!(%error, "a TLS handshake failed");
            }
            Err(_) => {
                self.metrics.connection_refused(Refused::Handshake);
                tracing::debug!("a TLS handshake took too long");
            }
        }
    }

    /// Makes the TLS handshake, unless the peer may skip it and speaks plain HTTP.
    async fn open(&self, tcp: ByteCounter) -> io::Result<Opened> {
        let plain = if self.peer.is_loopback() {
            Some(Door::Loopback)
        } else if self.is_on_local_network && self.peer.is_private() {
            Some(Door::LocalNetwork(tcp.local_ip()?))
        } else if self
            .proxy
            .as_ref()
            .is_some_and(|it| it.is_trusted(self.peer.0.ip()))
        {
            Some(Door::Proxy)
        } else {
            None
        };
        if let Some(door) = plain
            && !tcp.begins_tls().await?
        {
            return Ok(Opened::Plain(tcp, door));
        }
        Ok(match self.tls.accept(tcp).await? {
            Some((tls, door)) => Opened::Tls(Box::new(tls), door),
            None => Opened::Checked,
        })
    }

    async fn serve<S>(&self, stream: S, http2: bool, door: Door)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let builder = self.http(http2);
        let activity = Arc::new(ConnectionActivity::new(Arc::clone(&self.progress)));
        let is_plain = door.is_plain();
        // Pages of other sites may call over TLS only.
        let web = if is_plain {
            Web::default()
        } else {
            self.web.clone()
        };
        // Only plain connections from trusted addresses: over TLS, nobody has read the request.
        let proxy = self.proxy.clone();
        let proxy = proxy.filter(|it| is_plain && it.is_trusted(self.peer.0.ip()));
        let (middleware, peer) = (self.middleware.clone(), self.peer);
        let calls = Arc::clone(&activity);
        let cut = CancellationToken::new();
        let (rules, cut_http1) = (self.limits.progress_rules(), cut.clone());
        let header_bytes = self.limits.header_list_bytes as usize;
        let door = Arc::new(door);
        let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
            let is_grpc = is_grpc(&request);
            let passed_on = proxy
                .as_ref()
                .filter(|it| !is_grpc && it.is_for_site(&request));
            let visitor = passed_on.map(|proxy| proxy.receive(&mut request, peer));
            if is_plain && visitor.is_none() {
                request.extensions_mut().insert(PlainHttp);
            }
            // A proxy that does not keep the host would have strangers count as people at this
            // machine.
            let is_misdirected = is_plain && was_passed_on(request.headers());
            let (middleware, web, in_flight) = (middleware.clone(), web.clone(), calls.begin());
            let (cut, door) = (cut_http1.clone(), Arc::clone(&door));
            async move {
                if let Some(refusal) = refuse_http1(&request, header_bytes) {
                    return Ok(refusal);
                }
                let refusal = match visitor {
                    Some(_) => None,
                    None if is_misdirected => Some(StatusCode::MISDIRECTED_REQUEST),
                    None => door.refusal(&request, is_grpc),
                };
                if let Some(status) = refusal {
                    return Ok(wrong_door(&door, status, request.version()));
                }
                // Of HTTP/1.1, the whole connection is the stream.
                let progress =
                    progress_of_stream().unwrap_or_else(|| watch(rules, move || cut.cancel()));
                let peer = visitor.unwrap_or(peer);
                let call = |request| middleware.call(peer, in_flight, progress, request);
                let mut response = web.handle(request, call).await;
                if !is_grpc {
                    door.mark(response.headers_mut());
                }
                Ok::<_, Infallible>(response)
            }
        });
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        let ended = tokio::select! {
            ended = connection.as_mut() => Some(ended),
            () = self.stopping.cancelled() => None,
            () = self.idle(&activity) => None,
            () = self.progress.ended().cancelled() => None,
            () = cut.cancelled() => return,
        };
        let ended = match ended {
            Some(ended) => ended,
            None => {
                connection.as_mut().graceful_shutdown();
                // The server limits the time for all open calls. A connection without calls
                // whose peer ignores the GOAWAY frame is closed earlier.
                tokio::select! {
                    ended = connection => ended,
                    () = self.ignored_goaway(&activity) => return,
                    () = self.evicted() => return,
                    () = cut.cancelled() => return,
                }
            }
        };
        if let Err(error) = ended {
            tracing::debug!(error, "a connection ended early");
        }
    }

    /// Returns when there has been no call for too long. The limit is short until the first
    /// call, so that bare connections do not use up the places.
    async fn idle(&self, activity: &ConnectionActivity) {
        let first = Duration::from_secs(self.limits.handshake_seconds);
        let later = Duration::from_secs(self.limits.idle_seconds);
        activity.idle_for(first, later).await;
    }

    async fn ignored_goaway(&self, activity: &ConnectionActivity) {
        let limit = Duration::from_secs(self.limits.handshake_seconds);
        activity.idle_for(limit, limit).await;
    }

    async fn evicted(&self) {
        self.progress.ended().cancelled().await;
        let grace = match self.progress.early_end() {
            Some(EarlyEnd::Penalised) => PENALISED_GRACE,
            _ => EVICTED_GRACE,
        };
        tokio::time::sleep(grace).await;
    }

    /// Builds the HTTP server. TLS has already negotiated the version, so that it need not be
    /// detected from the first bytes.
    fn http(&self, http2: bool) -> auto::Builder<StreamExecutor> {
        let limits = &self.limits;
        let executor = StreamExecutor::new(limits.progress_rules());
        let mut builder = auto::Builder::new(executor);
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(limits.handshake_seconds))
            .max_buf_size(limits.header_list_bytes as usize);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(Duration::from_secs(limits.keepalive_seconds))
            .keep_alive_timeout(Duration::from_secs(limits.keepalive_timeout_seconds))
            .max_concurrent_streams(limits.streams_per_connection)
            .max_header_list_size(limits.header_list_bytes)
            .max_frame_size(MAX_FRAME_BYTES)
            .max_send_buf_size(MAX_SEND_BUFFER_BYTES)
            .max_pending_accept_reset_streams(MAX_PENDING_RESETS);
        if http2 {
            builder.http2_only()
        } else {
            builder.http1_only()
        }
    }
}

/// Refuses what only an HTTP/1.1 request can be: one whose headers exceed the limit that HTTP/2
/// enforces itself, and one with `Transfer-Encoding`. Two servers that disagree about which of
/// that and `Content-Length` counts can be made to disagree about where a request ends.
fn refuse_http1<B>(request: &Request<B>, header_bytes: usize) -> Option<Response<Body>> {
    if request.version() == Version::HTTP_2 {
        return None;
    }
    let status = if request.headers().contains_key(TRANSFER_ENCODING) {
        StatusCode::BAD_REQUEST
    } else if list_bytes(request.headers()) > header_bytes {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    } else {
        return None;
    };
    // What follows on this connection cannot be trusted to be a request.
    Some(last_response(status))
}

/// An empty response after which the connection is closed.
fn last_response(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(
        http::header::CONNECTION,
        http::HeaderValue::from_static("close"),
    );
    response
}

/// The response to a request that names another host, or comes without the TLS that it needs.
fn wrong_door(door: &Door, status: StatusCode, version: Version) -> Response<Body> {
    // HTTP/2 has no header that closes a connection, and serves each request by itself.
    let mut response = if version == Version::HTTP_2 {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        response
    } else {
        last_response(status)
    };
    if let Some(way_in) = door.way_in() {
        let kind = http::HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, kind);
        *response.body_mut() = Body::new(Full::from(way_in));
    }
    response
}

fn list_bytes(headers: &HeaderMap) -> usize {
    let size = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        name.as_str().len() + value.len() + HEADER_OVERHEAD_BYTES
    };
    headers.iter().map(size).sum()
}
