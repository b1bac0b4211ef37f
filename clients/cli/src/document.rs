//! Records as people write them: YAML or JSON files, one document a record.
//!
//! A few keys at the top say what the document is (`kind`, `audience`, `language`,
//! `key`, `subject`, `confirmed`); all others are the fields of the protocol's message
//! of that kind, with friendlier spellings of its enums, ids, times, points and money.

mod from_proto;
mod nearest;
mod read;
mod scalar;
mod schema;
mod to_proto;

pub use from_proto::to_value;
pub use read::Audience;
pub use read::Document;
pub use read::DocumentError;
#[cfg(test)]
pub use read::parse_text;
pub use read::read_file;
#[cfg(test)]
pub use schema::KINDS;
pub use schema::message_of_kind;
