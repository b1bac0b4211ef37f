//! Connections to other servers. All outgoing connections are made here.
//!
//! For an announced address, each attempt resolves the name, checks every resolved address by
//! the address rule, and connects to the address that it has checked. So a name cannot pass
//! the check with one address and lead to another. Redirects are never followed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use serde::{Deserialize, Serialize};
use tonic::transport::{Channel, Uri};

use crate::address_rule::{AddressRule, Network};
use crate::limits::{
    DEFAULT_HEADER_LIST_BYTES, DEFAULT_MESSAGE_BYTES, OutOfRange, check_message_bytes, check_range,
    check_seconds,
};
use crate::tls::{ServerTrust, client_config};

use dial::Dialer;
pub use failure::{ConnectFailure, ConnectReason};
use resolve::Fixed;
pub use resolve::{Resolve, SystemResolver};

mod dial;
pub(crate) mod failure;
mod resolve;

/// Where an address comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trust {
    /// From the configuration or the command line: it may be special.
    Configured,
    /// Announced by another party, or imported: special addresses are rejected.
    Announced,
}

/// Limits of outgoing connections. Times are in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectorConfig {
    /// Special networks in which announced addresses may be.
    pub allow_networks: Vec<Network>,
    /// For name resolution and the TCP connection together.
    pub connect_seconds: u64,
    /// For the TLS handshake.
    pub handshake_seconds: u64,
    /// Interval between HTTP/2 pings while a call is open.
    pub keepalive_seconds: u64,
    /// Longest wait for the response to a ping before the connection is closed.
    pub keepalive_timeout_seconds: u64,
    /// For a whole transfer, and for any other call until its response begins, even if its
    /// own deadline is later.
    pub longest_call_seconds: u64,
    /// Maximum size of a message in bytes, after decompression.
    pub message_bytes: usize,
    /// Maximum size of a response's header list in bytes.
    pub header_list_bytes: u32,
}

impl Default for ConnectorConfig {
    fn default() -> Self {
        Self {
            allow_networks: Vec::new(),
            connect_seconds: 10,
            handshake_seconds: 10,
            keepalive_seconds: 60,
            keepalive_timeout_seconds: 20,
            longest_call_seconds: 900,
            message_bytes: DEFAULT_MESSAGE_BYTES,
            header_list_bytes: DEFAULT_HEADER_LIST_BYTES,
        }
    }
}

impl ConnectorConfig {
    /// Rejects values with which no server could be reached, or below what servers rely on.
    ///
    /// # Errors
    /// If a value is out of range.
    pub fn check(&self) -> Result<(), OutOfRange> {
        check_seconds("connector.connect_seconds", self.connect_seconds)?;
        check_seconds("connector.handshake_seconds", self.handshake_seconds)?;
        check_seconds("connector.keepalive_seconds", self.keepalive_seconds)?;
        check_seconds(
            "connector.keepalive_timeout_seconds",
            self.keepalive_timeout_seconds,
        )?;
        check_seconds("connector.longest_call_seconds", self.longest_call_seconds)?;
        check_message_bytes("connector.message_bytes", self.message_bytes)?;
        check_range(
            "connector.header_list_bytes",
            self.header_list_bytes.into(),
            DEFAULT_HEADER_LIST_BYTES.into()..=1024 * 1024,
            "must be from 32768, which the violations of a rejected request can need, to 1048576",
        )
    }

    /// Returns the time for a whole transfer.
    #[must_use]
    pub fn max_transfer(&self) -> Duration {
        Duration::from_secs(self.longest_call_seconds)
    }
}

/// Opens channels to other servers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Connector {
    config: Arc<ConnectorConfig>,
    rule: Arc<AddressRule>,
    resolver: Arc<dyn Resolve>,
}

impl Connector {
    /// Makes a connector that uses the system's resolver.
    #[must_use]
    pub fn new(config: ConnectorConfig) -> Self {
        Self::with_resolver(config, Arc::new(SystemResolver))
    }

    /// Makes a connector with another resolver.
    #[must_use]
    pub fn with_resolver(config: ConnectorConfig, resolver: Arc<dyn Resolve>) -> Self {
        Self {
            rule: Arc::new(AddressRule::allowing(config.allow_networks.clone())),
            config: Arc::new(config),
            resolver,
        }
    }

    /// Returns the limits of its connections.
    #[must_use]
    pub fn config(&self) -> &ConnectorConfig {
        &self.config
    }

