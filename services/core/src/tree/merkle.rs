//! Merkle trees as in RFC 6962, section 2.1, over leaf hashes.
//!
//! The RFC splits recursively at the largest power of two. Pairing neighbours level by level, and
//! moving an odd last one up unchanged, gives the same tree without recursion.

use crate::digest::sha256;

pub(super) type Hash = [u8; 32];

/// All levels of a tree, from the leaf hashes up to the root. Twice the hashes of the leaves, so
/// that the path of a leaf needs no hashing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Levels(Vec<Vec<Hash>>);

impl Levels {
    pub(super) fn new(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(level) = levels.last()
            && level.len() > 1
        {
            levels.push(level_above(level));
        }
        Self(levels)
    }

    /// The sibling hashes from a leaf up to the root.
    pub(super) fn path(&self, index: usize) -> Vec<Hash> {
        let levels = self.0.iter().enumerate();
        // An odd last node has no sibling: it moves up unchanged.
        levels
            .filter_map(|(height, level)| level.get((index >> height) ^ 1))
            .copied()
            .collect()
    }
}

/// The root of a tree. The root of the empty tree is the hash of no bytes. Keeps one level at a
/// time in memory.
pub(super) fn root(leaves: Vec<Hash>) -> Hash {
    if leaves.is_empty() {
        return sha256(&[]);
    }
    let mut level = leaves;
    while level.len() > 1 {
        level = level_above(&level);
    }
    level[0]
}

/// The root to which a leaf and its path lead in a tree of `count` leaves, or `None` if the path
/// is longer or shorter than index and count require (RFC 9162, section 2.1.3.2).
pub(super) fn root_from_path(leaf: Hash, index: u32, count: u32, path: &[Hash]) -> Option<Hash> {
    let mut last = count.checked_sub(1)?;
    let mut at = index;
    let mut hash = leaf;
    let mut siblings = path.iter();
    while last > 0 {
        if at % 2 == 1 {
            hash = inner(siblings.next()?, &hash);
        } else if at < last {
            hash = inner(&hash, siblings.next()?);
        }
        at /= 2;
        last /= 2;
    }
    siblings.next().is_none().then_some(hash)
}

fn level_above(level: &[Hash]) -> Vec<Hash> {
    let pair = |pair: &[Hash]| match pair {
        [left, right] => inner(left, right),
        odd => odd[0],
    };
    level.chunks(2).map(pair).collect()
}

fn inner(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}
