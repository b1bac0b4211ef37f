//! Errors of making, opening and running an aggregator.

use hedgerow_core::endpoint::EndpointError;
use hedgerow_core::time::Timestamp;
use hedgerow_places::PlacesError;
use hedgerow_search::IndexError;
use hedgerow_server::acme::AcmeError;
use hedgerow_server::backup::BackupError;
use hedgerow_server::identity::IdentityError;
use hedgerow_server::listen::BindError;
use hedgerow_server::lock::LockError;
use hedgerow_server::private_files::WriteError;
use hedgerow_store::StoreError;

use crate::config::ConfigError;
use crate::keys::KeysError;

/// The reason why an aggregator cannot be made, opened or run.
#[derive(Debug, thiserror::Error)]
pub enum AggregatorError {
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// Another process uses its folder.
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Its TLS certificate.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error(transparent)]
    File(#[from] WriteError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error("cannot use `places.pack`: {0}")]
    Places(#[from] PlacesError),
    #[error("`public_name` is invalid: expected HOST:PORT: {0}")]
    PublicName(#[source] EndpointError),
    /// The certificate of its name on the internet.
    #[error("cannot use `domain`: {0}")]
    Domain(#[from] AcmeError),
    /// The service descriptions for gRPC reflection.
    #[error("cannot load the service descriptions: {0}")]
    Reflection(String),
    #[error("cannot listen for metrics (`metrics.listen`): {0}")]
    Metrics(#[source] BindError),
    /// The clock is behind the time at which this program was written.
    #[error("this machine's clock is wrong: it says {0}. Set it, then start again")]
    Clock(Timestamp),
}
