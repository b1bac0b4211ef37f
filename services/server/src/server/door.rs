//! How a connection came in: which hosts its requests may name, and whether it is encrypted.
//!
//! **Pages over plain HTTP.** A server without a certificate from a public authority cannot serve a
//! browser over TLS without a warning, and people who get used to warnings are not safe anywhere.
//! Between two programs of one machine, nothing can read along that could not read their memory as
//! well. So connections from loopback addresses may skip TLS, for pages only: gRPC keeps its
//! pinned key. Connections from a private network may do so if the operator allows it.
//!
//! **Proxies.** A request that a trusted reverse proxy passes on counts as one over TLS: see
//! `proxy.rs`.
//!
//! **Hosts.** A page of another site could have its own name resolve to 127.0.0.1, or to an address
//! in a private network (DNS rebinding), and then read these pages with the rights of its origin.
//! The `Host` header names that site, so that over plain HTTP only names of this machine are
//! served, and with a domain only that.

use std::net::IpAddr;

use http::header::{HOST, STRICT_TRANSPORT_SECURITY};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Request, StatusCode};

use crate::acme::Domain;

/// For how long browsers use nothing but HTTPS with the domain: a year, after each visit.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// In the extensions of a request that came without TLS, from this machine or a private network.
#[derive(Clone, Copy, Debug)]
pub struct PlainHttp;

/// How a connection came in.
#[derive(Clone, Debug)]
pub(super) enum Door {
    /// Over TLS, to a server without a domain.
    Tls,
    /// Over TLS, to a server with a domain.
    Domain {
        domain: Domain,
        /// Whether the handshake got the certificate of a public authority.
        is_public: bool,
    },
    /// Without TLS, from this machine.
    Loopback,
    /// Without TLS, from a private network to this address of the machine.
    LocalNetwork(IpAddr),
    /// Without TLS, from a reverse proxy on another machine.
    Proxy,
}

impl Door {
    pub(super) fn is_plain(&self) -> bool {
        matches!(self, Self::Loopback | Self::LocalNetwork(_) | Self::Proxy)
    }

    /// Returns why a request is refused. `None` if it is not.
    pub(super) fn refusal<B>(&self, request: &Request<B>, is_grpc: bool) -> Option<StatusCode> {
        // Clients of gRPC dial by address and check the key. No page can make such a call with
        // the rights of another origin.
        let is_named = match self {
            Self::Loopback | Self::LocalNetwork(_) | Self::Proxy if is_grpc => {
                return Some(StatusCode::UNSUPPORTED_MEDIA_TYPE);
            }
            Self::Tls => true,
            Self::Domain { .. } if is_grpc => true,
            Self::Domain { domain, .. } => names_only(request, |host| domain.is(host)),
            Self::Loopback => names_only(request, is_loopback_name),
            Self::LocalNetwork(own) => names_only(request, |host| is_address(host, *own)),
            // A request for the site itself is not refused here.
            Self::Proxy => false,
        };
        (!is_named).then_some(StatusCode::MISDIRECTED_REQUEST)
    }

    /// Returns a sentence for a person whose request named another host.
    pub(super) fn way_in(&self) -> Option<String> {
        match self {
            Self::Domain { domain, .. } => Some(format!("Open https://{domain}/ instead.\n")),
            Self::Loopback | Self::Proxy => Some(
                "This server has no site of that name. If a proxy passes your request on: its \
                 operator sets `site.origin` in the server's configuration to the address in your \
                 browser, and has the proxy keep the Host header.\n"
                    .to_owned(),
            ),
            Self::Tls | Self::LocalNetwork(_) => None,
        }
    }

