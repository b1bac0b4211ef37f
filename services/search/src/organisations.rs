//! Listings of one organisation by several publishers or from several sources: which documents
//! they are, and how a search groups them.

pub mod grouping;
pub mod keys;
pub mod listings;
pub mod shared;
