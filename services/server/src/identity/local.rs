//! How a server is reached from its own machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::SpkiHash;

/// Returns the endpoint of a server, for clients on the same machine.
#[must_use]
pub fn local_endpoint(listen: SocketAddr, pin: SpkiHash) -> Endpoint {
    Endpoint {
        host: reachable(listen.ip()).to_string(),
        port: listen.port(),
        pin: Some(pin),
    }
}

/// Lists the distinct names for the certificate of a server: those of this machine, and
/// `public_host`, if it has one.
#[must_use]
pub fn certificate_names(listen: SocketAddr, public_host: Option<String>) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    for name in [Some(reachable(listen.ip()).to_string()), public_host] {
        names.extend(name.filter(|name| !names.contains(name)));
    }
    names
}

/// Replaces the unspecified address, which cannot be dialled, by the loopback one, which it
/// includes.
fn reachable(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(v4) if v4.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(v6) if v6.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_all_addresses_is_reached_by_loopback() {
        let host = |listen: &str| {
            let pin = SpkiHash::from_bytes([1; 32]);
            local_endpoint(listen.parse().unwrap(), pin).host
        };
        assert_eq!(host("0.0.0.0:1"), "127.0.0.1");
        assert_eq!(host("[::]:1"), "::1");
        assert_eq!(host("192.168.0.2:1"), "192.168.0.2");
    }

    #[test]
    fn every_name_is_in_the_certificate_once() {
        let names = |host: Option<&str>| {
            certificate_names("0.0.0.0:1".parse().unwrap(), host.map(str::to_owned))
        };
        assert_eq!(names(None), ["localhost", "127.0.0.1"]);
        assert_eq!(
            names(Some("a.example")),
            ["localhost", "127.0.0.1", "a.example"]
        );
    }
}
