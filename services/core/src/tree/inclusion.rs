//! Proofs that a name is, or is not, under a root.

use hedgerow_proto::v1;

use super::error::TreeError;
use super::leaf::Leaf;
use super::merkle;
use crate::id::{MalformedId, Root};
use crate::name::RecordName;

/// A proof that a leaf is at an index of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// The leaf whose inclusion is proved.
    pub leaf: Leaf,
    /// The leaf's index, from 0.
    pub index: u32,
    /// The sibling hashes from the leaf up to the root.
    pub path: Vec<[u8; 32]>,
}

/// A proof that a name is absent: its neighbours are at adjacent indexes, or it would come before
/// the first leaf or after the last, or the tree is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbsenceProof {
    /// The last leaf before the name, or `None` if the name would come first.
    pub before: Option<InclusionProof>,
    /// The first leaf after the name, or `None` if the name would come last.
    pub after: Option<InclusionProof>,
}

/// A proof of inclusion or of absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TreeProof {
    /// The name is in the tree.
    Inclusion(InclusionProof),
    /// The name is not in the tree.
    Absence(AbsenceProof),
}

impl InclusionProof {
    /// Verifies that the path leads from the leaf to the root of a tree of `count` leaves.
    pub fn verify(&self, root: &Root, count: u32) -> Result<(), TreeError> {
        let Self { leaf, index, path } = self;
        if *index >= count {
            return Err(TreeError::IndexOutOfRange {
                index: *index,
                count,
            });
        }
        let found = merkle::root_from_path(leaf.hash(), *index, count, path);
        if found.ok_or(TreeError::PathLength)? == *root.as_bytes() {
            Ok(())
        } else {
            Err(TreeError::RootMismatch)
        }
    }

    /// Converts to the form that messages carry.
    #[must_use]
    pub fn to_proto(&self) -> v1::Inclusion {
        v1::Inclusion {
            leaf: Some(self.leaf.to_proto()),
            index: self.index,
            path: self.path.iter().map(|hash| hash.to_vec()).collect(),
        }
    }
}

impl TryFrom<&v1::Inclusion> for InclusionProof {
    type Error = TreeError;

    fn try_from(proof: &v1::Inclusion) -> Result<Self, TreeError> {
        // A tree of 2^32 leaves is 32 levels high.
        if proof.path.len() > 32 {
            return Err(TreeError::PathLength);
        }
        let hash = |bytes: &Vec<u8>| {
            <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| MalformedId {
                what: "sibling hash",
            })
        };
        Ok(Self {
            leaf: Leaf::try_from(proof.leaf.as_ref().ok_or(TreeError::Incomplete)?)?,
            index: proof.index,
            path: proof.path.iter().map(hash).collect::<Result<_, _>>()?,
        })
    }
}

impl AbsenceProof {
    /// Verifies that no leaf in a tree of `count` leaves has the name.
    pub fn verify(&self, root: &Root, count: u32, name: &RecordName) -> Result<(), TreeError> {
        for side in [&self.before, &self.after].into_iter().flatten() {
            side.verify(root, count)?;
        }
        let in_order = self
            .before
            .as_ref()
            .is_none_or(|before| before.leaf.name < *name)
            && self
                .after
                .as_ref()
                .is_none_or(|after| *name < after.leaf.name);
        let adjacent = match (&self.before, &self.after) {
            (Some(before), Some(after)) => before.index.checked_add(1) == Some(after.index),
            (None, Some(first)) => first.index == 0,
            (Some(last), None) => last.index.checked_add(1) == Some(count),
            (None, None) => count == 0,
        };
        if in_order && adjacent {
            Ok(())
        } else {
            Err(TreeError::NotNeighbours)
        }
    }

    /// Converts to the form that messages carry.
    #[must_use]
    pub fn to_proto(&self) -> v1::Absence {
        v1::Absence {
            before: self.before.as_ref().map(InclusionProof::to_proto),
            after: self.after.as_ref().map(InclusionProof::to_proto),
        }
    }
}

impl TryFrom<&v1::Absence> for AbsenceProof {
    type Error = TreeError;

    fn try_from(proof: &v1::Absence) -> Result<Self, TreeError> {
        let side =
            |side: &Option<v1::Inclusion>| side.as_ref().map(InclusionProof::try_from).transpose();
        Ok(Self {
            before: side(&proof.before)?,
            after: side(&proof.after)?,
        })
    }
}

impl TreeProof {
    /// Verifies the proof about a name, and returns the leaf if the name is in the tree.
    pub fn verify(
        &self,
        root: &Root,
        count: u32,
        name: &RecordName,
    ) -> Result<Option<&Leaf>, TreeError> {
        match self {
            Self::Inclusion(proof) => {
                if proof.leaf.name != *name {
                    return Err(TreeError::WrongName(proof.leaf.name.clone()));
                }
                proof.verify(root, count)?;
                Ok(Some(&proof.leaf))
            }
            Self::Absence(proof) => {
                proof.verify(root, count, name)?;
                Ok(None)
            }
        }
    }

    /// Converts to the form that messages carry.
    #[must_use]
    pub fn to_proto(&self) -> v1::proof::Kind {
        match self {
            Self::Inclusion(proof) => v1::proof::Kind::Inclusion(proof.to_proto()),
            Self::Absence(proof) => v1::proof::Kind::Absence(proof.to_proto()),
        }
    }
}

impl TryFrom<&v1::proof::Kind> for TreeProof {
    type Error = TreeError;

    fn try_from(kind: &v1::proof::Kind) -> Result<Self, TreeError> {
        Ok(match kind {
            v1::proof::Kind::Inclusion(proof) => Self::Inclusion(proof.try_into()?),
            v1::proof::Kind::Absence(proof) => Self::Absence(proof.try_into()?),
        })
    }
}
