//! One certificate for the domain, checked before it is used.

use std::sync::Arc;

use rustls::client::verify_server_name;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;

use super::domain::Domain;
use super::error::AcmeError;
use super::validity::Validity;
use crate::identity::Identity;

/// Longest chain that is read, in bytes of PEM. Usual ones have three certificates of 2 kB.
pub(super) const MAX_CHAIN_BYTES: usize = 256 * 1024;

/// A certificate for the domain and the server's own key.
#[derive(Debug)]
pub(super) struct Certificate {
    pub(super) key: Arc<CertifiedKey>,
    pub(super) validity: Validity,
}

impl Certificate {
    /// Parses a chain, and checks that it is for the domain and for the server's own key. Whether
    /// it is valid now, and who signed it, is for clients to check.
    pub(super) fn parse(
        pem: &str,
        domain: &Domain,
        identity: &Identity,
    ) -> Result<Self, AcmeError> {
        let invalid = AcmeError::Certificate;
        if pem.len() > MAX_CHAIN_BYTES {
            return Err(invalid("the chain is too long"));
        }
        let chain = CertificateDer::pem_slice_iter(pem.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| invalid("expected certificates in PEM form"))?;
        let own = chain.first();
        let own = own.ok_or(invalid("expected certificates in PEM form"))?;
        let validity = Validity::of(own).ok_or(invalid("its dates cannot be read"))?;
        let parsed = ParsedCertificate::try_from(own);
        let name = ServerName::try_from(domain.as_str());
        let is_for_domain = match (&parsed, &name) {
            (Ok(parsed), Ok(name)) => verify_server_name(parsed, name).is_ok(),
            _ => false,
        };
        if !is_for_domain {
            return Err(invalid("it is for another domain"));
        }
        // The pin of clients: the public certificate must have the key that addresses name.
        if hedgerow_transport::tls::spki_hash(own) != Some(identity.spki_hash()) {
            return Err(invalid("it is for another key"));
        }
        Ok(Self {
            key: Arc::new(identity.certified_key(chain)?),
            validity,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate with an identity's key, as an authority would make it.
    fn pem(identity: &Identity, name: &str) -> String {
        let key = identity.key_pair().unwrap();
        let params = rcgen::CertificateParams::new([name.to_owned()]).unwrap();
        params.self_signed(&key).unwrap().pem()
    }

    #[test]
    fn a_certificate_must_be_for_the_domain_and_the_key() {
        let identity = Identity::generate(&[]).unwrap();
        let domain: Domain = "a.example".parse().unwrap();
        let own = pem(&identity, "a.example");
        Certificate::parse(&own, &domain, &identity).unwrap();
        let reason = |pem: &str, identity: &Identity| {
            let rejected = Certificate::parse(pem, &domain, identity).unwrap_err();
            rejected.to_string()
        };
        let other_name = pem(&identity, "b.example");
        assert!(reason(&other_name, &identity).contains("another domain"));
        let other = Identity::generate(&[]).unwrap();
        assert!(reason(&own, &other).contains("another key"));
        assert!(reason("", &identity).contains("PEM"));
        let long = "x".repeat(MAX_CHAIN_BYTES + 1);
        assert!(reason(&long, &identity).contains("too long"));
    }
}
