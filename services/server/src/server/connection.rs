//! One connection, from its handshake to its end.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::TokioExecutor;
use hyper_util::rt::TokioIo;
use hyper_util::rt::TokioTimer;
use hyper_util::server::conn::auto;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use super::counted::Counted;
use super::gate::Gate;
use super::guarded::Activity;
use super::web::Web;
use crate::limits::MAX_FRAME_BYTES;
use crate::limits::MAX_PENDING_RESETS;
use crate::limits::MAX_SEND_BUFFER_BYTES;
use crate::limits::ServerLimits;
use crate::metrics::Refused;
use crate::metrics::ServerMetrics;
use crate::peer::Peer;

/// HTTP/1.1: what is buffered of one request's head.
const MAX_HTTP1_BUFFER_BYTES: usize = 64 * 1024;

pub(super) struct Connection {
    pub(super) tls: TlsAcceptor,
    pub(super) gate: Gate,
    pub(super) web: Web,
    pub(super) limits: Arc<ServerLimits>,
    pub(super) stopping: CancellationToken,
    pub(super) metrics: ServerMetrics,
    pub(super) peer: Peer,
}

impl Connection {
    pub(super) async fn run(self, tcp: TcpStream) {
        // Small messages go out at once; a connection without this is only slower.
        if let Err(error) = tcp.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY cannot be set");
        }
        let tcp = Counted::new(tcp, self.metrics.connection_begins());
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

    async fn serve(&self, tls: TlsStream<Counted>) {
        let builder = self.http(tls.get_ref().1.alpn_protocol() == Some(b"h2"));
        let activity = Arc::new(Activity::new());
        let (gate, web, peer) = (self.gate.clone(), self.web.clone(), self.peer);
        let calls = Arc::clone(&activity);
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let (gate, web, in_flight) = (gate.clone(), web.clone(), calls.begin());
            async move {
                let call = |request| gate.call(peer, in_flight, request);
                Ok::<_, Infallible>(web.answer(request, call).await)
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
                // The server bounds the whole drain; an idle peer that does not answer
                // the farewell is not waited for.
                tokio::select! {
                    ended = connection => ended,
                    () = self.unanswered_farewell(&activity) => return,
                }
            }
        };
        if let Err(error) = ended {
            tracing::debug!(error, "a connection ended early");
        }
    }

    /// Returns when no call has been made for too long: soon after the handshake where
    /// there has been none at all.
    async fn idle(&self, activity: &Activity) {
        let first = Duration::from_secs(self.limits.handshake_seconds);
        let later = Duration::from_secs(self.limits.idle_seconds);
        activity.idle_for(first, later).await;
    }

    async fn unanswered_farewell(&self, activity: &Activity) {
        let patience = Duration::from_secs(self.limits.handshake_seconds);
        activity.idle_for(patience, patience).await;
    }

    /// TLS has already agreed on the version, so neither side's first bytes are waited
    /// for to guess it.
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
