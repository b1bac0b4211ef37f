//! One connection attempt: resolve, check the addresses, connect, TLS handshake.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::failure::{ConnectFailure, ConnectReason};
use super::resolve::Resolve;
use crate::address_rule::AddressRule;
use crate::tls::PinMismatch;

/// Maximum number of addresses of one name that are tried.
const MAX_TRIED: usize = 4;

#[derive(Clone)]
pub(super) struct Dialer {
    pub(super) host: String,
    pub(super) port: u16,
    /// Set if another party announced the address.
    pub(super) rule: Option<Arc<AddressRule>>,
    pub(super) resolver: Arc<dyn Resolve>,
    pub(super) tls: Arc<ClientConfig>,
    pub(super) connect_timeout: Duration,
    pub(super) handshake_timeout: Duration,
}

impl Dialer {
    pub(super) async fn dial(&self) -> Result<TlsStream<TcpStream>, ConnectFailure> {
        let tcp = timeout(self.connect_timeout, self.connect())
            .await
            .map_err(|late| self.failed(ConnectReason::ConnectTimedOut, late))??;
        // Without it, small messages wait for the acknowledgement of earlier ones. The
        // connection works all the same.
        if let Err(error) = tcp.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let name = ServerName::try_from(unbracketed(&self.host).to_owned())
            .map_err(|error| self.failed(ConnectReason::TlsFailed, error))?;
        let connector = TlsConnector::from(Arc::clone(&self.tls));
        timeout(self.handshake_timeout, connector.connect(name, tcp))
            .await
            .map_err(|late| self.failed(ConnectReason::ConnectTimedOut, late))?
            .map_err(|error| self.handshake_failed(error))
    }

    /// Connects to the first permitted address that accepts.
    async fn connect(&self) -> Result<TcpStream, ConnectFailure> {
        let candidates = self.candidates().await?;
        // Each address gets an equal part of the time, so that one that drops packets leaves
        // time for the others.
        let share = self.connect_timeout / u32::try_from(candidates.len()).unwrap_or(1).max(1);
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for candidate in candidates {
            match timeout(share, TcpStream::connect(candidate)).await {
                Ok(Ok(tcp)) => return Ok(tcp),
                Ok(Err(error)) => last = error,
                Err(_) => last = io::ErrorKind::TimedOut.into(),
            }
        }
        let reason = match last.kind() {
            io::ErrorKind::TimedOut => ConnectReason::ConnectTimedOut,
            _ => ConnectReason::ConnectFailed,
        };
        Err(self.failed(reason, last))
    }

    /// Resolves the name again at each call and returns the permitted addresses.
    pub(super) async fn candidates(&self) -> Result<Vec<SocketAddr>, ConnectFailure> {
        self.permitted(self.resolve().await?)
    }

