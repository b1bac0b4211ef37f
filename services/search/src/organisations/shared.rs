//! Documents that have an organisation key in common with another document. They are few, so
//! that a search groups them alone and passes all others as fast as without groups.

use std::sync::Arc;

use tantivy::DocId;

use crate::segment::columns::AllColumns;

/// The documents of one segment with a key that another document has too, or had in a segment
/// that is gone.
#[derive(Clone, Default)]
pub struct SharedDocs(Vec<u64>);

/// Those of all segments, by segment ordinal.
pub type AllShared = Arc<[Arc<SharedDocs>]>;

impl SharedDocs {
    #[inline]
    pub fn contains(&self, document: DocId) -> bool {
        let word = self.0.get(document as usize / 64);
        word.is_some_and(|word| word >> (document % 64) & 1 == 1)
    }

    fn insert(&mut self, document: DocId) {
        let word = document as usize / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (document % 64);
    }
}

/// Finds the documents with shared keys. Only segments that the older state does not have are
/// compared with all others, so that a small commit takes no longer in a large index.
pub fn find_shared(columns: &AllColumns, older: Option<(&AllColumns, &AllShared)>) -> AllShared {
    let known = |at: usize| {
        let (columns_before, shared) = older?;
        let segment = columns[at].segment();
        let before = columns_before
            .iter()
            .position(|one| one.segment() == segment)?;
        shared.get(before).map(Arc::clone)
    };
    let known: Vec<Option<Arc<SharedDocs>>> = (0..columns.len()).map(known).collect();
    let is_new: Vec<bool> = known.iter().map(Option::is_none).collect();
    let mut shared: Vec<Arc<SharedDocs>> =
        known.into_iter().map(Option::unwrap_or_default).collect();
    for at in (0..columns.len()).filter(|at| is_new[*at]) {
        let keys = columns[at].listings().by_key();
        for pair in keys.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            for (_, document) in pair {
                Arc::make_mut(&mut shared[at]).insert(*document);
            }
        }
        for other in (0..columns.len()).filter(|other| *other != at) {
            if is_new[other] && other < at {
                continue;
            }
            let others = columns[other].listings().by_key();
            for_common_keys(keys, others, &mut |document, of_other| {
                Arc::make_mut(&mut shared[at]).insert(document);
                Arc::make_mut(&mut shared[other]).insert(of_other);
            });
        }
    }
    shared.into()
}

/// Calls `each` so that every document of either list with a common key is named.
fn for_common_keys(
    one: &[(u64, DocId)],
    other: &[(u64, DocId)],
    each: &mut dyn FnMut(DocId, DocId),
) {
    // Each key of the shorter list is looked up in the longer one.
    if one.len() > other.len() {
        return for_common_keys(other, one, &mut |document, of_one| each(of_one, document));
    }
    let mut rest = other;
    for (key, document) in one {
        let first = rest.partition_point(|(other, _)| other < key);
        rest = &rest[first..];
        for (_, of_other) in rest.iter().take_while(|(other, _)| other == key) {
            each(*document, *of_other);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_document_with_a_common_key_is_named_whichever_list_is_longer() {
        let one = [(1, 0), (3, 1), (3, 2), (9, 3)];
        let other = [(2, 0), (3, 1), (4, 2), (5, 3), (9, 4), (9, 5)];
        let common = |a: &[(u64, DocId)], b: &[(u64, DocId)]| {
            let mut named = (BTreeSet::new(), BTreeSet::new());
            for_common_keys(a, b, &mut |x, y| {
                named.0.insert(x);
                named.1.insert(y);
            });
            named
        };
        let (of_one, of_other) = common(&one, &other);
        assert_eq!(of_one, [1, 2, 3].into());
        assert_eq!(of_other, [1, 4, 5].into());
        assert_eq!(common(&other, &one), (of_other, of_one));
    }

    #[test]
    fn a_set_of_documents_contains_what_was_inserted() {
        let mut shared = SharedDocs::default();
        assert!(!shared.contains(0));
        shared.insert(130);
        assert!(shared.contains(130) && !shared.contains(129) && !shared.contains(1_000));
    }
}
