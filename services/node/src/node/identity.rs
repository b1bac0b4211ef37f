//! The node's certificate, and the address that carries the hash of its key.

use std::net::IpAddr;
use std::net::SocketAddr;

use hedgerow_core::address::Address;
use hedgerow_rpc::tls::Identity;

use super::NodeError;
use crate::config::Config;

pub(super) fn load_or_make(config: &Config) -> Result<Identity, NodeError> {
    let (certificate, key) = config.identity_files();
    // The key is written first: without the certificate it never served anyone.
    if certificate.exists() {
        return Ok(Identity::load(&certificate, &key)?);
    }
    let identity = Identity::generate(&names(&config.listen))?;
    if key.exists() {
        std::fs::remove_file(&key).map_err(|source| hedgerow_rpc::files::WriteFailed {
            path: key.clone(),
            source,
        })?;
    }
    identity.save(&certificate, &key)?;
    Ok(identity)
}

/// Where a node that listens there is reached from the same machine: every
/// address of the machine includes the loopback one.
pub(super) fn address(listen: &str, identity: &Identity) -> Address {
    let (host, port) = listen
        .parse::<SocketAddr>()
        .map_or(("127.0.0.1".to_owned(), 0), |listen| {
            (reachable(listen.ip()).to_string(), listen.port())
        });
    Address {
        host,
        port,
        pin: Some(identity.spki_hash()),
    }
}

fn reachable(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(v4) if v4.is_unspecified() => IpAddr::from([127, 0, 0, 1]),
        IpAddr::V6(v6) if v6.is_unspecified() => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
        other => other,
    }
}

fn names(listen: &str) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    if let Ok(listen) = listen.parse::<SocketAddr>() {
        let own = reachable(listen.ip()).to_string();
        if !names.contains(&own) {
            names.push(own);
        }
    }
    names
}
