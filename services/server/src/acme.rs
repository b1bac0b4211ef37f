//! A certificate of a public authority for the name of a server, by ACME (RFC 8555) with the
//! challenge TLS-ALPN-01 (RFC 8737) on the server's own port.
//!
//! It is requested for the server's own long-term key. One key with two certificates: a client
//! whose address has the hash of the key accepts either, and browsers and other clients without
//! a hash accept the public one, which the name in their handshake selects.

mod account;
mod certificate;
mod certificates;
mod config;
mod domain;
mod error;
mod http;
mod order;
mod public_name;
mod status;
mod validity;

pub use config::AcmeConfig;
pub use domain::{Domain, DomainError, HTTPS_PORT};
pub use error::AcmeError;
pub use public_name::{PublicName, PublicNameParts};
pub use status::{CertificateStatus, print_status};

pub(crate) use certificates::Certificates;
