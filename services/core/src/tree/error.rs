//! The errors of trees and of proofs about them.

use crate::id::MalformedId;
use crate::name::{NameError, RecordName};

/// The reason why leaves do not form a tree, or a proof is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// A leaf's collection or key is malformed.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A hash is not 32 bytes.
    #[error(transparent)]
    Hash(#[from] MalformedId),
    /// Two leaves have the same name.
    #[error("two leaves are named {0}")]
    Duplicate(RecordName),
    /// A leaf is not after the one before it.
    #[error("the leaf {0} is out of order")]
    OutOfOrder(RecordName),
    /// A difference both removes and puts the name.
    #[error("the difference both removes and puts {0}")]
    Contradiction(RecordName),
    /// More than 2^32 − 1 leaves, the most that a head can count.
    #[error("there are too many leaves: expected at most 2^32 - 1")]
    TooManyLeaves,
    /// The proof has no leaf.
    #[error("the proof is incomplete: its leaf is missing")]
    Incomplete,
    /// The index is not below the count.
    #[error("index {index} is outside a tree of {count} leaves")]
    IndexOutOfRange {
        /// The index in the proof.
        index: u32,
        /// The number of leaves in the tree.
        count: u32,
    },
    /// The path is longer or shorter than index and count require.
    #[error("the path of the proof has the wrong length")]
    PathLength,
    /// The path leads to another root than the head's.
    #[error("the path of the proof does not lead to the root")]
    RootMismatch,
    /// The leaf has another name than expected.
    #[error("the proof is about {0}")]
    WrongName(RecordName),
    /// The leaves are not directly before and after the name.
    #[error("the leaves of the proof are not the neighbours of the name")]
    NotNeighbours,
}

impl TreeError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Name(error) => error.reason(),
            Self::Hash(error) => error.reason(),
            Self::Duplicate(_) => "leaf_duplicate",
            Self::OutOfOrder(_) => "leaf_out_of_order",
            Self::Contradiction(_) => "leaf_removed_and_put",
            Self::TooManyLeaves => "leaves_too_many",
            Self::Incomplete => "proof_incomplete",
            Self::IndexOutOfRange { .. } => "proof_index_out_of_range",
            Self::PathLength => "proof_path_length",
            Self::RootMismatch => "proof_root_mismatch",
            Self::WrongName(_) => "proof_wrong_name",
            Self::NotNeighbours => "proof_not_neighbours",
        }
    }
}
