//! The TLS handshake of a connection.

use std::io;
use std::sync::Arc;

use rustls::ServerConfig;
use tokio::io::AsyncWriteExt;
use tokio_rustls::server::TlsStream;
use tokio_rustls::{LazyConfigAcceptor, TlsAcceptor};

use super::byte_counter::ByteCounter;
use super::door::Door;
use crate::acme::{Certificates, PublicName};

/// What handshakes are made with.
#[derive(Clone, Debug)]
pub(super) struct Tls {
    config: Arc<ServerConfig>,
    /// Of a server with a domain.
    certificates: Option<Arc<Certificates>>,
}

impl Tls {
    /// Makes handshakes with the server's own certificate, and with that of its public name.
    pub(super) fn new(own: Arc<ServerConfig>, name: Option<&PublicName>) -> Self {
        match name {
            Some(name) => Self {
                config: name.tls(),
                certificates: Some(name.certificates()),
            },
            None => Self {
                config: own,
                certificates: None,
            },
        }
    }

    /// Makes the handshake. `None` if it was the check of the domain by an authority, after which
    /// nothing follows.
    pub(super) async fn accept(
        &self,
        tcp: ByteCounter,
    ) -> io::Result<Option<(TlsStream<ByteCounter>, Door)>> {
        let Some(certificates) = &self.certificates else {
            let acceptor = TlsAcceptor::from(Arc::clone(&self.config));
            return Ok(Some((acceptor.accept(tcp).await?, Door::Tls)));
        };
        let hello = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), tcp).await?;
        if let Some(challenge) = certificates.challenge(&hello.client_hello()) {
            let mut tls = hello.into_stream(challenge).await?;
            tls.shutdown().await?;
            return Ok(None);
        }
        let is_public = certificates.is_public(hello.client_hello().server_name());
        let tls = hello.into_stream(Arc::clone(&self.config)).await?;
        let door = Door::Domain {
            domain: certificates.domain().clone(),
            is_public,
        };
        Ok(Some((tls, door)))
    }
}
