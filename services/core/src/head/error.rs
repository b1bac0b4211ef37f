//! The errors of parsing and verifying heads.

use crate::endpoint::EndpointError;
use crate::envelope::EnvelopeError;
use crate::id::PayloadHash;
use crate::time::Timestamp;

/// The reason why a head is refused or postponed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// The envelope or its signature is invalid.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload does not decode, or a field is missing or of the wrong size.
    #[error("the head is malformed: {0}")]
    Malformed(&'static str),
    /// `seq` is not within 1 to 2^53 − 1.
    #[error("the head's seq is invalid: expected 1 to 2^53 - 1")]
    SeqOutOfRange,
    /// The expiry is not after the issue, or more than [`MAX_LIFETIME`](super::MAX_LIFETIME) later.
    #[error("the head's lifetime is invalid: expected expiry after issue, by at most 28 days")]
    Lifetime,
    /// The endpoint is malformed.
    #[error("the head's endpoint is invalid: {0}")]
    Endpoint(#[from] EndpointError),
    /// The head names another group than the key log.
    #[error("the head is of another group")]
    WrongGroup,
    /// The key log ends before the head's key event: a newer log is needed.
    #[error("the head is signed under key event {index}, but the key log ends at {tip}")]
    KeyEventUnknown {
        /// The index of the key event that the head names.
        index: u32,
        /// The index of the key log's newest event.
        tip: u32,
    },
    /// The key log has another key event at the head's index: the log is forked.
    #[error("the head is signed under a key event {index} that differs from the key log's")]
    KeyEventMismatch {
        /// The index of the key event that the head names.
        index: u32,
        /// The hash of the key event that the head names.
        found: PayloadHash,
    },
    /// A later key event ended the head.
    #[error("the head is signed under key event {index}, whose key was ended by key event {tip}")]
    KeyEnded {
        /// The index of the key event that the head names.
        index: u32,
        /// The index of the key log's newest event.
        tip: u32,
    },
    /// The group was deactivated, which ends every head.
    #[error("the group was deactivated: its heads are no longer valid")]
    GroupEnded,
    /// Issued too far ahead of the receiver's clock. Unlike the other errors it passes with time.
    #[error("the head is dated {issue_time}, more than 5 minutes ahead of this clock")]
    FromTheFuture {
        /// The time of issue in the head.
        issue_time: Timestamp,
    },
}

impl HeadError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Envelope(error) => error.reason(),
            Self::Malformed(_) => "head_malformed",
            Self::SeqOutOfRange => "head_seq_out_of_range",
            Self::Lifetime => "head_lifetime",
            Self::Endpoint(error) => error.reason(),
            Self::WrongGroup => "head_wrong_group",
            Self::KeyEventUnknown { .. } => "head_key_event_unknown",
            Self::KeyEventMismatch { .. } => "head_key_event_mismatch",
            Self::KeyEnded { .. } => "head_key_ended",
            Self::GroupEnded => "group_ended",
            Self::FromTheFuture { .. } => "head_from_the_future",
        }
    }
}
