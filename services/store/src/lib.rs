//! The storage interface of an aggregator: traits by consumer, their rows and commands, and the
//! tests that every backend must pass. Nothing above this crate knows which database is used.
//!
//! Every change takes the store's next *revision*: a number that only rises and is never
//! reused. Each changed leaf, each removal, each head and each change of a group's visibility
//! has its own revision. A reader that remembers the last revision it processed (the search
//! index, a feed client) therefore resumes exactly there, without gaps or repeats.

mod commands;
mod error;
mod index_source;
mod readers;
mod revision_stream;
mod rows;
mod sources;
mod writers;

#[cfg(feature = "contract")]
pub mod contract;

pub use commands::Bodies;
pub use commands::Committed;
pub use commands::Erase;
pub use commands::Exclude;
pub use commands::Fill;
pub use commands::Freeze;
pub use commands::HeadCommit;
pub use commands::HeadOnly;
pub use commands::KeyEventCommit;
pub use commands::KeyEventPut;
pub use commands::LeafPut;
pub use commands::NewHead;
pub use commands::Rival;
pub use commands::ThrottledHead;
pub use error::Inconsistency;
pub use error::Result;
pub use error::StoreError;
pub use index_source::Changes;
pub use index_source::IndexChange;
pub use index_source::IndexChangeKind;
pub use index_source::IndexSource;
pub use readers::FeedReader;
pub use readers::GroupReader;
pub use readers::KeyLogReader;
pub use readers::LeafReader;
pub use readers::RecordReader;
pub use revision_stream::Lifecycle;
pub use revision_stream::RevisionStream;
pub use rows::Difference;
pub use rows::Exclusion;
pub use rows::GroupRow;
pub use rows::LeafState;
pub use rows::RefusalRow;
pub use rows::Staged;
pub use rows::StagedRow;
pub use rows::StoredHead;
pub use rows::StoredRecord;
pub use rows::Throttle;
pub use rows::Tokens;
pub use rows::Verdict;
pub use rows::ViewState;
pub use sources::SourceRow;
pub use sources::SourceStore;
pub use writers::Commits;
pub use writers::Moderation;
pub use writers::Retention;
pub use writers::Staging;

/// Everything that an aggregator needs of a backend, for the code that opens the store and
/// passes it on. Code that needs one part takes that trait alone.
///
/// Each writing method applies its whole change or nothing, regardless of concurrent writers,
/// and its change is durable when it returns. Each reading method sees one consistent snapshot.
pub trait Store:
    Lifecycle
    + IndexSource
    + GroupReader
    + KeyLogReader
    + LeafReader
    + FeedReader
    + Staging
    + Commits
    + Moderation
    + Retention
    + SourceStore
    + 'static
{
}

impl<T> Store for T where
    T: Lifecycle
        + IndexSource
        + GroupReader
        + KeyLogReader
        + LeafReader
        + FeedReader
        + Staging
        + Commits
        + Moderation
        + Retention
        + SourceStore
        + 'static
{
}
