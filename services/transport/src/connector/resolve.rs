//! From a host's name to its addresses.

use std::fmt;
use std::io;
use std::net::SocketAddr;

/// Finds the addresses of a host.
#[async_trait::async_trait]
pub trait Resolve: fmt::Debug + Send + Sync {
    /// The addresses of a host name, with the port.
    ///
    /// # Errors
    /// Where the name is not found.
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// The system's own resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

#[async_trait::async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.collect())
    }
}

/// One address, whatever the name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Only(pub(super) SocketAddr);

#[async_trait::async_trait]
impl Resolve for Only {
    async fn resolve(&self, _host: &str, _port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(vec![self.0])
    }
}
