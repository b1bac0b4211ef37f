//! The harness: networks of real nodes and aggregators over real TLS, in this process or as
//! the programs that a user starts.

mod eventually;
mod folder;
pub mod json_schema;
pub mod network;
pub mod sample;
pub mod terminal;

pub use eventually::eventually;
pub use folder::copy_folder;
pub use hedgerow_testkit::{process, program};
pub use network::TestNetwork;
