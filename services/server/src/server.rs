//! Serves gRPC and web pages on one TLS port.
//!
//! From the outside in: gate → connection limits → TLS handshake → HTTP/2 (or 1.1) limits →
//! middleware (peer, spans, load limits, deadline, panics) → routes. A failing connection
//! does not affect the others.
//!
//! Browsers on the same machine get the pages over plain HTTP too, because they would warn of
//! the server's own certificate: see `door.rs`. A server with a domain has a certificate that
//! they accept: see `acme.rs`.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::acme::PublicName;
use crate::identity::{Identity, IdentityError};
use crate::limits::{PeerLimiter, Progress, ServerLimits};
use crate::metrics::{Refused, ServerMetrics};
use crate::peer::Peer;
use acceptor::{Accepted, Acceptor};
use connection::Connection;
use gate::Gate;
use middleware::Middleware;
use tls::Tls;
use web::Web;

pub use door::PlainHttp;
pub use pages::{MAX_FORM_BYTES, Pages};
pub use proxy::{Origin, OriginError, ReverseProxy};
pub use standard::standard_services;
pub(crate) use trailers::shutting_down;

mod acceptor;
mod activity;
mod byte_counter;
mod call_outcome;
mod connection;
mod deadline;
mod door;
mod gate;
mod middleware;
mod pages;
mod proxy;
mod response_body;
mod standard;
mod stream;
mod tls;
mod trailers;
mod web;

/// The time without a call after which a connection gives up its place to a newcomer.
const EVICT_AFTER: Duration = Duration::from_secs(5);

/// A server with limits, identity and routes.
#[derive(Debug)]
pub struct Server {
    limits: Arc<ServerLimits>,
    tls: Arc<rustls::ServerConfig>,
    public_name: Option<PublicName>,
    is_on_local_network: bool,
    proxy: Option<Arc<ReverseProxy>>,
    router: Router,
    pages: Pages,
    web: Web,
    metrics: ServerMetrics,
}

impl Server {
    /// Makes a server without routes.
    ///
    /// # Errors
    /// If certificate and key do not belong together.
    pub fn new(limits: ServerLimits, identity: &Identity) -> Result<Self, IdentityError> {
        Ok(Self {
            limits: Arc::new(limits),
            tls: identity.server_config()?,
            public_name: None,
            is_on_local_network: false,
            proxy: None,
            router: Router::new(),
            pages: Pages::default(),
            web: Web::default(),
            metrics: ServerMetrics::default(),
        })
    }

    /// Sets the gRPC services. Their fallback responds to calls of unknown methods.
    #[must_use]
    pub fn routes(mut self, routes: Routes) -> Self {
        self.router = routes.prepare().into_axum_router();
        self
    }

    /// Sets the pages, which respond to every request that is not gRPC.
    #[must_use]
    pub fn pages(mut self, pages: impl Into<Pages>) -> Self {
        self.pages = pages.into();
        self
    }

    /// Opens services, by their full names, to gRPC-Web calls of pages of any origin. Only for
    /// services whose responses do not depend on the caller.
    #[must_use]
    pub fn web(mut self, services: &[&str]) -> Self {
        self.web = Web::new(services);
        self
    }

    /// Sets the name of the server on the internet: handshakes with it get its certificate, and
    /// pages are served over TLS under no other host.
    #[must_use]
    pub fn public_name(mut self, name: Option<PublicName>) -> Self {
        self.public_name = name;
        self
    }

    /// Serves pages without TLS to private networks too, under the machine's own addresses.
    /// Everybody on such a network can read along, and pretend to be this server.
    #[must_use]
    pub fn on_local_network(mut self, is_allowed: bool) -> Self {
        self.is_on_local_network = is_allowed;
        self
    }

    /// Sets the reverse proxy that passes requests for the pages on.
    #[must_use]
    pub fn behind(mut self, proxy: Option<ReverseProxy>) -> Self {
        self.proxy = proxy.map(Arc::new);
        self
    }

    /// Sets the metrics that count calls and connections.
    #[must_use]
    pub fn metrics(mut self, metrics: ServerMetrics) -> Self {
        self.metrics = metrics;
        self
    }

    /// Serves until `shutdown`, then waits for open calls, for the time in the limits.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let limiter = PeerLimiter::new(self.limits.connections, self.limits.connections_per_peer)
            .evicting(EVICT_AFTER);
        // A proxy has the connections of all its visitors.
        let of_proxies = PeerLimiter::new(self.limits.connections, self.limits.connections)
            .evicting(EVICT_AFTER);
        let gate = Gate::new(&self.limits, self.metrics.clone()).trusting(self.proxy.clone());
        let gate = Arc::new(gate);
        let stopping = CancellationToken::new();
        let middleware = Middleware::new(
            self.router,
            self.pages,
            Arc::clone(&self.limits),
            Arc::clone(&gate),
            stopping.clone(),
            self.metrics.clone(),
        );
        let tls = Tls::new(self.tls, self.public_name.as_ref());
        let mut acceptor = match Acceptor::start(listener, gate) {
            Ok(acceptor) => acceptor,
            Err(error) => {
                tracing::error!(%error, "cannot accept connections");
                return;
            }
        };
        let mut connections = JoinSet::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                () = &mut shutdown => break,
                Some(_) = connections.join_next() => continue,
                accepted = acceptor.next() => accepted,
            };
            let Some(accepted) = accepted else {
                break;
            };
            let Accepted { address, delay, .. } = accepted;
            let peer = Peer(address);
            let tcp = match accepted.into_stream() {
                Ok(tcp) => tcp,
                Err(error) => {
                    tracing::debug!(%error, "lost a connection");
                    continue;
                }
            };
            let progress = Arc::new(Progress::begin_waiting());
            let is_proxy = self
                .proxy
                .as_ref()
                .is_some_and(|it| it.is_trusted(address.ip()));
            let limiter = if is_proxy { &of_proxies } else { &limiter };
            match limiter.try_acquire_for(peer.key(), &progress) {
                Ok(permit) => {
                    let connection = Connection {
                        tls: tls.clone(),
                        is_on_local_network: self.is_on_local_network,
                        proxy: self.proxy.clone(),
                        middleware: middleware.clone(),
                        web: self.web.clone(),
                        limits: Arc::clone(&self.limits),
                        stopping: stopping.clone(),
                        metrics: self.metrics.clone(),
                        peer,
                        progress,
                        delay,
                    };
                    connections.spawn(async move {
                        connection.run(tcp).await;
                        drop(permit);
                    });
                }
                Err(limit) => {
                    self.metrics.connection_refused(Refused::Limit(limit));
                    tracing::debug!(?limit, "closed a connection over the limit");
                }
            }
        }
        acceptor.close().await;
        stopping.cancel();
        let drain = Duration::from_secs(self.limits.drain_seconds);
        let drained = timeout(drain, async {
            while connections.join_next().await.is_some() {}
        });
        if drained.await.is_err() {
            tracing::warn!(
                connections = connections.len(),
                "closed connections whose calls did not end in time"
            );
        }
    }
}

#[cfg(test)]
mod tests;
