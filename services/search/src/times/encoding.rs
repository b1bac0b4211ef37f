//! Times as numbers: occurrences, hours of the week and blocks of days.

use std::time::Duration;

use chrono::{Datelike, Timelike};
use hedgerow_core::recurrence::{Occurrence, parse_local};
use hedgerow_core::time::Timestamp;

pub const DAY_MINUTES: u64 = 24 * 60;
/// The length of a block of days, the coarse term by which a window finds rare occurrences.
pub const BLOCK_MINUTES: u64 = 28 * DAY_MINUTES;

const WEEKDAY_SHIFT: u32 = 11;
const LENGTH_SHIFT: u32 = 14;
const LENGTH_BITS: u32 = 18;
const START_SHIFT: u32 = LENGTH_SHIFT + LENGTH_BITS;

/// Encodes an occurrence: its start in minutes since 1970 UTC, its length in minutes, then local
/// weekday (1 is Monday) and local minute of the day. So encoded occurrences sort by start.
pub fn encode_occurrence(occurrence: &Occurrence) -> Option<u64> {
    let local = parse_local(&occurrence.local_start)?;
    let start = epoch_minute(occurrence.start)?;
    let length = epoch_minute(occurrence.end)?.saturating_sub(start);
    let length = length.min((1 << LENGTH_BITS) - 1);
    let weekday = u64::from(local.weekday().number_from_monday());
    let minute_of_day = u64::from(local.hour() * 60 + local.minute());
    let local = weekday << WEEKDAY_SHIFT | minute_of_day;
    Some(start << START_SHIFT | length << LENGTH_SHIFT | local)
}

/// The start of an encoded occurrence, in minutes since 1970.
pub fn start_of(occurrence: u64) -> u64 {
    occurrence >> START_SHIFT
}

/// The first minute since 1970 at which an encoded occurrence is over. One without a length
/// takes its first minute.
pub fn end_of(occurrence: u64) -> u64 {
    let length = occurrence >> LENGTH_SHIFT & ((1 << LENGTH_BITS) - 1);
    start_of(occurrence) + length.max(1)
}

pub fn weekday_of(occurrence: u64) -> u64 {
    occurrence >> WEEKDAY_SHIFT & 0b111
}

/// The local weekdays on which an encoded occurrence is on, its first day first.
pub fn weekdays_of(occurrence: u64) -> impl Iterator<Item = u64> {
    let length = end_of(occurrence) - start_of(occurrence);
    // The minute before its end: a day on which it ends at midnight is not one of its days.
    let last_day = (minute_of_day(occurrence) + length - 1) / DAY_MINUTES;
    (0..=last_day.min(6)).map(move |day| (weekday_of(occurrence) - 1 + day) % 7 + 1)
}

pub fn minute_of_day(occurrence: u64) -> u64 {
    occurrence & ((1 << WEEKDAY_SHIFT) - 1)
}

/// The term of an hour of the week.
pub fn hour_slot(weekday: u64, minute_of_day: u64) -> u64 {
    weekday * 24 + minute_of_day / 60
}

/// Minutes since 1970; `None` before.
pub fn epoch_minute(time: Timestamp) -> Option<u64> {
    u64::try_from(time.as_seconds().div_euclid(60)).ok()
}

/// Days since 1970 UTC; 0 before.
pub fn epoch_day(time: Timestamp) -> u64 {
    epoch_minute(time).unwrap_or(0) / DAY_MINUTES
}

pub fn days(days: u64) -> Duration {
    Duration::from_secs(days * DAY_MINUTES * 60)
}

pub fn sorted_distinct(values: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut values: Vec<u64> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}
