//! The aggregator's certificate, and the address that contains the hash of its key.

use std::sync::Arc;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::random::Random;
use hedgerow_core::time::Clock;
use hedgerow_server::acme::{Domain, PublicName, PublicNameParts};
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

/// Opens the name on the internet, if there is one.
pub(super) fn public_name(
    config: &Config,
    identity: &Identity,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Random>,
) -> Result<Option<PublicName>, AggregatorError> {
    let Some(domain) = config.domain.clone() else {
        return Ok(None);
    };
    let name = PublicName::open(PublicNameParts {
        domain,
        config: config.acme.clone(),
        data_dir: &config.data_dir,
        identity,
        clock: Arc::clone(clock),
        random: Arc::clone(random),
    })?;
    Ok(Some(name))
}

fn public_endpoint(config: &Config) -> Result<Option<Endpoint>, AggregatorError> {
    let named = config.public_name.as_ref();
    let named = named
        .map(|name| Endpoint::parse(&format!("https://{name}")))
        .transpose()
        .map_err(AggregatorError::PublicName)?;
    Ok(named.or_else(|| config.domain.as_ref().map(Domain::endpoint)))
}
