//! Why a transfer did not happen.

use crate::head::HeadError;
use crate::id::MalformedId;
use crate::id::RecordHash;
use crate::id::Root;
use crate::key_log::KeyLog;
use crate::key_log::KeyLogError;
use crate::tree::TreeError;

/// Two branches of one key log, neither of which sets the other aside. Both are kept as proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// Where they part.
    pub index: u32,
    /// The branch that the receiver holds.
    pub held: KeyLog,
    /// The branch that came.
    pub rival: KeyLog,
}

/// Why a stream is refused. Nothing of it is committed but the key events before the fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// A message that says nothing, or something that this build does not know.
    #[error("a message of the stream is empty or of an unknown kind")]
    UnknownItem,
    /// A message where it has no place.
    #[error("{0} came out of order")]
    OutOfOrder(&'static str),
    /// The stream broke off.
    #[error("the stream ended before it was complete")]
    Incomplete,
    /// A key event does not verify.
    #[error(transparent)]
    KeyLog(#[from] KeyLogError),
    /// Neither the receiver nor the stream has the group's key log.
    #[error("the group's key log is missing")]
    KeyLogMissing,
    /// Rival branches: the group is frozen.
    #[error("the key log is forked at event {}", .0.index)]
    Fork(Box<Fork>),
    /// The stream follows a branch that the receiver's branch validly set aside.
    #[error("the stream follows a branch of the key log that was set aside")]
    BranchSetAside,
    /// Another group than was asked for.
    #[error("the stream is about another group")]
    WrongGroup,
    /// Another view than was asked for, or is held.
    #[error("the stream is about another view")]
    WrongView,
    /// The head does not verify.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// A replay: the receiver has accepted a later head.
    #[error("a later head is held")]
    HeadOlder {
        /// The envelope held.
        held: Vec<u8>,
    },
    /// The head and the one held cannot both be honest. Their envelopes are the proof.
    #[error("two rival heads were signed")]
    Equivocation {
        /// The envelope held.
        held: Vec<u8>,
        /// The envelope that came.
        rival: Vec<u8>,
    },
    /// The stream starts from a head that the receiver does not hold: the whole is needed.
    #[error("the stream starts from a head that is not held")]
    BasisUnknown,
    /// Too much in one message.
    #[error(
        "a message of the stream carries more than {} names or leaves",
        super::MAX_BATCH
    )]
    BatchTooLarge,
    /// Leaves or names that make no tree.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A whole manifest has nothing to remove.
    #[error("a whole manifest came with removals")]
    RemovalInWhole,
    /// More removals than could be honest: the whole would be shorter.
    #[error("the stream removes more names than are taken; send the whole manifest")]
    TooManyRemovals,
    /// More leaves than the head counts.
    #[error("the stream carries more leaves than its head counts")]
    TooManyLeaves,
    /// More records than this receiver takes of a view.
    #[error("the view has {found} records, at most {limit} are taken")]
    TooManyRecords {
        /// How many there are.
        found: u32,
        /// The receiver's limit.
        limit: u32,
    },
    /// More bytes than this receiver takes of a view.
    #[error("the view has more than {limit} bytes")]
    ViewTooLarge {
        /// The receiver's limit.
        limit: u64,
    },
    /// A hash that is none.
    #[error(transparent)]
    Hash(#[from] MalformedId),
    /// A body, or word of one, that stands under no leaf of the stream or of the receiver.
    #[error("the record {0} stands under no leaf that is known")]
    BodyUnknown(RecordHash),
    /// The same body twice.
    #[error("the record {0} came twice")]
    BodyRepeated(RecordHash),
    /// The end counts other bodies than came.
    #[error("the stream says {said} bodies, {found} came")]
    BodyCount {
        /// What the end says.
        said: u32,
        /// What came.
        found: u32,
    },
    /// The leaves do not make the signed root.
    #[error("the leaves make the root {found}, the head says {signed}")]
    RootMismatch {
        /// The root of the leaves.
        found: Root,
        /// The signed root.
        signed: Root,
    },
}

impl SyncError {
    /// The stable name of this error.
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
            Self::Tree(error) => error.reason(),
            Self::RemovalInWhole => "sync_removal_in_whole",
            Self::TooManyRemovals => "sync_too_many_removals",
            Self::TooManyLeaves => "sync_too_many_leaves",
            Self::TooManyRecords { .. } => "view_too_many_records",
            Self::ViewTooLarge { .. } => "view_too_large",
            Self::Hash(error) => error.reason(),
            Self::BodyUnknown(_) => "body_unknown",
            Self::BodyRepeated(_) => "body_repeated",
            Self::BodyCount { .. } => "sync_body_count",
            Self::RootMismatch { .. } => "sync_root_mismatch",
        }
    }
}
