//! Hedgerow for programs: finds what groups publish, checks what it is given, and
//! publishes as a group's steward.
//!
//! Everything that an aggregator says is its own word until it is checked: the group's
//! key log, the head that a key of it signed, and the proof that a record's bytes are in
//! the tree of that head. [`Directory`] checks by default, and its types say what is
//! checked: [`Checked`] can only be made by a proof, [`Unchecked`] names the server's
//! word where it is used.
//!
//! "Checked" means: *these bytes are in the tree of a head that this key signed.* It does
//! not mean newest (see [`Evidence::head_age`] and [`Agreement`]), nor that the key
//! belongs to whom it names.

mod call;
mod checked;
mod directory;
mod error;
mod feed;
mod options;
mod record;
mod steward;
#[cfg(test)]
mod tests;

pub use checked::Agreement;
pub use checked::Checked;
pub use checked::Evidence;
pub use checked::SilentSource;
pub use checked::Unchecked;
pub use directory::Directory;
pub use directory::EventsPage;
pub use directory::Found;
pub use directory::FoundMatch;
pub use directory::FoundOccurrence;
pub use directory::Group;
pub use directory::MatchesPage;
pub use directory::SearchPage;
pub use directory::Shown;
pub use error::CheckError;
pub use error::ClientError;
pub use feed::Change;
pub use feed::ChangeState;
pub use feed::Feed;
pub use feed::Presence;
pub use feed::Published;
pub use feed::Watch;
pub use hedgerow_core::address::Address;
pub use hedgerow_core::id::GroupId;
pub use hedgerow_core::name::RecordName;
pub use hedgerow_proto::v1;
pub use hedgerow_rpc::failure::CallFailure;
pub use hedgerow_rpc::failure::FieldViolation;
pub use options::Options;
pub use record::Record;
pub use steward::Steward;
pub use steward::StewardToken;
pub use steward::TokenError;
