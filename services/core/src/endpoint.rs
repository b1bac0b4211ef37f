//! Endpoints: the host and port of a server, and optionally the key that it must present.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use hedgerow_proto::v1;

use crate::id::SpkiHash;

/// `https://HOST:PORT`, verified against public roots, or `https://HOST:PORT#sha256=<hex>`, where
/// only that key is accepted and nothing else is verified. There is no trust on first use.
///
/// The grammar is in `docs/PROTOCOL.md`. The validity of a signed head depends on it, so a
/// parser that accepts more or less would keep other heads than every other server.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(into = "String", try_from = "String")]
pub struct Endpoint {
    /// A domain name in lower case, an IPv4 address, or an IPv6 address without brackets in the
    /// form of RFC 5952.
    pub host: String,
    /// The TCP port, never 0.
    pub port: u16,
    /// The SHA-256 of the key that the server must present, or `None` to use public roots.
    pub pin: Option<SpkiHash>,
}

/// The reason why a text or message is not an endpoint. Error texts say "address",
/// the word that people use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// It does not begin with `https://`.
    #[error("the address is invalid: expected it to begin with https://")]
    Scheme,
    /// It contains a path, a user name or a query.
    #[error("the address is invalid: expected only https://HOST:PORT and an optional #sha256=…")]
    Extra,
    /// The host is neither a domain name nor an IP address.
    #[error(
        "the host is invalid: expected a domain name (labels of letters, digits and `-`, the last \
         one beginning with a letter), an IPv4 address or an IPv6 address in brackets"
    )]
    Host,
    /// The port is missing, not 1 to 65535, or begins with a zero.
    #[error(
        "the port is missing or invalid: expected :PORT at the end, from 1 to 65535, without \
         leading zeros"
    )]
    Port,
    /// The key hash is malformed.
    #[error("the key hash is invalid: expected #sha256= followed by 64 lowercase hex digits")]
    Pin,
}

impl EndpointError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Scheme => "address_scheme",
            Self::Extra => "address_extra",
            Self::Host => "address_host",
            Self::Port => "address_port",
            Self::Pin => "address_pin",
        }
    }
}

impl Endpoint {
    /// Parses the text form and lowercases the host. A general URL parser is too lenient here: it
    /// drops port 443 and rewrites some hosts.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let rest = text.strip_prefix("https://").ok_or(EndpointError::Scheme)?;
        let (authority, pin) = match rest.split_once('#') {
            None => (rest, None),
            Some((authority, pin)) => (authority, Some(parse_pin(pin)?)),
        };
        if authority.contains(['/', '?', '@']) {
            return Err(EndpointError::Extra);
        }
        let (host, port) = split_port(authority);
        Ok(Self {
            host: parse_host(host)?,
            port: parse_port(port)?,
            pin,
        })
    }

    /// Converts from the form that heads carry, with the key hash in a field of its own.
    pub fn from_proto(endpoint: &v1::Endpoint) -> Result<Self, EndpointError> {
        // A second place for the key hash could contradict the first.
        if endpoint.url.contains('#') {
            return Err(EndpointError::Extra);
        }
        let mut parsed = Self::parse(&endpoint.url)?;
        if !endpoint.spki_sha256.is_empty() {
            let pin = SpkiHash::try_from(endpoint.spki_sha256.as_slice());
            parsed.pin = Some(pin.map_err(|_| EndpointError::Pin)?);
        }
        Ok(parsed)
    }

    /// Converts to the form that heads carry, with the key hash in a field of its own.
    #[must_use]
    pub fn to_proto(&self) -> v1::Endpoint {
        v1::Endpoint {
            url: self.url(),
            spki_sha256: self.pin.map(|pin| pin.to_vec()).unwrap_or_default(),
        }
    }

    /// `https://HOST:PORT`, without the key hash.
    #[must_use]
    pub fn url(&self) -> String {
        if self.host.contains(':') {
            format!("https://[{}]:{}", self.host, self.port)
        } else {
            format!("https://{}:{}", self.host, self.port)
        }
    }
}

fn parse_pin(text: &str) -> Result<SpkiHash, EndpointError> {
    let hash = text.strip_prefix("sha256=").ok_or(EndpointError::Pin)?;
    hash.parse().map_err(|_| EndpointError::Pin)
}

