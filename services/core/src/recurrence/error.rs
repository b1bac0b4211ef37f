//! Reasons for which a schedule cannot be expanded, and the bounds that they name.

use super::rule::RuleError;

/// Rules in one schedule.
pub const MAX_RULES: usize = 5;
/// Excluded dates, extra dates and breaks in one schedule, together.
pub const MAX_DATES: usize = 400;

/// The reason why a schedule cannot be expanded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecurrenceError {
    /// The schedule is in words only.
    #[error("the schedule has no start")]
    NoStart,
    /// A time is not of the form `YYYY-MM-DDTHH:MM`, or its day does not exist.
    #[error("`{0}` is not a date and time like 2026-03-31T19:00")]
    Time(String),
    /// The name is not that of an IANA time zone.
    #[error("`{0}` is not a time zone like Europe/London")]
    Zone(String),
    /// An occurrence ends before it begins, lasts longer than 31 days, or has both an end
    /// and a duration.
    #[error("an occurrence must end after it begins and last at most 31 days")]
    Length,
    /// The schedule exceeds [`MAX_RULES`] or [`MAX_DATES`].
    #[error("the schedule has more than {MAX_RULES} rules or {MAX_DATES} dates")]
    TooMany,
    /// Expanding the schedules of the record exceeds their [`Budget`](super::Budget).
    #[error(
        "the schedules take too long to expand: use fewer rules, or a first date closer to today"
    )]
    TooCostly,
    /// A rule is rejected.
    #[error(transparent)]
    Rule(#[from] RuleError),
}

impl RecurrenceError {
    /// The stable name of the error.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoStart => "start_missing",
            Self::Time(_) => "time_malformed",
            Self::Zone(_) => "time_zone_unknown",
            Self::Length => "duration_out_of_bounds",
            Self::TooMany => "schedule_too_long",
            Self::TooCostly => "schedule_too_costly",
            Self::Rule(error) => error.reason(),
        }
    }
}
