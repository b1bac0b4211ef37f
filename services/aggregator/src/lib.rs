//! An aggregator: holds checked copies of many groups and answers searches.
//!
//! It cannot alter a group's records undetected: what it takes, by push or by pull, goes
//! through the one [`transfer`], which verifies key log, head and root before anything is
//! kept.

mod aggregator;
pub mod admission;
pub mod commands;
pub mod config;
pub mod crawl;
pub mod directory;
mod failure;
pub mod feed;
pub mod index;
pub mod ingest;
pub mod keys;
mod metrics;
pub mod receipts;
pub mod transfer;
pub mod retention;

#[cfg(test)]
mod tests;

pub use aggregator::Aggregator;
pub use aggregator::AggregatorError;
pub use aggregator::Deps;
pub use aggregator::new_stream_id;
pub use aggregator::open_store;
pub use config::Config;
