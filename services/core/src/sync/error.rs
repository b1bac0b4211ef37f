//! The errors of reading a stream.

use super::plan::MAX_BATCH;
use crate::head::HeadError;
use crate::id::{MalformedId, RecordHash, Root};
use crate::key_log::{KeyLog, KeyLogError};
use crate::tree::TreeError;

/// Two branches of one key log, neither of which sets the other aside. Together they are the proof
/// of the fork.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// The first index at which the branches differ.
    pub index: u32,
    /// The receiver's branch.
    pub held: KeyLog,
    /// The branch in the stream.
    pub rival: KeyLog,
}

/// The reason why a stream is refused. The key events before the error remain valid; everything
/// else in the stream is discarded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// A message is empty, or of a kind that this build does not support.
    #[error("a message of the stream is empty or of an unknown kind")]
    UnknownItem,
    /// A message is not allowed at this point of the stream.
    #[error("the stream is out of order: unexpected {0}")]
    OutOfOrder(&'static str),
    /// The stream ended without its end message.
    #[error("the stream ended before it was complete")]
    Incomplete,
    /// A key event is invalid.
    #[error(transparent)]
    KeyLog(#[from] KeyLogError),
    /// Neither the receiver nor the stream has a key event of the group.
    #[error("the group's key log is missing")]
    KeyLogMissing,
    /// There are rival branches without a winner, so the group is frozen.
    #[error("the key log is forked at event {}", .0.index)]
    Fork(Box<Fork>),
    /// The stream follows a branch that the receiver's branch has validly set aside.
    #[error("the stream follows a branch of the key log that was set aside")]
    BranchSetAside,
    /// The stream is about another group than expected.
    #[error("the stream is about another group")]
    WrongGroup,
    /// The stream is about another view than expected or stored.
    #[error("the stream is about another view")]
    WrongView,
    /// The head is invalid under the key log.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// A replay: the receiver has accepted a later head.
    #[error("the receiver has a later head")]
    HeadOlder {
        /// The envelope of the receiver's head.
        held: Vec<u8>,
    },
    /// The group signed two contradicting heads. Their envelopes are the proof.
    #[error("the group signed two contradicting heads")]
    Equivocation {
        /// The envelope of the receiver's head.
        held: Vec<u8>,
        /// The envelope of the head in the stream.
        rival: Vec<u8>,
    },
    /// The stream is a difference from a head other than the receiver's.
    #[error(
        "the receiver does not have the head that the stream starts from; send the whole manifest"
    )]
    BasisUnknown,
    /// One message contains more than [`MAX_BATCH`] names or leaves.
    #[error("a message of the stream is too large: expected at most {MAX_BATCH} names or leaves")]
    BatchTooLarge,
    /// A message without names or leaves: any number of them would be no progress.
    #[error("a message of the stream has no names or leaves: expected at least one")]
    BatchEmpty,
    /// Leaves or names do not form a tree.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A whole manifest cannot remove names.
    #[error("the stream contains a whole manifest with removals")]
    RemovalInWhole,
    /// More removals than the receiver accepts; the whole manifest would be shorter.
    #[error("the stream removes too many names; send the whole manifest")]
    TooManyRemovals,
    /// More leaves than the head counts.
    #[error("the stream contains more leaves than its head counts")]
    TooManyLeaves,
    /// More records in the view than the receiver's limit.
    #[error("the view is too large: it has {found} records, the limit is {limit}")]
    TooManyRecords {
        /// The number of records under the head.
        found: u32,
        /// The receiver's limit.
        limit: u32,
    },
    /// More bytes in the view than the receiver's limit.
    #[error("the view is too large: the limit is {limit} bytes")]
    ViewTooLarge {
        /// The receiver's limit in bytes.
        limit: u64,
    },
    /// A record hash is malformed.
    #[error(transparent)]
    Hash(#[from] MalformedId),
    /// A body, or the notice that one is missing, that belongs to no known leaf.
    #[error("no leaf has the record hash {0}")]
    BodyUnknown(RecordHash),
    /// The stream contains the same body twice.
    #[error("the stream contains the record {0} twice")]
    BodyRepeated(RecordHash),
    /// The stream reports the same body as missing twice, or one that it contains.
    #[error("the stream reports the record {0} as missing twice, or contains it too")]
    MissingRepeated(RecordHash),
    /// The end message counts more or fewer bodies than the stream contained.
    #[error("the stream contains {found} bodies, but its end counts {counted}")]
    BodyCount {
        /// The count in the end message.
        counted: u32,
        /// The number of bodies in the stream.
        found: u32,
    },
    /// The number of leaves is not the signed one.
    #[error("there are {found} leaves, but the head counts {signed}")]
    CountMismatch {
        /// The number of leaves.
        found: u32,
        /// The number in the head.
        signed: u32,
    },
    /// The root of the leaves is not the signed one.
    #[error("the root of the leaves is {found}, but the head's is {signed}")]
    RootMismatch {
        /// The root of the leaves.
        found: Root,
        /// The root in the head.
        signed: Root,
    },
}

impl SyncError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::UnknownItem => "sync_unknown_item",
            Self::OutOfOrder(_) => "sync_out_of_order",
            Self::Incomplete => "sync_incomplete",
            Self::KeyLog(error) => error.reason(),
            Self::KeyLogMissing => "key_log_missing",
            Self::Fork(_) => "key_log_forked",
            Self::BranchSetAside => "key_log_set_aside",
            Self::WrongGroup => "sync_wrong_group",
            Self::WrongView => "sync_wrong_view",
            Self::Head(error) => error.reason(),
            Self::HeadOlder { .. } => "head_older",
            Self::Equivocation { .. } => "head_equivocation",
            Self::BasisUnknown => "sync_basis_unknown",
            Self::BatchTooLarge => "sync_batch_too_large",
            Self::BatchEmpty => "sync_batch_empty",
            Self::Tree(error) => error.reason(),
            Self::RemovalInWhole => "sync_removal_in_whole",
            Self::TooManyRemovals => "sync_too_many_removals",
            Self::TooManyLeaves => "sync_too_many_leaves",
            Self::TooManyRecords { .. } => "view_too_many_records",
            Self::ViewTooLarge { .. } => "view_too_large",
            Self::Hash(error) => error.reason(),
            Self::BodyUnknown(_) => "body_unknown",
            Self::BodyRepeated(_) => "body_repeated",
            Self::MissingRepeated(_) => "missing_repeated",
            Self::BodyCount { .. } => "sync_body_count",
            Self::CountMismatch { .. } => "sync_count_mismatch",
            Self::RootMismatch { .. } => "sync_root_mismatch",
        }
    }
}
