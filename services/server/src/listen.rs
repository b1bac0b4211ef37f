//! Opens listening sockets.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

/// Connections that may wait to be accepted; the system may allow fewer. If they are too few, a
/// flood makes the system drop the first packets of others, which repeat them a second later.
const BACKLOG: u32 = 4_096;

/// Why a socket cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
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
    #[error("this machine does not have the address {}; set another `listen` address", .0.ip())]
    NoSuchAddress(SocketAddr),
    #[error("cannot listen on {address}")]
    Other {
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
}

/// Opens a listening socket. Connections wait in the system's queue until it is served.
///
/// # Errors
/// With a message that names the way out.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    listen(address).map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => BindError::InUse(address),
        io::ErrorKind::PermissionDenied => BindError::NotPermitted(address),
        io::ErrorKind::AddrNotAvailable => BindError::NoSuchAddress(address),
        _ => BindError::Other { address, source },
    })
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // Elsewhere than on Windows, it only means that a restart need not wait for old connections.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Returns the address of a server's pages for a browser on the same machine. `None` if it listens
/// on an address that is not a loopback one: without TLS it serves pages to this machine only.
pub fn local_pages(listener: SocketAddr) -> Option<String> {
    let host = match listener.ip() {
        address if address.is_loopback() => address,
        address if address.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        _ => return None,
    };
    Some(format!(
        "http://{}/",
        SocketAddr::new(host, listener.port())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_an_address_on_this_machine_only() {
        let address = |listener: &str| local_pages(listener.parse().unwrap());
        let local = Some("http://127.0.0.1:7450/".to_owned());
        assert_eq!(address("127.0.0.1:7450"), local);
        assert_eq!(address("0.0.0.0:7450"), local);
        assert_eq!(address("[::1]:7450").as_deref(), Some("http://[::1]:7450/"));
        assert_eq!(address("192.168.0.5:7450"), None);
    }

    #[tokio::test]
    async fn a_port_in_use_is_reported() {
        let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let error = bind(listener.local_addr().unwrap()).await.unwrap_err();
        assert!(matches!(error, BindError::InUse(_)));
        assert!(error.to_string().contains("already in use"));
    }
}
