//! Name resolution.

use std::net::SocketAddr;
use std::{fmt, io};

/// Resolves host names.
#[async_trait::async_trait]
pub trait Resolve: fmt::Debug + Send + Sync {
    /// Resolves a host name to its addresses, each with the port.
    ///
    /// # Errors
    /// If the name cannot be resolved.
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// The resolver of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

#[async_trait::async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.collect())
    }
}

/// Resolves every name to one address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fixed(pub(super) SocketAddr);

#[async_trait::async_trait]
impl Resolve for Fixed {
    async fn resolve(&self, _host: &str, _port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(vec![self.0])
    }
}
