//! The rules of the protocol and nothing else: identity, key logs, envelopes, records, trees,
//! heads, proofs, and synchronisation as a state machine.
//!
//! Pure: no network, no database, no clock and no randomness of its own. What comes from outside is
//! parsed by the only constructor of its type, and nothing past that checks it again.

mod digest;
pub mod endpoint;
pub mod envelope;
pub mod gazetteer;
pub mod head;
pub mod id;
pub mod key_log;
pub mod keys;
pub mod name;
pub mod phrase;
pub mod place;
pub mod proof;
pub mod random;
pub mod receipt;
pub mod record;
pub mod recurrence;
pub mod rules;
pub mod summary;
pub mod sync;
#[cfg(test)]
mod test_group;
pub mod time;
pub mod tree;
pub mod vocabulary;
mod wire;
