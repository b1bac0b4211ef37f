//! The errors of verifying key logs, and the bounds that they mention.

use crate::envelope::EnvelopeError;
use crate::keys::KeyError;

/// The most events in a key log. The last place is for a deactivation only: a full log can still
/// end.
pub const MAX_EVENTS: usize = 1000;

/// The most bytes of a key log, counting the payloads of all its events. The last
/// [`MAX_KEY_EVENT_BYTES`](crate::envelope::MAX_KEY_EVENT_BYTES) are for a deactivation only.
pub const MAX_LOG_BYTES: usize = 1024 * 1024;

/// The most rival branches that one event may set aside.
pub const MAX_SET_ASIDE: usize = 16;

/// The reason why a key event or a key log is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyLogError {
    /// There are no events.
    #[error("the key log is empty")]
    Empty,
    /// The envelope or its signature is invalid.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload does not decode, or a field is missing, superfluous or of the wrong size.
    #[error("the key event is malformed: {0}")]
    Malformed(&'static str),
    /// A public key is invalid.
    #[error("the {field} of the key event is invalid")]
    Key {
        /// The kind of key: `signing key`, `encryption key` or `recovery key`.
        field: &'static str,
        /// The reason why it is invalid.
        source: KeyError,
    },
    /// The event is of another group, or is another group's inception.
    #[error("the key event belongs to another group")]
    WrongGroup,
    /// An event between the log's last and this one is missing.
    #[error("key event {found} is out of order: expected key event {expected}")]
    OutOfOrder {
        /// The index of the next event in the log.
        expected: u32,
        /// The index of the event that was given.
        found: u32,
    },
    /// The event names another previous event than the one in the log.
    #[error("key event {0} does not follow the previous event of the key log")]
    BrokenChain(u32),
    /// The event's recovery key is not the one that the previous event committed to.
    #[error("the recovery key of key event {0} does not match the commitment before it")]
    NotCommitted(u32),
    /// The log ended with a deactivation.
    #[error("the group was deactivated: no key event can follow")]
    Ended,
    /// More than [`MAX_EVENTS`] or [`MAX_LOG_BYTES`].
    #[error(
        "the key log is too long: expected at most {MAX_EVENTS} events and {MAX_LOG_BYTES} bytes, \
         of which the last event can only deactivate the group"
    )]
    TooLong,
    /// Two valid events at one index. Both envelopes are the proof.
    #[error("the key log is forked: there are two valid key events at index {index}")]
    Fork {
        /// The index at which the branches part.
        index: u32,
        /// The envelope in the log.
        held: Vec<u8>,
        /// The envelope that was appended.
        rival: Vec<u8>,
    },
}

impl KeyLogError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Empty => "key_log_missing",
            Self::Envelope(error) => error.reason(),
            Self::Malformed(_) => "key_event_malformed",
            Self::Key { source, .. } => source.reason(),
            Self::WrongGroup => "key_event_wrong_group",
            Self::OutOfOrder { .. } => "key_event_out_of_order",
            Self::BrokenChain(_) => "key_event_broken_chain",
            Self::NotCommitted(_) => "key_event_not_committed",
            Self::Ended => "group_ended",
            Self::TooLong => "key_log_too_long",
            Self::Fork { .. } => "key_log_forked",
        }
    }
}
