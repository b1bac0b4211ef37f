//! The order of hits.

pub mod key;
pub mod ranking;
pub mod segment_ranking;
