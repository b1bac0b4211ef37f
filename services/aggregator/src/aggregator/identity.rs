//! The aggregator's certificate, and the address that contains the hash of its key.

use hedgerow_core::endpoint::Endpoint;
use hedgerow_server::identity::{Identity, certificate_names, local_endpoint};

use super::error::AggregatorError;
use crate::config::Config;

/// Loads the certificate of the folder, or makes a self-signed one.
pub(super) fn load_or_make(config: &Config) -> Result<Identity, AggregatorError> {
    let listen = config.listen_address()?;
    let public_host = public_endpoint(config)?.map(|endpoint| endpoint.host);
    let names = || certificate_names(listen, public_host);
    Ok(Identity::load_or_generate(&config.data_dir, names)?)
}

/// Returns the address with the public name, or else one for clients on this machine.
pub(super) fn address(config: &Config, identity: &Identity) -> Result<Endpoint, AggregatorError> {
    let pin = identity.spki_hash();
    Ok(match public_endpoint(config)? {
        Some(endpoint) => Endpoint {
            pin: Some(pin),
            ..endpoint
        },
        None => local_endpoint(config.listen_address()?, pin),
    })
}

fn public_endpoint(config: &Config) -> Result<Option<Endpoint>, AggregatorError> {
    let named = config.public_name.as_ref();
    named
        .map(|name| Endpoint::parse(&format!("https://{name}")))
        .transpose()
        .map_err(AggregatorError::PublicName)
}
