//! What leads from one manifest to another.

use super::Leaf;
use super::Manifest;
use super::TreeError;
use super::manifest::check_order;
use crate::name::RecordName;

/// Names to remove and leaves to put. Applied to the manifest that it starts from, it gives the
/// whole of the one that it leads to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Names that are no longer published.
    pub removals: Vec<RecordName>,
    /// Leaves that are new or changed.
    pub puts: Vec<Leaf>,
}

impl Difference {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.removals.is_empty() && self.puts.is_empty()
    }

    pub(super) fn between(from: &Manifest, to: &Manifest) -> Self {
        let removals = from
            .leaves()
            .iter()
            .filter(|leaf| to.get(&leaf.name).is_none());
        let puts = to
            .leaves()
            .iter()
            .filter(|leaf| from.get(&leaf.name) != Some(leaf));
        Self {
            removals: removals.map(|leaf| leaf.name.clone()).collect(),
            puts: puts.cloned().collect(),
        }
    }

    pub(super) fn apply_to(&self, from: &Manifest) -> Result<Manifest, TreeError> {
        let mut removals: Vec<&RecordName> = self.removals.iter().collect();
        removals.sort();
        let mut puts: Vec<&Leaf> = self.puts.iter().collect();
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
        let kept = from.leaves().iter().filter(|leaf| !replaced(&leaf.name));
        Manifest::new(kept.chain(puts.iter().copied()).cloned().collect())
    }
}
