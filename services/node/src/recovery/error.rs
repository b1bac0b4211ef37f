//! Errors of finding, recovering, rotating and ending a group with its phrase.

use hedgerow_core::id::GroupId;
use hedgerow_core::recovery::ContinuationError;

use super::bundle::BundleError;
use super::survey::Answers;
use crate::node::NodeError;
use crate::restore::RestoreError;
use crate::signing::SigningError;
use crate::store::StoreError;

/// Why a group's keys cannot be changed with its phrase.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    #[error(
        "cannot search for the group: no aggregator is configured. Name the ones that the group \
         published to with --aggregator"
    )]
    NoAggregators,
    /// With the answer of each aggregator, one per line.
    #[error(
        "no aggregator holds a group of this phrase. Check the words, and name every aggregator \
         that the group published to with --aggregator\n{0}"
    )]
    NotFound(Answers),
    #[error(
        "no aggregator answered: without an answer, a second branch of the key log could be made. \
         Try again later\n{0}"
    )]
    NoResponse(Answers),
    #[error("no aggregator holds the group {group}\n{answers}")]
    GroupUnknown { group: GroupId, answers: Answers },
    #[error(
        "several groups have a commitment of this phrase: anyone can copy one. Choose yours with \
         --group ID\n{0}"
    )]
    Ambiguous(String),
    #[error(
        "this node already has the group, as `{0}`: `hedgerow-node group rotate {0}` gives it new \
         keys"
    )]
    AlreadyHere(String),
    #[error(
        "the records of the group cannot be fetched now, and new keys would end the head that has \
         them. Try again later. If they are lost, or are to be published again from files, add \
         --without-records\n{0}"
    )]
    RecordsNotServed(String),
    #[error(
        "{0} holds a newer head of this group, which this node has no record of signing. If this \
         node came back from an old backup, run `hedgerow-node restore` first. If somebody else \
         signed that head with a stolen key, add --own-records: the group goes on with the records \
         of this node"
    )]
    Behind(String),
    #[error("the record `{0}` is not among those that come back")]
    NoSuchRecord(String),
    #[error(transparent)]
    Continuation(#[from] ContinuationError),
    #[error("the new head cannot be signed: {0}")]
    Blocked(String),
    #[error(transparent)]
    Bundle(#[from] BundleError),
    #[error(transparent)]
    Restore(#[from] RestoreError),
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot sign the head")]
    Signing(#[from] SigningErrorSource),
}

/// An internal failure to sign, as a source.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct SigningErrorSource(Box<dyn std::error::Error + Send + Sync>);

impl From<SigningError> for RecoveryError {
    fn from(error: SigningError) -> Self {
        match error {
            SigningError::Store(error) => Self::Store(error),
            other => Self::Signing(SigningErrorSource(other.into())),
        }
    }
}
