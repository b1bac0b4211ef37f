//! The certificates between which a handshake chooses.

use std::sync::Arc;

use hedgerow_transport::tls::provider;
use parking_lot::RwLock;
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SingleCertAndKey};

use super::domain::Domain;
use super::error::AcmeError;
use crate::identity::{Identity, IdentityError, server_config};

/// The protocol of a handshake in which an authority checks the domain (RFC 8737, section 4).
const CHALLENGE_PROTOCOL: &[u8] = b"acme-tls/1";

/// The server's own certificate, that of the public name once there is one, and the one that
/// answers a challenge while an authority checks the domain.
#[derive(Debug)]
pub(crate) struct Certificates {
    domain: Domain,
    own: Arc<CertifiedKey>,
    public: RwLock<Option<Arc<CertifiedKey>>>,
    challenge: RwLock<Option<Arc<ServerConfig>>>,
}

/// A challenge that is answered until this is dropped.
#[derive(Debug)]
pub(crate) struct Challenge(Arc<Certificates>);

impl Certificates {
    pub(super) fn new(domain: Domain, identity: &Identity) -> Result<Self, IdentityError> {
        Ok(Self {
            domain,
            own: Arc::new(identity.own_certified_key()?),
            public: RwLock::new(None),
            challenge: RwLock::new(None),
        })
    }

    pub(crate) fn domain(&self) -> &Domain {
        &self.domain
    }

    pub(super) fn set_public(&self, key: Arc<CertifiedKey>) {
        *self.public.write() = Some(key);
    }

    /// Whether a handshake with this name gets the public certificate.
    pub(crate) fn is_public(&self, server_name: Option<&str>) -> bool {
        server_name.is_some_and(|name| self.domain.is(name)) && self.public.read().is_some()
    }

    /// Returns the configuration of a handshake that only an authority makes, while it checks the
    /// domain. `None` for any other handshake.
    pub(crate) fn challenge(&self, hello: &ClientHello<'_>) -> Option<Arc<ServerConfig>> {
        let challenge = self.challenge.read().clone()?;
        let is_named = hello.server_name().is_some_and(|it| self.domain.is(it));
        let mut protocols = hello.alpn()?;
        let only = (protocols.next(), protocols.next()) == (Some(CHALLENGE_PROTOCOL), None);
        (is_named && only).then_some(challenge)
    }

    /// Makes the certificate that proves control of the domain (RFC 8737, section 3), and answers
    /// with it until the returned value is dropped. Its key is used for nothing else.
    pub(crate) fn answer(self: &Arc<Self>, digest: &[u8]) -> Result<Challenge, AcmeError> {
        if digest.len() != 32 {
            return Err(AcmeError::Certificate("the challenge has a wrong length"));
        }
        let key = rcgen::KeyPair::generate().map_err(AcmeError::Key)?;
        let names = [self.domain.to_string()];
        let mut params = rcgen::CertificateParams::new(names).map_err(AcmeError::Key)?;
        let proof = rcgen::CustomExtension::new_acme_identifier(digest);
        params.custom_extensions = vec![proof];
        let certificate = params.self_signed(&key).map_err(AcmeError::Key)?;
        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let key = provider().key_provider.load_private_key(der);
        let key = key.map_err(IdentityError::from)?;
        // Without the comparison of both: its parser rejects the critical extension.
        let proof = CertifiedKey::new(vec![certificate.der().clone()], key);
        let proof = SingleCertAndKey::from(proof);
        let config = server_config(Arc::new(proof), &[CHALLENGE_PROTOCOL])?;
        *self.challenge.write() = Some(config);
        Ok(Challenge(Arc::clone(self)))
    }
}

impl Drop for Challenge {
    fn drop(&mut self) {
        *self.0.challenge.write() = None;
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let is_named = hello.server_name().is_some_and(|it| self.domain.is(it));
        let public = is_named.then(|| self.public.read().clone()).flatten();
        Some(public.unwrap_or_else(|| Arc::clone(&self.own)))
    }
}
