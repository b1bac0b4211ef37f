//! Everything that the server programs share: the listener and its limits, metrics, telemetry,
//! FeedService, and the frame of a program.

pub mod acme;
pub mod backup;
pub mod browser;
pub mod compression;
pub mod config;
pub mod credentials;
pub mod disk;
pub mod doctor;
pub mod feed;
pub mod identity;
pub mod limits;
pub mod listen;
pub mod lock;
pub mod manager;
pub mod metrics;
pub mod passphrase;
pub mod peer;
pub mod private_files;
pub mod program;
pub mod server;
pub mod telemetry;
pub mod trusted_time;
