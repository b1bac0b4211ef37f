//! The rules of records: what a node checks and adjusts before it hashes a record, and
//! what a receiver rejects.
//!
//! A node reports every violation at once, field by field, in words that need no
//! knowledge of the protocol. A receiver rejects only what could harm a person or pass
//! for something else.

mod address_in_text;
mod availability;
mod body;
mod catalogued;
mod circumstances;
mod commitment;
mod consent;
mod contact_in_text;
mod draft;
mod event;
mod fields;
mod format;
mod free_text;
mod language_names;
mod limits;
mod listing;
mod named_place;
mod parts;
mod personal_contact;
mod plain_text;
mod precision;
mod prepare;
mod receive;
mod resource;
mod schedule;
mod schema;
mod shared_location;
mod story;
#[cfg(test)]
mod tests;
mod violations;
mod vouch;
mod wire_walk;

pub use body::RecordBody;
pub use catalogued::catalogued_key;
pub use consent::check_consent;
pub use draft::Draft;
pub use named_place::NamedPlace;
pub use prepare::{Prepared, default_node_only, prepare};
pub use receive::{Rejection, check_received};
pub use shared_location::{Concealed, Neighbour};
pub use violations::Violation;
