//! Key logs: the keys that sign for a group, and how a stolen key is replaced.
//!
//! A log is pre-rotated: every event commits to the recovery key that alone may sign the next one.
//! Recovery keys come from the phrase on paper. The thief of a node can therefore sign only until
//! the group rotates, and can never rotate.

mod branches;
mod error;
mod event;
mod log;

pub use branches::{Branches, Resolution};
pub use error::{KeyLogError, MAX_EVENTS, MAX_LOG_BYTES, MAX_SET_ASIDE};
pub use event::{KeyEventEntry, commitment_to, incept};
pub use log::{Appended, KeyLog};
