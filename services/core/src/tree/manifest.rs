//! Manifests: all leaves of a view, in order.

use std::sync::OnceLock;

use super::difference::Difference;
use super::error::TreeError;
use super::inclusion::{AbsenceProof, InclusionProof, TreeProof};
use super::leaf::Leaf;
use super::merkle;
use super::merkle::Levels;
use crate::id::Root;
use crate::name::RecordName;

/// The leaves under a head, sorted by unique name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    leaves: Vec<Leaf>,
}

impl Manifest {
    /// The manifest of a view with no records.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Sorts the leaves. A duplicate name is an error.
    pub fn new(mut leaves: Vec<Leaf>) -> Result<Self, TreeError> {
        leaves.sort_by(|one, other| one.name.cmp(&other.name));
        Self::from_sorted(leaves)
    }

    /// Wraps leaves that must already be sorted, and checks that they are.
    pub fn from_sorted(leaves: Vec<Leaf>) -> Result<Self, TreeError> {
        check_count(leaves.len())?;
        for pair in leaves.windows(2) {
            check_order(&pair[0].name, &pair[1].name)?;
        }
        Ok(Self { leaves })
    }

    /// The leaves, sorted by name.
    #[must_use]
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// Returns the leaves, sorted by name, without a copy.
    #[must_use]
    pub fn into_leaves(self) -> Vec<Leaf> {
        self.leaves
    }

    /// The number of leaves.
    #[must_use]
    pub fn len(&self) -> usize {
        self.leaves.len()
    }

    /// The number of leaves, in the integer type that heads use.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.leaves.len()).expect("the constructors bound the length")
    }

    /// Whether there are no leaves.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    /// The total length of the records in bytes, as stated by their leaves.
    #[must_use]
    pub fn record_bytes(&self) -> u64 {
        self.leaves.iter().map(|leaf| u64::from(leaf.length)).sum()
    }

    /// The leaf with a name, found by binary search.
    #[must_use]
    pub fn get(&self, name: &RecordName) -> Option<&Leaf> {
        self.index_of(name).ok().map(|at| &self.leaves[at])
    }

    /// The index of a name or, as an error, the index at which it would be inserted.
    pub fn index_of(&self, name: &RecordName) -> Result<usize, usize> {
        self.leaves.binary_search_by(|leaf| leaf.name.cmp(name))
    }

    /// Computes the root. Not cached: about 4 ms for 10,000 leaves.
    #[must_use]
    pub fn root(&self) -> Root {
        Root::from_bytes(merkle::root(self.leaf_hashes()))
    }

    /// Proves that a name is, or is not, under the root. Hashes all leaves: for several proofs of
    /// one manifest, use a [`HashedManifest`].
    #[must_use]
    pub fn prove(&self, name: &RecordName) -> TreeProof {
        self.prove_by(&self.levels(), name)
    }

    fn prove_by(&self, levels: &Levels, name: &RecordName) -> TreeProof {
        let inclusion = |at: usize| InclusionProof {
            leaf: self.leaves[at].clone(),
            index: u32::try_from(at).expect("the constructors bound the length"),
            path: levels.path(at),
        };
        match self.index_of(name) {
            Ok(at) => TreeProof::Inclusion(inclusion(at)),
            Err(at) => TreeProof::Absence(AbsenceProof {
                before: at.checked_sub(1).map(inclusion),
                after: (at < self.leaves.len()).then(|| inclusion(at)),
            }),
        }
    }

    fn levels(&self) -> Levels {
        Levels::new(self.leaf_hashes())
    }

    fn leaf_hashes(&self) -> Vec<[u8; 32]> {
        self.leaves.iter().map(Leaf::hash).collect()
    }

    /// Computes the difference that turns `from` into `to`.
    #[must_use]
    pub fn difference(from: &Self, to: &Self) -> Difference {
        let removals = from
            .leaves
            .iter()
            .filter(|leaf| to.get(&leaf.name).is_none());
        let puts = to
            .leaves
            .iter()
            .filter(|leaf| from.get(&leaf.name) != Some(leaf));
        Difference {
            removals: removals.map(|leaf| leaf.name.clone()).collect(),
            puts: puts.cloned().collect(),
        }
    }

    /// Applies a difference. Removing a name that is absent changes nothing, so a sender may list
    /// every removal since some earlier point.
    pub fn apply(&self, difference: &Difference) -> Result<Self, TreeError> {
        let mut removals: Vec<&RecordName> = difference.removals.iter().collect();
        removals.sort();
        let mut puts: Vec<&Leaf> = difference.puts.iter().collect();
        puts.sort_by(|one, other| one.name.cmp(&other.name));
        for pair in puts.windows(2) {
            check_order(&pair[0].name, &pair[1].name)?;
        }
        if let Some(leaf) = puts
            .iter()
            .find(|leaf| removals.binary_search(&&leaf.name).is_ok())
        {
            return Err(TreeError::Contradiction(leaf.name.clone()));
        }
        let replaced = |name: &RecordName| {
            removals.binary_search(&name).is_ok()
                || puts.binary_search_by(|put| put.name.cmp(name)).is_ok()
        };
        let kept = self.leaves.iter().filter(|leaf| !replaced(&leaf.name));
        Self::new(kept.chain(puts.iter().copied()).cloned().collect())
    }
}

/// A manifest that keeps all hashes of its tree from its first proof on, so that each further
/// proof only copies one path or two.
#[derive(Debug, Clone)]
pub struct HashedManifest {
    manifest: Manifest,
    levels: OnceLock<Levels>,
}

impl HashedManifest {
    /// The bytes of hashes that proofs add for each leaf: the levels above the leaves have about
    /// as many nodes together as there are leaves.
    pub const HASH_BYTES_PER_LEAF: usize = 2 * 32;

    /// Wraps a manifest, without hashing anything yet.
    #[must_use]
    pub fn new(manifest: Manifest) -> Self {
        Self {
            manifest,
            levels: OnceLock::new(),
        }
    }

    /// The manifest that proofs are about.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Whether the tree has been hashed, so that a proof is cheap.
    #[must_use]
    pub fn is_hashed(&self) -> bool {
        self.levels.get().is_some()
    }

    /// Proves that a name is, or is not, under the root. The first call hashes the whole tree:
    /// about 4 ms for 10,000 leaves.
    #[must_use]
    pub fn prove(&self, name: &RecordName) -> TreeProof {
        let levels = self.levels.get_or_init(|| self.manifest.levels());
        self.manifest.prove_by(levels, name)
    }
}

/// Checks that one name comes before the next.
pub(crate) fn check_order(one: &RecordName, next: &RecordName) -> Result<(), TreeError> {
    match one.cmp(next) {
        std::cmp::Ordering::Less => Ok(()),
        std::cmp::Ordering::Equal => Err(TreeError::Duplicate(next.clone())),
        std::cmp::Ordering::Greater => Err(TreeError::OutOfOrder(next.clone())),
    }
}

/// Checks that a head can count the leaves: its count has 32 bits.
fn check_count(leaves: usize) -> Result<(), TreeError> {
    match u32::try_from(leaves) {
        Ok(_) => Ok(()),
        Err(_) => Err(TreeError::TooManyLeaves),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // No memory has room for that many leaves, so only their number is checked.
    #[test]
    fn leaves_that_a_head_cannot_count_are_too_many() {
        let most = usize::try_from(u32::MAX).expect("64 bits");
        assert_eq!(check_count(most), Ok(()));
        let error = check_count(most + 1).expect_err("one more");
        assert_eq!(error.reason(), "leaves_too_many");
    }
}
