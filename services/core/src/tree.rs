//! The tree over a view's records: leaves in order of name, hashed in the shape of RFC 6962.
//!
//! A head signs the tree's root, so that a receiver has everything exactly when its own root equals
//! the signed one.

mod difference;
mod inclusion;
mod leaf;
mod manifest;
mod merkle;

pub use difference::Difference;
pub use inclusion::AbsenceProof;
pub use inclusion::InclusionProof;
pub use inclusion::TreeProof;
pub use leaf::Leaf;
pub use manifest::Manifest;
pub(crate) use manifest::check_order;

use crate::id::MalformedId;
use crate::name::NameError;
use crate::name::RecordName;

/// Why leaves make no tree, or a proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// A leaf or its name is malformed.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A hash is not 32 bytes.
    #[error(transparent)]
    Hash(#[from] MalformedId),
    /// Two leaves of one name.
    #[error("two leaves are named {0}")]
    Duplicate(RecordName),
    /// Leaves that should be in order are not.
    #[error("the leaf {0} is out of order")]
    OutOfOrder(RecordName),
    /// A name that a difference both removes and puts.
    #[error("{0} is both removed and put")]
    Contradiction(RecordName),
    /// More leaves than a count can say.
    #[error("there are too many leaves")]
    TooManyLeaves,
    /// A part of the proof is missing.
    #[error("the proof is incomplete")]
    Incomplete,
    /// An index outside the tree.
    #[error("index {index} is outside a tree of {count}")]
    IndexOutOfRange {
        /// The index.
        index: u32,
        /// The tree's size.
        count: u32,
    },
    /// The path has not the length that index and count require.
    #[error("the path has the wrong length")]
    PathLength,
    /// The path does not lead to the root.
    #[error("the path does not lead to the root")]
    RootMismatch,
    /// A leaf of another name than was asked about.
    #[error("the proof is about {0}")]
    WrongName(RecordName),
    /// The leaves given do not stand on both sides of the name, next to each other.
    #[error("the leaves given are not the neighbours of the name")]
    NotNeighbours,
}

impl TreeError {
    /// The stable name of this error.
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

#[cfg(test)]
mod tests;
