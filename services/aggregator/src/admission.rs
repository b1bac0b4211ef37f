//! Decides which groups, heads and records this aggregator accepts, and reports the result.
//!
//! [`Policy`] is the only decision ladder: pushes, announcements and crawled sources all go
//! through it, so that a group gets the same result whichever way it arrives.

mod create_rate;
mod decision;
mod equivocation;
mod exclusion;
mod freshness;
mod invitation;
mod known_group;
mod new_group_quota;
mod newcomer_disk;
mod origin;
mod policy;
mod rule;
mod size;
mod source_growth;
pub(crate) mod status;
mod view;

#[cfg(test)]
mod tests;

pub use decision::{GroupDecision, HeadDecision, Postponed};
pub use known_group::KnownGroup;
pub use origin::{Origin, SourceId};
pub(crate) use policy::SOURCE_GROWTH;
pub use policy::{Policy, ViewChange};
pub use rule::NewGroup;
