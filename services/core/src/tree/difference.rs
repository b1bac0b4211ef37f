//! The difference between two manifests.

use super::leaf::Leaf;
use crate::name::RecordName;

/// The names to remove and the leaves to put, which turn one manifest into another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Names that are no longer published.
    pub removals: Vec<RecordName>,
    /// Leaves that are new or replace one of the same name.
    pub puts: Vec<Leaf>,
}

impl Difference {
    /// Whether both manifests are equal.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.removals.is_empty() && self.puts.is_empty()
    }
}
