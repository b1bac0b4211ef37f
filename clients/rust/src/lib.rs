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

pub use directory::Directory;
pub use directory::Group;
pub use directory::RecordDetails;
pub use directory::SearchPage;
pub use directory::SearchResult;
pub use directory::events::EventsPage;
pub use directory::events::OccurrenceResult;
pub use directory::matches::MatchResult;
pub use directory::matches::MatchesPage;
pub use error::ClientError;
pub use error::VerificationError;
pub use feed::Feed;
pub use feed::Presence;
pub use feed::group_records::GroupRecords;
pub use feed::watch::Change;
pub use feed::watch::ChangeState;
pub use feed::watch::Watch;
pub use options::Options;
pub use record::Record;
pub use record::RecordBody;
pub use steward::Steward;
pub use steward::token::StewardToken;
pub use steward::token::TokenError;
pub use verified::Agreement;
pub use verified::Evidence;
pub use verified::UnresponsiveSource;
pub use verified::Unverified;
pub use verified::Verified;

// The types of other crates that the methods above take and return.
pub use futures_util::Stream;
pub use hedgerow_core::endpoint::Endpoint;
pub use hedgerow_core::endpoint::EndpointError;
pub use hedgerow_core::head::Freshness;
pub use hedgerow_core::head::HeadError;
pub use hedgerow_core::head::VerifiedHead;
pub use hedgerow_core::id::Commitment;
pub use hedgerow_core::id::GroupId;
pub use hedgerow_core::id::MalformedId;
pub use hedgerow_core::id::PayloadHash;
pub use hedgerow_core::id::RecordHash;
pub use hedgerow_core::key_log::KeyLog;
pub use hedgerow_core::key_log::KeyLogError;
pub use hedgerow_core::name::NameError;
pub use hedgerow_core::name::RecordName;
pub use hedgerow_core::proof::ProofError;
pub use hedgerow_core::random::Random;
pub use hedgerow_core::record::RecordError;
pub use hedgerow_core::sync::SyncError;
pub use hedgerow_core::time::Clock;
pub use hedgerow_core::time::Timestamp;
pub use hedgerow_core::tree::Manifest;
pub use hedgerow_proto::directory_v1;
pub use hedgerow_proto::feed_v1;
pub use hedgerow_proto::ingest_v1;
pub use hedgerow_proto::steward_v1;
pub use hedgerow_proto::v1;
pub use hedgerow_transport::address_rule::Network;
pub use hedgerow_transport::backoff::Backoff;
pub use hedgerow_transport::clock::SystemClock;
pub use hedgerow_transport::clock::SystemRandom;
pub use hedgerow_transport::connector::ConnectReason;
pub use hedgerow_transport::connector::Connector;
pub use hedgerow_transport::connector::ConnectorConfig;
pub use hedgerow_transport::failure::CallFailure;
pub use hedgerow_transport::failure::FieldViolation;
pub use tonic::Code;
