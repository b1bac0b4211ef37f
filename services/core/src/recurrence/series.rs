//! A parsed schedule, whose occurrences are expanded as they are read.

use std::collections::BTreeSet;
use std::iter::Peekable;

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveDateTime, Timelike, Utc};
use chrono_tz::Tz;
use hedgerow_proto::v1;

use super::budget::Budget;
use super::error::{MAX_DATES, MAX_RULES, RecurrenceError};
use super::rule::Rule;
use super::zone;
use super::zone::{parse_date, parse_local, parse_zone};
use crate::time::Timestamp;

/// Minutes that one occurrence may last: 31 days.
pub const MAX_DURATION_MINUTES: u32 = 31 * 24 * 60;
/// Steps for one listed date: it is parsed, which takes as long as testing some days.
pub(super) const STEPS_PER_DATE: u64 = 3;
/// Steps for one occurrence: its time zone is applied and its text formatted.
const STEPS_PER_OCCURRENCE: u64 = 4;

/// How far around an excluded date an occurrence is searched for.
const MAX_DAYS_TO_NEAREST: u64 = 40;

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

impl Occurrence {
    /// Whether it is over at an instant. An occurrence without an end is over after its start.
    #[must_use]
    pub fn has_ended_by(&self, time: Timestamp) -> bool {
        self.end <= time && self.start < time
    }
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
    /// In order and apart, so that a binary search finds the one with a day.
    breaks: Vec<(NaiveDate, NaiveDate)>,
}

impl Series {
    /// Parses a schedule and checks its bounds.
    pub(crate) fn parse(schedule: &v1::Schedule, budget: &Budget) -> Result<Self, RecurrenceError> {
        if schedule.start.is_empty() {
            return Err(RecurrenceError::NoStart);
        }
        let dates = schedule.exdates.len() + schedule.rdates.len() + schedule.breaks.len();
        if schedule.rrules.len() > MAX_RULES || dates > MAX_DATES {
            return Err(RecurrenceError::TooMany);
        }
        if !budget.spend(dates as u64 * STEPS_PER_DATE + 1) {
            return Err(RecurrenceError::TooCostly);
        }
        let zone = parse_zone(&schedule.time_zone)
            .ok_or_else(|| RecurrenceError::Zone(schedule.time_zone.clone()))?;
        let start = parse_local_time(&schedule.start)?;
        let to_local = |utc: NaiveDateTime| utc.and_utc().with_timezone(&zone).naive_local();
        let rules = schedule
            .rrules
            .iter()
            .map(|text| Rule::parse(text, start, to_local, budget));
        let rules = rules.collect::<Result<_, _>>();
        // A rule that ran out of steps is reported as too costly, not as invalid.
        budget.check()?;
        let breaks = schedule.breaks.iter().map(parse_break);
        Ok(Self {
            start,
            length: parse_length(schedule, start)?,
            zone,
            rules: rules?,
            excluded: parse_local_times(&schedule.exdates)?,
            extra: parse_local_times(&schedule.rdates)?,
            breaks: merge_days(breaks.collect::<Result<_, _>>()?),
        })
    }

