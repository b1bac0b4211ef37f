//! Serving: the listener and its limits, metrics, telemetry, and the feed that nodes and
//! aggregators share.

pub mod config;
pub mod feed;
pub mod files;
pub mod identity;
pub mod limits;
pub mod lock;
pub mod metrics;
pub mod peer;
pub mod server;
pub mod telemetry;
