//! Going through what a query finds, once: how many there are, the first of them, and what
//! is counted.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::DocAddress;
use tantivy::DocId;
use tantivy::Score;
use tantivy::SegmentOrdinal;
use tantivy::SegmentReader;
use tantivy::collector::Collector;
use tantivy::collector::SegmentCollector;
use tantivy::query::Weight;

use super::checks::Checks;
use super::checks::SegmentChecks;
use super::columns::AllColumns;
use super::facets::Counter;
use super::facets::Counts;
use super::facets::FacetAt;
use super::rank::Rank;
use super::rank::Ranking;
use super::rank::SegmentRanking;
use super::rank::score_below;

/// What to gather.
#[derive(Clone)]
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

impl Gather {
    /// The same without the first: only what is counted.
    pub(crate) fn counting(&self) -> Self {
        Self {
            ranking: None,
            limit: 0,
            ..self.clone()
        }
    }

    /// Only the first, by a query that leaves out what cannot score enough to be among them.
    pub(crate) fn best(&self) -> Best {
        Best(Self {
            facets: Vec::new(),
            ..self.clone()
        })
    }
}

/// Gathers the first where the order is [by score](Ranking::is_by_score), and counts nothing.
pub(crate) struct Best(Gather);

impl Collector for Best {
    type Fruit = Vec<(Rank, DocAddress)>;
    type Child = SegmentGather;

    fn for_segment(
        &self,
        ordinal: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<SegmentGather> {
        self.0.for_segment(ordinal, segment)
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, segments: Vec<Gathered>) -> tantivy::Result<Vec<(Rank, DocAddress)>> {
        Ok(self.0.merge_fruits(segments)?.first)
    }

    fn collect_segment(
        &self,
        weight: &dyn Weight,
        ordinal: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<Gathered> {
        let mut first = self.for_segment(ordinal, segment)?;
        let alive = segment.alive_bitset();
        weight.for_each_pruning(Score::MIN, segment, &mut |document, score| {
            if alive.is_none_or(|alive| alive.is_alive(document)) {
                first.collect(document, score);
            }
            score_below(first.least())
        })?;
        Ok(first.harvest())
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

impl SegmentGather {
    /// The rank that a further document has to be above; 0 while there is room.
    fn least(&self) -> Rank {
        match self.first.peek() {
            Some(Reverse((least, _))) if self.first.len() >= self.limit => *least,
            _ => 0,
        }
    }
}

impl SegmentCollector for SegmentGather {
    type Fruit = Gathered;

    fn collect(&mut self, document: DocId, score: Score) {
        let Some(passed) = self.checks.pass(document) else {
            return;
        };
        self.total += 1;
        for counter in &mut self.counters {
            counter.count(document);
        }
        let Some(ranking) = &self.ranking else { return };
        if let Some(rank) = ranking.rank(document, score, passed, self.least()) {
            if self.first.len() >= self.limit {
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
