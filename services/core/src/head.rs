//! Heads: a group's signed statement of exactly which records it publishes now, in one view.

mod compare;
mod draft;
mod error;
mod fields;
mod freshness;
mod indexing;
mod position;
mod verified;

pub use compare::{HeadOrder, compare};
pub use draft::HeadDraft;
pub use error::HeadError;
pub use fields::{HeadPeek, peek};
pub use freshness::{ERASED_AFTER, Freshness, LAPSES_AFTER, MAX_CLOCK_SKEW, MAX_LIFETIME};
pub use indexing::Indexing;
pub use position::{Position, Seq};
pub use verified::VerifiedHead;
