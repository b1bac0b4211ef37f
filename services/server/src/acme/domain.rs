//! The name of a server on the internet.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use hedgerow_core::endpoint::Endpoint;
use serde::{Deserialize, Serialize};

/// The port of https, at which authorities check a domain and browsers open it.
pub const HTTPS_PORT: u16 = 443;
/// Longest name in DNS, in bytes.
const MAX_BYTES: usize = 253;
/// Longest part of a name between two dots, in bytes.
const MAX_LABEL_BYTES: usize = 63;

/// A host name in lower case, such as `directory.example.org`. Never an address, and never a name
/// without a dot, because no public authority signs certificates for those.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

/// A text that is not the name of a server on the internet.
#[derive(Debug, thiserror::Error)]
#[error(
    "`domain` is invalid: expected the name of this server on the internet, such as \
     \"directory.example.org\", without https:// and without a port; a name with letters other \
     than a to z is written in its xn-- form"
)]
pub struct DomainError;

impl Domain {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of a server by this name alone, at the port of HTTPS.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        Endpoint {
            host: self.0.clone(),
            port: HTTPS_PORT,
            pin: None,
        }
    }

    /// Whether a host, without a port, is this name. A dot at the end changes nothing.
    pub(crate) fn is(&self, host: &str) -> bool {
        host.strip_suffix('.')
            .unwrap_or(host)
            .eq_ignore_ascii_case(&self.0)
    }
}

impl FromStr for Domain {
    type Err = DomainError;

    fn from_str(text: &str) -> Result<Self, DomainError> {
        let name = text.to_ascii_lowercase();
        let is_label = |label: &str| {
            (1..=MAX_LABEL_BYTES).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let is_name = name.len() <= MAX_BYTES
            && name.contains('.')
            && name.split('.').all(is_label)
            && name.parse::<IpAddr>().is_err();
        is_name.then_some(Self(name)).ok_or(DomainError)
    }
}

impl TryFrom<String> for Domain {
    type Error = DomainError;

    fn try_from(text: String) -> Result<Self, DomainError> {
        text.parse()
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.0
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_a_name_with_a_dot() {
        for name in ["directory.example.org", "xn--bcher-kva.example", "a.b"] {
            assert_eq!(name.parse::<Domain>().unwrap().as_str(), name);
        }
        let mixed: Domain = "Directory.Example.ORG".parse().unwrap();
        assert_eq!(mixed.as_str(), "directory.example.org");
        for other in [
            "",
            "localhost",
            "https://directory.example.org",
            "directory.example.org:443",
            "directory.example.org/",
            "192.168.0.1",
            "[::1]",
            "*.example.org",
            "bücher.example",
            "-a.example",
            "a..example",
            ".example",
            "example.org.",
        ] {
            let error = other.parse::<Domain>().unwrap_err().to_string();
            assert!(error.contains("directory.example.org"), "{other}: {error}");
        }
        assert!(format!("{}.org", "a".repeat(64)).parse::<Domain>().is_err());
        assert!(
            format!("{}org", "abc.".repeat(63))
                .parse::<Domain>()
                .is_err()
        );
    }

    #[test]
    fn hosts_are_compared_without_case_and_final_dot() {
        let domain: Domain = "a.example".parse().unwrap();
        assert!(domain.is("A.Example") && domain.is("a.example."));
        assert!(!domain.is("b.a.example") && !domain.is("a.example..") && !domain.is(""));
    }
}
