//! An aggregator: stores verified copies of many groups and answers searches.
//!
//! It cannot alter a group's records undetected. Pushes and pulls alike go through
//! [`transfer`], which verifies key log, head and root before anything is committed, and
//! through the rules of [`admission`].

pub mod admission;
mod aggregator;
pub mod commands;
pub mod config;
pub mod crawl;
pub mod directory;
mod failure;
pub mod feed;
mod index_metrics;
pub mod ingest;
pub mod keys;
mod metrics;
pub mod receipts;
pub mod retention;
pub mod transfer;

#[cfg(test)]
mod tests;

pub use aggregator::{Aggregator, AggregatorError, Deps, new_stream_id, open_store};
pub use config::Config;
