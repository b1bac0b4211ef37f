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

pub use config::{
    Config, ConfigError, DEFAULT_LISTEN, DeliverySettings, FILE_NAME, Heartbeat, IndexingChoice,
    Publishing, annotated,
};
pub use node::{AddedGroup, Deps, Node, NodeError, Token};
pub use steward::GROUP_METADATA;
pub use store::{Publisher, StoreError};
pub use take_newer::{Newer, NewerRecord, TakeNewerError, TakenNewer, WhatHappens};
pub use token::{StewardFile, StewardFileError};
