//! The inputs and outputs of a [`SyncReader`](super::SyncReader).

use crate::head::VerifiedHead;
use crate::id::RecordHash;
use crate::key_log::{KeyLog, MAX_EVENTS};
use crate::record::MAX_RECORD_BYTES;
use crate::tree::{Difference, Manifest};

/// The bounds that a receiver enforces on a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncLimits {
    /// The most records in a view.
    pub max_records: u32,
    /// The most bytes in a view, counting only records within `max_record_bytes`.
    pub max_view_bytes: u64,
    /// The most bytes in a record that the receiver stores. Of larger ones it stores the leaf only.
    pub max_record_bytes: u32,
    /// The most events in a key log.
    pub max_key_events: u32,
}

impl Default for SyncLimits {
    fn default() -> Self {
        Self {
            max_records: 20_000,
            max_view_bytes: 64 * 1024 * 1024,
            max_record_bytes: MAX_RECORD_BYTES as u32,
            max_key_events: MAX_EVENTS as u32,
        }
    }
}

/// The data of a group and view that a receiver has stored before a transfer.
#[derive(Debug, Clone)]
pub struct ReceiverState {
    /// The group's key log, on the branch that the receiver follows.
    pub key_log: KeyLog,
    /// The highest head accepted so far, even if a key event has ended it since.
    pub head: Option<VerifiedHead>,
    /// The leaves under that head, or none without a head.
    pub manifest: Manifest,
}

/// The effect of one message of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncStep {
    /// The caller need not do anything.
    Nothing,
    /// The key log grew, or its winning branch replaced it. The change is valid even if the rest
    /// of the stream is refused.
    KeyLog,
    /// The head to which the stream leads. Its signature is verified, its date is not.
    Head,
    /// A record whose leaf is in the stream or in the receiver's manifest.
    Body {
        /// The hash of the record's bytes.
        hash: RecordHash,
        /// The record's bytes.
        record: Vec<u8>,
    },
    /// The sender does not have this record's bytes. The reason is not sent.
    MissingRecord(RecordHash),
    /// The stream is complete, and the root is the signed one.
    Complete,
}

/// The result of a completed stream.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// The key log, including the events from the stream.
    pub key_log: KeyLog,
    /// Whether the stream changed the key log.
    pub new_key_events: bool,
    /// The index of the first event that differs from the receiver's old log. It is within that
    /// log only if the stream resolved a fork in favour of another branch.
    pub key_events_from: Option<u32>,
    /// The head now in force, or `None` if the stream contained key events only.
    pub head: Option<VerifiedHead>,
    /// The leaves under that head, or the receiver's old ones without a head.
    pub manifest: Manifest,
    /// The difference from the receiver's old leaves.
    pub difference: Difference,
    /// Whether the stream contained the whole manifest, instead of a difference.
    pub whole: bool,
}
