//! The order of hits.

pub mod key;
pub mod ranking;
pub mod segment_ranking;

pub use key::Rank;
pub use ranking::{Order, Ranking};
