//! Errors of opening, changing and running a node.

use hedgerow_core::head::HeadError;
use hedgerow_core::key_log::KeyLogError;
use hedgerow_places::PlacesError;
use hedgerow_server::acme::AcmeError;
use hedgerow_server::backup::BackupError;
use hedgerow_server::identity::IdentityError;
use hedgerow_server::listen::BindError;
use hedgerow_server::lock::LockError;
use hedgerow_server::private_files::WriteError;

use crate::config::ConfigError;
use crate::store::StoreError;
use crate::token::StewardFileError;

/// Why a node cannot be opened, changed or run.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// Another process uses the folder, or it cannot be locked.
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("cannot use the node's certificate")]
    Identity(#[from] IdentityError),
    #[error("cannot use `domain`")]
    Domain(#[from] AcmeError),
    #[error("cannot use `publishing.place_pack`: {0}")]
    Places(#[from] PlacesError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error(transparent)]
    StewardFile(#[from] StewardFileError),
    /// A key log that was made or stored here.
    #[error("a key log failed verification")]
    KeyLog(#[from] KeyLogError),
    #[error("a stored head failed verification")]
    Head(#[from] HeadError),
    #[error(
        "the label `{0}` is invalid: expected 1 to 40 of a-z, 0-9 and `-`, such as `leeds-carers`"
    )]
    Label(String),
    #[error("this node already has a group labelled `{0}`: choose another label")]
    LabelTaken(String),
    #[error(
        "the phrase belongs to the group `{0}` of this node, and a second group needs a phrase of \
         its own. `hedgerow-node group rotate {0}` gives that group new keys"
    )]
    PhraseTaken(String),
    #[error("this node has no group labelled `{0}`; `hedgerow-node group list` shows its groups")]
    NoSuchGroup(String),
    #[error("cannot read the address of the listener")]
    Listener(#[source] std::io::Error),
    #[error("cannot listen for metrics (`metrics.listen`)")]
    Metrics(#[source] BindError),
    #[error("cannot read the service descriptions built into this program")]
    Reflection(#[source] Box<dyn std::error::Error + Send + Sync>),
}
