//! One TLS port for everything that a service serves: gRPC, and pages beside it.
//!
//! Outside in: connection limits → TLS handshake → HTTP/2 (or 1.1) limits → peer,
//! span, load limits, deadline, panics (`gate`) → the routes. One bad connection
//! ends by itself; the rest go on.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::identity::Identity;
use crate::identity::IdentityError;
use crate::limits::ServerLimits;
use crate::metrics::Refused;
use crate::metrics::ServerMetrics;
use crate::peer::Peer;
use crate::peer::Places;
use connection::Connection;
use gate::Gate;
use web::Web;

pub(crate) use gate::stopping;
pub use standard::StandardServices;
pub use standard::standard_services;

mod connection;
mod counted;
mod deadline;
mod gate;
mod guarded;
mod standard;
mod web;

/// Why a server could not begin to listen.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Something else listens there.
    #[error(
        "port {port} on {host} is already in use; stop the program that uses it, or set another `listen` address (port 0 picks a free one)",
        port = .0.port(), host = .0.ip()
    )]
    InUse(SocketAddr),
    /// Ports below 1024 need a permission.
    #[error(
        "this user may not listen on port {port}; set a `listen` port of 1024 or above",
        port = .0.port()
    )]
    NotPermitted(SocketAddr),
    /// The machine has no such address.
    #[error("this machine has no address {}; set another `listen` address", .0.ip())]
    NoSuchAddress(SocketAddr),
    /// Anything else.
    #[error("cannot listen on {address}")]
    Other {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Begins to listen. Connections wait until the listener is served.
///
/// # Errors
/// With a message that names the way out.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => BindError::InUse(address),
            io::ErrorKind::PermissionDenied => BindError::NotPermitted(address),
            io::ErrorKind::AddrNotAvailable => BindError::NoSuchAddress(address),
            _ => BindError::Other { address, source },
        })
}

/// A server in the making: limits first, then its identity.
#[derive(Debug)]
pub struct ServerBuilder {
    limits: ServerLimits,
}

/// A server, ready to serve its routes on a listener.
#[derive(Debug)]
pub struct Server {
    limits: Arc<ServerLimits>,
    tls: Arc<rustls::ServerConfig>,
    router: Router,
    web: Web,
    metrics: ServerMetrics,
}

impl ServerBuilder {
    /// Gives the server its certificate and key.
    ///
    /// # Errors
    /// Where certificate and key do not belong together.
    pub fn tls(self, identity: &Identity) -> Result<Server, IdentityError> {
        Ok(Server {
            limits: Arc::new(self.limits),
            tls: identity.server_config()?,
            router: Router::new(),
            web: Web::default(),
            metrics: ServerMetrics::default(),
        })
    }
}

impl Server {
    /// Begins a server with its limits.
    #[must_use]
    pub fn builder(limits: ServerLimits) -> ServerBuilder {
        ServerBuilder { limits }
    }

    /// Adds gRPC services. Their fallback answers whatever no route knows.
    #[must_use]
    pub fn routes(mut self, routes: Routes) -> Self {
        self.router = routes.prepare().into_axum_router().merge(self.router);
        self
    }

    /// Adds pages: anything that is not gRPC. The router must have no fallback.
    #[must_use]
    pub fn pages(mut self, pages: Router) -> Self {
        self.router = self.router.merge(pages);
        self
    }

    /// Lets pages of any origin call these services, by their full names, as gRPC-Web.
    /// Only for services that answer everybody alike.
    #[must_use]
    pub fn web(mut self, services: &[&str]) -> Self {
        self.web = Web::new(services);
        self
    }

    /// Counts calls and connections in these metrics.
    #[must_use]
    pub fn metrics(mut self, metrics: ServerMetrics) -> Self {
        self.metrics = metrics;
        self
    }

    /// Serves until `shutdown`, then lets calls that have begun finish, for as long as
    /// the limits say.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let places = Places::new(self.limits.connections, self.limits.connections_per_peer);
        let stopping = CancellationToken::new();
        let gate = Gate::new(
            self.router,
            Arc::clone(&self.limits),
            stopping.clone(),
            self.metrics.clone(),
        );
        let tls = TlsAcceptor::from(self.tls);
        let mut connections = JoinSet::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let (tcp, address) = tokio::select! {
                () = &mut shutdown => break,
                Some(_) = connections.join_next() => continue,
                accepted = listener.accept() => match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        pause_after(&error).await;
                        continue;
                    }
                },
            };
            let peer = Peer(address);
            match places.take(peer.key()) {
                Ok(place) => {
                    let connection = Connection {
                        tls: tls.clone(),
                        gate: gate.clone(),
                        web: self.web.clone(),
                        limits: Arc::clone(&self.limits),
                        stopping: stopping.clone(),
                        metrics: self.metrics.clone(),
                        peer,
                    };
                    connections.spawn(async move {
                        connection.run(tcp).await;
                        drop(place);
                    });
                }
                Err(limit) => {
                    self.metrics.connection_refused(Refused::Limit(limit));
                    tracing::debug!(?limit, "a connection over the limit was closed");
                }
            }
        }
        drop(listener);
        stopping.cancel();
        let drain = Duration::from_secs(self.limits.drain_seconds);
        let drained = timeout(drain, async {
            while connections.join_next().await.is_some() {}
        });
        if drained.await.is_err() {
            tracing::warn!(
                connections = connections.len(),
                "connections were cut because they did not end in time"
            );
        }
    }
}

/// After an error of one connection the next may come at once; where the process is out
/// of file descriptors, trying at once would only spin.
async fn pause_after(error: &io::Error) {
    match error.kind() {
        io::ErrorKind::ConnectionAborted
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionRefused
        | io::ErrorKind::Interrupted => {}
        _ => {
            tracing::warn!(%error, "no connection can be accepted for now");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

#[cfg(test)]
mod tests;
