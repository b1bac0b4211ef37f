//! In which order documents are answered, as one number each.
//!
//! The number holds everything that the order goes by and ends with the record's own
//! identity, so that no two documents tie and a page can go on from the last one shown.

use std::sync::Arc;

use tantivy::DocId;
use tantivy::Score;

use super::audience::Fit;
use super::checks::Circle;
use super::checks::Passed;
use super::columns::Columns;
use super::criteria::Around;
use super::times::TimeQuestion;
use super::wording::ALL_WORDS;

/// After twelve months a confirmation counts less.
const STALE_AFTER_S: i64 = 365 * 24 * 60 * 60;
/// By how much a record that nobody confirmed for so long falls.
const STALE_FACTOR: f32 = 0.85;
/// How much nearness counts in relevance beside words, and without any.
const NEARNESS_BESIDE_WORDS: f32 = 0.25;
const NEARNESS_ALONE: f32 = 0.8;
/// Set in the rank of everything but what is over, which comes after all else.
const NOT_OVER: Rank = 1 << 127;
/// Where the parts of a rank begin. How well the audience fits stands before them.
const FIT_AT: u32 = 119;
const FIRST_AT: u32 = 87;
const SECOND_AT: u32 = 55;
/// What is left for the identity.
const IDENTITY_DROPS: u32 = 9;

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
    circle: Option<Circle>,
    columns: Arc<Columns>,
}

impl Ranking {
    /// Whether the order goes by scores and by what lowers them, so that a low score is
    /// enough to leave something out.
    pub(crate) fn is_by_score(&self) -> bool {
        self.words && !self.most_is_enough && self.order == Order::Relevance
    }

    /// The ranks of one segment's documents.
    pub(crate) fn open(&self, columns: &Arc<Columns>) -> SegmentRanking {
        SegmentRanking {
            ranking: self.clone(),
            circle: self.around.map(Circle::of),
            columns: Arc::clone(columns),
        }
    }
}

impl SegmentRanking {
    /// The rank of a document, if it comes after where to begin and before `least`.
    pub(crate) fn rank(
        &self,
        document: DocId,
        score: Score,
        passed: Passed,
        least: Rank,
    ) -> Option<Rank> {
        let Passed { fit, next_start } = passed;
        let (score, fit) = match (self.ranking.words, self.ranking.most_is_enough) {
            (false, _) => (1.0, fit),
            (true, false) => (score, fit),
            (true, true) if score >= ALL_WORDS => (score - ALL_WORDS, fit),
            (true, true) => (score, fit.of_part_of_the_words()),
        };
        // No factor is above 1: what cannot get so high need not be looked at closer.
        let is_by_score = self.ranking.order == Order::Relevance;
        if is_by_score && highest(fit, bits(score)) < least {
            return None;
        }
        let score = score * self.factor(document);
        let first = match self.ranking.order {
            Order::Relevance => bits(score),
            Order::Distance => nearness(self.at_least_m(document)),
            Order::NextTime => self.soonest(document, next_start),
        };
        if highest(fit, first) < least {
            return None;
        }
        let rank = self.whole(document, score, fit, first);
        let comes = self.ranking.after.is_none_or(|after| rank < after);
        (comes && rank > least).then_some(rank)
    }

    /// How much less a document counts for what it is.
    fn factor(&self, document: DocId) -> f32 {
        let plain = self.columns.plain(document);
        let now_s = self.ranking.now_s;
        let mut factor = plain.standing;
        if plain.confirmed_at != 0 && now_s - i64::from(plain.confirmed_at) > STALE_AFTER_S {
            factor *= STALE_FACTOR;
        }
        factor
    }

    /// Whether it is an event with no time to come.
    fn is_over(&self, document: DocId) -> bool {
        let last_start = self.columns.plain(document).last_start;
        i64::from(last_start) < self.ranking.now_s.div_euclid(60)
    }

    /// The rank of a document whose first part is at most `first`.
    fn whole(&self, document: DocId, score: f32, fit: Fit, first: u32) -> Rank {
        let mut score = score;
        let mut nearest = 0;
        if let Some(circle) = &self.circle {
            let points = self.columns.points(document).iter();
            let distance_m = points
                .map(|point| circle.distance_m(point))
                .fold(f64::INFINITY, f64::min);
            nearest = nearness(distance_m);
            let weight = if self.ranking.words {
                NEARNESS_BESIDE_WORDS
            } else {
                NEARNESS_ALONE
            };
            let part = (distance_m / circle.radius_m().max(1.0)).min(1.0) as f32;
            score *= 1.0 - weight * part;
        }
        let best = bits(score);
        let identity = self.columns.identity.first(document).unwrap_or_default();
        let rank = match self.ranking.order {
            Order::Relevance => combine(fit, best, nearest, identity),
            Order::Distance => combine(fit, nearest, best, identity),
            Order::NextTime => combine(fit, first, best, identity),
        };
        if self.is_over(document) {
            rank
        } else {
            rank | NOT_OVER
        }
    }

    /// What no point of a document is nearer than.
    fn at_least_m(&self, document: DocId) -> f64 {
        let Some(circle) = &self.circle else {
            return 0.0;
        };
        let points = self.columns.points(document).iter();
        points
            .map(|point| circle.at_least_m(point))
            .fold(f64::INFINITY, f64::min)
    }

    /// Greater where the next time is sooner; 0 where there is none.
    fn soonest(&self, document: DocId, asked: Option<u64>) -> u32 {
        let next_start = asked.or_else(|| {
            let occurrences = self.columns.occurrence.values_for_doc(document);
            self.ranking.times.as_ref()?.next_start(occurrences)
        });
        let minute = next_start.and_then(|minute| u32::try_from(minute).ok());
        minute.map_or(0, |minute| u32::MAX - minute)
    }
}

/// Greater where the distance in metres is less; 0 where there is none.
fn nearness(distance_m: f64) -> u32 {
    u32::MAX - distance_m.min(f64::from(u32::MAX)) as u32
}

/// What a rank with this first part is not above.
fn highest(fit: Fit, first: u32) -> Rank {
    NOT_OVER | combine(fit, first, u32::MAX, 0)
}

/// A score that everything before a rank is above, whatever else it is; 0 where what comes
/// before may score less.
pub(crate) fn score_below(rank: Rank) -> Score {
    if rank >> FIT_AT != highest(Fit::FULL, 0) >> FIT_AT {
        return 0.0;
    }
    let first = (rank >> FIRST_AT) as u32;
    f32::from_bits(first.saturating_sub(1))
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
