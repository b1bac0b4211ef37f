//! A node: it holds groups' keys, publishes their heads and records, and brings them to
//! aggregators.
//!
//! Many groups a process, one SQLite file. [`Config`] → [`Node::open`] →
//! [`Node::add_group`] → [`Node::run`]; a node in a test or a demonstration is the same
//! node.

mod audience;
pub mod commands;
mod config;
mod delivery;
mod failure;
mod feed;
mod gate;
mod group;
mod heartbeat;
mod metrics;
mod node;
mod publish;
mod signing;
mod steward;
mod store;
mod take_newer;
mod token;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use config::Config;
pub use config::ConfigError;
pub use config::DEFAULT_LISTEN;
pub use config::DeliverySettings;
pub use config::FILE_NAME;
pub use config::Heartbeat;
pub use config::IndexingChoice;
pub use config::Publishing;
pub use config::annotated;
pub use node::AddedGroup;
pub use node::Deps;
pub use node::Node;
pub use node::NodeError;
pub use node::Token;
pub use steward::GROUP_METADATA;
pub use store::Publisher;
pub use store::StoreError;
pub use take_newer::Newer;
pub use take_newer::NewerRecord;
pub use take_newer::TakeNewerError;
pub use take_newer::TakenNewer;
pub use take_newer::WhatHappens;
pub use token::StewardFile;
pub use token::StewardFileError;
