//! Counting the values of a facet.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use hedgerow_proto::directory_v1::FacetKind;
use tantivy::DocId;

use crate::segment::columns::SegmentColumns;

/// Maximum number of values that are read of one segment. A response has far fewer, but the most
/// frequent ones of all segments are not exactly those of each.
const MAX_VALUES: usize = 1_000;

/// The number of documents for each value of a facet.
pub type FacetCounts = HashMap<String, u64>;

/// Counts the values of one facet in one segment, by their ordinals: strings are looked up
/// once a value rather than once a document.
pub struct FacetCounter {
    facet: FacetKind,
    columns: Arc<SegmentColumns>,
    counts: Vec<u64>,
}

impl FacetCounter {
    pub fn new(facet: FacetKind, columns: &Arc<SegmentColumns>) -> Self {
        let values = columns.facet(facet).map_or(0, |column| column.num_terms());
        Self {
            facet,
            columns: Arc::clone(columns),
            counts: vec![0; values],
        }
    }

    pub fn count(&mut self, document: DocId) {
        let Some(column) = self.columns.facet(self.facet) else {
            return;
        };
        for ordinal in column.ords().values_for_doc(document) {
            if let Some(count) = usize::try_from(ordinal)
                .ok()
                .and_then(|at| self.counts.get_mut(at))
            {
                *count += 1;
            }
        }
    }

    /// Returns the facet with the values that occurred, at most [`MAX_VALUES`] of the most
    /// frequent.
    pub fn finish(self) -> (FacetKind, FacetCounts) {
        let mut counts = FacetCounts::new();
        let Some(column) = self.columns.facet(self.facet) else {
            return (self.facet, counts);
        };
        let occurred = self.counts.into_iter().enumerate();
        let mut occurred: Vec<(usize, u64)> = occurred.filter(|(_, count)| *count > 0).collect();
        if occurred.len() > MAX_VALUES {
            occurred.select_nth_unstable_by_key(MAX_VALUES, |(_, count)| Reverse(*count));
            occurred.truncate(MAX_VALUES);
        }
        let mut value = String::new();
        for (ordinal, count) in occurred {
            // A value that cannot be read is left out: a search does not fail for a count.
            if let Ok(true) = column.ord_to_str(ordinal as u64, &mut value) {
                counts.insert(value.clone(), count);
            }
        }
        (self.facet, counts)
    }
}

/// Adds the counts of another segment.
pub fn add_counts(sums: &mut FacetCounts, counts: FacetCounts) {
    for (value, count) in counts {
        *sums.entry(value).or_default() += count;
    }
}
