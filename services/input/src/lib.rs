//! What people type as requests, and what the protocol says as plain words.
//!
//! The command line and the pages share this crate, so that "thursday 19:00" and
//! "LS6 2AB" mean the same in both. It knows neither: an option has a name, which is
//! `--who` on a command line and `who` in a form.

pub mod advice;
pub mod day;
pub mod descriptors;
pub mod filters;
pub mod labels;
pub mod money;
pub mod next_times;
pub mod place;
pub mod recurrence;
pub mod schedule_words;
pub mod time;

mod error;

pub use error::InputError;
