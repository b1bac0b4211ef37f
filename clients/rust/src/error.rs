//! What can go wrong.

use hedgerow_core::head::HeadError;
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLogError;
use hedgerow_core::name::RecordName;
use hedgerow_core::proof::ProofError;
use hedgerow_core::record::RecordError;
use hedgerow_core::sync::SyncError;
use hedgerow_rpc::failure::CallFailure;

use crate::steward::TokenError;

/// Why a client has no answer to give.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The text is not an address.
    #[error(
        "“{text}” is not an address: write https://HOST:PORT, or https://HOST:PORT#sha256=… with \
         the key hash that the server prints when it starts"
    )]
    Address {
        /// What was given.
        text: String,
    },
    /// No connection was made, or it was lost, and trying again did not help.
    #[error("{}", unreachable(address, failure))]
    Unreachable {
        /// Whom.
        address: String,
        /// Why.
        failure: Box<CallFailure>,
    },
    /// The server answered that it does not do this.
    #[error("{}", .failure.message)]
    Refused {
        /// Who.
        address: String,
        /// Its stable reason, its words, and what is wrong field by field.
        failure: Box<CallFailure>,
    },
    /// What the server gave does not prove what it claims.
    #[error("what {address} gave does not hold: {source}")]
    Check {
        /// Who.
        address: String,
        /// What does not hold.
        source: Box<CheckError>,
    },
    /// The steward's token cannot be used.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// A connection that was not made names its address itself.
fn unreachable(address: &str, failure: &CallFailure) -> String {
    match failure.connect {
        Some(_) => failure.message.clone(),
        None => format!("{address} gives no answer: {}", failure.message),
    }
}

impl ClientError {
    /// A stable name of what went wrong: the server's own reason where it refused.
    pub fn reason(&self) -> &str {
        match self {
            Self::Address { .. } => "address_malformed",
            Self::Unreachable { failure, .. } | Self::Refused { failure, .. } => &failure.reason,
            Self::Check { source, .. } => source.reason(),
            Self::Token(error) => error.reason(),
        }
    }

    /// What the server said, where it was a server that said it.
    pub fn failure(&self) -> Option<&CallFailure> {
        match self {
            Self::Unreachable { failure, .. } | Self::Refused { failure, .. } => Some(failure),
            Self::Address { .. } | Self::Check { .. } | Self::Token(_) => None,
        }
    }

    /// True where the server says that there is no such thing.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { failure, .. } if failure.code == tonic::Code::NotFound)
    }

    /// True where a check failed: the server gave something that is not what it claims.
    pub fn is_check(&self) -> bool {
        matches!(self, Self::Check { .. })
    }

    pub(crate) fn check(address: &str, source: impl Into<CheckError>) -> Self {
        Self::Check {
            address: address.to_owned(),
            source: Box::new(source.into()),
        }
    }
}

/// What does not hold.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The key log.
    #[error("the key log: {0}")]
    KeyLog(#[from] KeyLogError),
    /// The head.
    #[error("the head: {0}")]
    Head(#[from] HeadError),
    /// The proof.
    #[error("the proof: {0}")]
    Proof(#[from] ProofError),
    /// The record.
    #[error("the record: {0}")]
    Record(#[from] RecordError),
    /// A transfer.
    #[error("the transfer: {0}")]
    Sync(#[from] SyncError),
    /// A proof was asked for and none came.
    #[error("no proof came with the record {0}")]
    NoProof(RecordName),
    /// The record was given although the head proves that it is not published.
    #[error("the record {0} is not under the head that came with it")]
    NotPublished(RecordName),
    /// The key log is another group's.
    #[error("the key log is of group {found}, not of {asked}")]
    OtherGroup {
        /// Whose was asked for.
        asked: GroupId,
        /// Whose came.
        found: GroupId,
    },
    /// Something is there that the protocol does not allow.
    #[error("the answer is malformed: {0}")]
    Malformed(&'static str),
}

impl CheckError {
    /// A stable name of what does not hold.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::KeyLog(error) => error.reason(),
            Self::Head(error) => error.reason(),
            Self::Proof(error) => error.reason(),
            Self::Record(error) => error.reason(),
            Self::Sync(error) => error.reason(),
            Self::NoProof(_) => "proof_missing",
            Self::NotPublished(_) => "record_not_published",
            Self::OtherGroup { .. } => "other_group",
            Self::Malformed(_) => "answer_malformed",
        }
    }
}