/// Splits a host from the text after it, which begins with the colon or is empty.
fn split_port(authority: &str) -> (&str, &str) {
    let end = if authority.starts_with('[') {
        // An IPv6 address contains colons.
        authority.find(']').map(|bracket| bracket + 1)
    } else {
        authority.rfind(':')
    };
    authority.split_at(end.unwrap_or(authority.len()))
}

fn parse_host(text: &str) -> Result<String, EndpointError> {
    if let Some(inner) = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        let ip: Ipv6Addr = inner.parse().map_err(|_| EndpointError::Host)?;
        return Ok(ip.to_string());
    }
    if is_domain_name(text) {
        return Ok(text.to_ascii_lowercase());
    }
    let ip: Ipv4Addr = text.parse().map_err(|_| EndpointError::Host)?;
    Ok(ip.to_string())
}

/// Whether the text is a host name of RFC 1123. Underscores are excluded, because certificates
/// and resolvers differ on them.
fn is_domain_name(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    // Resolvers read `127.1` and `0x7f.1` as IPv4 addresses, so the last label begins with a
    // letter.
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= 253
        && text.split('.').all(is_label)
        && last.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// Parses a colon and a port, in the one spelling that the port has.
fn parse_port(text: &str) -> Result<u16, EndpointError> {
    let digits = text.strip_prefix(':').ok_or(EndpointError::Port)?;
    // `u16::from_str` would accept `+80` and `080`.
    let is_plain = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_plain {
        return Err(EndpointError::Port);
    }
    digits.parse().map_err(|_| EndpointError::Port)
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Endpoint {
    type Error = EndpointError;

    fn try_from(text: String) -> Result<Self, EndpointError> {
        Self::parse(&text)
    }
}

impl From<Endpoint> for String {
    fn from(endpoint: Endpoint) -> Self {
        endpoint.to_string()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url())?;
        match self.pin {
            Some(pin) => write!(f, "#sha256={pin}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> &'static str {
        Endpoint::parse(text).map_or_else(|error| error.reason(), |_| "ok")
    }

    #[test]
    fn an_endpoint_is_written_as_it_was_read() {
        let pin = "ab".repeat(32);
        for text in [
            "https://node.example:7443".to_owned(),
            "https://127.0.0.1:1".to_owned(),
            "https://[::1]:65535".to_owned(),
            format!("https://localhost:7443#sha256={pin}"),
        ] {
            let endpoint = Endpoint::parse(&text).unwrap();
            assert_eq!(endpoint.to_string(), text);
            assert_eq!(Endpoint::from_proto(&endpoint.to_proto()), Ok(endpoint));
        }
        assert_eq!(
            Endpoint::parse("https://Node.Example:7443").unwrap().host,
            "node.example"
        );
    }

    #[test]
    fn malformed_endpoints_are_refused_with_a_reason() {
        assert_eq!(reason("http://node.example:80"), "address_scheme");
        assert_eq!(reason("node.example:80"), "address_scheme");
        assert_eq!(reason("https://node.example"), "address_port");
        assert_eq!(reason("https://node.example:0"), "address_port");
        assert_eq!(reason("https://node.example:+80"), "address_port");
        assert_eq!(reason("https://node.example:65536"), "address_port");
        assert_eq!(reason("https://node.example:80/path"), "address_extra");
        assert_eq!(reason("https://user@node.example:80"), "address_extra");
        assert_eq!(reason("https://:80"), "address_host");
        assert_eq!(reason("https://::1:80"), "address_host");
        assert_eq!(reason("https://[node]:80"), "address_host");
        assert_eq!(reason("https://node.example:80#sha256=abc"), "address_pin");
        assert_eq!(reason("https://node.example:80#key"), "address_pin");
    }

    #[test]
    fn an_endpoint_message_pins_a_key_only_by_its_own_field() {
        let url = format!("https://node.example:80#sha256={}", "ab".repeat(32));
        let endpoint = v1::Endpoint {
            url,
            spki_sha256: Vec::new(),
        };
        assert_eq!(Endpoint::from_proto(&endpoint), Err(EndpointError::Extra));
    }
}