    async fn resolve(&self) -> Result<Vec<SocketAddr>, ConnectFailure> {
        let host = unbracketed(&self.host);
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, self.port)]);
        }
        let resolved = self
            .resolver
            .resolve(host, self.port)
            .await
            .map_err(|error| self.failed(ConnectReason::NameNotFound, error))?;
        if resolved.is_empty() {
            let no_address = io::Error::from(io::ErrorKind::NotFound);
            return Err(self.failed(ConnectReason::NameNotFound, no_address));
        }
        Ok(resolved)
    }

    /// Returns the first few permitted addresses, at least one.
    fn permitted(&self, resolved: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, ConnectFailure> {
        let mut rejected = None;
        let mut permitted = Vec::new();
        for address in resolved {
            match self.rule.as_ref().map(|rule| rule.check(address.ip())) {
                Some(Err(special)) => rejected = Some(special),
                Some(Ok(())) | None => permitted.push(address),
            }
        }
        permitted.truncate(MAX_TRIED);
        match rejected {
            Some(special) if permitted.is_empty() => {
                Err(self.failed(ConnectReason::AddressNotAllowed, special))
            }
            Some(_) | None => Ok(permitted),
        }
    }

    fn handshake_failed(&self, error: io::Error) -> ConnectFailure {
        let mismatch = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
            .and_then(PinMismatch::find)
            .copied();
        match mismatch {
            Some(mismatch) => self.failed(ConnectReason::PinMismatch, mismatch),
            None => self.failed(ConnectReason::TlsFailed, error),
        }
    }

    fn failed(
        &self,
        reason: ConnectReason,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> ConnectFailure {
        ConnectFailure::new(reason, &format!("{}:{}", self.host, self.port), source)
    }
}

/// Removes the brackets that a URL has around an IPv6 address.
fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'))
        .unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use hedgerow_core::endpoint::Endpoint;

    use super::*;
    use crate::connector::{Connector, ConnectorConfig, Trust};
    use crate::tls::{ServerTrust, client_config};

    /// A resolver whose result changes with each query.
    #[derive(Debug)]
    struct Changing {
        results: Vec<Vec<&'static str>>,
        queries: AtomicUsize,
    }

    #[async_trait::async_trait]
    impl Resolve for Changing {
        async fn resolve(&self, _host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
            let query = self.queries.fetch_add(1, Ordering::SeqCst);
            let result = &self.results[query.min(self.results.len() - 1)];
            Ok(result
                .iter()
                .map(|ip| SocketAddr::new(ip.parse().unwrap(), port))
                .collect())
        }
    }

    fn dialer(host: &str, results: Vec<Vec<&'static str>>) -> Dialer {
        Dialer {
            host: host.to_owned(),
            port: 1,
            rule: Some(Arc::new(AddressRule::default())),
            resolver: Arc::new(Changing {
                results,
                queries: AtomicUsize::new(0),
            }),
            tls: Arc::new(client_config(ServerTrust::PublicRoots).unwrap()),
            connect_timeout: Duration::from_millis(200),
            handshake_timeout: Duration::from_millis(200),
        }
    }

    #[tokio::test]
    async fn a_literal_special_address_is_rejected_in_every_notation() {
        for host in [
            "127.0.0.1",
            "0.0.0.0",
            "10.0.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "::1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "64:ff9b::7f00:1",
        ] {
            let rejected = dialer(host, vec![]).dial().await.unwrap_err();
            assert_eq!(rejected.reason, ConnectReason::AddressNotAllowed, "{host}");
            assert!(rejected.to_string().contains(host), "{rejected}");
        }
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_a_special_address_is_rejected() {
        for ip in [
            "127.0.0.1",
            "192.168.1.1",
            "::1",
            "fe80::1",
            "::ffff:10.0.0.1",
        ] {
            let rejected = dialer("victim.example", vec![vec![ip]]).dial().await;
            assert_eq!(
                rejected.unwrap_err().reason,
                ConnectReason::AddressNotAllowed,
                "{ip}"
            );
        }
    }

    #[tokio::test]
    async fn a_name_is_resolved_and_checked_at_each_attempt() {
        let dialer = dialer("fickle.example", vec![vec!["192.0.2.1"], vec!["127.0.0.1"]]);
        for _ in 0..3 {
            let rejected = dialer.dial().await.unwrap_err();
            assert_eq!(rejected.reason, ConnectReason::AddressNotAllowed);
        }
    }

    #[test]
    fn only_the_permitted_addresses_of_a_name_are_dialled() {
        let resolved = ["127.0.0.1:1", "93.184.216.34:1", "[::1]:1"]
            .map(|address| address.parse().unwrap())
            .to_vec();
        let permitted = dialer("mixed.example", vec![]).permitted(resolved).unwrap();
        assert_eq!(permitted, ["93.184.216.34:1".parse().unwrap()]);
    }

    #[tokio::test]
    async fn a_pinned_connector_dials_its_address_and_resolves_no_name() {
        let address = Endpoint::parse("https://fickle.example:1").unwrap();
        let connector = Connector::with_resolver(
            ConnectorConfig::default(),
            Arc::new(Changing {
                results: vec![vec!["93.184.216.34"], vec!["93.184.216.35"]],
                queries: AtomicUsize::new(0),
            }),
        );
        let resolved = connector.resolve(&address, Trust::Announced).await.unwrap();
        assert_eq!(resolved, ["93.184.216.34:1".parse().unwrap()]);
        let pinned = connector.pinned_to(resolved[0]);
        for _ in 0..2 {
            assert_eq!(
                pinned.resolve(&address, Trust::Announced).await.unwrap(),
                resolved
            );
        }
        let loopback = connector.pinned_to("127.0.0.1:1".parse().unwrap());
        let rejected = loopback
            .resolve(&address, Trust::Announced)
            .await
            .unwrap_err();
        assert_eq!(rejected.reason, ConnectReason::AddressNotAllowed);
    }

    #[tokio::test]
    async fn a_name_without_an_address_is_not_found() {
        let rejected = dialer("empty.example", vec![vec![]]).dial().await;
        assert_eq!(rejected.unwrap_err().reason, ConnectReason::NameNotFound);
    }
}