    /// Resolves a server's name to a few addresses that may be dialled.
    ///
    /// # Errors
    /// If it resolves to no address, or only to special ones.
    pub async fn resolve(
        &self,
        address: &Endpoint,
        trust: Trust,
    ) -> Result<Vec<SocketAddr>, ConnectFailure> {
        let tls = client_config(ServerTrust::AnyKey)
            .map_err(|error| self.unusable(address, ConnectReason::TlsFailed, error))?;
        self.dialer(address, trust, tls).candidates().await
    }

    /// Makes a connector that dials only this address, one of those that
    /// [`resolve`](Self::resolve) returned. A name that changes in between then cannot evade a
    /// limit for that address. The address rule still applies.
    #[must_use]
    pub fn pinned_to(&self, target: SocketAddr) -> Self {
        Self {
            resolver: Arc::new(Fixed(target)),
            ..self.clone()
        }
    }

    /// Makes a channel to a server. It connects at the first call, and reconnects at the next
    /// call after the connection was lost. [`ConnectFailure::find`] returns the cause of a
    /// call that failed for this.
    ///
    /// # Errors
    /// If the address cannot be used in a URL.
    pub fn channel(&self, address: &Endpoint, trust: Trust) -> Result<Channel, ConnectFailure> {
        let keys = match address.pin {
            Some(pin) => ServerTrust::Pinned(pin),
            None => ServerTrust::PublicRoots,
        };
        self.channel_trusting(address, trust, keys)
    }

    /// Makes a channel that accepts any key of the server. Only for fetching public heads and
    /// records, which have their own proofs: so a client with an outdated pin can still fetch
    /// the head with the new one. Nothing secret may be sent over it.
    ///
    /// # Errors
    /// If the address cannot be used in a URL.
    pub fn channel_for_public_data(
        &self,
        address: &Endpoint,
        trust: Trust,
    ) -> Result<Channel, ConnectFailure> {
        self.channel_trusting(address, trust, ServerTrust::AnyKey)
    }

    fn channel_trusting(
        &self,
        address: &Endpoint,
        trust: Trust,
        keys: ServerTrust,
    ) -> Result<Channel, ConnectFailure> {
        let tls = client_config(keys)
            .map_err(|error| self.unusable(address, ConnectReason::TlsFailed, error))?;
        let dialer = self.dialer(address, trust, tls);
        let config = &self.config;
        let host = bracketed(&address.host);
        let endpoint =
            tonic::transport::Endpoint::from_shared(format!("https://{host}:{}", address.port))
                .map_err(|error| self.unusable(address, ConnectReason::NameNotFound, error))?
                .user_agent(concat!("hedgerow/", env!("CARGO_PKG_VERSION")))
                .map_err(|error| self.unusable(address, ConnectReason::NameNotFound, error))?
                .timeout(config.max_transfer())
                .http2_keep_alive_interval(Duration::from_secs(config.keepalive_seconds))
                .keep_alive_timeout(Duration::from_secs(config.keepalive_timeout_seconds))
                // Saves a timer for each idle channel. A lost connection is found at the next call.
                .keep_alive_while_idle(false)
                .http2_max_header_list_size(config.header_list_bytes);
        Ok(
            endpoint.connect_with_connector_lazy(tower::service_fn(move |_: Uri| {
                let dialer = dialer.clone();
                async move { dialer.dial().await.map(TokioIo::new) }
            })),
        )
    }

    fn dialer(&self, address: &Endpoint, trust: Trust, tls: ClientConfig) -> Dialer {
        Dialer {
            host: address.host.clone(),
            port: address.port,
            rule: match trust {
                Trust::Configured => None,
                Trust::Announced => Some(Arc::clone(&self.rule)),
            },
            resolver: Arc::clone(&self.resolver),
            tls: Arc::new(tls),
            connect_timeout: Duration::from_secs(self.config.connect_seconds),
            handshake_timeout: Duration::from_secs(self.config.handshake_seconds),
        }
    }

    fn unusable(
        &self,
        address: &Endpoint,
        reason: ConnectReason,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> ConnectFailure {
        ConnectFailure::new(
            reason,
            &format!("{}:{}", address.host, address.port),
            source,
        )
    }
}

/// Puts an IPv6 address in the brackets that a URL needs.
fn bracketed(host: &str) -> String {
    if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}
