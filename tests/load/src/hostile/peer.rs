//! Connections from any loopback address, so that one machine plays many peers.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use hedgerow_core::endpoint::Endpoint;
use hedgerow_transport::tls::{ServerTrust, client_config};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::transport::Channel;

/// A call of a hostile or honest client ends after this time. It is the default of
/// `ingest.in_effect_seconds`, within which an accepted take-back is in effect.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// One address that connects to one server.
#[derive(Debug, Clone)]
pub struct Peer {
    source: Ipv4Addr,
    target: SocketAddr,
    server: Endpoint,
}

impl Peer {
    pub fn new(source: Ipv4Addr, server: &Endpoint) -> anyhow::Result<Self> {
        let host: IpAddr = server
            .host
            .parse()
            .context("the server's host is not an IP address")?;
        Ok(Self {
            source,
            target: SocketAddr::new(host, server.port),
            server: server.clone(),
        })
    }

    /// The hostile peer with this number. Each number has its own address.
    pub fn hostile(number: u32, server: &Endpoint) -> anyhow::Result<Self> {
        Self::new(hostile_address(number)?, server)
    }

    /// Opens a TCP connection.
    pub async fn tcp(&self) -> std::io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((self.source, 0)))?;
        let tcp = socket.connect(self.target).await?;
        // Without it, small messages wait 40 ms for the acknowledgement of earlier ones.
        tcp.set_nodelay(true)?;
        Ok(tcp)
    }

    /// Opens a TLS connection for a protocol, such as `h2`.
    pub async fn tls(&self, protocol: &[u8]) -> anyhow::Result<TlsStream<TcpStream>> {
        let trust = self
            .server
            .pin
            .map_or(ServerTrust::AnyKey, ServerTrust::Pinned);
        let mut config = client_config(trust)?;
        config.alpn_protocols = vec![protocol.to_vec()];
        let name = ServerName::IpAddress(self.target.ip().into());
        let tcp = self.tcp().await?;
        let connector = TlsConnector::from(Arc::new(config));
        Ok(connector.connect(name, tcp).await?)
    }

    /// A gRPC channel that connects at the first call.
    pub fn channel(&self) -> anyhow::Result<Channel> {
        let peer = self.clone();
        let url = format!("https://{}", self.target);
        let endpoint = tonic::transport::Endpoint::from_shared(url)?.timeout(CALL_TIMEOUT);
        Ok(
            endpoint.connect_with_connector_lazy(tower::service_fn(move |_: http::Uri| {
                let peer = peer.clone();
                async move {
                    let tls = peer.tls(b"h2").await.map_err(std::io::Error::other)?;
                    std::io::Result::Ok(TokioIo::new(tls))
                }
            })),
        )
    }

    /// An HTTP/2 connection without gRPC. Its task runs until the connection is closed.
    pub async fn http2(&self) -> anyhow::Result<h2::client::SendRequest<bytes::Bytes>> {
        let (sender, connection) = h2::client::handshake(self.tls(b"h2").await?).await?;
        tokio::spawn(connection);
        Ok(sender)
    }

    /// The URL of a method's path.
    pub fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.target)
    }
}

/// The loopback address of a hostile peer.
pub fn hostile_address(number: u32) -> anyhow::Result<Ipv4Addr> {
    let (third, fourth) = (number / 250, number % 250 + 1);
    Ok(Ipv4Addr::new(
        127,
        66,
        u8::try_from(third).context("too many hostile addresses")?,
        u8::try_from(fourth)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_addresses_differ_and_are_on_loopback() {
        let addresses: std::collections::HashSet<_> = (0..1_000)
            .map(|number| hostile_address(number).unwrap())
            .collect();
        assert_eq!(addresses.len(), 1_000);
        assert!(addresses.iter().all(Ipv4Addr::is_loopback));
    }
}
