//! A reverse proxy in front of the pages: which one is believed, and what it says of a visitor.
//!
//! The proxy ends TLS and passes requests on over plain HTTP, with the name of the site in `Host`. A
//! request with that name from a trusted address counts as one that came over TLS: links and cookies
//! are those of the site's origin. Its visitor is the address that the proxy appends to
//! `X-Forwarded-For`, so that limits count visitors and not the proxy. What anybody else sends in
//! these headers has no effect.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use hedgerow_transport::address_rule::Network;
use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Request};
use serde::{Deserialize, Serialize};

use super::door::names_only;
use crate::peer::Peer;

/// Longest `X-Forwarded-For` that is read, in addresses. One proxy appends one.
const MAX_FORWARDED: usize = 16;

/// Where browsers find the site: `https://` and a host, with a port if that is not 443.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(Authority);

/// A text that is not the origin of a site.
#[derive(Debug, thiserror::Error)]
#[error(
    "`origin` is invalid: expected https:// and the name under which browsers find the site, such \
     as \"https://example.org\", without a path"
)]
pub struct OriginError;

impl Origin {
    /// Returns the host, with a port if the origin names one.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.0.as_str()
    }

    /// Returns the host, without the brackets of an IPv6 address.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host().trim_matches(['[', ']'])
    }

    /// Returns the port at which browsers connect.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.port_u16().unwrap_or(443)
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let text = text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
        let authority = text.strip_prefix("https://").ok_or(OriginError)?;
        let authority: Authority = authority.parse().map_err(|_| OriginError)?;
        let after = authority.as_str().strip_prefix(authority.host());
        let is_plain = after == Some("") || after.is_some() && authority.port_u16().is_some();
        if authority.host().is_empty() || !is_plain {
            return Err(OriginError);
        }
        Ok(Self(authority))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}", self.0)
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.to_string()
    }
}

/// A reverse proxy as the configuration describes it.
#[derive(Clone, Debug)]
pub struct ReverseProxy {
    /// The site for whose name the proxy passes requests on.
    pub origin: Origin,
    /// The addresses of the proxy. Those of this machine are trusted without being listed.
    pub networks: Vec<Network>,
}

impl ReverseProxy {
    /// Whether a connection from this address may be the proxy's.
    pub(super) fn is_trusted(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_loopback() || self.networks.iter().any(|it| it.contains(address))
    }

    /// Whether a request is for the site, by its name, and for nothing else.
    pub(super) fn is_for_site<B>(&self, request: &Request<B>) -> bool {
        names_only(request, |host| host == self.origin.host())
    }

    /// Gives a request the site's own name, with the port that browsers use, and returns its visitor.
    pub(super) fn receive<B>(&self, request: &mut Request<B>, proxy: Peer) -> Peer {
        let visitor = self.visitor(request.headers(), proxy);
        if let Ok(host) = HeaderValue::from_str(self.origin.authority()) {
            request.headers_mut().insert(HOST, host);
        }
        visitor
    }

    /// The last address that a trusted proxy appended and that is not a trusted proxy itself: what is
    /// further left may be the visitor's own invention. Without one, all visitors are one peer, and
    /// none of them is on this machine.
    fn visitor(&self, headers: &HeaderMap, proxy: Peer) -> Peer {
        let values = headers.get_all("x-forwarded-for").iter();
        let texts: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
        let named = texts.iter().flat_map(|text| text.split(',')).rev();
        let mut last = None;
        for text in named.take(MAX_FORWARDED) {
            let Some(address) = address_of(text.trim()) else {
                break;
            };
            last = Some(address);
            if !self.is_trusted(address) {
                break;
            }
        }
        let address = last.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        Peer(SocketAddr::new(address, proxy.0.port()))
    }
}

/// Whether a reverse proxy has passed a request on, by what it adds to the headers.
pub(super) fn was_passed_on(headers: &HeaderMap) -> bool {
    ["x-forwarded-for", "x-forwarded-host", "forwarded"]
        .iter()
        .any(|name| headers.contains_key(*name))
}

