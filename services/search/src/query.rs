//! Queries: the words and filters of a search, and the engine's query built from them.

pub mod clauses;
pub mod expanded;
pub mod expansion;
pub mod filters;
pub mod need_terms;
pub mod refusals;
pub mod spelling;
pub mod tag_filter;
pub mod term;
pub mod terms;
pub mod unknown_tags;
pub mod weights;
