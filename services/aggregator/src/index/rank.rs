//! In which order documents are answered, as one number each.
//!
//! The number holds everything that the order goes by and ends with the record's own
//! identity, so that no two documents tie and a page can go on from the last one shown.

use hedgerow_core::place::distance_m;
use tantivy::collector::{Collector, TopDocs};
use tantivy::{DocAddress, DocId, Score, SegmentReader};

use super::criteria::Around;
use super::document::FULL_STANDING;
use super::position;
use super::schema::{CONFIRMED_AT, IDENTITY, POINT, STANDING};

/// After twelve months a confirmation counts less.
const STALE_AFTER_S: i64 = 365 * 24 * 60 * 60;
/// By how much a record that nobody confirmed for so long falls.
const STALE_FACTOR: f32 = 0.85;
/// How much nearness counts in relevance beside words, and without any.
const NEARNESS_BESIDE_WORDS: f32 = 0.25;
const NEARNESS_ALONE: f32 = 0.8;

/// The place of a document in the order: greater comes first. Never 0.
pub(crate) type Rank = u128;

/// How to order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Best first, then nearest.
    Relevance,
    /// Nearest first, then best.
    Distance,
}

/// The order, and where in it to begin.
#[derive(Clone, Copy)]
pub(crate) struct Ranking {
    /// How to order.
    pub(crate) order: Order,
    /// Where distances are measured from, and how far the circle reaches.
    pub(crate) around: Option<Around>,
    /// Whether words were asked.
    pub(crate) words: bool,
    /// The second at which the search began: what "12 months ago" counts from.
    pub(crate) now_s: i64,
    /// Begin below this rank.
    pub(crate) after: Option<Rank>,
}

impl Ranking {
    /// Collects the first `limit` documents after `after`. Those before it come out with
    /// rank 0, at the end.
    pub(crate) fn collector(self, limit: usize) -> impl Collector<Fruit = Vec<(Rank, DocAddress)>> {
        TopDocs::with_limit(limit.max(1)).tweak_score(move |segment: &SegmentReader| {
            let columns = Columns::open(segment);
            move |document: DocId, score: Score| {
                let rank = columns
                    .as_ref()
                    .map_or(0, |columns| self.rank(columns, document, score));
                match self.after {
                    Some(after) if rank >= after => 0,
                    _ => rank,
                }
            }
        })
    }

    fn rank(&self, columns: &Columns, document: DocId, score: Score) -> Rank {
        let mut score = score * columns.standing(document);
        if columns
            .confirmed_at(document)
            .is_some_and(|at| self.now_s - at > STALE_AFTER_S)
        {
            score *= STALE_FACTOR;
        }
        let mut distance_m = f64::from(u32::MAX);
        if let Some(around) = self.around {
            distance_m = columns.distance_m(document, &around).min(distance_m);
            let weight = if self.words {
                NEARNESS_BESIDE_WORDS
            } else {
                NEARNESS_ALONE
            };
            let part = (distance_m / around.radius_m.max(1.0)).min(1.0) as f32;
            score *= 1.0 - weight * part;
        }
        // The bits of a positive float rise with it.
        let best = u128::from(score.max(f32::MIN_POSITIVE).to_bits());
        let nearest = u128::from(u32::MAX - distance_m as u32);
        let identity = u128::from(!columns.identity(document));
        match self.order {
            Order::Relevance => best << 96 | nearest << 64 | identity,
            Order::Distance => nearest << 96 | best << 64 | identity,
        }
    }
}

/// The columns of a segment that the order goes by.
struct Columns {
    standing: tantivy::columnar::Column<u64>,
    confirmed_at: tantivy::columnar::Column<i64>,
    identity: tantivy::columnar::Column<u64>,
    points: tantivy::columnar::Column<u64>,
}

impl Columns {
    /// None where the segment is not of this schema, which the version check rules out.
    fn open(segment: &SegmentReader) -> Option<Self> {
        let fast = segment.fast_fields();
        Some(Self {
            standing: fast.u64(STANDING).ok()?,
            confirmed_at: fast.i64(CONFIRMED_AT).ok()?,
            identity: fast.u64(IDENTITY).ok()?,
            points: fast.u64(POINT).ok()?,
        })
    }

    fn standing(&self, document: DocId) -> f32 {
        self.standing.first(document).unwrap_or(FULL_STANDING) as f32 / FULL_STANDING as f32
    }

    fn confirmed_at(&self, document: DocId) -> Option<i64> {
        self.confirmed_at.first(document)
    }

    fn identity(&self, document: DocId) -> u64 {
        self.identity.first(document).unwrap_or_default()
    }

    fn distance_m(&self, document: DocId, around: &Around) -> f64 {
        self.points
            .values_for_doc(document)
            .map(|packed| distance_m(&around.centre, &position::unpacked(packed)))
            .fold(f64::INFINITY, f64::min)
    }
}
