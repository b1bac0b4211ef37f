//! The certificate and private key of a server.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fmt, fs, io};

use hedgerow_core::id::SpkiHash;
use hedgerow_transport::tls::{provider, spki_hash};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SingleCertAndKey};

use crate::credentials;
use crate::credentials::{CERTIFICATE, CERTIFICATE_KEY};
use crate::private_files::{WriteError, write_private_new};

pub use local::{certificate_names, local_endpoint};

mod local;

/// HTTP/2 for gRPC, HTTP/1.1 for browsers.
pub(crate) const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Returns the files of the TLS certificate and its private key: the credentials that the service
/// manager passes, or those in the server's folder.
#[must_use]
pub fn identity_files_in_use(data_dir: &Path) -> (PathBuf, PathBuf) {
    let passed = [CERTIFICATE, CERTIFICATE_KEY].map(credentials::path);
    match passed {
        [Some(certificate), Some(key)] => (certificate, key),
        // One alone would not belong to the other one in the folder.
        _ => identity_files(data_dir),
    }
}

/// Returns the files of the TLS certificate and its private key in a server's folder.
#[must_use]
pub fn identity_files(data_dir: &Path) -> (PathBuf, PathBuf) {
    (
        data_dir.join("certificate.pem"),
        data_dir.join("certificate-key.pem"),
    )
}

/// A server's TLS certificate chain and private key. Has nothing to do with the signing keys
/// of groups.
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

/// Why an identity cannot be generated, read or used.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error("cannot read {}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("the certificate file is invalid: expected a certificate in PEM form")]
    NoCertificate,
    #[error("the key file is invalid: expected a private key in PEM form")]
    NoKey,
    #[error("cannot parse the certificate")]
    BadCertificate,
    #[error("cannot make the certificate")]
    Generate(#[from] rcgen::Error),
    /// They do not belong together, or TLS does not support them.
    #[error("cannot use the certificate with its private key")]
    Unusable(#[from] rustls::Error),
}

impl Identity {
    /// Generates a key and a self-signed certificate for host names or IP addresses. Other
    /// Hedgerow servers ignore the names and check the key.
    ///
    /// # Errors
    /// If a certificate cannot contain one of the names.
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

    /// Parses an identity from PEM texts: the chain, with this server's certificate first, and
    /// the private key.
    ///
    /// # Errors
    /// If either cannot be parsed.
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
    /// If a file cannot be read or parsed.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, IdentityError> {
        let read = |path: &Path| {
            fs::read_to_string(path).map_err(|source| IdentityError::Read {
                path: path.to_owned(),
                source,
            })
        };
        Self::from_pem(read(certificate)?, read(key)?)
    }

    /// Reads the identity from credentials or a server's folder, or generates it with the names from
    /// `names` and writes its files.
    ///
    /// # Errors
    /// If a file cannot be read, parsed or written, or a name is invalid.
    pub fn load_or_generate(
        data_dir: &Path,
        names: impl FnOnce() -> Vec<String>,
    ) -> Result<Self, IdentityError> {
        let (certificate, key) = &identity_files_in_use(data_dir);
        if certificate.exists() {
            return Self::load(certificate, key);
        }
        let identity = Self::generate(&names())?;
        // `save` writes the key first and never replaces a file. A key without a certificate
        // is left from an interrupted start and has never been used.
        if key.exists() {
            fs::remove_file(key).map_err(|source| WriteError {
                path: key.clone(),
                source,
            })?;
        }
        identity.save(certificate, key)?;
        Ok(identity)
    }

    /// Writes the identity to two new PEM files that only their owner may read.
    ///
    /// # Errors
    /// If a file exists or cannot be written.
    pub fn save(&self, certificate: &Path, key: &Path) -> Result<(), IdentityError> {
        write_private_new(key, self.pem.key.as_bytes())?;
        write_private_new(certificate, self.pem.certificate.as_bytes())?;
        Ok(())
    }

    /// Returns the key hash for the addresses of this server.
    #[must_use]
    pub fn spki_hash(&self) -> SpkiHash {
        self.spki_hash
    }

    /// Makes the server's TLS configuration with its own certificate.
    ///
    /// # Errors
    /// If certificate and key do not belong together.
    pub fn server_config(&self) -> Result<Arc<ServerConfig>, IdentityError> {
        let own = SingleCertAndKey::from(self.own_certified_key()?);
        server_config(Arc::new(own), &PROTOCOLS)
    }

    /// Returns its own certificate in the form of handshakes.
    pub(crate) fn own_certified_key(&self) -> Result<CertifiedKey, IdentityError> {
        self.certified_key(self.chain.clone())
    }

    /// Joins another certificate of the same key with the key.
    pub(crate) fn certified_key(
        &self,
        chain: Vec<CertificateDer<'static>>,
    ) -> Result<CertifiedKey, IdentityError> {
        let key = CertifiedKey::from_der(chain, self.key.clone_key(), &provider())?;
        Ok(key)
    }

    /// Copies it, for a task of its own.
    pub(crate) fn duplicate(&self) -> Self {
        Self {
            chain: self.chain.clone(),
            key: self.key.clone_key(),
            spki_hash: self.spki_hash,
            pem: Pem {
                certificate: self.pem.certificate.clone(),
                key: self.pem.key.clone(),
            },
        }
    }

    /// Returns the key in the form that signs requests for certificates.
    pub(crate) fn key_pair(&self) -> Result<rcgen::KeyPair, rcgen::Error> {
        rcgen::KeyPair::from_pem(&self.pem.key)
    }
}

/// Makes a TLS configuration without session tickets.
pub(crate) fn server_config(
    certificates: Arc<dyn ResolvesServerCert>,
    protocols: &[&[u8]],
) -> Result<Arc<ServerConfig>, IdentityError> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    config.alpn_protocols = protocols.iter().map(|it| it.to_vec()).collect();
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("spki_hash", &self.spki_hash)
            .finish_non_exhaustive()
    }
}

/// Starts to seed the random number generator of TLS, on another thread. aws-lc collects
/// entropy from the processor's timing once in each process, which takes longer than the rest
/// of a program's start. Without this call, the first handshake waits for it.
pub fn gather_entropy() {
    let gathering = std::thread::Builder::new()
        .name("entropy".to_owned())
        .spawn(|| provider().secure_random.fill(&mut [0; 1]).is_ok());
    if gathering.is_err() {
        tracing::debug!("cannot start a thread: the first handshake takes longer");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_identity_is_loaded_with_the_same_key() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = identity_files(folder.path());
        let generated =
            Identity::generate(&["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        generated.save(&certificate, &key).unwrap();
        let loaded = Identity::load(&certificate, &key).unwrap();
        assert_eq!(generated.spki_hash(), loaded.spki_hash());
        loaded.server_config().unwrap();
        assert!(matches!(
            generated.save(&certificate, &key),
            Err(IdentityError::Write(_))
        ));
    }

    #[test]
    fn an_identity_is_generated_once_even_after_an_interrupted_start() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(identity_files(folder.path()).1, "left over").unwrap();
        let names = || vec!["localhost".to_owned()];
        let first = Identity::load_or_generate(folder.path(), names).unwrap();
        let second = Identity::load_or_generate(folder.path(), names).unwrap();
        assert_eq!(first.spki_hash(), second.spki_hash());
    }

    #[test]
    fn generated_identities_have_different_keys() {
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
    fn the_debug_output_has_no_private_key() {
        let identity = Identity::generate(&[]).unwrap();
        assert!(!format!("{identity:?}").contains("PRIVATE"));
    }
}
