//! A browser's view of a server: one page over TLS, for a name that leads to this machine.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use bytes::Bytes;
use hedgerow_core::id::SpkiHash;
use hedgerow_transport::tls::{ServerTrust, client_config, provider, spki_hash};
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A page, and the certificate that came with it.
#[derive(Clone, Debug)]
pub struct Visited {
    /// Head and body.
    pub response: String,
    pub certificate: CertificateDer<'static>,
}

impl Visited {
    /// The hash of the server's key, as addresses have it.
    ///
    /// # Panics
    /// If the certificate cannot be parsed.
    pub fn key(&self) -> SpkiHash {
        spki_hash(&self.certificate).expect("a certificate")
    }
}

/// A visitor that accepts some certificates.
#[derive(Clone, Debug)]
pub struct Visitor(Arc<ClientConfig>);

impl Visitor {
    /// Accepts what these roots signed, for the name that it opens: as browsers do.
    ///
    /// # Panics
    /// If they are not certificates.
    pub fn with_roots(roots: &[CertificateDer<'static>]) -> Self {
        let mut store = RootCertStore::empty();
        for root in roots {
            store.add(root.clone()).expect("a root");
        }
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("the provider supports them")
            .with_root_certificates(store)
            .with_no_client_auth();
        Self(Arc::new(config))
    }

    /// Accepts a key, or any.
    ///
    /// # Panics
    /// Never in practice: the provider supports the protocol versions.
    pub fn with_key(trust: ServerTrust) -> Self {
        let mut config = client_config(trust).expect("the provider supports the versions");
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self(Arc::new(config))
    }

    /// Opens `https://HOST/` at a port of this machine. `name` is the one of the handshake.
    pub async fn open(&self, port: u16, name: &str, host: &str) -> io::Result<Visited> {
        self.get(port, name, host, "/").await
    }

    /// Requests a path.
    pub async fn get(&self, port: u16, name: &str, host: &str, path: &str) -> io::Result<Visited> {
        let tcp = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
        let tls = TlsConnector::from(Arc::clone(&self.0));
        let mut stream = tls.connect(name, tcp).await?;
        let chain = stream.get_ref().1.peer_certificates();
        let certificate = chain.and_then(|chain| chain.first()).cloned();
        let certificate = certificate.ok_or_else(|| io::Error::other("no certificate"))?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut response = Vec::new();
        stream.read_to_end(&mut response).await?;
        Ok(Visited {
            response: String::from_utf8_lossy(&response).into_owned(),
            certificate: certificate.into_owned(),
        })
    }

    /// Calls the health service by gRPC over HTTP/2, as a program does that has the server's name
    /// and no hash of its key. Returns the response's message.
    ///
    /// # Panics
    /// If the call is not answered by gRPC.
    pub async fn check_health(&self, port: u16, name: &str) -> io::Result<Vec<u8>> {
        let mut config = ClientConfig::clone(&self.0);
        config.alpn_protocols = vec![b"h2".to_vec()];
        let tcp = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        let server = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
        let tls = TlsConnector::from(Arc::new(config));
        let stream = tls.connect(server, tcp).await?;
        let (mut client, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .map_err(io::Error::other)?;
        tokio::spawn(connection);
        // A message of no bytes, not compressed.
        let message = Full::new(Bytes::from_static(&[0; 5]));
        let request = Request::post(format!("https://{name}/grpc.health.v1.Health/Check"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(message)
            .expect("a request");
        let response = client.send_request(request).await;
        let response = response.map_err(io::Error::other)?;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/grpc");
        let body = response.into_body().collect().await;
        let body = body.map_err(io::Error::other)?.to_bytes();
        Ok(body.to_vec())
    }
}
