//! Collecting hits in one pass: their number, the first of them in order, and facet counts.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use hedgerow_proto::directory_v1::FacetKind;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::query::Weight;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use crate::facets::counter::{FacetCounter, FacetCounts, add_counts};
use crate::filter::per_document::{Accepted, DocFilter, SegmentFilter};
use crate::interrupt::{Countdown, Interrupt};
use crate::organisations::grouping::{Group, group};
use crate::organisations::shared::{AllShared, SharedDocs};
use crate::rank::key::{Rank, score_below};
use crate::rank::segment_ranking::{Ranker, SegmentRanking};
use crate::segment::columns::AllColumns;

/// Initial capacity of the heap: a comparison of offers and needs requests thousands of hits,
/// but few searches have that many.
const MAX_INITIAL_CAPACITY: usize = 1_024;

#[derive(Clone)]
pub struct HitCollector {
    /// The columns of the searched state of the index.
    pub columns: AllColumns,
    /// Documents that may be listings of one organisation.
    pub shared: AllShared,
    pub filter: DocFilter,
    /// `None` to count only.
    pub ranker: Option<Ranker>,
    /// Maximum number of hits to keep.
    pub limit: usize,
    pub facets: Vec<FacetKind>,
}

#[derive(Default)]
pub struct CollectedHits {
    /// The first hits, in order.
    pub first: Vec<Group>,
    /// The number of all hits. Listings of one organisation are one hit.
    pub total: u64,
    /// Hits of a segment that may be listings of one organisation, with their ranks.
    pub listings: Vec<(Rank, DocAddress)>,
    pub facets: Vec<(FacetKind, FacetCounts)>,
}

impl Collector for HitCollector {
    type Fruit = CollectedHits;
    type Child = SegmentHits;

