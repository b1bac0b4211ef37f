//! The rules of the protocol and nothing else: identity, key logs, envelopes, records, trees,
//! heads, proofs, and synchronisation as a state machine.
//!
//! Pure: no network, no database, no clock and no randomness of its own. Each type has one
//! constructor that parses outside input; later code relies on it and does not check again.

#![warn(missing_docs)]

#[cfg(feature = "rules")]
pub mod bank_holidays;
#[cfg(feature = "rules")]
pub mod crisis;
mod digest;
pub mod endpoint;
pub mod envelope;
#[cfg(feature = "rules")]
pub mod gazetteer;
pub mod head;
pub mod id;
pub mod key_log;
pub mod keys;
#[cfg(feature = "rules")]
pub mod language;
pub mod name;
#[cfg(feature = "phrase")]
pub mod phrase;
pub mod place;
#[cfg(feature = "rules")]
pub mod postcode;
pub mod proof;
pub mod random;
pub mod receipt;
pub mod record;
#[cfg(feature = "phrase")]
pub mod recovery;
#[cfg(feature = "recurrence")]
pub mod recurrence;
#[cfg(feature = "rules")]
pub mod rules;
#[cfg(feature = "seal")]
pub mod seal;
pub mod signed_request;
#[cfg(feature = "rules")]
pub mod summary;
pub mod sync;
pub mod time;
pub mod tree;
#[cfg(feature = "rules")]
pub mod vocabulary;
mod wire;
