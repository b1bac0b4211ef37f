//! In which order documents are answered, as one number each.
//!
//! The number holds everything that the order goes by and ends with the record's own
//! identity, so that no two documents tie and a page can go on from the last one shown.

use hedgerow_core::place::distance_m;
use hedgerow_core::time::Timestamp;
use tantivy::columnar::Column;
use tantivy::{DocId, Score, SegmentReader};

use super::audience::Fit;
use super::criteria::Around;
use super::document::FULL_STANDING;
use super::facts::EVENT;
use super::position;
use super::schema::{CONFIRMED_AT, FACTS, IDENTITY, OCCURRENCE, POINT, STANDING};
use super::times::TimeQuestion;
use super::wording::ALL_WORDS;

/// After twelve months a confirmation counts less.
const STALE_AFTER_S: i64 = 365 * 24 * 60 * 60;
/// By how much a record that nobody confirmed for so long falls.
const STALE_FACTOR: f32 = 0.85;
/// What is over comes after nearly everything.
const OVER_FACTOR: f32 = 0.05;
/// How much nearness counts in relevance beside words, and without any.
const NEARNESS_BESIDE_WORDS: f32 = 0.25;
const NEARNESS_ALONE: f32 = 0.8;
/// Where the parts of a rank begin. How well the audience fits stands before them.
const FIT_AT: u32 = 120;
const FIRST_AT: u32 = 88;
const SECOND_AT: u32 = 56;
/// What is left for the identity.
const IDENTITY_DROPS: u32 = 8;

/// The place of a document in the order: greater comes first. Never 0.
pub(crate) type Rank = u128;

/// How to order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Best first, then nearest.
    Relevance,
    /// Nearest first, then best.
    Distance,
    /// Soonest first, then best; what has no time to come is last.
    NextTime,
}

/// The order, and where in it to begin.
#[derive(Clone)]
pub(crate) struct Ranking {
    /// How to order.
    pub(crate) order: Order,
    /// Where distances are measured from, and how far the circle reaches.
    pub(crate) around: Option<Around>,
    /// What counts as the next time.
    pub(crate) times: Option<TimeQuestion>,
    /// Whether words were asked.
    pub(crate) words: bool,
    /// Whether most of the words are enough; see [`ALL_WORDS`].
    pub(crate) most_is_enough: bool,
    /// The second at which the search began: what "12 months ago" counts from.
    pub(crate) now_s: i64,
    /// Begin below this rank.
    pub(crate) after: Option<Rank>,
}

/// The ranks of one segment's documents.
pub(crate) struct SegmentRanking {
    ranking: Ranking,
    standing: Column<u64>,
    confirmed_at: Column<i64>,
    identity: Column<u64>,
    points: Column<u64>,
    occurrences: Column<u64>,
    facts: Column<u64>,
    upcoming: TimeQuestion,
}

impl Ranking {
    /// The ranks of one segment's documents.
    pub(crate) fn open(&self, segment: &SegmentReader) -> tantivy::Result<SegmentRanking> {
        let fast = segment.fast_fields();
        Ok(SegmentRanking {
            ranking: self.clone(),
            standing: fast.u64(STANDING)?,
            confirmed_at: fast.i64(CONFIRMED_AT)?,
            identity: fast.u64(IDENTITY)?,
            points: fast.u64(POINT)?,
            occurrences: fast.u64(OCCURRENCE)?,
            facts: fast.u64(FACTS)?,
            upcoming: TimeQuestion::upcoming(Timestamp::from_seconds(self.now_s)),
        })
    }
}

impl SegmentRanking {
    /// The rank of a document, if it comes after where to begin and before `least`.
    pub(crate) fn rank(
        &self,
        document: DocId,
        score: Score,
        fit: Fit,
        least: Rank,
    ) -> Option<Rank> {
        let (score, fit) = match (self.ranking.words, self.ranking.most_is_enough) {
            (false, _) => (1.0, fit),
            (true, false) => (score, fit),
            (true, true) if score >= ALL_WORDS => (score - ALL_WORDS, fit),
            (true, true) => (score, fit.of_part_of_the_words()),
        };
        // No factor is above 1: what cannot get so high need not be looked at closer.
        if self.ranking.order == Order::Relevance
            && combine(fit, bits(score), u32::MAX, u64::MAX) < least
        {
            return None;
        }
        let rank = self.whole(document, score, fit);
        let comes = self.ranking.after.is_none_or(|after| rank < after);
        (comes && rank > least).then_some(rank)
    }

    fn whole(&self, document: DocId, score: Score, fit: Fit) -> Rank {
        let mut score = score * self.standing_of(document);
        let now_s = self.ranking.now_s;
        if self
            .confirmed_at
            .first(document)
            .is_some_and(|at| now_s - at > STALE_AFTER_S)
        {
            score *= STALE_FACTOR;
        }
        if self.is_over(document) {
            score *= OVER_FACTOR;
        }
        let mut distance = u32::MAX;
        if let Some(around) = &self.ranking.around {
            let distance_m = self.distance_m(document, around).min(f64::from(u32::MAX));
            distance = distance_m as u32;
            let weight = if self.ranking.words {
                NEARNESS_BESIDE_WORDS
            } else {
                NEARNESS_ALONE
            };
            let part = (distance_m / around.radius_m.max(1.0)).min(1.0) as f32;
            score *= 1.0 - weight * part;
        }
        let best = bits(score);
        let nearest = u32::MAX - distance;
        let identity = self.identity.first(document).unwrap_or_default();
        match self.ranking.order {
            Order::Relevance => combine(fit, best, nearest, identity),
            Order::Distance => combine(fit, nearest, best, identity),
            Order::NextTime => combine(fit, self.soonest(document), best, identity),
        }
    }

    fn standing_of(&self, document: DocId) -> f32 {
        self.standing.first(document).unwrap_or(FULL_STANDING) as f32 / FULL_STANDING as f32
    }

    /// Whether it is an event with no time to come.
    fn is_over(&self, document: DocId) -> bool {
        let facts = self.facts.first(document).unwrap_or_default();
        facts & EVENT != 0
            && self
                .upcoming
                .next_start(self.occurrences.values_for_doc(document))
                .is_none()
    }

    /// Greater where the next time is sooner; 0 where there is none.
    fn soonest(&self, document: DocId) -> u32 {
        let occurrences = self.occurrences.values_for_doc(document);
        let minute = self
            .ranking
            .times
            .as_ref()
            .and_then(|times| times.next_start(occurrences))
            .and_then(|minute| u32::try_from(minute).ok());
        minute.map_or(0, |minute| u32::MAX - minute)
    }

    fn distance_m(&self, document: DocId, around: &Around) -> f64 {
        self.points
            .values_for_doc(document)
            .map(|packed| distance_m(&around.centre, &position::unpacked(packed)))
            .fold(f64::INFINITY, f64::min)
    }
}

/// The bits of a positive float rise with it.
fn bits(score: f32) -> u32 {
    score.max(f32::MIN_POSITIVE).to_bits()
}

fn combine(fit: Fit, first: u32, second: u32, identity: u64) -> Rank {
    u128::from(fit.0) << FIT_AT
        | u128::from(first) << FIRST_AT
        | u128::from(second) << SECOND_AT
        | u128::from(!identity >> IDENTITY_DROPS)
}
