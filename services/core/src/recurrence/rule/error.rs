//! Reasons for which a rule is rejected, and the bounds that they name.

pub(super) const MAX_INTERVAL: u32 = 1_000;
pub(super) const MAX_COUNT: u32 = 5_000;

/// The reason why a rule is rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Not `NAME=VALUE;NAME=VALUE`, or a value is invalid for its name.
    #[error("the rule is invalid: expected a form like FREQ=WEEKLY;BYDAY=TU")]
    Malformed,
    /// Copied from a calendar file with the name of its line.
    #[error("the rule is invalid: write it without `RRULE:`, so that it begins with FREQ=")]
    Prefixed,
    /// The value of a part is invalid. UNTIL is in local time, for example.
    #[error("{0} in the rule is invalid: expected {1}")]
    Part(String, &'static str),
    /// A part that is not supported, such as BYHOUR.
    #[error("{0} is not supported in a rule")]
    UnsupportedPart(String),
    /// FREQ is more often than daily.
    #[error("a rule repeats daily, weekly, monthly or yearly")]
    Frequency,
    /// INTERVAL or COUNT is out of bounds.
    #[error("INTERVAL is from 1 to {MAX_INTERVAL} and COUNT from 1 to {MAX_COUNT}")]
    OutOfBounds,
    /// UNTIL is before the first occurrence.
    #[error("the rule ends before the first date")]
    EndsBeforeStart,
    /// The rule does not include the first occurrence.
    #[error("the rule does not include the first date")]
    StartNotInRule,
}

impl RuleError {
    /// The stable name of the error.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Malformed | Self::Prefixed | Self::Part(..) => "rule_malformed",
            Self::UnsupportedPart(_) => "rule_part_not_taken",
            Self::Frequency => "rule_frequency",
            Self::OutOfBounds => "rule_out_of_bounds",
            Self::EndsBeforeStart => "rule_ends_before_start",
            Self::StartNotInRule => "start_not_in_rule",
        }
    }
}
