//! The rows of an availability, as numbers.

use chrono::NaiveDate;
use chrono_tz::Tz;
use hedgerow_core::bank_holidays::HolidayCalendar;
use hedgerow_core::recurrence::{Occurrence, parse_date, parse_minute_of_day, parse_zone};
use hedgerow_core::summary::UseLimits;
use hedgerow_proto::v1;

use crate::times::encoding::epoch_minute;

/// Maximum number of rows; more are treated as unreadable.
const MAX_ROWS: usize = 400;
/// Minutes of the longest one-off time.
const MAX_LENGTH: u64 = (1 << 16) - 1;

/// Words that limit hours in a way that rows do not express. Hours with one of them beside are
/// to be asked about.
const LIMITING_WORDS: [&str; 12] = [
    "only",
    "month",
    "first",
    "second",
    "third",
    "fourth",
    "last",
    "alternate",
    "fortnight",
    "fortnightly",
    "other",
    "term",
];

/// The hours in which an offer is available, or a need exists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Availability {
    pub(super) zone: Option<Tz>,
    pub(super) weekly: Vec<WeeklyHours>,
    pub(super) exceptions: Vec<Exception>,
    pub(super) one_offs: Vec<OneOff>,
    pub(super) limits: UseLimits,
    /// The public holidays on which it is closed.
    pub(super) calendar: Option<HolidayCalendar>,
    /// Whether the words beside the rows limit them.
    pub(super) is_limited_by_words: bool,
}

/// Hours on one day of the usual week, in minutes after midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WeeklyHours {
    /// The weeks of the month: bits 0 to 4 for the first to the fifth, 5 for the last; 0 for
    /// every week.
    pub(super) weeks: u64,
    pub(super) weekday: u64,
    pub(super) from: u64,
    pub(super) to: u64,
}

/// Days, both included, whose hours replace those of the usual week. Closed if `from` equals
/// `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exception {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) from: u64,
    pub(super) to: u64,
}

/// A single stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OneOff {
    /// In minutes since 1970.
    pub(super) start: u64,
    /// In minutes.
    pub(super) length: u64,
}

impl Availability {
    /// Parses the rows of a record. If a single row is invalid, all are dropped: a room whose
    /// holidays are unreadable must not be found as free.
    pub fn new(
        availability: Option<&v1::Availability>,
        zone: Option<&str>,
        one_offs: &[Occurrence],
        limits: UseLimits,
    ) -> Self {
        let mut parsed = availability.and_then(Self::parse).unwrap_or_default();
        parsed.zone = parsed.zone.or_else(|| zone.and_then(parse_zone));
        parsed.limits = limits;
        parsed.one_offs = one_offs.iter().filter_map(OneOff::new).collect();
        parsed
    }

    fn parse(availability: &v1::Availability) -> Option<Self> {
        let rows = availability.weekly.len() + availability.exceptions.len();
        if rows == 0 || rows > MAX_ROWS {
            return None;
        }
        Some(Self {
            zone: Some(parse_zone(&availability.time_zone)?),
            weekly: availability
                .weekly
                .iter()
                .map(WeeklyHours::parse)
                .collect::<Option<_>>()?,
            exceptions: availability
                .exceptions
                .iter()
                .map(Exception::parse)
                .collect::<Option<_>>()?,
            one_offs: Vec::new(),
            limits: UseLimits::default(),
            calendar: match availability.holiday_calendar.as_str() {
                "" => None,
                code => Some(HolidayCalendar::parse(code)?),
            },
            is_limited_by_words: is_limiting(&availability.words),
        })
    }

    /// The number of stated hours, days and times: what a comparison takes.
    pub fn row_count(&self) -> usize {
        self.weekly.len() + self.exceptions.len() + self.one_offs.len()
    }

    /// Whether the record states no hours.
    pub fn is_empty(&self) -> bool {
        self.weekly.is_empty() && self.exceptions.is_empty() && self.one_offs.is_empty()
    }
}

impl WeeklyHours {
    fn parse(row: &v1::WeeklyHours) -> Option<Self> {
        let weekday = u64::from(row.weekday.unsigned_abs());
        let from = parse_minute_of_day(&row.opening_time)?.into();
        let to = parse_minute_of_day(&row.closing_time)?.into();
        let weeks = row.weeks_of_month.iter().try_fold(0, |bits, week| {
            let bit = match week {
                1..=5 => week - 1,
                -1 => 5,
                _ => return None,
            };
            Some(bits | 1 << bit)
        })?;
        ((1..=7).contains(&weekday) && from < to).then_some(Self {
            weeks,
            weekday,
            from,
            to,
        })
    }
}

impl Exception {
    fn parse(row: &v1::AvailabilityException) -> Option<Self> {
        let first = parse_date(&row.first_day)?;
        let last = if row.last_day.is_empty() {
            first
        } else {
            parse_date(&row.last_day)?
        };
        let (from, to) = if row.opening_time.is_empty() && row.closing_time.is_empty() {
            (0, 0)
        } else {
            (
                parse_minute_of_day(&row.opening_time)?.into(),
                parse_minute_of_day(&row.closing_time)?.into(),
            )
        };
        (first <= last && from <= to).then(|| Self {
            first: day_number(first),
            last: day_number(last),
            from,
            to,
        })
    }
}

impl OneOff {
    fn new(occurrence: &Occurrence) -> Option<Self> {
        let start = epoch_minute(occurrence.start)?;
        let length = epoch_minute(occurrence.end)?.saturating_sub(start);
        Some(Self {
            start,
            length: length.min(MAX_LENGTH),
        })
    }
}

fn is_limiting(words: &str) -> bool {
    let lower = words.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    words.any(|word| LIMITING_WORDS.contains(&word))
}

/// Days since 1900, the earliest year of a record.
pub(super) fn day_number(day: NaiveDate) -> u64 {
    let since = day - NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default();
    u64::try_from(since.num_days()).unwrap_or(0)
}
