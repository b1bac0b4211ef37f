//! Counting the values of a facet.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use hedgerow_proto::directory_v1::FacetKind;
use tantivy::DocId;

use crate::segment::columns::SegmentColumns;
use crate::segment::flags::PROPERTIES;

/// Maximum number of values that are read of one segment. A response has far fewer, but the most
/// frequent ones of all segments are not exactly those of each.
const MAX_VALUES: usize = 1_000;

/// Number of a column's values up to which each has a place in an array. Coverage has a counter
/// for each region, and anyone can invent values.
const MAX_DENSE: usize = 1_024;

/// The number of documents for each value of a facet.
pub type FacetCounts = HashMap<String, u64>;

/// Counts the values of one facet in one segment, by their ordinals: strings are looked up
/// once a value rather than once a document.
pub struct FacetCounter {
    facet: FacetKind,
    columns: Arc<SegmentColumns>,
    counts: OrdinalCounts,
}

/// Counts by ordinal, or by the position in [`PROPERTIES`].
enum OrdinalCounts {
    Dense(Vec<u64>),
    Sparse(HashMap<u64, u64>),
}

impl OrdinalCounts {
    fn new(values: usize) -> Self {
        match values <= MAX_DENSE {
            true => Self::Dense(vec![0; values]),
            false => Self::Sparse(HashMap::new()),
        }
    }

    fn add(&mut self, ordinal: u64) {
        match self {
            Self::Dense(counts) => {
                let at = usize::try_from(ordinal).ok();
                if let Some(count) = at.and_then(|at| counts.get_mut(at)) {
                    *count += 1;
                }
            }
            Self::Sparse(counts) => *counts.entry(ordinal).or_default() += 1,
        }
    }

    /// Returns the ordinals that occurred.
    fn into_occurred(self) -> Vec<(u64, u64)> {
        match self {
            Self::Dense(counts) => {
                let counts = (0..).zip(counts);
                counts.filter(|(_, count)| *count > 0).collect()
            }
            Self::Sparse(counts) => counts.into_iter().collect(),
        }
    }
}

impl FacetCounter {
    pub fn new(facet: FacetKind, columns: &Arc<SegmentColumns>) -> Self {
        let values = match facet {
            FacetKind::Property => PROPERTIES.len(),
            facet => columns.facet(facet).map_or(0, |column| column.num_terms()),
        };
        Self {
            facet,
            columns: Arc::clone(columns),
            counts: OrdinalCounts::new(values),
        }
    }

    pub fn count(&mut self, document: DocId) {
        if self.facet == FacetKind::Property {
            for (property, (_, flag)) in (0..).zip(PROPERTIES) {
                if self.columns.flags().has_any(document, flag) {
                    self.counts.add(property);
                }
            }
            return;
        }
        let Some(column) = self.columns.facet(self.facet) else {
            return;
        };
        for ordinal in column.ords().values_for_doc(document) {
            self.counts.add(ordinal);
        }
    }

    /// Returns the facet with the values that occurred, at most [`MAX_VALUES`] of the most
    /// frequent.
    pub fn finish(self) -> (FacetKind, FacetCounts) {
        let mut counts = FacetCounts::new();
        if self.facet == FacetKind::Property {
            let occurred = self.counts.into_occurred().into_iter();
            counts.extend(occurred.filter_map(|(property, count)| {
                let (name, _) = PROPERTIES.get(usize::try_from(property).ok()?)?;
                Some(((*name).to_owned(), count))
            }));
            return (self.facet, counts);
        }
        let Some(column) = self.columns.facet(self.facet) else {
            return (self.facet, counts);
        };
        let mut occurred = self.counts.into_occurred();
        if occurred.len() > MAX_VALUES {
            occurred.select_nth_unstable_by_key(MAX_VALUES, |(_, count)| Reverse(*count));
            occurred.truncate(MAX_VALUES);
        }
        occurred.sort_unstable();
        let (ordinals, numbers): (Vec<u64>, Vec<u64>) = occurred.into_iter().unzip();
        let mut numbers = numbers.into_iter();
        // In one pass: looking up a value alone decodes all values before it in its block. A value
        // that cannot be read is left out: a search does not fail for a count.
        let _ = column
            .dictionary()
            .sorted_ords_to_term_cb(&ordinals, |value| {
                let value = str::from_utf8(value).map(str::to_owned);
                counts.extend(value.ok().zip(numbers.next()));
            });
        (self.facet, counts)
    }
}

/// Adds the counts of another segment.
pub fn add_counts(sums: &mut FacetCounts, counts: FacetCounts) {
    for (value, count) in counts {
        *sums.entry(value).or_default() += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_with_few_and_with_many_values_are_counted_alike() {
        let occurred = |values: usize| {
            let mut counts = OrdinalCounts::new(values);
            for ordinal in [3, 5, 3, 0] {
                counts.add(ordinal);
            }
            let mut occurred = counts.into_occurred();
            occurred.sort_unstable();
            occurred
        };
        assert_eq!(occurred(10), [(0, 1), (3, 2), (5, 1)]);
        assert_eq!(occurred(MAX_DENSE + 1), occurred(10));
    }
}
