//! Records as people write them: YAML or JSON files, one document a record.
//!
//! A few keys describe the document (`kind`, `audience`, `language`, `key`, `subject`,
//! `confirmed`). All others are the fields of the protocol's message of that kind, with
//! friendlier spellings of its enums, ids, times, points and money.

mod error;
mod from_proto;
mod nearest;
mod read;
mod scalar;
mod schema;
mod to_proto;
mod written;

pub use error::DocumentError;
pub use from_proto::to_value;
#[cfg(test)]
pub use hedgerow_input::descriptors::KINDS;
pub use hedgerow_input::descriptors::message_of_kind;
pub use read::{parse_text, read_file};
pub use written::{Audience, Document};
