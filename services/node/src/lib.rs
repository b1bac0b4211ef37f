//! A node: it holds groups' keys, publishes their heads and records, and delivers them to
//! aggregators.
//!
//! One process hosts many groups, in one SQLite file. [`Config`] → [`Node::open`] →
//! [`Node::add_group`] → [`Node::run`]; a node in a test or a demonstration is the same
//! node.

mod audience;
pub mod commands;
mod config;
mod delivery;
mod failure;
mod feed;
mod group;
mod maintenance;
mod metrics;
mod node;
mod publish;
mod restore;
mod shared;
mod signing;
mod steward;
mod store;
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
pub use config::HeartbeatSettings;
pub use config::IndexingChoice;
pub use config::PublishingSettings;
pub use node::AddedGroup;
pub use node::Deps;
pub use node::Node;
pub use node::NodeError;
pub use restore::RemoteState;
pub use restore::RestoreChange;
pub use restore::RestoreEffect;
pub use restore::RestoreError;
pub use restore::Restored;
pub use steward::GROUP_METADATA;
pub use store::HostedGroup;
pub use store::StoreError;
pub use token::StewardFile;
pub use token::StewardFileError;
pub use token::Token;