/// Parses an address, which may have a port.
fn address_of(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let with_port = || text.parse().map(|address: SocketAddr| address.ip());
    bare.parse().or_else(|_| with_port()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(networks: &[&str]) -> ReverseProxy {
        ReverseProxy {
            origin: "https://Example.org".parse().unwrap(),
            networks: networks.iter().map(|it| it.parse().unwrap()).collect(),
        }
    }

    fn visitor(proxy: &ReverseProxy, forwarded: &[&str]) -> String {
        let mut request = Request::builder().header(HOST, "example.org");
        for text in forwarded {
            request = request.header("x-forwarded-for", *text);
        }
        let local = Peer("127.0.0.1:9".parse().unwrap());
        let mut request = request.body(()).unwrap();
        proxy.receive(&mut request, local).0.ip().to_string()
    }

    #[test]
    fn an_origin_is_a_name_with_https_and_nothing_else() {
        for (text, written, host, port) in [
            (
                "https://example.org",
                "https://example.org",
                "example.org",
                443,
            ),
            (
                "https://EXAMPLE.org/",
                "https://example.org",
                "example.org",
                443,
            ),
            (
                "https://a.example:8443",
                "https://a.example:8443",
                "a.example",
                8443,
            ),
            (
                "https://[fd00::1]:8443",
                "https://[fd00::1]:8443",
                "fd00::1",
                8443,
            ),
        ] {
            let origin: Origin = text.parse().unwrap();
            assert_eq!(origin.to_string(), written);
            assert_eq!((origin.host(), origin.port()), (host, port), "{text}");
        }
        for text in [
            "",
            "example.org",
            "http://example.org",
            "https://",
            "https://example.org/groups",
            "https://user@example.org",
            "https://example.org:port",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_this_machine_and_the_configured_networks_are_trusted() {
        let trusted =
            |networks: &[&str], address: &str| proxy(networks).is_trusted(address.parse().unwrap());
        assert!(trusted(&[], "127.0.0.1") && trusted(&[], "::1"));
        assert!(!trusted(&[], "10.0.0.1"));
        assert!(trusted(&["10.0.0.0/8"], "::ffff:10.0.0.1"));
        assert!(!trusted(&["10.0.0.0/8"], "192.168.0.1"));
    }

    #[test]
    fn the_visitor_is_the_last_address_that_is_no_proxy() {
        let near = proxy(&[]);
        assert_eq!(visitor(&near, &["203.0.113.5"]), "203.0.113.5");
        // What a visitor sends comes first, and the proxy appends.
        let forged = ["127.0.0.1, 198.51.100.7, 203.0.113.5"];
        assert_eq!(visitor(&near, &forged), "203.0.113.5");
        assert_eq!(
            visitor(&near, &["198.51.100.7", "203.0.113.5"]),
            "203.0.113.5"
        );
        assert_eq!(visitor(&near, &["[2001:db8::5]:4711"]), "2001:db8::5");
        let two = proxy(&["10.0.0.0/8"]);
        assert_eq!(
            visitor(&two, &["1.2.3.4, 203.0.113.5, 10.0.0.9"]),
            "203.0.113.5"
        );
        // Without a readable address, no visitor counts as a person at this machine.
        assert_eq!(visitor(&near, &[]), "0.0.0.0");
        assert_eq!(visitor(&near, &["203.0.113.5, unknown"]), "0.0.0.0");
    }

    #[test]
    fn a_request_for_the_site_gets_the_name_with_the_port_of_the_origin() {
        let proxy = ReverseProxy {
            origin: "https://example.org:8443".parse().unwrap(),
            networks: Vec::new(),
        };
        let request = |host: &str| Request::builder().header(HOST, host).body(()).unwrap();
        let mut passed = request("example.org");
        assert!(proxy.is_for_site(&passed));
        proxy.receive(&mut passed, Peer("127.0.0.1:9".parse().unwrap()));
        assert_eq!(passed.headers()[HOST], "example.org:8443");
        for other in ["127.0.0.1:7440", "a.example.org", ""] {
            assert!(!proxy.is_for_site(&request(other)), "{other}");
        }
    }
}
