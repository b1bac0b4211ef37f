//! The ranks of a segment's documents.

use std::sync::Arc;

use hedgerow_proto::v1;
use tantivy::{DocId, Score};

use crate::audience::AudienceFit;
use crate::filter::per_document::Accepted;
use crate::geo::circle::FlatCircle;
use crate::query::clauses::ALL_TERMS_BONUS;
use crate::query::filters::Filters;
use crate::rank::key::{HAS_PLACE, NOT_PAST, Rank, combine, max_rank, nearness, score_bits};
use crate::rank::ranking::{Order, Ranking};
use crate::segment::columns::SegmentColumns;
use crate::times::filter::TimeFilter;

/// A confirmation older than twelve months lowers the score, by this factor.
const STALE_AFTER_S: i64 = 365 * 24 * 60 * 60;
const STALE_FACTOR: f32 = 0.85;
/// The share of the score that distance can take away: with words, and without.
const DISTANCE_SHARE_WITH_WORDS: f32 = 0.6;
/// With words, half of that share is taken away at this part of the radius. A hit in the same
/// town is worth more than a little better one in the next, and far ones differ little.
const HALF_SHARE_AT: f32 = 0.2;
const DISTANCE_SHARE_ALONE: f32 = 0.8;

/// How to rank the hits of one search.
#[derive(Clone)]
pub struct Ranker {
    ranking: Ranking,
    circle: Option<FlatCircle>,
    /// Which occurrence counts as the next one.
    times: TimeFilter,
    has_words: bool,
    /// Whether documents with some of the words are ranked too.
    is_partial_match: bool,
}

impl Ranker {
    pub fn new(filters: &Filters, ranking: Ranking) -> Self {
        let times = if filters.times.is_empty() {
            TimeFilter::from_now(ranking.now)
        } else {
            filters.times.clone()
        };
        Self {
            ranking,
            circle: filters.circle.map(FlatCircle::new),
            times,
            has_words: filters.terms.is_some(),
            is_partial_match: false,
        }
    }

    /// The same for a query whose documents may have some of the words only.
    pub fn for_partial_match(self) -> Self {
        Self {
            is_partial_match: true,
            ..self
        }
    }

    pub fn has_words(&self) -> bool {
        self.has_words
    }

    /// Whether nothing raises a document above its score, so that documents with low scores
    /// can be skipped.
    pub fn is_by_score(&self) -> bool {
        self.has_words && !self.is_partial_match && self.ranking.order == Order::Relevance
    }

    /// Whether a rank is after the end of the page before.
    pub fn is_on_page(&self, rank: Rank) -> bool {
        self.ranking.after.is_none_or(|after| rank < after)
    }

    pub fn for_segment(&self, columns: &Arc<SegmentColumns>) -> SegmentRanking {
        SegmentRanking {
            ranker: self.clone(),
            columns: Arc::clone(columns),
        }
    }
}

/// A [`Ranker`] over one segment.
pub struct SegmentRanking {
    ranker: Ranker,
    columns: Arc<SegmentColumns>,
}

impl SegmentRanking {
    /// Ranks a document; `None` if its rank is at most `lowest`, or belongs to an earlier page.
    pub fn rank(
        &self,
        document: DocId,
        score: Score,
        accepted: Accepted,
        lowest: Rank,
    ) -> Option<Rank> {
        let rank = self.rank_on_any_page(document, score, accepted, lowest)?;
        self.ranker.is_on_page(rank).then_some(rank)
    }

