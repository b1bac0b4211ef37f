//! Occurrences in order of start, over all documents.

use std::collections::BinaryHeap;
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use crate::candidate::Candidate;
use crate::error::IndexError;
use crate::filter::per_document::{DocFilter, SegmentFilter};
use crate::query::filters::Filters;
use crate::segment::columns::{AllColumns, SegmentColumns};
use crate::snapshot::Snapshot;
use crate::times::filter::TimeFilter;

/// The position of an occurrence in the order. No two occurrences share one, so a page can
/// resume after the last one of the previous page, whatever was added since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OccurrenceCursor {
    /// Minutes since 1970.
    pub start: u64,
    /// The identity of the record.
    pub identity: u64,
}

impl Snapshot {
    /// Returns the first `limit` occurrences after `after` that pass the filters, in order.
    pub fn occurrences(
        &self,
        filters: &Filters,
        after: Option<OccurrenceCursor>,
        limit: usize,
    ) -> Result<Vec<(OccurrenceCursor, Candidate)>, IndexError> {
        let collector = OccurrenceCollector {
            times: filters.times.clone(),
            after,
            limit,
            columns: Arc::clone(&self.columns),
            filter: DocFilter::new(filters),
        };
        self.run_filters(filters, &collector)?
            .into_iter()
            .map(|(cursor, address)| Ok((cursor, self.candidate(address)?)))
            .collect()
    }
}

struct OccurrenceCollector {
    times: TimeFilter,
    after: Option<OccurrenceCursor>,
    limit: usize,
    columns: AllColumns,
    filter: DocFilter,
}

impl Collector for OccurrenceCollector {
    type Fruit = Vec<(OccurrenceCursor, DocAddress)>;
    type Child = SegmentOccurrences;

    fn for_segment(
        &self,
        ordinal: SegmentOrdinal,
        _segment: &SegmentReader,
    ) -> tantivy::Result<SegmentOccurrences> {
        let columns = &self.columns[ordinal as usize];
        Ok(SegmentOccurrences {
            times: self.times.clone(),
            after: self.after,
            limit: self.limit,
            filter: self.filter.for_segment(columns),
            ordinal,
            columns: Arc::clone(columns),
            first: BinaryHeap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(
        &self,
        segments: Vec<Vec<(OccurrenceCursor, DocAddress)>>,
    ) -> tantivy::Result<Vec<(OccurrenceCursor, DocAddress)>> {
        let mut all: Vec<_> = segments.into_iter().flatten().collect();
        all.sort_unstable();
        all.truncate(self.limit);
        Ok(all)
    }
}

/// The occurrences of one segment.
struct SegmentOccurrences {
    times: TimeFilter,
    after: Option<OccurrenceCursor>,
    limit: usize,
    filter: SegmentFilter,
    ordinal: SegmentOrdinal,
    columns: Arc<SegmentColumns>,
    /// The first occurrences so far, with the last of them on top.
    first: BinaryHeap<(OccurrenceCursor, DocId)>,
}

impl SegmentCollector for SegmentOccurrences {
    type Fruit = Vec<(OccurrenceCursor, DocAddress)>;

    fn collect(&mut self, document: DocId, _score: Score) {
        if self.filter.accept(document).is_none() {
            return;
        }
        let identity = self.columns.identity.first(document).unwrap_or_default();
        let occurrences = self.columns.occurrence.values_for_doc(document);
        for start in self.times.starts(occurrences) {
            let cursor = OccurrenceCursor { start, identity };
            if self.after.is_some_and(|after| cursor <= after) {
                continue;
            }
            let is_full = self.first.len() >= self.limit;
            // Later starts of this document come after the last one even more.
            if is_full && self.first.peek().is_none_or(|(last, _)| cursor >= *last) {
                return;
            }
            self.first.push((cursor, document));
            if is_full {
                self.first.pop();
            }
        }
    }

    fn harvest(self) -> Vec<(OccurrenceCursor, DocAddress)> {
        let ordinal = self.ordinal;
        let first = self.first.into_iter();
        first
            .map(|(cursor, document)| (cursor, DocAddress::new(ordinal, document)))
            .collect()
    }
}
