//! Connections to other servers: the one place that dials.
//!
//! An address that somebody announced is dialled only where the address rule permits
//! every step of it: the name is resolved here, each resolved address is checked, and
//! the very address that was checked is connected to, at each dial anew. Nothing ever
//! follows a redirect.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use serde::Deserialize;
use serde::Serialize;
use tonic::transport::Channel;
use tonic::transport::Uri;

use crate::address_rule::AddressRule;
use crate::address_rule::Network;
use crate::limits;
use crate::limits::USUAL_HEADER_LIST_BYTES;
use crate::limits::USUAL_MESSAGE_BYTES;
use crate::limits::Unfit;
use crate::limits::seconds;
use crate::limits::within;
use crate::tls::ServerTrust;
use crate::tls::client_config;

use dial::Dialer;
pub use failure::ConnectFailure;
pub use failure::ConnectReason;
use resolve::Only;
pub use resolve::Resolve;
pub use resolve::SystemResolver;

mod dial;
mod failure;
mod resolve;

/// Who named the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trust {
    /// The operator wrote it into the configuration: it may be special.
    Configured,
    /// Somebody announced it, or it was imported: special addresses are refused.
    Announced,
}

/// How connections are made. Times are in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectorConfig {
    /// Special networks that announced addresses may nevertheless lie in.
    pub allow_networks: Vec<Network>,
    /// For finding the name and making the TCP connection.
    pub connect_seconds: u64,
    /// For the TLS handshake.
    pub handshake_seconds: u64,
    /// How often a connection is checked, idle or not.
    pub keepalive_seconds: u64,
    /// How long an answer to that check may take before the connection is given up.
    pub keepalive_timeout_seconds: u64,
    /// The longest that a transfer may take, and any other call until its answer begins,
    /// whatever its own deadline.
    pub longest_call_seconds: u64,
    /// The largest message taken or sent, in bytes, after decompression too.
    pub message_bytes: usize,
    /// The largest list of headers that an answer may have, in bytes.
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
            message_bytes: USUAL_MESSAGE_BYTES,
            header_list_bytes: USUAL_HEADER_LIST_BYTES,
        }
    }
}

impl ConnectorConfig {
    /// Refuses what would reach nobody, or what servers count on not to be.
    ///
    /// # Errors
    /// With the key, and what would do.
    pub fn check(&self) -> Result<(), Unfit> {
        seconds("connector.connect_seconds", self.connect_seconds)?;
        seconds("connector.handshake_seconds", self.handshake_seconds)?;
        seconds("connector.keepalive_seconds", self.keepalive_seconds)?;
        seconds(
            "connector.keepalive_timeout_seconds",
            self.keepalive_timeout_seconds,
        )?;
        seconds("connector.longest_call_seconds", self.longest_call_seconds)?;
        limits::message("connector.message_bytes", self.message_bytes)?;
        within(
            "connector.header_list_bytes",
            self.header_list_bytes.into(),
            USUAL_HEADER_LIST_BYTES.into()..=1024 * 1024,
            "must be from 32768, which an answer with all that is wrong with a request fits \
             into, to 1048576",
        )
    }

    /// How long a whole transfer may take.
    #[must_use]
    pub fn longest_transfer(&self) -> Duration {
        Duration::from_secs(self.longest_call_seconds)
    }
}

/// Makes channels to other servers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Connector {
    config: Arc<ConnectorConfig>,
    rule: Arc<AddressRule>,
    resolver: Arc<dyn Resolve>,
}

impl Connector {
    /// A connector that asks the system's resolver.
    #[must_use]
    pub fn new(config: ConnectorConfig) -> Self {
        Self::with_resolver(config, Arc::new(SystemResolver))
    }

    /// A connector that resolves names in another way.
    #[must_use]
    pub fn with_resolver(config: ConnectorConfig, resolver: Arc<dyn Resolve>) -> Self {
        Self {
            rule: Arc::new(AddressRule::allowing(config.allow_networks.clone())),
            config: Arc::new(config),
            resolver,
        }
    }

    /// How its connections are made.
    #[must_use]
    pub fn config(&self) -> &ConnectorConfig {
        &self.config
    }

    /// Where a server's name leads now: a few addresses, each of which may be dialled.
    ///
    /// # Errors
    /// Where it leads nowhere, or only where nothing may be dialled.
    pub async fn find(
        &self,
        address: &Endpoint,
        trust: Trust,
    ) -> Result<Vec<SocketAddr>, ConnectFailure> {
        let tls = client_config(ServerTrust::AnyKey)
            .map_err(|error| self.unusable(address, ConnectReason::TlsFailed, error))?;
        self.dialer(address, trust, tls).candidates().await
    }

    /// A connector that goes to one of the addresses that [`find`](Self::find) found,
    /// whatever a name leads to later: so that the one that is counted is the one that is
    /// dialled. The address rule holds all the same.
    #[must_use]
    pub fn only_to(&self, target: SocketAddr) -> Self {
        Self {
            resolver: Arc::new(Only(target)),
            ..self.clone()
        }
    }

    /// A channel to a server. It connects when first used, and again whenever the
    /// connection was lost. A failed call then tells why by [`ConnectFailure::find`].
    ///
    /// # Errors
    /// Where no channel can be made of the address at all.
    pub fn channel(&self, address: &Endpoint, trust: Trust) -> Result<Channel, ConnectFailure> {
        let keys = match address.pin {
            Some(pin) => ServerTrust::Pinned(pin),
            None => ServerTrust::PublicRoots,
        };
        self.channel_trusting(address, trust, keys)
    }

    /// A channel that does not mind which key the server shows. For fetching public
    /// heads and records only, which prove themselves: so a head that brings a new pin
    /// can still be fetched. Nothing secret may be sent by it.
    ///
    /// # Errors
    /// Where no channel can be made of the address at all.
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
                .timeout(config.longest_transfer())
                .http2_keep_alive_interval(Duration::from_secs(config.keepalive_seconds))
                .keep_alive_timeout(Duration::from_secs(config.keepalive_timeout_seconds))
                // An idle channel holds no timer; a lost one is found at the next call.
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

/// An IPv6 address in the brackets that a URL wants; anything else as it is.
fn bracketed(host: &str) -> String {
    if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}
