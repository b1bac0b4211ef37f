//! Heads: a group's signed statement of exactly which records it publishes now, in one view.

mod compare;
mod draft;
mod error;
mod fields;
mod freshness;
mod indexing;
mod position;
mod verified;

pub use compare::HeadOrder;
pub use compare::compare;
pub use draft::HeadDraft;
pub use error::HeadError;
pub use fields::HeadPeek;
pub use fields::peek;
pub use freshness::ERASED_AFTER;
pub use freshness::Freshness;
pub use freshness::LAPSES_AFTER;
pub use freshness::MAX_CLOCK_SKEW;
pub use freshness::MAX_LIFETIME;
pub use indexing::Indexing;
pub use position::Position;
pub use position::Seq;
pub use verified::VerifiedHead;