    /// Adds what browsers are to remember of a connection with the public certificate.
    pub(super) fn mark(&self, headers: &mut HeaderMap) {
        if let Self::Domain {
            is_public: true, ..
        } = self
        {
            headers.insert(STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
        }
    }
}

/// Whether a request names a host, and only such that are accepted. Two that contradict each other
/// are not: either may be used to build links.
pub(super) fn names_only<B>(request: &Request<B>, is_accepted: impl Fn(&str) -> bool) -> bool {
    let mut headers = request.headers().get_all(HOST).iter();
    let header = match (headers.next(), headers.next()) {
        (None, _) => None,
        (Some(host), None) => match host.to_str() {
            Ok(host) => Some(host),
            Err(_) => return false,
        },
        (Some(_), Some(_)) => return false,
    };
    // Of HTTP/2, and in some requests of HTTP/1.1.
    let in_uri = request.uri().authority().map(Authority::as_str);
    let mut named = [header, in_uri].into_iter().flatten().peekable();
    named.peek().is_some()
        && named.all(|named| host_of(named).is_some_and(|host| is_accepted(&host)))
}

/// Returns the host of a text, in lower case and without brackets, if there is nothing before it,
/// such as a user, and at most a port after it.
fn host_of(named: &str) -> Option<String> {
    let authority = named.parse::<Authority>().ok()?;
    let after = authority.as_str().strip_prefix(authority.host())?;
    if !after.is_empty() && authority.port_u16().is_none() {
        return None;
    }
    let host = authority.host().to_ascii_lowercase();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    Some(bare.to_owned())
}

/// Whether a host can only be this machine.
fn is_loopback_name(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        // RFC 6761: names under `localhost` always are this machine.
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

fn is_address(host: &str, own: IpAddr) -> bool {
    let named = host.parse::<IpAddr>();
    named.is_ok_and(|named| named.to_canonical() == own.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused_by(door: &Door, host: &[&str], uri: &str) -> Option<u16> {
        let mut request = Request::builder().uri(uri);
        for host in host {
            request = request.header(HOST, *host);
        }
        let refusal = door.refusal(&request.body(()).unwrap(), false);
        refusal.map(|status| status.as_u16())
    }

    fn refused(host: &[&str], uri: &str) -> Option<u16> {
        refused_by(&Door::Loopback, host, uri)
    }

    #[test]
    fn only_names_of_this_machine_are_served() {
        for host in [
            "localhost",
            "LOCALHOST:7450",
            "127.0.0.1:7450",
            "127.1.2.3",
            "[::1]:7450",
            "hedgerow.localhost:80",
        ] {
            assert_eq!(refused(&[host], "/"), None, "{host}");
        }
        for host in [
            "",
            "example.org",
            "localhost.example.org",
            "127.0.0.1.example.org",
            "notlocalhost",
            "192.168.0.5:7450",
            "0.0.0.0",
            "user@localhost",
            "localhost@example.org",
            "[::2]",
            "127.0.0.1:port",
        ] {
            assert_eq!(refused(&[host], "/"), Some(421), "{host}");
        }
    }

    #[test]
    fn a_request_with_no_host_or_with_two_is_refused() {
        assert_eq!(refused(&[], "/"), Some(421));
        assert_eq!(refused(&["localhost", "localhost"], "/"), Some(421));
        assert_eq!(refused(&["localhost"], "http://localhost/"), None);
        assert_eq!(refused(&["localhost"], "http://example.org/"), Some(421));
    }

    #[test]
    fn on_a_private_network_only_the_address_of_this_machine_is_served() {
        let door = Door::LocalNetwork("192.168.0.5".parse().unwrap());
        assert_eq!(refused_by(&door, &["192.168.0.5:7440"], "/"), None);
        for host in [
            "localhost:7440",
            "127.0.0.1",
            "192.168.0.6:7440",
            "rebound.example.org:7440",
            "192.168.0.5.example.org",
        ] {
            assert_eq!(refused_by(&door, &[host], "/"), Some(421), "{host}");
        }
        // A socket for both families of addresses sees IPv4 in IPv6.
        let mapped = Door::LocalNetwork("::ffff:192.168.0.5".parse().unwrap());
        assert_eq!(refused_by(&mapped, &["192.168.0.5:7440"], "/"), None);
        let v6 = Door::LocalNetwork("fd00::5".parse().unwrap());
        assert_eq!(refused_by(&v6, &["[fd00::5]:7440"], "/"), None);
    }

    #[test]
    fn with_a_domain_pages_are_served_under_it_alone() {
        let door = Door::Domain {
            domain: "a.example".parse().unwrap(),
            is_public: true,
        };
        assert_eq!(refused_by(&door, &["A.example"], "/"), None);
        assert_eq!(refused_by(&door, &["a.example:7450"], "/"), None);
        assert_eq!(refused_by(&door, &[], "https://a.example/"), None);
        for host in ["b.example", "b.a.example", "127.0.0.1", "localhost", ""] {
            assert_eq!(refused_by(&door, &[host], "/"), Some(421), "{host}");
        }
        assert_eq!(
            refused_by(&door, &["a.example"], "https://b.example/"),
            Some(421)
        );
        // A client of gRPC with a pinned key may dial the address.
        let call = Request::builder().header(HOST, "127.0.0.1").body(());
        assert_eq!(door.refusal(&call.unwrap(), true), None);
    }

    #[test]
    fn grpc_is_refused_without_tls() {
        for door in [
            Door::Loopback,
            Door::LocalNetwork("192.168.0.5".parse().unwrap()),
        ] {
            let request = Request::builder().header(HOST, "localhost").body(());
            let status = door.refusal(&request.unwrap(), true);
            assert_eq!(status, Some(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
    }
}
