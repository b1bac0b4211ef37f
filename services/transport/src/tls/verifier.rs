//! Certificate verification by the server's key alone.

use std::fmt;
use std::sync::Arc;

use hedgerow_core::id::SpkiHash;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};

use super::spki_hash::spki_hash;

/// The server's key is not the one in its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected the key {expected}, but the server has {actual}")]
pub struct PinMismatch {
    pub expected: SpkiHash,
    pub actual: SpkiHash,
}

impl PinMismatch {
    /// Finds the mismatch that caused a TLS error.
    pub(crate) fn find(error: &Error) -> Option<&Self> {
        match error {
            Error::Other(OtherError(inner)) => inner.downcast_ref(),
            _ => None,
        }
    }
}

/// Checks the key's hash, and that the server has the private key. Ignores names, dates and
/// issuers.
pub(super) struct KeyVerifier {
    /// `None` accepts any key.
    pub(super) expected: Option<SpkiHash>,
    pub(super) provider: Arc<CryptoProvider>,
}

impl fmt::Debug for KeyVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyVerifier")
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}

impl ServerCertVerifier for KeyVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let actual = spki_hash(end_entity)
            .ok_or(Error::InvalidCertificate(CertificateError::BadEncoding))?;
        match self.expected {
            Some(expected) if expected != actual => {
                Err(Error::Other(OtherError(Arc::new(PinMismatch {
                    expected,
                    actual,
                }))))
            }
            Some(_) | None => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
