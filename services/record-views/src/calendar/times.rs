//! The times of an event as a calendar needs them.

use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use hedgerow_core::recurrence::{
    Budget, Occurrence, parse_date, parse_local, parse_zone, schedule_occurrences_within,
};
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;

use crate::times::local;

/// Occurrences that are written one by one.
const MAX_SINGLE: usize = 100;
/// Occurrences that breaks cancel. With more, the occurrences are written one by one.
const MAX_CANCELLED: usize = 400;
/// How far ahead occurrences are written one by one.
const HORIZON: Duration = Duration::from_secs(400 * 86_400);
const TWO_DAYS: Duration = Duration::from_secs(2 * 86_400);

pub(crate) enum Times {
    /// One rule or some dates, on the clock of a place: the group still meets at seven after the
    /// clocks change.
    Series(Series),
    /// Single occurrences. Calendars disagree on several rules in one event, which RFC 5545 advises
    /// against.
    Single(Vec<Occurrence>),
}

pub(crate) struct Series {
    pub(crate) zone: Tz,
    pub(crate) start: NaiveDateTime,
    /// Absent if it is not stated.
    pub(crate) end: Option<NaiveDateTime>,
    pub(crate) rule: Option<String>,
    pub(crate) extra: Vec<NaiveDateTime>,
    pub(crate) cancelled: Vec<NaiveDateTime>,
}

impl Times {
    /// `None` for a schedule without a valid start, or too costly to expand.
    pub(crate) fn of(schedule: &v1::Schedule, now: Timestamp, budget: &Budget) -> Option<Self> {
        let zone = parse_zone(&schedule.time_zone)?;
        let start = parse_local(&schedule.start)?;
        let first = first(schedule, start, budget)?;
        let is_series = !schedule.rrules.is_empty() || !schedule.rdates.is_empty();
        if !is_series {
            return single(schedule, first.start, budget);
        }
        let cancelled = cancelled(schedule, budget)?;
        if schedule.rrules.len() > 1 || cancelled.len() > MAX_CANCELLED {
            return single(schedule, now, budget);
        }
        // A schedule that receivers reject has no place in a calendar.
        let check_until = first.start.plus(TWO_DAYS);
        schedule_occurrences_within(schedule, first.start, check_until, 1, budget).ok()?;
        let rule = schedule.rrules.first();
        Some(Self::Series(Series {
            zone,
            start,
            end: (first.end > first.start).then(|| local(first.end, &schedule.time_zone)),
            rule: rule.map(|rule| rule.trim().trim_end_matches(';').to_ascii_uppercase()),
            extra: parsed(&schedule.rdates),
            cancelled,
        }))
    }
}

/// The first occurrence, whether it is cancelled or not.
fn first(schedule: &v1::Schedule, start: NaiveDateTime, budget: &Budget) -> Option<Occurrence> {
    let once = v1::Schedule {
        start: schedule.start.clone(),
        end: schedule.end.clone(),
        duration_minutes: schedule.duration_minutes,
        time_zone: schedule.time_zone.clone(),
        ..v1::Schedule::default()
    };
    between(&once, start.date(), start.date(), 1, budget)?
        .into_iter()
        .next()
}

fn single(schedule: &v1::Schedule, from: Timestamp, budget: &Budget) -> Option<Times> {
    let to = from.plus(HORIZON);
    let found = schedule_occurrences_within(schedule, from, to, MAX_SINGLE, budget).ok()?;
    (!found.is_empty()).then_some(Times::Single(found))
}

/// The starts that exceptions and breaks cancel. A calendar knows no breaks.
fn cancelled(schedule: &v1::Schedule, budget: &Budget) -> Option<Vec<NaiveDateTime>> {
    let without_breaks = v1::Schedule {
        exdates: Vec::new(),
        breaks: Vec::new(),
        ..schedule.clone()
    };
    let mut starts = parsed(&schedule.exdates);
    for one in &schedule.breaks {
        let first = parse_date(&one.first_day)?;
        let last = match one.last_day.as_str() {
            "" => first,
            day => parse_date(day)?,
        };
        let limit = (MAX_CANCELLED + 1).saturating_sub(starts.len());
        let found = between(&without_breaks, first, last, limit, budget)?;
        starts.extend(found.iter().filter_map(|it| parse_local(&it.local_start)));
    }
    starts.sort_unstable();
    starts.dedup();
    Some(starts)
}

/// The occurrences that begin on these local days.
fn between(
    schedule: &v1::Schedule,
    first: NaiveDate,
    last: NaiveDate,
    limit: usize,
    budget: &Budget,
) -> Option<Vec<Occurrence>> {
    let midnight = |day: NaiveDate| {
        let seconds = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
        Timestamp::from_seconds(seconds)
    };
    // Zones are up to 14 hours away from UTC. Occurrences of the days around are dropped below, so
    // that they must not use up the limit: a day has at most one occurrence for each rule or date.
    let around = schedule.rrules.len() + schedule.rdates.len() + 40;
    let (from, to) = (
        midnight(first).minus(TWO_DAYS),
        midnight(last).plus(TWO_DAYS),
    );
    let found = schedule_occurrences_within(schedule, from, to, limit + around, budget).ok()?;
    let begins_inside = |it: &Occurrence| {
        let start = parse_local(&it.local_start);
        start.is_some_and(|start| (first..=last).contains(&start.date()))
    };
    Some(found.into_iter().filter(begins_inside).collect())
}

fn parsed(times: &[String]) -> Vec<NaiveDateTime> {
    times.iter().filter_map(|time| parse_local(time)).collect()
}
