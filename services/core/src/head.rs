//! Heads: a group's signed statement of exactly which records it publishes now, in one view.

mod draft;
mod indexing;
mod order;
mod verified;

pub use draft::HeadDraft;
pub use indexing::Indexing;
pub use order::HeadOrder;
pub use order::Position;
pub use order::Seq;
pub use order::compare;
pub use verified::Freshness;
pub use verified::HeadPeek;
pub use verified::VerifiedHead;
pub use verified::peek;

use std::time::Duration;

use crate::endpoint::EndpointError;
use crate::envelope::EnvelopeError;
use crate::id::PayloadHash;
use crate::time::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest that a head may live.
pub const MAX_LIFETIME: Duration = Duration::from_secs(28 * 24 * 60 * 60);
/// How far ahead of the receiver's clock a head may be issued.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);
/// How long after expiry a group lapses out of sight.
pub const LAPSES_AFTER: Duration = Duration::from_secs(180 * DAY.as_secs());
/// How long after expiry a group's bodies are erased.
pub const ERASED_AFTER: Duration = Duration::from_secs(365 * DAY.as_secs());

/// Why a head is refused or postponed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// The envelope or its signature.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload is no head, or a field is missing or of the wrong size.
    #[error("the head is malformed: {0}")]
    Malformed(&'static str),
    /// `seq` is not 1 to 2^53 − 1.
    #[error("a head's seq is 1 to 2^53 - 1")]
    SeqOutOfRange,
    /// It lives longer than a head may, or ends before it begins.
    #[error("a head expires after it was issued, and within 28 days")]
    Lifetime,
    /// Its endpoint is no address.
    #[error("the head's endpoint: {0}")]
    Endpoint(#[from] EndpointError),
    /// It names another group than the key log does.
    #[error("the head is of another group")]
    WrongGroup,
    /// The key log at hand does not reach its key event: a newer log is needed.
    #[error("the head is signed under key event {index}, the key log ends at {tip}")]
    KeyEventUnknown {
        /// The index that it names.
        index: u32,
        /// The last that is known.
        tip: u32,
    },
    /// Its key event is another one than the key log holds at that index: the log is forked.
    #[error("the head is signed under another key event {index} than the log holds")]
    KeyEventMismatch {
        /// The index.
        index: u32,
        /// The hash that it names.
        found: PayloadHash,
    },
    /// A later key event ended it.
    #[error("the head was made under key event {index}, which key event {tip} ended")]
    KeyEnded {
        /// The index under which it was made.
        index: u32,
        /// The newest event.
        tip: u32,
    },
    /// The group was deactivated: no head counts any more.
    #[error("the group was deactivated: no head counts any more")]
    GroupEnded,
    /// Issued too far ahead of the receiver's clock: to be tried again, not refused for good.
    #[error("the head is dated {issue_time}, more than 5 minutes ahead of this clock")]
    FromTheFuture {
        /// When it says that it was issued.
        issue_time: Timestamp,
    },
}

impl HeadError {
    /// The stable name of this error.
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

#[cfg(test)]
mod tests;
