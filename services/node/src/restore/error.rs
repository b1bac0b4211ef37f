//! Errors of a restore.

use hedgerow_core::record::RecordError;

use crate::node::NodeError;
use crate::signing::SigningError;
use crate::store::StoreError;

/// Why a group cannot be restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error("cannot restore: no aggregator is configured to restore from")]
    NoAggregators,
    /// The problem of each aggregator, one per line.
    #[error("no aggregator responded; try again later\n{0}")]
    NoResponse(String),
    #[error("nothing to restore: this node has the newest head that its aggregators hold")]
    UpToDate,
    #[error("{0} held a newer head but does not serve it now: try again later")]
    NoLongerServed(String),
    #[error(
        "{0} holds a head of the same number that was not signed here: the node runs twice, or \
         someone else has its key. A restore cannot fix that: the group's keys must be rotated \
         with its phrase"
    )]
    Equivocation(String),
    #[error(
        "{0} holds a key log that continues beyond this node's: the group's keys were rotated \
         elsewhere, and this node's key no longer signs for it. `hedgerow-node group rotate` with \
         the group's phrase brings it back to this machine"
    )]
    Rotated(String),
    #[error("cannot fetch the newer records from {aggregator}: {problem}")]
    Fetch { aggregator: String, problem: String },
    #[error("a fetched record is malformed")]
    Record(#[from] RecordError),
    /// Signing is still blocked.
    #[error("{0}")]
    Blocked(String),
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot sign the head")]
    Signing(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<SigningError> for RestoreError {
    fn from(error: SigningError) -> Self {
        match error {
            SigningError::Store(error) => Self::Store(error),
            other => Self::Signing(other.into()),
        }
    }
}
