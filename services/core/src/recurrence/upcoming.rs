//! The occurrences of a record that an index keeps.

use std::time::Duration;

use hedgerow_proto::v1;

use super::budget::Budget;
use super::error::RecurrenceError;
use super::series::{Occurrence, Series, plus_days};
use crate::time::Timestamp;

/// How far ahead occurrences are expanded, in days.
pub const HORIZON_DAYS: u64 = 400;
/// How far back occurrences are expanded, in days: those that have ended before are left out.
pub const MAX_DAYS_BACK: u64 = 1;
/// Maximum number of occurrences of a record: over a year of weekly ones, four months of daily
/// ones.
pub const MAX_OCCURRENCES: usize = 120;
/// Days after the horizon that are searched for a further occurrence.
const LOOKAHEAD_DAYS: u64 = 3_660;

/// The expanded schedules of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upcoming {
    /// In order of start, each once.
    pub occurrences: Vec<Occurrence>,
    /// Whether further occurrences can follow, so that the record must be expanded again.
    pub continues: bool,
}

/// Expands all schedules of a record from a day before `now`. An invalid schedule has no
/// occurrences.
///
/// # Errors
/// If the schedules together exceed the budget.
pub fn upcoming(
    schedules: &[v1::Schedule],
    now: Timestamp,
    budget: &Budget,
) -> Result<Upcoming, RecurrenceError> {
    let from = now.minus(days(MAX_DAYS_BACK));
    let until = now.plus(days(HORIZON_DAYS));
    let mut upcoming = Upcoming::default();
    for schedule in schedules {
        let series = match Series::parse(schedule, budget) {
            Ok(series) => series,
            Err(RecurrenceError::TooCostly) => return Err(RecurrenceError::TooCostly),
            Err(_) => continue,
        };
        let last = plus_days(series.local(until), LOOKAHEAD_DAYS);
        // One pass finds both the occurrences and whether one follows: rules with a COUNT are
        // expanded from their start, which is too costly to repeat.
        let mut starts = series
            .occurrences(series.earliest(from), last, budget)
            .filter(|one| !one.has_ended_by(from));
        for count in 0.. {
            let Some(next) = starts.next() else { break };
            if next.start >= until || count >= MAX_OCCURRENCES {
                upcoming.continues = true;
                break;
            }
            upcoming.occurrences.push(next);
        }
        budget.check()?;
    }
    upcoming.occurrences.sort_unstable();
    upcoming.occurrences.dedup();
    upcoming.occurrences.truncate(MAX_OCCURRENCES);
    Ok(upcoming)
}

/// The end of the last occurrence of all schedules that has ended by `now`; `None` without one
/// in the last ten years. Schedules that are invalid or in words only are left out.
///
/// # Errors
/// If the schedules together exceed the budget.
pub fn last_end(
    schedules: &[v1::Schedule],
    now: Timestamp,
    budget: &Budget,
) -> Result<Option<Timestamp>, RecurrenceError> {
    let mut last: Option<Timestamp> = None;
    for schedule in schedules {
        let Ok(series) = Series::parse(schedule, budget) else {
            budget.check()?;
            continue;
        };
        let from = now.minus(days(LOOKAHEAD_DAYS));
        let past = series.occurrences(from, series.local(now), budget);
        let ended = past.filter(|one| one.has_ended_by(now));
        last = last.max(ended.map(|one| one.end).max());
        budget.check()?;
    }
    Ok(last)
}

fn days(days: u64) -> Duration {
    Duration::from_secs(days * 24 * 60 * 60)
}
