//! The pages in a real browser: Debian's Chromium, driven by its chromedriver.
//!
//! `./tests/run` installs the browser, and axe-core and html-validate in `target/browser`. The
//! browser resolves no name but that of this machine, and its own log of requests shows that no
//! page tries another.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod browser;
mod demonstration;
mod keyboard;
mod paper;
mod served;
pub mod walk;

pub use browser::{Browser, NARROW, PHONE, WIDE, node_modules};
pub use demonstration::Demonstration;
pub use keyboard::FOCUSED;
pub use paper::Paper;
pub use served::{Served, WORDS};

/// Whether the tests take minutes longer to look at more: `./tests/run --long`.
pub fn is_long() -> bool {
    std::env::var_os("HEDGEROW_LONG_TESTS").is_some()
}
