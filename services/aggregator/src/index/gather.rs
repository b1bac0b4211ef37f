//! Going through what a query finds, once: how many there are, the first of them, and what
//! is counted.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::checks::{Checks, SegmentChecks};
use super::columns::AllColumns;
use super::facets::{Counter, Counts, FacetAt};
use super::rank::{Rank, Ranking, SegmentRanking};

/// What to gather.
pub(crate) struct Gather {
    /// Of the state of the index that is asked.
    pub(crate) columns: AllColumns,
    /// What each document has to pass.
    pub(crate) checks: Checks,
    /// In which order to keep the first; `None` where only their number is asked.
    pub(crate) ranking: Option<Ranking>,
    /// How many to keep.
    pub(crate) limit: usize,
    /// What to count.
    pub(crate) facets: Vec<FacetAt>,
}

/// What was gathered.
#[derive(Default)]
pub(crate) struct Gathered {
    /// The first documents, in order.
    pub(crate) first: Vec<(Rank, DocAddress)>,
    /// How many there are.
    pub(crate) total: u64,
    /// Counts, by facet.
    pub(crate) facets: Vec<(FacetAt, Counts)>,
}

impl Collector for Gather {
    type Fruit = Gathered;
    type Child = SegmentGather;

    fn for_segment(
        &self,
        ordinal: SegmentOrdinal,
        _segment: &SegmentReader,
    ) -> tantivy::Result<SegmentGather> {
        let columns = &self.columns[ordinal as usize];
        let ranking = self.ranking.as_ref();
        let facets = self.facets.iter();
        Ok(SegmentGather {
            ordinal,
            checks: self.checks.open(columns),
            ranking: ranking.map(|ranking| ranking.open(columns)),
            limit: self.limit,
            first: BinaryHeap::with_capacity(self.limit.min(1_024)),
            total: 0,
            counters: facets.map(|&facet| Counter::open(facet, columns)).collect(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.ranking.as_ref().is_some_and(|ranking| ranking.words)
    }

    fn merge_fruits(&self, segments: Vec<Gathered>) -> tantivy::Result<Gathered> {
        let mut all = Gathered::default();
        for segment in segments {
            all.total += segment.total;
            all.first.extend(segment.first);
            for (facet, counts) in segment.facets {
                match all.facets.iter_mut().find(|(known, _)| *known == facet) {
                    Some((_, sums)) => {
                        for (value, count) in counts {
                            *sums.entry(value).or_default() += count;
                        }
                    }
                    None => all.facets.push((facet, counts)),
                }
            }
        }
        all.first.sort_unstable_by_key(|(rank, _)| Reverse(*rank));
        all.first.truncate(self.limit);
        Ok(all)
    }
}

/// One segment's part.
pub(crate) struct SegmentGather {
    ordinal: SegmentOrdinal,
    checks: SegmentChecks,
    ranking: Option<SegmentRanking>,
    limit: usize,
    /// The first so far; the last of them on top.
    first: BinaryHeap<Reverse<(Rank, DocId)>>,
    total: u64,
    counters: Vec<Counter>,
}

impl SegmentCollector for SegmentGather {
    type Fruit = Gathered;

    fn collect(&mut self, document: DocId, score: Score) {
        let Some(fit) = self.checks.fit(document) else {
            return;
        };
        self.total += 1;
        for counter in &mut self.counters {
            counter.count(document);
        }
        let Some(ranking) = &self.ranking else { return };
        let full = self.first.len() >= self.limit;
        let least = match self.first.peek() {
            Some(Reverse((least, _))) if full => *least,
            _ => 0,
        };
        if let Some(rank) = ranking.rank(document, score, fit, least) {
            if full {
                self.first.pop();
            }
            self.first.push(Reverse((rank, document)));
        }
    }

    fn harvest(self) -> Gathered {
        let ordinal = self.ordinal;
        Gathered {
            first: self
                .first
                .into_iter()
                .map(|Reverse((rank, document))| (rank, DocAddress::new(ordinal, document)))
                .collect(),
            total: self.total,
            facets: self.counters.into_iter().map(Counter::finish).collect(),
        }
    }
}
