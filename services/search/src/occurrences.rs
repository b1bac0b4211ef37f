//! Occurrences in order of their start, over all documents.

use std::collections::BinaryHeap;
use std::sync::Arc;

use tantivy::DocAddress;
use tantivy::DocId;
use tantivy::Score;
use tantivy::SegmentOrdinal;
use tantivy::SegmentReader;
use tantivy::collector::Collector;
use tantivy::collector::SegmentCollector;

use super::TimeQuestion;
use crate::index::IndexError;
use crate::index::checks::Checks;
use crate::index::checks::SegmentChecks;
use crate::index::columns::AllColumns;
use crate::index::columns::Columns;
use crate::index::criteria::Criteria;
use crate::index::search::Candidate;
use crate::index::search::Snapshot;

/// The place of an occurrence in the order: its start in minutes since 1970, then the
/// identity of its record. No two occurrences share one, so a page can go on from the
/// last one shown, whatever was added meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    /// Minutes since 1970.
    pub(crate) start: u64,
    /// Of the record.
    pub(crate) identity: u64,
}

/// Which occurrences to list.
#[derive(Clone)]
pub(crate) struct Agenda {
    /// Which.
    pub(crate) question: TimeQuestion,
    /// Only those after this one.
    pub(crate) after: Option<Turn>,
    /// How many.
    pub(crate) limit: usize,
}

impl Snapshot {
    /// The occurrences of what meets the criteria, in order.
    pub(crate) fn agenda(
        &self,
        criteria: &Criteria,
        agenda: &Agenda,
    ) -> Result<Vec<(Turn, Candidate)>, IndexError> {
        let wording = criteria.wording(&self.searcher, &self.fields)?;
        let query = criteria.query(&self.fields, wording.as_ref());
        let collector = InOrder {
            agenda: agenda.clone(),
            columns: Arc::clone(&self.columns),
            checks: Checks::of(criteria),
        };
        let found = self.look(&self.within(criteria, query), &collector)?;
        found
            .into_iter()
            .map(|(turn, address)| Ok((turn, self.candidate(address)?)))
            .collect()
    }
}

/// Collects the first so many occurrences.
struct InOrder {
    agenda: Agenda,
    columns: AllColumns,
    checks: Checks,
}

impl Collector for InOrder {
    type Fruit = Vec<(Turn, DocAddress)>;
    type Child = Segment;

    fn for_segment(
        &self,
        ordinal: SegmentOrdinal,
        _segment: &SegmentReader,
    ) -> tantivy::Result<Segment> {
        let columns = &self.columns[ordinal as usize];
        Ok(Segment {
            agenda: self.agenda.clone(),
            checks: self.checks.open(columns),
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
        segments: Vec<Vec<(Turn, DocAddress)>>,
    ) -> tantivy::Result<Vec<(Turn, DocAddress)>> {
        let mut all: Vec<_> = segments.into_iter().flatten().collect();
        all.sort_unstable();
        all.truncate(self.agenda.limit);
        Ok(all)
    }
}

/// One segment's part.
struct Segment {
    agenda: Agenda,
    checks: SegmentChecks,
    ordinal: SegmentOrdinal,
    columns: Arc<Columns>,
    /// The first ones so far; the last of them on top.
    first: BinaryHeap<(Turn, DocId)>,
}

impl SegmentCollector for Segment {
    type Fruit = Vec<(Turn, DocAddress)>;

    fn collect(&mut self, document: DocId, _score: Score) {
        if self.checks.pass(document).is_none() {
            return;
        }
        let identity = self.columns.identity.first(document).unwrap_or_default();
        let occurrences = self.columns.occurrence.values_for_doc(document);
        for start in self.agenda.question.starts(occurrences) {
            let turn = Turn { start, identity };
            if self.agenda.after.is_some_and(|after| turn <= after) {
                continue;
            }
            let full = self.first.len() >= self.agenda.limit;
            if full && self.first.peek().is_none_or(|(last, _)| turn >= *last) {
                return;
            }
            self.first.push((turn, document));
            if full {
                self.first.pop();
            }
        }
    }

    fn harvest(self) -> Vec<(Turn, DocAddress)> {
        let ordinal = self.ordinal;
        let first = self.first.into_iter();
        first
            .map(|(turn, document)| (turn, DocAddress::new(ordinal, document)))
            .collect()
    }
}
