//! What the tests of the whole are made of: networks of real nodes and aggregators over
//! real TLS, in this process or as the programs that a user starts.

pub mod craft;
mod eventually;
mod folder;
mod held_clock;
pub mod network;
pub mod program;
pub mod sample;

pub use eventually::eventually;
pub use folder::copy_folder;
pub use held_clock::HeldClock;
pub use network::TestNetwork;
