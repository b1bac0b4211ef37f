//! Serves one connection, from its handshake to its end.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use super::activity::ConnectionActivity;
use super::byte_counter::ByteCounter;
use super::middleware::Middleware;
use super::web::Web;
use crate::limits::{MAX_FRAME_BYTES, MAX_PENDING_RESETS, MAX_SEND_BUFFER_BYTES, ServerLimits};
use crate::metrics::{Refused, ServerMetrics};
use crate::peer::Peer;

/// Maximum size of the head of an HTTP/1.1 request.
const MAX_HTTP1_BUFFER_BYTES: usize = 64 * 1024;

pub(super) struct Connection {
    pub(super) tls: TlsAcceptor,
    pub(super) middleware: Middleware,
    pub(super) web: Web,
    pub(super) limits: Arc<ServerLimits>,
    pub(super) stopping: CancellationToken,
    pub(super) metrics: ServerMetrics,
    pub(super) peer: Peer,
}

impl Connection {
    pub(super) async fn run(self, tcp: TcpStream) {
        // Without it, small messages wait for the acknowledgement of earlier ones. The
        // connection works all the same.
        if let Err(error) = tcp.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let tcp = ByteCounter::new(tcp, self.metrics.connection_begins());
        let handshake = Duration::from_secs(self.limits.handshake_seconds);
        let accepted = tokio::select! {
            () = self.stopping.cancelled() => return,
            accepted = timeout(handshake, self.tls.accept(tcp)) => accepted,
        };
        match accepted {
            Ok(Ok(tls)) => self.serve(tls).await,
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

    async fn serve(&self, tls: TlsStream<ByteCounter>) {
        let builder = self.http(tls.get_ref().1.alpn_protocol() == Some(b"h2"));
        let activity = Arc::new(ConnectionActivity::new());
        let (middleware, web, peer) = (self.middleware.clone(), self.web.clone(), self.peer);
        let calls = Arc::clone(&activity);
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let (middleware, web, in_flight) = (middleware.clone(), web.clone(), calls.begin());
            async move {
                let call = |request| middleware.call(peer, in_flight, request);
                Ok::<_, Infallible>(web.handle(request, call).await)
            }
        });
        let mut connection = pin!(builder.serve_connection(TokioIo::new(tls), service));
        let ended = tokio::select! {
            ended = connection.as_mut() => Some(ended),
            () = self.stopping.cancelled() => None,
            () = self.idle(&activity) => None,
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

    /// Builds the HTTP server. TLS has already negotiated the version, so that it need not be
    /// detected from the first bytes.
    fn http(&self, http2: bool) -> auto::Builder<TokioExecutor> {
        let mut builder = auto::Builder::new(TokioExecutor::new());
        let limits = &self.limits;
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(limits.handshake_seconds))
            .max_buf_size(MAX_HTTP1_BUFFER_BYTES);
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
