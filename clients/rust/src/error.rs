//! Errors of the client.

use hedgerow_core::head::HeadError;
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLogError;
use hedgerow_core::name::RecordName;
use hedgerow_core::proof::ProofError;
use hedgerow_core::record::RecordError;
use hedgerow_core::sync::SyncError;
use hedgerow_transport::failure::CallFailure;

use crate::steward::token::TokenError;

/// Why a call returned no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The address cannot be parsed.
    #[error(
        "address “{text}” is invalid: write https://HOST:PORT, or https://HOST:PORT#sha256=… with \
         the key hash that the server prints when it starts"
    )]
    Address {
        /// The text that was passed in.
        text: String,
    },
    /// The connection failed or was lost, and retries did not help.
    #[error("{}", unreachable(address, failure))]
    Unreachable {
        /// The server's address, without the hash of its key.
        address: String,
        /// The failure of the last attempt.
        failure: Box<CallFailure>,
    },
    /// The server rejected the call.
    #[error("{}", .failure.message)]
    Refused {
        /// The server's address, without the hash of its key.
        address: String,
        /// The server's reason and message, and every violation by field.
        failure: Box<CallFailure>,
    },
    /// The server's response does not prove its claim.
    #[error("{address} returned data that failed verification: {source}")]
    Verification {
        /// The server's address, without the hash of its key.
        address: String,
        /// The check that failed.
        source: Box<VerificationError>,
    },
    /// The steward's token cannot be used.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// A failed connection names its address itself.
fn unreachable(address: &str, failure: &CallFailure) -> String {
    match failure.connect {
        Some(_) => failure.message.clone(),
        None => format!("{address} did not respond: {}", failure.message),
    }
}

impl ClientError {
    /// Returns the stable reason: the server's own if it rejected the call.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Address { .. } => "address_malformed",
            Self::Unreachable { failure, .. } | Self::Refused { failure, .. } => &failure.reason,
            Self::Verification { source, .. } => source.reason(),
            Self::Token(error) => error.reason(),
        }
    }

    /// Returns the failed call, if it was made at all.
    #[must_use]
    pub fn failure(&self) -> Option<&CallFailure> {
        match self {
            Self::Unreachable { failure, .. } | Self::Refused { failure, .. } => Some(failure),
            Self::Address { .. } | Self::Verification { .. } | Self::Token(_) => None,
        }
    }

    /// Whether the server reports that the requested thing does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { failure, .. } if failure.code == tonic::Code::NotFound)
    }

    /// Whether verification failed: the server returned something else than it claims.
    #[must_use]
    pub fn is_verification(&self) -> bool {
        matches!(self, Self::Verification { .. })
    }

    pub(crate) fn verification(address: &str, source: impl Into<VerificationError>) -> Self {
        Self::Verification {
            address: address.to_owned(),
            source: Box::new(source.into()),
        }
    }
}

/// The check that a response failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerificationError {
    /// A key event is malformed, or does not follow from the one before.
    #[error("key log: {0}")]
    KeyLog(#[from] KeyLogError),
    /// The head is malformed, or no key of the log signed it.
    #[error("head: {0}")]
    Head(#[from] HeadError),
    /// The proof does not lead to the head's root.
    #[error("proof: {0}")]
    Proof(#[from] ProofError),
    /// The bytes are not a record of the group.
    #[error("record: {0}")]
    Record(#[from] RecordError),
    /// A transfer breaks the protocol.
    #[error("transfer: {0}")]
    Sync(#[from] SyncError),
    /// A proof was requested and the response has none.
    #[error("the record {0} came without a proof")]
    NoProof(RecordName),
    /// The server returned the record although its head proves that it is not published.
    #[error("the record {0} is not under the head that came with it")]
    NotPublished(RecordName),
    /// The key log belongs to another group.
    #[error("the key log is of group {returned}, not of {requested}")]
    OtherGroup {
        /// The group in the request.
        requested: GroupId,
        /// The group in the response.
        returned: GroupId,
    },
    /// Part of the response has a form that the protocol does not allow.
    #[error("the response is malformed: {0}")]
    Malformed(&'static str),
}

impl VerificationError {
    /// Returns the stable reason.
    #[must_use]
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
            Self::Malformed(_) => "response_malformed",
        }
    }
}
