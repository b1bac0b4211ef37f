//! Persistent storage: one SQLite file, and the only module with SQL.
//!
//! There is one write connection and a few read connections. Every access goes through
//! a [`Transaction`]; a write is durable once its `commit` has returned
//! (`synchronous=FULL`), and nothing may be reported to anyone before that.

mod aggregator;
mod body;
mod console_link;
mod database;
mod delivery;
mod draft;
mod error;
mod group;
mod head;
mod history;
mod key_log;
mod manifest;
mod message;
mod open;
mod record;
mod person;
mod request;
mod rotation;
mod stop;
mod session;
mod stream;
#[cfg(test)]
mod tests;

pub use aggregator::KnownAggregator;
pub use database::{Store, Transaction};
pub use console_link::{ConsoleLink, Opens};
pub use delivery::{Acknowledgement, Delivery, DeliveryState};
pub use error::StoreError;
pub use draft::{DraftKey, StoredDraft};
pub use group::HostedGroup;
pub use head::StoredHead;
pub use message::{MessageCounts, MessageId, StoredMessage};
pub use record::{PublicRecord, RecordEntry, StoredRecord};
pub use history::{Action, Before, HistoryEntry};
pub use person::{Member, Person, PersonId, Role};
pub use rotation::Seeds;
pub use stop::StoredStop;
pub use session::{Session, SessionHash};