    fn for_segment(
        &self,
        ordinal: SegmentOrdinal,
        _segment: &SegmentReader,
    ) -> tantivy::Result<SegmentHits> {
        let columns = &self.columns[ordinal as usize];
        let facets = self.facets.iter();
        Ok(SegmentHits {
            ordinal,
            filter: self.filter.for_segment(columns),
            shared: Arc::clone(&self.shared[ordinal as usize]),
            listings: Vec::new(),
            ranking: self
                .ranker
                .as_ref()
                .map(|ranker| ranker.for_segment(columns)),
            limit: self.limit,
            first: BinaryHeap::with_capacity(self.limit.min(MAX_INITIAL_CAPACITY)),
            total: 0,
            counters: facets
                .map(|&facet| FacetCounter::new(facet, columns))
                .collect(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.ranker.as_ref().is_some_and(Ranker::has_words)
    }

    fn merge_fruits(&self, segments: Vec<CollectedHits>) -> tantivy::Result<CollectedHits> {
        let mut all = CollectedHits::default();
        for segment in segments {
            all.total += segment.total;
            all.first.extend(segment.first);
            all.listings.extend(segment.listings);
            for (facet, counts) in segment.facets {
                match all.facets.iter_mut().find(|(known, _)| *known == facet) {
                    Some((_, sums)) => add_counts(sums, counts),
                    None => all.facets.push((facet, counts)),
                }
            }
        }
        let groups = group(std::mem::take(&mut all.listings), &self.columns);
        all.total += groups.len() as u64;
        if let Some(ranker) = &self.ranker {
            let is_on_page = |group: &Group| ranker.is_on_page(group.rank);
            all.first.extend(groups.into_iter().filter(is_on_page));
        }
        all.first.sort_unstable_by_key(|group| Reverse(group.rank));
        all.first.truncate(self.limit);
        Ok(all)
    }
}

impl HitCollector {
    /// A collector of the total and the facet counts only.
    pub fn counts_only(&self) -> Self {
        Self {
            ranker: None,
            limit: 0,
            ..self.clone()
        }
    }

    /// A collector of the first hits only, which skips documents with low scores. The ranker
    /// has to be [by score](Ranker::is_by_score).
    pub fn top_hits(&self, interrupt: &Interrupt) -> TopHitsCollector {
        TopHitsCollector {
            hits: Self {
                facets: Vec::new(),
                ..self.clone()
            },
            interrupt: interrupt.clone(),
        }
    }
}

/// Collects the first hits and lets the engine skip documents that cannot be among them.
/// Passes the checkpoints itself, because it replaces the engine's loop over a segment.
pub struct TopHitsCollector {
    hits: HitCollector,
    interrupt: Interrupt,
}

impl Collector for TopHitsCollector {
    type Fruit = CollectedHits;
    type Child = SegmentHits;

    fn for_segment(
        &self,
        ordinal: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<SegmentHits> {
        self.hits.for_segment(ordinal, segment)
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, segments: Vec<CollectedHits>) -> tantivy::Result<CollectedHits> {
        self.hits.merge_fruits(segments)
    }

    fn collect_segment(
        &self,
        weight: &dyn Weight,
        ordinal: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<CollectedHits> {
        let mut countdown = Countdown::begin(&self.interrupt)?;
        let mut hits = self.for_segment(ordinal, segment)?;
        let alive = segment.alive_bitset();
        // Unlike `Collector::collect_segment`, pruning passes deleted documents too.
        weight.for_each_pruning(Score::MIN, segment, &mut |document, score| {
            if !countdown.may_collect(1) {
                // No document exceeds this, so the engine skips the rest.
                return Score::MAX;
            }
            if alive.is_none_or(|alive| alive.is_alive(document)) {
                hits.collect(document, score);
            }
            score_below(hits.lowest_rank())
        })?;
        Ok(hits.harvest())
    }
}

/// The hits of one segment.
pub struct SegmentHits {
    ordinal: SegmentOrdinal,
    filter: SegmentFilter,
    shared: Arc<SharedDocs>,
    /// Hits that may be grouped, with their ranks: on whichever page, because a group is on the
    /// page of its best one.
    listings: Vec<(Rank, DocId)>,
    ranking: Option<SegmentRanking>,
    limit: usize,
    /// The best hits so far, with the worst of them on top.
    first: BinaryHeap<Reverse<(Rank, DocId)>>,
    total: u64,
    counters: Vec<FacetCounter>,
}

impl SegmentHits {
    /// The rank that a further hit has to exceed; 0 while there is room.
    fn lowest_rank(&self) -> Rank {
        match self.first.peek() {
            Some(Reverse((lowest, _))) if self.first.len() >= self.limit => *lowest,
            _ => 0,
        }
    }

    /// Keeps a hit that may be grouped with others. They all count, so none is left out for a low
    /// rank.
    fn collect_listing(&mut self, document: DocId, score: Score, accepted: Accepted) {
        let rank = self
            .ranking
            .as_ref()
            .and_then(|ranking| ranking.rank_on_any_page(document, score, accepted, 0));
        self.listings.push((rank.unwrap_or_default(), document));
    }

    /// Keeps a hit if it is among the best so far.
    fn rank(&mut self, document: DocId, score: Score, accepted: Accepted) {
        let Some(ranking) = &self.ranking else { return };
        if let Some(rank) = ranking.rank(document, score, accepted, self.lowest_rank()) {
            if self.first.len() >= self.limit {
                self.first.pop();
            }
            self.first.push(Reverse((rank, document)));
        }
    }
}

impl SegmentCollector for SegmentHits {
    type Fruit = CollectedHits;

    #[inline]
    fn collect(&mut self, document: DocId, score: Score) {
        let Some(accepted) = self.filter.accept(document) else {
            return;
        };
        for counter in &mut self.counters {
            counter.count(document);
        }
        if self.shared.contains(document) {
            return self.collect_listing(document, score, accepted);
        }
        self.total += 1;
        if self.ranking.is_some() {
            self.rank(document, score, accepted);
        }
    }

    fn harvest(self) -> CollectedHits {
        let ordinal = self.ordinal;
        CollectedHits {
            first: self
                .first
                .into_iter()
                .map(|Reverse((rank, document))| Group {
                    rank,
                    first: DocAddress::new(ordinal, document),
                    others: Vec::new(),
                })
                .collect(),
            listings: self
                .listings
                .into_iter()
                .map(|(rank, document)| (rank, DocAddress::new(ordinal, document)))
                .collect(),
            total: self.total,
            facets: self
                .counters
                .into_iter()
                .map(FacetCounter::finish)
                .collect(),
        }
    }
}
