//! Filters evaluated over the columns of a segment.

pub mod candidate_docs;
pub mod circle_query;
pub mod per_document;
