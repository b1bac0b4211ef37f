//! Expands schedules into occurrences within a window.
//!
//! Local wall-clock time is kept: a group that meets at seven meets at seven in summer
//! and in winter. Everything is bounded, because a schedule may come from a stranger.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveDateTime, Timelike, Utc};
use chrono_tz::Tz;
use hedgerow_proto::v1;

use crate::time::Timestamp;

mod rule;
#[cfg(test)]
mod tests;
mod zone;

use rule::Rule;
pub use rule::RuleError;
pub use zone::{parse_date, parse_local, parse_minute_of_day, parse_zone};

/// Minutes that one occurrence may last: 31 days.
pub const MAX_DURATION_MINUTES: u32 = 31 * 24 * 60;
/// Rules in one schedule.
pub const MAX_RULES: usize = 5;
/// Excluded dates, extra dates and breaks in one schedule, together.
pub const MAX_DATES: usize = 400;

/// Days after which [`next_occurrence`] stops searching.
const MAX_LOOKAHEAD_DAYS: u64 = 3_660;
/// Days that [`next_occurrence`] searches first.
const FIRST_LOOKAHEAD_DAYS: u64 = 40;

/// One occurrence of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// The instant at which it begins.
    pub start: Timestamp,
    /// The instant at which it ends; equal to the start if the schedule has no end.
    pub end: Timestamp,
    /// The local time at which it begins, `YYYY-MM-DDTHH:MM`.
    pub local_start: String,
}

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
            Self::Rule(error) => error.reason(),
        }
    }
}

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

/// Like [`occurrences`], for any schedule.
///
/// # Errors
/// If the schedule is invalid; see [`RecurrenceError`].
pub fn schedule_occurrences(
    schedule: &v1::Schedule,
    from: Timestamp,
    to: Timestamp,
    limit: usize,
) -> Result<Vec<Occurrence>, RecurrenceError> {
    Ok(Series::parse(schedule)?.between(from, to, limit))
}

/// Returns the first occurrence that begins at or after a time; `None` if that is more
/// than ten years later.
///
/// # Errors
/// If the event's schedule is invalid; see [`RecurrenceError`].
pub fn next_occurrence(
    event: &v1::Event,
    after: Timestamp,
) -> Result<Option<Occurrence>, RecurrenceError> {
    let schedule = event.schedule.as_ref().ok_or(RecurrenceError::NoStart)?;
    let series = Series::parse(schedule)?;
    let local = series.local(after);
    // Most events recur soon; expanding ten years for each would be wasted.
    let lookahead = [FIRST_LOOKAHEAD_DAYS, MAX_LOOKAHEAD_DAYS];
    Ok(lookahead.into_iter().find_map(|days| {
        let starts = series.local_starts(minus_days(local, 1), plus_days(local, days));
        let mut found = starts.into_iter().map(|start| series.occurrence(start));
        found.find(|occurrence| occurrence.start >= after)
    }))
}

/// Formats a local time as schedules do. Schedules are expanded by the million, and
/// chrono would parse its format string each time, at a higher cost than everything else.
fn format_local(local: NaiveDateTime) -> String {
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute()
    )
}

/// The length of one occurrence.
#[derive(Debug, Clone, Copy)]
enum Length {
    /// The difference of two local times: a night with a change of the clocks is an hour
    /// longer or shorter.
    WallClock(Duration),
    /// The time that passes.
    Elapsed(Duration),
}

/// A parsed schedule.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    start: NaiveDateTime,
    length: Length,
    zone: Tz,
    rules: Vec<Rule>,
    excluded: BTreeSet<NaiveDateTime>,
    extra: BTreeSet<NaiveDateTime>,
    breaks: Vec<(NaiveDate, NaiveDate)>,
}

impl Series {
    /// Parses a schedule and checks its bounds.
    pub(crate) fn parse(schedule: &v1::Schedule) -> Result<Self, RecurrenceError> {
        if schedule.start.is_empty() {
            return Err(RecurrenceError::NoStart);
        }
        let dates = schedule.exdates.len() + schedule.rdates.len() + schedule.breaks.len();
        if schedule.rrules.len() > MAX_RULES || dates > MAX_DATES {
            return Err(RecurrenceError::TooMany);
        }
        let zone = parse_zone(&schedule.time_zone)
            .ok_or_else(|| RecurrenceError::Zone(schedule.time_zone.clone()))?;
        let start = parse_local_time(&schedule.start)?;
        let to_local = |utc: NaiveDateTime| utc.and_utc().with_timezone(&zone).naive_local();
        let rules = schedule
            .rrules
            .iter()
            .map(|text| Rule::parse(text, start, to_local));
        Ok(Self {
            start,
            length: parse_length(schedule, start)?,
            zone,
            rules: rules.collect::<Result<_, _>>()?,
            excluded: parse_local_times(&schedule.exdates)?,
            extra: parse_local_times(&schedule.rdates)?,
            breaks: schedule
                .breaks
                .iter()
                .map(parse_break)
                .collect::<Result<_, _>>()?,
        })
    }

