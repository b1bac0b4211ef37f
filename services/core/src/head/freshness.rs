//! Labels for the age of a head, by the receiver's clock.

use std::time::Duration;

use crate::time::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest time from a head's issue to its expiry.
pub const MAX_LIFETIME: Duration = DAY.saturating_mul(28);

/// How far ahead of the receiver's clock a head may be dated.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// How long after its head's expiry a group is hidden.
pub const LAPSES_AFTER: Duration = DAY.saturating_mul(180);

/// How long after its head's expiry a group's bodies are erased.
pub const ERASED_AFTER: Duration = DAY.saturating_mul(365);

/// The age of a head, by the receiver's clock. It labels heads and never orders them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Freshness {
    /// Before its expiry.
    Fresh,
    /// Expired: still shown, with a label.
    Stale,
    /// Expired for 180 days: no longer shown.
    Lapsed,
    /// Expired for 365 days: its bodies may be erased.
    Erasable,
}

impl Freshness {
    /// The label at `now` of a head that expires at `expire_time`.
    pub(super) fn of(expire_time: Timestamp, now: Timestamp) -> Self {
        if now < expire_time {
            Self::Fresh
        } else if now < expire_time.plus(LAPSES_AFTER) {
            Self::Stale
        } else if now < expire_time.plus(ERASED_AFTER) {
            Self::Lapsed
        } else {
            Self::Erasable
        }
    }
}
