//! Expands schedules into occurrences within a window.
//!
//! Local wall-clock time is kept: a group that meets at seven meets at seven in summer
//! and in winter. Everything is bounded, because a schedule may come from a stranger: each
//! expansion spends steps of a [`Budget`], and yields occurrences only as far as they are read.

use hedgerow_proto::v1;

use crate::time::Timestamp;

pub use budget::{Budget, MAX_STEPS};
pub use error::{MAX_DATES, MAX_RULES, RecurrenceError};
pub use rule::RuleError;
pub(crate) use series::Series;
pub use series::{MAX_DURATION_MINUTES, Occurrence};
pub use upcoming::{HORIZON_DAYS, MAX_DAYS_BACK, MAX_OCCURRENCES, Upcoming, last_end, upcoming};
pub(crate) use zone::instant;
pub use zone::{parse_date, parse_local, parse_minute_of_day, parse_zone};

use series::plus_days;

mod budget;
mod error;
mod rule;
mod series;
#[cfg(test)]
mod tests;
mod upcoming;
mod zone;

/// Days after which [`next_occurrence`] stops searching.
const MAX_LOOKAHEAD_DAYS: u64 = 3_660;

/// Returns the occurrences of an event that overlap the window from `from` (included) to
/// `to` (excluded), in order, at most `limit`. Ignores the event's status.
///
/// # Errors
/// If the event's schedule is invalid; see [`RecurrenceError`].
pub fn occurrences(
    event: &v1::Event,
    from: Timestamp,
    to: Timestamp,
    limit: usize,
) -> Result<Vec<Occurrence>, RecurrenceError> {
    let schedule = event.schedule.as_ref().ok_or(RecurrenceError::NoStart)?;
    schedule_occurrences(schedule, from, to, limit)
}

/// Like [`occurrences`], for any schedule, with a budget of its own.
///
/// # Errors
/// If the schedule is invalid; see [`RecurrenceError`].
pub fn schedule_occurrences(
    schedule: &v1::Schedule,
    from: Timestamp,
    to: Timestamp,
    limit: usize,
) -> Result<Vec<Occurrence>, RecurrenceError> {
    schedule_occurrences_within(schedule, from, to, limit, &Budget::default())
}

/// Like [`schedule_occurrences`], with a budget that several schedules share.
///
/// # Errors
/// If the schedule is invalid, or exceeds the budget; see [`RecurrenceError`].
pub fn schedule_occurrences_within(
    schedule: &v1::Schedule,
    from: Timestamp,
    to: Timestamp,
    limit: usize,
    budget: &Budget,
) -> Result<Vec<Occurrence>, RecurrenceError> {
    Series::parse(schedule, budget)?.between(from, to, limit, budget)
}

/// Returns the first occurrence that has not ended by a time: the one that is on then, or the
/// next. `None` if that begins more than ten years later.
///
/// # Errors
/// If the event's schedule is invalid; see [`RecurrenceError`].
pub fn next_occurrence(
    event: &v1::Event,
    after: Timestamp,
) -> Result<Option<Occurrence>, RecurrenceError> {
    let schedule = event.schedule.as_ref().ok_or(RecurrenceError::NoStart)?;
    let budget = Budget::default();
    let series = Series::parse(schedule, &budget)?;
    let last = plus_days(series.local(after), MAX_LOOKAHEAD_DAYS);
    let mut occurrences = series.occurrences(series.earliest(after), last, &budget);
    let next = occurrences.find(|occurrence| !occurrence.has_ended_by(after));
    if next.is_none() {
        budget.check()?;
    }
    Ok(next)
}
