//! The peer of a connection and its network, as limits count them. No other code groups
//! addresses.
//!
//! A limit of a peer ([`PeerKey`]) is [`PEERS_PER_NETWORK`] times as high for all peers of its
//! network ([`NetworkKey`]). Limits that differ state the reason where they are defined: turns and
//! the disk space of new groups count networks alone, the memory of transfers gives a network
//! half, and penalties and the crawler's own transfers count peers alone.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// What one network may use of a limit of peers, as a multiple of what one peer may. It matters
/// for IPv6, where one customer often has a /48, which is 65,536 peers.
pub const PEERS_PER_NETWORK: u16 = 4;

/// The remote address of a call. The server adds it to the extensions of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

impl Peer {
    #[must_use]
    pub fn key(self) -> PeerKey {
        PeerKey::from(self.0.ip())
    }

    /// Whether it is a program on this machine.
    pub(crate) fn is_loopback(self) -> bool {
        self.0.ip().to_canonical().is_loopback()
    }

    /// Whether it is on a private network (RFC 1918, RFC 4193) or on the same link.
    pub(crate) fn is_private(self) -> bool {
        match self.0.ip().to_canonical() {
            IpAddr::V4(v4) => v4.is_private() || v4.is_link_local(),
            IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
        }
    }

    /// Returns the key of a request's peer. Requests that did not come through the server, as
    /// in tests, share one key.
    #[must_use]
    pub fn key_of<T>(request: &tonic::Request<T>) -> PeerKey {
        Self::key_of_peer(request.extensions().get::<Self>())
    }

    /// Returns the same from the extensions of an HTTP request.
    #[must_use]
    pub fn key_of_extensions(extensions: &http::Extensions) -> PeerKey {
        Self::key_of_peer(extensions.get::<Self>())
    }

    fn key_of_peer(peer: Option<&Self>) -> PeerKey {
        peer.map_or(PeerKey(IpAddr::V6(Ipv6Addr::UNSPECIFIED)), |peer| {
            peer.key()
        })
    }
}

/// One IPv4 address or one IPv6 /64. A household or a machine usually has a whole /64, so that
/// single IPv6 addresses would not limit it. IPv4 addresses are not grouped: those next to each
/// other usually belong to strangers, and an attacker has to pay for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PeerKey(IpAddr);

impl From<IpAddr> for PeerKey {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
            IpAddr::V4(v4) => IpAddr::V4(v4),
        })
    }
}

impl PeerKey {
    /// Returns the network that may hold many peers.
    #[must_use]
    pub fn network(self) -> NetworkKey {
        NetworkKey(match self.0 {
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 80 << 80)),
            IpAddr::V4(v4) => IpAddr::V4(v4),
        })
    }
}

/// One IPv4 address or one IPv6 /48, the most that a provider usually assigns to a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NetworkKey(IpAddr);

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(ip: &str) -> PeerKey {
        PeerKey::from(ip.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one_peer() {
        assert_eq!(peer("2a00:1::1"), peer("2a00:1::ffff"));
        assert_ne!(peer("2a00:1::1"), peer("2a00:1:0:1::1"));
        assert_eq!(peer("::ffff:1.2.3.4"), peer("1.2.3.4"));
        assert_ne!(peer("1.2.3.4"), peer("1.2.3.5"));
    }

    #[test]
    fn only_programs_on_this_machine_are_on_loopback() {
        let is_loopback = |ip: &str| Peer(SocketAddr::new(ip.parse().unwrap(), 1)).is_loopback();
        for local in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert!(is_loopback(local), "{local}");
        }
        for other in [
            "192.168.0.1",
            "10.0.0.1",
            "::",
            "0.0.0.0",
            "fe80::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(!is_loopback(other), "{other}");
        }
    }

    #[test]
    fn private_networks_and_links_are_private() {
        let is_private = |ip: &str| Peer(SocketAddr::new(ip.parse().unwrap(), 1)).is_private();
        for private in [
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.1.1",
            "fd00::1",
            "fc00::1",
            "fe80::1",
            "::ffff:192.168.0.1",
        ] {
            assert!(is_private(private), "{private}");
        }
        for other in [
            "172.32.0.1",
            "100.64.0.1",
            "8.8.8.8",
            "2a00:1::1",
            "::ffff:8.8.8.8",
            "0.0.0.0",
            "::",
        ] {
            assert!(!is_private(other), "{other}");
        }
    }

    #[test]
    fn peers_of_one_ipv6_customer_are_one_network() {
        let network = |ip| peer(ip).network();
        assert_eq!(network("2a00:1:2:3::1"), network("2a00:1:2:4::1"));
        assert_ne!(network("2a00:1:2::1"), network("2a00:1:3::1"));
        assert_ne!(network("1.2.3.4"), network("1.2.3.5"));
    }
}
