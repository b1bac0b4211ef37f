//! The search index of an aggregator: one document for each visible public record.
//!
//! An [`Index`] follows the revisions of an [`IndexSource`](hedgerow_store::IndexSource) and
//! can be rebuilt from it at any time. It may lag behind the store by a fraction of a second,
//! so callers check each hit against the store before they return it.
//!
//! Nothing here logs, formats or stores a query.

mod analysis;
mod audience;
mod candidate;
mod collector;
mod config;
mod cursor;
mod doc_key_cache;
mod document;
mod engine;
mod entry;
mod error;
mod executor;
mod facets;
mod filter;
mod geo;
mod index;
mod indexing;
mod occurrences;
mod query;
mod rank;
mod region_counts;
mod retained_snapshots;
mod schema;
mod search;
mod segment;
mod snapshot;
mod times;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

#[cfg(test)]
mod tests;

pub use analysis::tokenizer::Word;
pub use analysis::tokenizer::stems;
pub use analysis::tokenizer::tokenize;
pub use analysis::word_lists::is_stop_word;
pub use audience::AudienceFilter;
pub use audience::AudienceTag;
pub use candidate::Candidate;
pub use config::IndexConfig;
pub use entry::Entry;
pub use entry::language_terms;
pub use entry::region_term;
pub use entry::tag_term;
pub use error::IndexError;
pub use executor::InFlightGuard;
pub use facets::FACETS;
pub use facets::FacetCounts;
pub use geo::circle::Circle;
pub use index::Index;
pub use indexing::observer::CommitObserver;
pub use indexing::rebuild::rebuild;
pub use occurrences::OccurrenceCursor;
pub use query::filters::Filters;
pub use query::tag_filter::TagFilter;
pub use query::terms::QueryTerms;
pub use rank::Order;
pub use rank::Rank;
pub use rank::Ranking;
pub use region_counts::CountsByRegion;
pub use region_counts::RegionCounts;
pub use region_counts::RegionScheme;
pub use search::SearchResults;
pub use snapshot::Snapshot;
pub use snapshot::SnapshotId;
pub use times::availability::Availability;
pub use times::filter::TimeFilter;
pub use times::ranges::InvalidTime;
pub use times::ranges::TimeOfDay;
pub use times::ranges::TimeOfUse;
pub use times::ranges::Weekdays;
pub use times::ranges::Window;