    /// Ranks a document; `None` if its rank is at most `lowest`.
    pub fn rank_on_any_page(
        &self,
        document: DocId,
        score: Score,
        accepted: Accepted,
        lowest: Rank,
    ) -> Option<Rank> {
        let Accepted {
            audience_fit,
            next_start,
            is_conditional,
            is_by_area,
        } = accepted;
        let Ranker {
            ranking,
            has_words,
            is_partial_match,
            ..
        } = &self.ranker;
        let (score, fit) = match (has_words, is_partial_match) {
            (false, _) => (1.0, audience_fit),
            (true, false) => (score, audience_fit),
            (true, true) if score >= ALL_TERMS_BONUS => (score - ALL_TERMS_BONUS, audience_fit),
            (true, true) => (score, audience_fit.for_partial_match()),
        };
        // The bounds are checked before each costly step. No factor is above 1, so the score
        // is an upper bound by itself.
        let is_by_relevance = ranking.order == Order::Relevance;
        if is_by_relevance && max_rank(fit, score_bits(score)) < lowest {
            return None;
        }
        let score = score * self.factor(document);
        let first = match ranking.order {
            Order::Relevance => score_bits(score),
            Order::Distance => nearness(self.min_distance_m(document)),
            Order::NextTime => self.soonness(document, next_start),
        };
        if max_rank(fit, first) < lowest {
            return None;
        }
        let mut rank = self.exact_rank(document, score, fit, first);
        if !is_conditional && !self.is_over(document) {
            rank |= NOT_PAST;
        }
        if !is_by_area {
            rank |= HAS_PLACE;
        }
        (rank > lowest).then_some(rank)
    }

    /// The factor by static rank and confirmation.
    fn factor(&self, document: DocId) -> f32 {
        let inputs = self.columns.rank_inputs(document);
        let age_s = self.ranker.ranking.now.as_seconds() - i64::from(inputs.confirm_time);
        let is_stale = inputs.confirm_time != 0 && age_s > STALE_AFTER_S;
        inputs.static_rank * if is_stale { STALE_FACTOR } else { 1.0 }
    }

    /// Whether it is over, or an event that does not take place.
    fn is_over(&self, document: DocId) -> bool {
        let over_minute = self.columns.rank_inputs(document).over_minute;
        i64::from(over_minute) <= self.ranker.ranking.now.as_seconds().div_euclid(60)
    }

    /// Computes the rank with exact distances, without its two highest bits. `first` is the first part by start, or an upper
    /// bound by score or distance.
    fn exact_rank(&self, document: DocId, score: f32, fit: AudienceFit, first: u32) -> Rank {
        let mut score = score;
        let mut nearest = 0;
        if let Some(circle) = &self.ranker.circle {
            let distance_m = self.nearest(document, |point| circle.distance_m(point));
            nearest = nearness(distance_m);
            let relative = (distance_m / circle.radius_m().max(1.0)).min(1.0) as f32;
            score *= if self.ranker.has_words {
                1.0 - DISTANCE_SHARE_WITH_WORDS * relative / (relative + HALF_SHARE_AT)
            } else {
                1.0 - DISTANCE_SHARE_ALONE * relative
            };
        }
        let best = score_bits(score);
        let identity = self.columns.identity.first(document).unwrap_or_default();
        match self.ranker.ranking.order {
            Order::Relevance => combine(fit, best, nearest, identity),
            Order::Distance => combine(fit, nearest, best, identity),
            Order::NextTime => combine(fit, first, best, identity),
        }
    }

    /// A lower bound on the distance of a document's nearest point; 0 without a circle.
    fn min_distance_m(&self, document: DocId) -> f64 {
        self.ranker.circle.as_ref().map_or(0.0, |circle| {
            self.nearest(document, |point| circle.min_distance_m(point))
        })
    }

    /// Returns the least distance of a document's points; infinite without points.
    fn nearest(&self, document: DocId, distance_m: impl Fn(&v1::Point) -> f64) -> f64 {
        let points = self.columns.points(document).iter();
        points.map(distance_m).fold(f64::INFINITY, f64::min)
    }

    /// Greater for an earlier next start; 0 without one. `accepted` is the start that the time
    /// filter has found already.
    fn soonness(&self, document: DocId, accepted: Option<u64>) -> u32 {
        let next_start = accepted.or_else(|| {
            let occurrences = self.columns.occurrence.values_for_doc(document);
            self.ranker.times.next_start(occurrences)
        });
        let minute = next_start.and_then(|minute| u32::try_from(minute).ok());
        minute.map_or(0, |minute| u32::MAX - minute)
    }
}
