//! Fake groups, a manual clock, repeatable randomness, and the programs as processes: what the
//! tests of every crate need, written once. No production code depends on this crate.

#![expect(
    clippy::unwrap_used,
    reason = "the kit is test code: what cannot fail in a test panics"
)]

mod clock;
mod fake_group;
mod files;
pub mod filled;
pub mod hostile;
pub mod http;
pub mod pages;
pub mod process;
pub mod program;
mod random;
pub mod samples;

pub use clock::ManualClock;
pub use fake_group::{FakeGroup, commitment, record, recovery_key, signing_key, transfer};
pub use files::files_containing;
pub use random::{ConstantRandom, SeededRandom};
