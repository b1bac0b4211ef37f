//! The storage interface of an aggregator: traits by consumer, their rows and commands, and the
//! tests that every backend must pass. Nothing above this crate knows which database is used.
//!
//! Every change takes the store's next *revision*: a number that only rises and is never
//! reused. Each changed leaf, each removal, each head and each change of a group's visibility
//! has its own revision. A reader that remembers the last revision it processed (the search
//! index, a feed client) therefore resumes exactly there, without gaps or repeats.

mod commands;
mod error;
mod inboxes;
mod index_source;
mod objections;
mod readers;
mod revision_stream;
mod rows;
mod sources;
mod writers;

#[cfg(feature = "contract")]
pub mod contract;

pub use commands::{
    Bodies, Committed, Erase, Exclude, Fill, Freeze, HeadCommit, HeadOnly, KeyEventCommit,
    KeyEventPut, LeafPut, Rival, ThrottledHead,
};
pub use error::{Inconsistency, Result, StoreError};
pub use inboxes::{Addition, InboxBounds, Inboxes, RequestUse, SpentRequest, WaitingMessage};
pub use index_source::{Changes, IndexChange, IndexChangeKind, IndexSource, PendingKind};
pub use objections::{Objection, Objections, Wish};
pub use readers::{FeedReader, GroupReader, KeyLogReader, LeafReader, RecordReader};
pub use revision_stream::{Lifecycle, RevisionStream};
pub use rows::{
    Decisions, Difference, Exclusion, GroupRow, HeadFacts, LeafState, Refusal, RefusalRow,
    ShownRecord, Staged, StagedRow, StoredHead, StoredRecord, Throttle, Tokens, Verdict, ViewState,
};
pub use sources::{SourceRow, SourceStore};
pub use writers::{Commits, Moderation, Retention, Staging};

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
    + Objections
    + Inboxes
    + SourceStore
    + 'static
{
}
