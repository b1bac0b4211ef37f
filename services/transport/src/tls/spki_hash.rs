//! The hash of a server's key.

use hedgerow_core::id::SpkiHash;
use rustls::pki_types::CertificateDer;
use rustls::server::ParsedCertificate;
use sha2::{Digest, Sha256};

/// Computes the key hash that addresses have: SHA-256 of the certificate's
/// `SubjectPublicKeyInfo`. `None` if the certificate cannot be parsed.
#[must_use]
pub fn spki_hash(certificate: &CertificateDer<'_>) -> Option<SpkiHash> {
    let parsed = ParsedCertificate::try_from(certificate).ok()?;
    let hash: [u8; 32] = Sha256::digest(parsed.subject_public_key_info().as_ref()).into();
    Some(SpkiHash::from_bytes(hash))
}
