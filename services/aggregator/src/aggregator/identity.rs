//! The aggregator's certificate, and the address that carries the hash of its key.

use std::net::IpAddr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;

use hedgerow_core::address::Address;
use hedgerow_rpc::files::WriteFailed;
use hedgerow_rpc::tls::Identity;

use super::AggregatorError;
use crate::config::Config;

/// The certificate in the folder; a new self-signed one where there is none.
pub(super) fn load_or_make(config: &Config) -> Result<Identity, AggregatorError> {
    let (certificate, key) = config.identity_files();
    // The key is written first: without the certificate it never served anyone.
    if certificate.exists() {
        return Ok(Identity::load(&certificate, &key)?);
    }
    if key.exists() {
        std::fs::remove_file(&key).map_err(|source| WriteFailed {
            path: key.clone(),
            source,
        })?;
    }
    let identity = Identity::generate(&names(config)?)?;
    identity.save(&certificate, &key)?;
    Ok(identity)
}

/// Where it is reached: by its public name, or from the same machine.
pub(super) fn address(config: &Config, identity: &Identity) -> Result<Address, AggregatorError> {
    let pin = Some(identity.spki_hash());
    if let Some(name) = &config.public_name {
        let named = Address::parse(&format!("https://{name}"));
        return Ok(Address {
            pin,
            ..named.map_err(AggregatorError::PublicName)?
        });
    }
    let listen = config.listen_address()?;
    Ok(Address {
        host: reachable(listen).to_string(),
        port: listen.port(),
        pin,
    })
}

/// Every address of a machine includes the loopback one.
fn reachable(listen: SocketAddr) -> IpAddr {
    match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::from([127, 0, 0, 1]),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        other => other,
    }
}

fn names(config: &Config) -> Result<Vec<String>, AggregatorError> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    names.push(reachable(config.listen_address()?).to_string());
    if let Some(name) = &config.public_name {
        let address =
            Address::parse(&format!("https://{name}")).map_err(AggregatorError::PublicName)?;
        names.push(address.host);
    }
    names.sort();
    names.dedup();
    Ok(names)
}
