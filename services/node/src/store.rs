//! Persistent storage: one SQLite file, and the only module with SQL.
//!
//! There is one write connection and a few read connections. Every access goes through
//! a [`Transaction`]; a write is durable once its `commit` has returned
//! (`synchronous=FULL`), and nothing may be reported to anyone before that.

mod aggregator;
mod backup;
mod body;
mod console_link;
mod database;
mod delivery;
mod draft;
mod error;
mod group;
mod head;
mod history;
mod imported_event;
mod inbox;
mod key_log;
mod manifest;
mod message;
mod named_aggregator;
mod open;
mod person;
mod record;
mod reminder;
mod request;
mod rotation;
mod session;
mod stop;
mod stream;
#[cfg(test)]
mod tests;

pub use aggregator::KnownAggregator;
pub use backup::{check_copy, copy_database};
pub use console_link::{ConsoleLink, Opens};
pub use database::{Store, Transaction};
pub use delivery::{Acknowledgement, Delivery, DeliveryState};
pub use draft::DraftKey;
pub use error::StoreError;
pub use group::HostedGroup;
pub use head::StoredHead;
pub use history::{Action, Before, Done, GroupAction, HistoryEntry};
pub use message::{MessageId, StoredMessage};
pub use named_aggregator::NamedAggregator;
#[cfg(test)]
pub(crate) use open::make_previous as make_old;
pub use person::{Member, Person, PersonId, Role};
pub use record::{PublicRecord, RecordEntry, StoredRecord};
pub use rotation::Seeds;
pub use session::{Session, SessionHash};
pub use stop::StoredStop;
