//! TLS of clients, and the cryptography that clients and servers share.
//!
//! If an address has a key hash, exactly that key is accepted, and nothing else of the
//! certificate is checked. Otherwise the certificate must be valid for the host name and lead
//! to a public root. There is no trust on first use.

use std::sync::Arc;

use hedgerow_core::id::SpkiHash;
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{ClientConfig, RootCertStore};

pub use spki_hash::spki_hash;
use verifier::KeyVerifier;
pub use verifier::PinMismatch;

mod spki_hash;
mod verifier;

/// Which server keys a client accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerTrust {
    /// Any key with a certificate for the host name that leads to a public root.
    PublicRoots,
    /// Exactly this key.
    Pinned(SpkiHash),
    /// Any key. Only for public heads and records, which have their own proofs.
    AnyKey,
}

/// Returns the cryptography of every connection: aws-lc-rs, with the hybrid post-quantum key
/// exchange offered first.
#[must_use]
pub fn provider() -> Arc<CryptoProvider> {
    let mut provider = aws_lc_rs::default_provider();
    let hybrid = aws_lc_rs::kx_group::X25519MLKEM768;
    provider
        .kx_groups
        .retain(|group| group.name() != hybrid.name());
    provider.kx_groups.insert(0, hybrid);
    Arc::new(provider)
}

/// Makes a client's TLS configuration: HTTP/2 only, and no session tickets, by which a server
/// could link connections.
///
/// # Errors
/// Never in practice: rustls checks that the provider supports the protocol versions.
pub fn client_config(trust: ServerTrust) -> Result<ClientConfig, rustls::Error> {
    let provider = provider();
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let by_key = |expected, provider| Arc::new(KeyVerifier { expected, provider });
    let builder = match trust {
        ServerTrust::PublicRoots => {
            let roots = RootCertStore {
                roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
            };
            builder.with_root_certificates(roots)
        }
        ServerTrust::Pinned(key) => builder
            .dangerous()
            .with_custom_certificate_verifier(by_key(Some(key), provider)),
        ServerTrust::AnyKey => builder
            .dangerous()
            .with_custom_certificate_verifier(by_key(None, provider)),
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    config.resumption = Resumption::disabled();
    Ok(config)
}
