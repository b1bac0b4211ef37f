//! Moving a view from one server to another, as a state machine over messages.
//!
//! `Sync` answers and `Push` requests carry the same `SyncItem`s, so that one
//! [`SyncReader`] serves both directions. It enforces their order and every bound, verifies key
//! log and head before anything else, yields bodies as they come, and completes only when the
//! resulting root is the signed one.

mod error;
mod keys;
mod plan;
mod reader;

pub use error::Fork;
pub use error::SyncError;
pub use plan::MAX_BATCH;
pub use plan::SyncPlan;
pub use plan::body_item;
pub use plan::end_item;
pub use plan::not_here_item;
pub use reader::SyncReader;

use crate::head::VerifiedHead;
use crate::id::RecordHash;
use crate::key_log::KeyLog;
use crate::key_log::MAX_EVENTS;
use crate::record::MAX_RECORD_BYTES;
use crate::tree::Difference;
use crate::tree::Manifest;

/// How much a receiver takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncLimits {
    /// The most records of a view.
    pub max_records: u32,
    /// The most bytes of a view, counting the records that this receiver keeps.
    pub max_view_bytes: u64,
    /// The largest record that is kept. A larger one stays a leaf, and its body is refused.
    pub max_record_bytes: u32,
    /// The longest key log.
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

/// What a receiver holds of a group and view before a transfer.
#[derive(Debug, Clone)]
pub struct ReceiverState {
    /// The group's key log.
    pub key_log: KeyLog,
    /// The highest head accepted, whether or not a key event ended it since.
    pub head: Option<VerifiedHead>,
    /// The leaves under that head.
    pub manifest: Manifest,
}

/// What one message of a stream brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncStep {
    /// Nothing to act upon yet.
    Nothing,
    /// The key log grew, or its winning branch took over. It commits at once, whatever follows.
    KeyLog,
    /// The head to which the stream leads; its signature is verified, its date is not.
    Head,
    /// A record's bytes, of a leaf that stands in the stream or is held.
    Body {
        /// Its hash.
        hash: RecordHash,
        /// Its bytes.
        record: Vec<u8>,
    },
    /// The sender has not this record's bytes. Why, it does not say.
    NotHere(RecordHash),
    /// The stream is complete, and the root is the signed one.
    Complete,
}

/// A completed transfer.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// The key log, with what the stream added.
    pub key_log: KeyLog,
    /// Whether the stream changed the key log.
    pub new_key_events: bool,
    /// The first event that differs from the log held before. Below the end of that log only
    /// where a healed fork put another branch in its place.
    pub key_events_from: Option<u32>,
    /// The head that is now in force; none where the stream carried key events only.
    pub head: Option<VerifiedHead>,
    /// The leaves under it; without a head, those held before.
    pub manifest: Manifest,
    /// What changed against the leaves held before.
    pub difference: Difference,
    /// Whether the stream carried the whole manifest.
    pub whole: bool,
}

#[cfg(test)]
mod tests;
