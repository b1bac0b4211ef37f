//! An aggregator: stores verified copies of many groups and serves searches.
//!
//! It cannot alter a group's records undetected. Pushes and pulls alike go through
//! `transfer`, which verifies key log, head and root before anything is committed, and
//! through the rules of `admission`.

pub mod admission;
mod aggregator;
mod backup;
pub mod commands;
pub mod config;
mod crawl;
mod directory;
mod doctor;
mod failure;
mod feed;
mod inbox;
mod index_metrics;
mod ingest;
mod keys;
mod metrics;
mod receipts;
mod retention;
mod site;
mod transfer;

#[cfg(test)]
mod tests;

pub use aggregator::{Aggregator, AggregatorError, Deps};
pub use config::Config;
