//! The node's name on the internet.

use std::sync::Arc;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_server::acme::{PublicName, PublicNameParts};

use super::{Node, NodeError};

impl Node {
    /// Opens the name, if the node has one.
    pub(super) fn public_name(&self) -> Result<Option<PublicName>, NodeError> {
        let config = self.config();
        let Some(domain) = config.domain.clone() else {
            return Ok(None);
        };
        let name = PublicName::open(PublicNameParts {
            domain,
            config: config.acme.clone(),
            data_dir: &config.data_dir,
            identity: &self.identity,
            clock: Arc::clone(&self.shared.clock),
            random: Arc::clone(&self.shared.random),
        })?;
        Ok(Some(name))
    }

    /// The node's address by its name, unless it listens on this machine alone.
    pub(super) fn public_address(&self) -> Option<Endpoint> {
        let domain = self.config().domain.as_ref()?;
        (!self.listen.ip().is_loopback()).then(|| Endpoint {
            pin: Some(self.identity.spki_hash()),
            ..domain.endpoint()
        })
    }
}