    pub(super) fn between(
        &self,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<Occurrence>, RecurrenceError> {
        let overlaps = |it: &Occurrence| it.start < to && !it.has_ended_by(from);
        let found = self
            .occurrences(self.earliest(from), plus_days(self.local(to), 1), budget)
            .filter(overlaps)
            .take(limit)
            .collect();
        budget.check()?;
        Ok(found)
    }

    /// The instant before which every occurrence that begins has ended by `time`.
    pub(super) fn earliest(&self, time: Timestamp) -> Timestamp {
        let (Length::WallClock(length) | Length::Elapsed(length)) = self.length;
        time.minus(length.to_std().unwrap_or_default())
    }

    /// Returns the occurrences in order of local start, from some before an instant to the last
    /// local start. Expands them as they are read, and stops if the budget is exceeded.
    pub(super) fn occurrences<'a>(
        &'a self,
        from: Timestamp,
        last: NaiveDateTime,
        budget: &'a Budget,
    ) -> impl Iterator<Item = Occurrence> + 'a {
        // Two days cover the changes of the clocks.
        self.local_starts(minus_days(self.local(from), 2), last, budget)
            .take_while(|_| budget.spend(STEPS_PER_OCCURRENCE))
            .map(|start| self.occurrence(start))
    }

    /// Returns the local starts between two local times, without excluded dates and breaks.
    fn local_starts<'a>(
        &'a self,
        from: NaiveDateTime,
        to: NaiveDateTime,
        budget: &'a Budget,
    ) -> impl Iterator<Item = NaiveDateTime> + 'a {
        self.all_starts(from, to, budget)
            .filter(|start| !self.excluded.contains(start) && !self.is_in_break(*start))
    }

    fn all_starts<'a>(
        &'a self,
        from: NaiveDateTime,
        to: NaiveDateTime,
        budget: &'a Budget,
    ) -> impl Iterator<Item = NaiveDateTime> + 'a {
        let mut single: Vec<_> = self.extra.iter().copied().chain([self.start]).collect();
        single.retain(|start| *start >= from && *start <= to);
        single.sort_unstable();
        let ruled = self.rules.iter().map(move |rule| {
            let starts: Box<dyn Iterator<Item = NaiveDateTime>> =
                Box::new(rule.between(from, to, budget));
            starts
        });
        let sources: Vec<Box<dyn Iterator<Item = NaiveDateTime>>> =
            ruled.chain([Box::new(single.into_iter()) as _]).collect();
        merge(sources)
    }

    /// Returns the local start that is nearest to a local time, within forty days of it,
    /// whether it is excluded or not.
    pub(crate) fn nearest_start(
        &self,
        local: NaiveDateTime,
        budget: &Budget,
    ) -> Result<Option<NaiveDateTime>, RecurrenceError> {
        let is_start = self.all_starts(local, local, budget).next().is_some();
        let nearest = if is_start {
            Some(local)
        } else {
            let from = minus_days(local, MAX_DAYS_TO_NEAREST);
            let to = plus_days(local, MAX_DAYS_TO_NEAREST);
            self.all_starts(from, to, budget)
                .min_by_key(|start| (*start - local).abs())
        };
        budget.check()?;
        Ok(nearest)
    }

    fn is_in_break(&self, start: NaiveDateTime) -> bool {
        let day = start.date();
        let at = self.breaks.partition_point(|(first, _)| *first <= day);
        at > 0 && self.breaks[at - 1].1 >= day
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

    pub(crate) fn local(&self, time: Timestamp) -> NaiveDateTime {
        let utc = DateTime::from_timestamp_millis(time.as_millis()).unwrap_or_default();
        utc.with_timezone(&self.zone).naive_local()
    }
}

/// Merges iterators in order into one in order, with each value once.
fn merge<'a>(
    sources: Vec<Box<dyn Iterator<Item = NaiveDateTime> + 'a>>,
) -> impl Iterator<Item = NaiveDateTime> + 'a {
    let mut sources: Vec<Peekable<_>> = sources.into_iter().map(Iterator::peekable).collect();
    std::iter::from_fn(move || {
        let next = sources
            .iter_mut()
            .filter_map(|it| it.peek().copied())
            .min()?;
        for source in &mut sources {
            while source.next_if_eq(&next).is_some() {}
        }
        Some(next)
    })
}

/// Joins ranges of days that overlap, and drops those that end before they begin.
pub(super) fn merge_days(mut ranges: Vec<(NaiveDate, NaiveDate)>) -> Vec<(NaiveDate, NaiveDate)> {
    ranges.retain(|(first, last)| first <= last);
    ranges.sort_unstable();
    let mut merged: Vec<(NaiveDate, NaiveDate)> = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match merged.last_mut() {
            Some((_, end)) if first <= *end => *end = last.max(*end),
            _ => merged.push((first, last)),
        }
    }
    merged
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

pub(super) fn plus_days(time: NaiveDateTime, days: u64) -> NaiveDateTime {
    time.checked_add_days(Days::new(days))
        .unwrap_or(NaiveDateTime::MAX)
}
