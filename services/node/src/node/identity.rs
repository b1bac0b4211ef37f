//! The node's certificate, and the address that contains the hash of its key.

use std::net::Ipv4Addr;
use std::net::SocketAddr;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_server::identity::Identity;
use hedgerow_server::identity::certificate_names;
use hedgerow_server::identity::local_endpoint;

use super::error::NodeError;
use crate::config::Config;

pub(super) fn load_or_generate(config: &Config) -> Result<Identity, NodeError> {
    let (certificate, key) = config.identity_files();
    let names = || certificate_names(listen_address(&config.listen), None);
    Ok(Identity::load_or_generate(&certificate, &key, names)?)
}

/// Returns the address that reaches the listener from the same machine.
pub(super) fn address(listen: &str, identity: &Identity) -> Endpoint {
    local_endpoint(listen_address(listen), identity.spki_hash())
}

/// An invalid address is reported when the node starts to listen.
fn listen_address(listen: &str) -> SocketAddr {
    let fallback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    listen.parse().unwrap_or(fallback)
}
