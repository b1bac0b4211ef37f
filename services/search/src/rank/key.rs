//! Ranks as numbers.
//!
//! A rank contains everything that the order depends on. It ends with the record's identity, so
//! no two documents tie, and a page can resume after the last rank of the previous one.
//!
//! From the highest bit: not past and without conditions (1), not only by area (1), audience fit
//! (8), first and second part by the order (32 each), identity (54).

use tantivy::Score;

use crate::audience::AudienceFit;

/// The position of a document in the order; greater comes first. Never 0.
pub type Rank = u128;

/// Set for documents that are not past, and free at the requested time without a condition; the
/// others come last.
pub const NOT_PAST: Rank = 1 << 127;
/// Set for documents that do not match a place only by an area that they state.
pub const HAS_PLACE: Rank = 1 << 126;
const FIT_AT: u32 = 118;
const FIRST_AT: u32 = 86;
const SECOND_AT: u32 = 54;
/// The lowest bits of the identity, for which there is no room.
const DROPPED_IDENTITY_BITS: u32 = 10;

/// Combines the parts of a rank.
pub fn combine(fit: AudienceFit, first: u32, second: u32, identity: u64) -> Rank {
    u128::from(fit.0) << FIT_AT
        | u128::from(first) << FIRST_AT
        | u128::from(second) << SECOND_AT
        | u128::from(!identity >> DROPPED_IDENTITY_BITS)
}

/// An upper bound on the ranks with this first part.
pub fn max_rank(fit: AudienceFit, first: u32) -> Rank {
    NOT_PAST | HAS_PLACE | combine(fit, first, u32::MAX, 0)
}

/// A score below that of every document that can rank higher; 0 if such a document may have
/// any score.
pub fn score_below(rank: Rank) -> Score {
    if rank >> FIT_AT != max_rank(AudienceFit::FULL, 0) >> FIT_AT {
        return 0.0;
    }
    let first = (rank >> FIRST_AT) as u32;
    f32::from_bits(first.saturating_sub(1))
}

/// Converts a score to an integer of the same order: the bits of positive floats are ordered
/// like their values.
pub fn score_bits(score: f32) -> u32 {
    score.max(f32::MIN_POSITIVE).to_bits()
}

/// Greater for a shorter distance; 0 for an infinite one.
pub fn nearness(distance_m: f64) -> u32 {
    u32::MAX - distance_m.min(f64::from(u32::MAX)) as u32
}
