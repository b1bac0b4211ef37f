//! A node: it holds groups' keys, publishes their heads and records, and delivers them to
//! aggregators.
//!
//! One process hosts many groups, in one SQLite file. [`Config`] → [`Node::open`] →
//! [`Node::add_group`] → [`Node::run`]; a node in a test or a demonstration is the same
//! node.

mod aggregators;
mod audience;
mod backup;
pub mod commands;
mod config;
mod console;
mod delivery;
mod doctor;
mod failure;
mod feed;
mod group;
mod inbox;
mod maintenance;
mod messages;
mod metrics;
mod name_aggregator;
mod new_group;
mod node;
mod pages_address;
mod publish;
mod recovery;
mod restore;
mod shared;
mod signing;
mod site;
mod steward;
mod store;
mod token;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use backup::NodeBackup;
pub use config::{
    Config, ConfigError, DEFAULT_LISTEN, DeliverySettings, FILE_NAME, HeartbeatSettings,
    IndexingChoice, PublishingSettings,
};
pub use delivery::Delivered;
pub use node::{AddedGroup, Deps, Node, NodeError};
pub use recovery::{
    Answers, Authority, Bundle, BundleError, KeyChange, KeyChanged, MoveFile, Passphrase,
    PassphraseTooShort, RecoveryError, RecoveryOptions, Silent,
};
pub use restore::{RemoteState, RestoreChange, RestoreEffect, RestoreError, Restored};
pub use steward::GROUP_METADATA;
pub use store::{HostedGroup, StoreError};
pub use token::{StewardFile, StewardFileError, Token};
