//! The demonstration: an aggregator and thirteen nodes in one process, over real TLS, with
//! real files in a temporary folder. Each runs the code of its own program.

mod cataloguers;
mod examples;
mod generated;
mod groups;
mod network;
mod outcome;
mod output;
mod publish;
mod publisher;
mod run;

pub use cataloguers::cataloguers;
pub use generated::{Body, Generated};
pub use publisher::Publisher;
pub use run::{Arguments, run};