    fn between(&self, from: Timestamp, to: Timestamp, limit: usize) -> Vec<Occurrence> {
        // An occurrence that began before the window may still overlap it. Two days more
        // cover the changes of the clocks.
        let (Length::WallClock(length) | Length::Elapsed(length)) = self.length;
        let margin = u64::try_from(length.num_days()).unwrap_or(0) + 2;
        let starts = self.local_starts(
            minus_days(self.local(from), margin),
            plus_days(self.local(to), 1),
        );
        let overlaps = |it: &Occurrence| it.start < to && (it.end > from || it.start >= from);
        starts
            .into_iter()
            .map(|start| self.occurrence(start))
            .filter(overlaps)
            .take(limit)
            .collect()
    }

    /// Returns the local starts between two local times, without excluded dates and breaks.
    fn local_starts(&self, from: NaiveDateTime, to: NaiveDateTime) -> BTreeSet<NaiveDateTime> {
        let single = self.extra.iter().copied().chain([self.start]);
        let single = single.filter(|start| *start >= from && *start <= to);
        let ruled = self.rules.iter().flat_map(|rule| rule.between(from, to));
        single
            .chain(ruled)
            .filter(|start| !self.excluded.contains(start))
            .filter(|start| {
                let day = start.date();
                !self
                    .breaks
                    .iter()
                    .any(|(first, last)| (*first..=*last).contains(&day))
            })
            .collect()
    }

    fn occurrence(&self, local: NaiveDateTime) -> Occurrence {
        let start = zone::instant(self.zone, local);
        let end = match self.length {
            Length::Elapsed(length) => start + length,
            // If a change of the clocks leaves no time between the two local times, the
            // length counts as elapsed time.
            Length::WallClock(length) => match zone::instant(self.zone, local + length) {
                end if end > start || length.is_zero() => end,
                _ => start + length,
            },
        };
        Occurrence {
            start: timestamp(start),
            end: timestamp(end),
            local_start: format_local(start.with_timezone(&self.zone).naive_local()),
        }
    }

    fn local(&self, time: Timestamp) -> NaiveDateTime {
        let utc = DateTime::from_timestamp_millis(time.as_millis()).unwrap_or_default();
        utc.with_timezone(&self.zone).naive_local()
    }
}

fn parse_length(schedule: &v1::Schedule, start: NaiveDateTime) -> Result<Length, RecurrenceError> {
    let max = Duration::minutes(i64::from(MAX_DURATION_MINUTES));
    let elapsed = Duration::minutes(i64::from(schedule.duration_minutes));
    let length = if schedule.end.is_empty() {
        Length::Elapsed(elapsed)
    } else {
        Length::WallClock(parse_local_time(&schedule.end)? - start)
    };
    let (Length::WallClock(span) | Length::Elapsed(span)) = length;
    let has_two_ends = !schedule.end.is_empty() && schedule.duration_minutes > 0;
    let ends_before_start = !schedule.end.is_empty() && span <= Duration::zero();
    if span > max || has_two_ends || ends_before_start {
        return Err(RecurrenceError::Length);
    }
    Ok(length)
}

fn parse_local_time(text: &str) -> Result<NaiveDateTime, RecurrenceError> {
    parse_local(text).ok_or_else(|| RecurrenceError::Time(text.to_owned()))
}

fn parse_local_times(texts: &[String]) -> Result<BTreeSet<NaiveDateTime>, RecurrenceError> {
    texts.iter().map(|text| parse_local_time(text)).collect()
}

fn parse_break(holiday: &v1::Break) -> Result<(NaiveDate, NaiveDate), RecurrenceError> {
    let parse_day =
        |text: &str| parse_date(text).ok_or_else(|| RecurrenceError::Time(text.to_owned()));
    let first = parse_day(&holiday.first_day)?;
    let last = if holiday.last_day.is_empty() {
        first
    } else {
        parse_day(&holiday.last_day)?
    };
    Ok((first, last))
}

fn timestamp(time: DateTime<Utc>) -> Timestamp {
    Timestamp::from_millis(time.timestamp_millis())
}

fn minus_days(time: NaiveDateTime, days: u64) -> NaiveDateTime {
    time.checked_sub_days(Days::new(days))
        .unwrap_or(NaiveDateTime::MIN)
}

fn plus_days(time: NaiveDateTime, days: u64) -> NaiveDateTime {
    time.checked_add_days(Days::new(days))
        .unwrap_or(NaiveDateTime::MAX)
}
