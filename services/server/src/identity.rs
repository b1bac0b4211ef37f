//! A server's certificate and private key.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use hedgerow_core::id::SpkiHash;
use hedgerow_transport::tls::provider;
use hedgerow_transport::tls::spki_hash;
use rustls::ServerConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::server::NoServerSessionStorage;

use crate::files::WriteFailed;
use crate::files::write_private_new;

/// A server's TLS certificate chain and private key. Never a signing key of a group.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    spki_hash: SpkiHash,
    pem: Pem,
}

struct Pem {
    certificate: String,
    key: String,
}

/// Why an identity cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteFailed),
    /// No certificate is in the text.
    #[error("no certificate in PEM form was found")]
    NoCertificate,
    /// No private key is in the text.
    #[error("no private key in PEM form was found")]
    NoKey,
    /// The certificate cannot be read.
    #[error("the certificate cannot be read")]
    BadCertificate,
    /// The certificate could not be made.
    #[error("the certificate could not be made")]
    Generate(#[from] rcgen::Error),
    /// The two do not belong together, or are of no use to TLS.
    #[error("the certificate and its private key cannot be used")]
    Unusable(#[from] rustls::Error),
}

impl Identity {
    /// Makes a fresh key and a self-signed certificate for these names (host names or
    /// IP addresses). The names are only a courtesy: peers check the key.
    ///
    /// # Errors
    /// Where a name cannot be put in a certificate.
    pub fn generate(names: &[String]) -> Result<Self, IdentityError> {
        let key = rcgen::KeyPair::generate()?;
        let mut params = rcgen::CertificateParams::new(names)?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, "hedgerow");
        let certificate = params.self_signed(&key)?;
        Self::from_pem(certificate.pem(), key.serialize_pem())
    }

    /// Reads an identity from PEM texts: the chain with this server's certificate
    /// first, and the private key.
    ///
    /// # Errors
    /// Where either cannot be read.
    pub fn from_pem(certificate: String, key: String) -> Result<Self, IdentityError> {
        let chain = CertificateDer::pem_slice_iter(certificate.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| IdentityError::NoCertificate)?;
        let own = chain.first().ok_or(IdentityError::NoCertificate)?;
        let spki_hash = spki_hash(own).ok_or(IdentityError::BadCertificate)?;
        let parsed =
            PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| IdentityError::NoKey)?;
        Ok(Self {
            chain,
            key: parsed,
            spki_hash,
            pem: Pem { certificate, key },
        })
    }

    /// Reads an identity from two PEM files.
    ///
    /// # Errors
    /// Where a file or its contents cannot be read.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, IdentityError> {
        let read = |path: &Path| {
            fs::read_to_string(path).map_err(|source| IdentityError::Read {
                path: path.to_owned(),
                source,
            })
        };
        Self::from_pem(read(certificate)?, read(key)?)
    }

    /// Writes the identity to two PEM files that only their owner may read. Files that
    /// are there already are not replaced.
    ///
    /// # Errors
    /// Where a file exists or cannot be written.
    pub fn save(&self, certificate: &Path, key: &Path) -> Result<(), IdentityError> {
        write_private_new(key, self.pem.key.as_bytes())?;
        write_private_new(certificate, self.pem.certificate.as_bytes())?;
        Ok(())
    }

    /// The hash that addresses of this server carry.
    #[must_use]
    pub fn spki_hash(&self) -> SpkiHash {
        self.spki_hash
    }

    /// The server's TLS configuration: HTTP/2 for gRPC, HTTP/1.1 for browsers; no
    /// session tickets.
    ///
    /// # Errors
    /// Where certificate and key do not belong together.
    pub fn server_config(&self) -> Result<Arc<ServerConfig>, IdentityError> {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(self.chain.clone(), self.key.clone_key())?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Arc::new(config))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("spki_hash", &self.spki_hash)
            .finish_non_exhaustive()
    }
}

/// Begins to make the random numbers ready that TLS draws, on a thread of its own, and
/// returns at once: aws-lc collects entropy from the processor's timing beside what the
/// system gives, once a process, and that takes longer than everything else before a
/// server's first handshake. Without this call, the first handshake does it.
pub fn gather_entropy() {
    let gathering = std::thread::Builder::new()
        .name("entropy".to_owned())
        .spawn(|| provider().secure_random.fill(&mut [0; 1]).is_ok());
    if gathering.is_err() {
        tracing::debug!("no thread could be had: the first handshake takes longer");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_identity_comes_back_with_the_same_key() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = (
            folder.path().join("cert.pem"),
            folder.path().join("key.pem"),
        );
        let made = Identity::generate(&["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        made.save(&certificate, &key).unwrap();
        let loaded = Identity::load(&certificate, &key).unwrap();
        assert_eq!(made.spki_hash(), loaded.spki_hash());
        loaded.server_config().unwrap();
        assert!(matches!(
            made.save(&certificate, &key),
            Err(IdentityError::Write(_))
        ));
    }

    #[test]
    fn two_identities_have_two_keys() {
        let one = Identity::generate(&[]).unwrap();
        let two = Identity::generate(&[]).unwrap();
        assert_ne!(one.spki_hash(), two.spki_hash());
        let mixed = Identity::from_pem(one.pem.certificate, two.pem.key).unwrap();
        assert!(matches!(
            mixed.server_config(),
            Err(IdentityError::Unusable(_))
        ));
    }

    #[test]
    fn a_private_key_is_never_shown() {
        let identity = Identity::generate(&[]).unwrap();
        assert!(!format!("{identity:?}").contains("PRIVATE"));
    }
}
