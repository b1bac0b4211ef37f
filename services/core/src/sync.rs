//! The transfer of a view from one server to another, as a state machine over messages.
//!
//! `Sync` responses and `Push` requests carry the same `SyncItem`s, so that one
//! [`SyncReader`] serves both directions. It enforces their order and every bound, verifies key
//! log and head before anything else, yields bodies as they arrive, and completes only if the
//! resulting root is the signed one.

mod error;
mod keys;
mod plan;
mod reader;
mod transfer;

pub use error::{Fork, SyncError};
pub use plan::{MAX_BATCH, SyncPlan, body_item, end_item, leaves_item, missing_record_item};
pub use reader::SyncReader;
pub use transfer::{ReceiverState, SyncLimits, SyncStep, Transfer};
