//! Hedgerow for programs: searches aggregators, verifies what they return, and publishes as
//! a group's steward.
//!
//! A server's response is a claim until it is verified: by the group's key log, by the head
//! that one of its keys signed, and by the proof that the record's bytes are in the tree of
//! that head. [`Directory`] verifies by default, and the types show which is which: a
//! [`Verified`] value can only be made by such a proof, and an [`Unverified`] one names the
//! server's claim where it is used.
//!
//! "Verified" means: *these bytes are in the tree of a head that this key signed.* It does
//! not mean that the head is the newest (see [`Evidence::head_age`] and [`Agreement`]), nor
//! that the key belongs to the group that it names.

#![warn(missing_docs)]

mod call;
mod directory;
mod error;
mod feed;
mod options;
mod record;
mod steward;
#[cfg(test)]
mod tests;
mod verified;

pub use directory::events::{EventsPage, OccurrenceResult};
pub use directory::matches::{MatchResult, MatchesPage};
pub use directory::{Directory, Group, RecordDetails, SearchPage, SearchResult};
pub use error::{ClientError, VerificationError};
pub use feed::group_records::GroupRecords;
pub use feed::watch::{Change, ChangeState, Watch};
pub use feed::{Feed, Presence};
pub use options::Options;
pub use record::{Record, RecordBody};
pub use steward::Steward;
pub use steward::token::{StewardToken, TokenError};
pub use verified::{Agreement, Evidence, UnresponsiveSource, Unverified, Verified};

// The types of other crates that the methods above take and return.
pub use futures_util::Stream;
pub use hedgerow_core::endpoint::{Endpoint, EndpointError};
pub use hedgerow_core::head::{Freshness, HeadError, VerifiedHead};
pub use hedgerow_core::id::{Commitment, GroupId, MalformedId, PayloadHash, RecordHash};
pub use hedgerow_core::key_log::{KeyLog, KeyLogError};
pub use hedgerow_core::name::{NameError, RecordName};
pub use hedgerow_core::proof::ProofError;
pub use hedgerow_core::random::Random;
pub use hedgerow_core::record::RecordError;
pub use hedgerow_core::sync::SyncError;
pub use hedgerow_core::time::{Clock, Timestamp};
pub use hedgerow_core::tree::Manifest;
pub use hedgerow_proto::{directory_v1, feed_v1, ingest_v1, steward_v1, v1};
pub use hedgerow_transport::address_rule::Network;
pub use hedgerow_transport::backoff::Backoff;
pub use hedgerow_transport::clock::{SystemClock, SystemRandom};
pub use hedgerow_transport::connector::{ConnectReason, Connector, ConnectorConfig};
pub use hedgerow_transport::failure::{CallFailure, FieldViolation};
pub use tonic::Code;
