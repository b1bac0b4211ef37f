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
mod interrupt;
mod occurrences;
mod organisations;
mod own_listings;
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

pub use analysis::tokenizer::{Word, stems, tokenize};
pub use analysis::word_lists::is_stop_word;
pub use audience::{AudienceFilter, AudienceTag};
pub use candidate::Candidate;
pub use config::IndexConfig;
pub use entry::{Entry, area_key, language_terms, region_term, tag_term};
pub use error::IndexError;
pub use executor::InFlightGuard;
pub use facets::counter::FacetCounts;
pub use facets::kinds::FACETS;
pub use geo::area::PointTest;
pub use geo::circle::Circle;
pub use index::Index;
pub use indexing::observer::CommitObserver;
pub use indexing::rebuild::rebuild;
pub use interrupt::Checkpoint;
pub use occurrences::OccurrenceCursor;
pub use own_listings::OwnListing;
pub use query::expanded::{Expansion, ExpansionKind};
pub use query::filters::Filters;
pub use query::tag_filter::TagFilter;
pub use query::terms::QueryTerms;
pub use query::unknown_tags::UnknownTag;
pub use rank::key::Rank;
pub use rank::ranking::{Order, Ranking};
pub use region_counts::{CountsByRegion, RegionCounts, RegionScheme};
pub use search::SearchResults;
pub use snapshot::{Snapshot, SnapshotId};
pub use times::availability::{Availability, Overlap, Use};
pub use times::filter::TimeFilter;
pub use times::ranges::{InvalidTime, TimeOfDay, TimeOfUse, Weekdays, Window};
