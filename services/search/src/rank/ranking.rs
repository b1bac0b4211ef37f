//! The requested order.

use hedgerow_core::time::Timestamp;

use crate::rank::key::Rank;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Best first, then nearest.
    Relevance,
    /// Nearest first, then best.
    Distance,
    /// Soonest first, then best; documents without a coming occurrence are last.
    NextTime,
}

/// The order of a search, and the position in it at which a page starts.
#[derive(Clone, Copy, Debug)]
pub struct Ranking {
    pub order: Order,
    /// When the first page was requested. All pages compute ages and next occurrences from
    /// this time, so that their ranks are comparable.
    pub now: Timestamp,
    /// Only documents below this rank.
    pub after: Option<Rank>,
}
