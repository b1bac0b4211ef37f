//! Opening hours of an offer, or hours in which a need exists, as numbers of a document: a usual
//! week, exceptional days and one-off times.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{
    DateTime, Datelike, Days, Duration, LocalResult, NaiveDate, NaiveDateTime, TimeZone, Timelike,
};
use chrono_tz::{TZ_VARIANTS, Tz};
use hedgerow_core::bank_holidays::{HolidayCalendar, is_holiday_anywhere};
use hedgerow_core::recurrence::{Occurrence, parse_date, parse_minute_of_day, parse_zone};
use hedgerow_core::summary::UseLimits;
use hedgerow_proto::directory_v1::UseCondition;
use hedgerow_proto::v1;
use sha2::{Digest, Sha256};

use crate::times::encoding::{DAY_MINUTES, epoch_minute, hour_slot, sorted_distinct};

/// Maximum number of rows; more are treated as unreadable.
const MAX_ROWS: usize = 400;
/// Opening hours that share this many minutes with a requested part of the day match it.
const MIN_SHARED_MINUTES: u64 = 60;

// The two highest bits are the kind of a number.
const KIND_SHIFT: u32 = 62;
/// Notice in hours, whether words limit the hours, calendar of public holidays, days that it can
/// be booked ahead, and a digest of the time zone's name.
const KIND_ZONE: u64 = 0;
/// Weeks of the month, weekday, from, to.
const KIND_WEEKLY: u64 = 1;
/// First day, last day, from, to; closed if `from` equals `to`.
const KIND_EXCEPTION: u64 = 2;
/// The start in minutes since 1970 UTC, and the length in minutes. With [`LIMITS`], the longest
/// and the shortest use in minutes instead.
const KIND_ONE_OFF: u64 = 3;
/// No start has this bit.
const LIMITS: u64 = 1 << 61;

const MINUTE_BITS: u32 = 11;
const DAY_BITS: u32 = 17;
const LENGTH_BITS: u32 = 16;
const WEEKDAY_BITS: u32 = 3;
const WEEKS_BITS: u32 = 6;
const DIGEST_BITS: u32 = 32;
const AHEAD_BITS: u32 = 12;
const CALENDAR_BITS: u32 = 2;
const NOTICE_BITS: u32 = 14;
const USE_BITS: u32 = 20;
const WEEKS_SHIFT: u32 = 2 * MINUTE_BITS + WEEKDAY_BITS;
const CALENDAR_SHIFT: u32 = DIGEST_BITS + AHEAD_BITS;
const WORDS_SHIFT: u32 = CALENDAR_SHIFT + CALENDAR_BITS;
const NOTICE_SHIFT: u32 = WORDS_SHIFT + 1;

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

static ZONES_BY_DIGEST: LazyLock<HashMap<u64, Tz>> = LazyLock::new(|| {
    TZ_VARIANTS
        .iter()
        .map(|zone| (zone_digest(*zone), *zone))
        .collect()
});

/// The hours in which an offer is available, or a need exists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Availability {
    zone: Option<Tz>,
    weekly: Vec<WeeklyHours>,
    exceptions: Vec<Exception>,
    one_offs: Vec<OneOff>,
    limits: UseLimits,
    /// The public holidays on which it is closed.
    calendar: Option<HolidayCalendar>,
    /// Whether the words beside the rows limit them.
    is_limited_by_words: bool,
}

/// Whether a thing can be used over a whole time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is closed for a part of it, or cannot be used for as long.
    None,
    /// It is open, but conditions have to be settled.
    Ask(Vec<UseCondition>),
    Free,
}

/// Whether an offer is available when a need exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    None,
    /// Sometimes, or under a condition.
    Maybe,
    Full,
}

/// Hours on one day of the usual week, in minutes after midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct WeeklyHours {
    /// The weeks of the month: bits 0 to 4 for the first to the fifth, 5 for the last; 0 for
    /// every week.
    weeks: u64,
    weekday: u64,
    from: u64,
    to: u64,
}

/// Days, both included, whose hours replace those of the usual week. Closed if `from` equals
/// `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Exception {
    first: u64,
    last: u64,
    from: u64,
    to: u64,
}

/// A single stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct OneOff {
    /// In minutes since 1970.
    start: u64,
    /// In minutes.
    length: u64,
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

    /// Encodes the numbers of a document.
    pub(crate) fn encode(&self) -> Vec<u64> {
        if self.is_empty() {
            return Vec::new();
        }
        let at_most = |number: u32, bits: u32| u64::from(number).min((1 << bits) - 1);
        let limits = &self.limits;
        let head = KIND_ZONE << KIND_SHIFT
            | at_most(limits.notice_hours, NOTICE_BITS) << NOTICE_SHIFT
            | u64::from(self.is_limited_by_words) << WORDS_SHIFT
            | calendar_number(self.calendar) << CALENDAR_SHIFT
            | at_most(limits.book_ahead_days, AHEAD_BITS) << DIGEST_BITS;
        let zone = self.zone.map(|zone| head | zone_digest(zone));
        let lengths = (limits.shortest_minutes, limits.longest_minutes);
        let lengths = (lengths != (0, 0)).then(|| {
            KIND_ONE_OFF << KIND_SHIFT
                | LIMITS
                | at_most(limits.longest_minutes, USE_BITS) << USE_BITS
                | at_most(limits.shortest_minutes, USE_BITS)
        });
        let weekly = self.weekly.iter().map(|row| {
            KIND_WEEKLY << KIND_SHIFT
                | row.weeks << WEEKS_SHIFT
                | row.weekday << (2 * MINUTE_BITS)
                | row.from << MINUTE_BITS
                | row.to
        });
        let exceptions = self.exceptions.iter().map(|row| {
            KIND_EXCEPTION << KIND_SHIFT
                | row.first << (DAY_BITS + 2 * MINUTE_BITS)
                | row.last << (2 * MINUTE_BITS)
                | row.from << MINUTE_BITS
                | row.to
        });
        let one_offs = self
            .one_offs
            .iter()
            .map(|one| KIND_ONE_OFF << KIND_SHIFT | one.start << LENGTH_BITS | one.length);
        zone.into_iter()
            .chain(lengths)
            .chain(weekly)
            .chain(exceptions)
            .chain(one_offs)
            .collect()
    }

    /// Decodes the numbers of a document.
    pub(crate) fn decode(values: impl Iterator<Item = u64>) -> Self {
        let part = |value: u64, shift: u32, bits: u32| value >> shift & ((1 << bits) - 1);
        let mut decoded = Self::default();
        for value in values {
            let from = part(value, MINUTE_BITS, MINUTE_BITS);
            let to = part(value, 0, MINUTE_BITS);
            match value >> KIND_SHIFT {
                KIND_ZONE => {
                    let digest = part(value, 0, DIGEST_BITS);
                    decoded.zone = ZONES_BY_DIGEST.get(&digest).copied();
                    decoded.limits.notice_hours = part(value, NOTICE_SHIFT, NOTICE_BITS) as u32;
                    decoded.limits.book_ahead_days = part(value, DIGEST_BITS, AHEAD_BITS) as u32;
                    decoded.calendar = calendar_of(part(value, CALENDAR_SHIFT, CALENDAR_BITS));
                    decoded.is_limited_by_words = part(value, WORDS_SHIFT, 1) == 1;
                }
                KIND_ONE_OFF if value & LIMITS != 0 => {
                    decoded.limits.longest_minutes = part(value, USE_BITS, USE_BITS) as u32;
                    decoded.limits.shortest_minutes = part(value, 0, USE_BITS) as u32;
                }
                KIND_WEEKLY => decoded.weekly.push(WeeklyHours {
                    weeks: part(value, WEEKS_SHIFT, WEEKS_BITS),
                    weekday: part(value, 2 * MINUTE_BITS, WEEKDAY_BITS),
                    from,
                    to,
                }),
                KIND_EXCEPTION => decoded.exceptions.push(Exception {
                    first: part(value, DAY_BITS + 2 * MINUTE_BITS, DAY_BITS),
                    last: part(value, 2 * MINUTE_BITS, DAY_BITS),
                    from,
                    to,
                }),
                _ => decoded.one_offs.push(OneOff {
                    start: part(value, LENGTH_BITS, 32),
                    length: part(value, 0, LENGTH_BITS),
                }),
            }
        }
        decoded
    }

    /// The number of stated hours, days and times: what a comparison takes.
    pub fn row_count(&self) -> usize {
        self.weekly.len() + self.exceptions.len() + self.one_offs.len()
    }

    /// Whether the record states no hours.
    pub fn is_empty(&self) -> bool {
        self.weekly.is_empty() && self.exceptions.is_empty() && self.one_offs.is_empty()
    }

    /// The hours of the week in which it is usually open.
    pub(crate) fn slots(&self) -> Vec<u64> {
        sorted_distinct(self.week().flat_map(|row| {
            let hours = row.from / 60..row.to.div_ceil(60);
            hours.map(move |hour| hour_slot(row.weekday, hour * 60))
        }))
    }

    /// Whether it is usually open on a weekday that passes `on`, for an hour of one of `parts`
    /// of the day, or for a whole part or whole opening that is shorter.
    pub(crate) fn is_usually_open(&self, on: impl Fn(u64) -> bool, parts: &[(u64, u64)]) -> bool {
        any_shares_an_hour(self.week(), on, parts)
    }

    /// Whether it is available at one of the times at which a need exists: during a one-off
    /// time, or for an hour of the usual week. Each side's week is local to its own time zone.
    /// `now` is in minutes since 1970.
    pub fn overlap(&self, need: &Self, now: u64) -> Overlap {
        let one_offs = need.one_offs.iter().map(|one| {
            match self.use_during(one.start, one.start + one.length.max(1), now) {
                Use::None => Overlap::None,
                Use::Ask(_) => Overlap::Maybe,
                Use::Free => Overlap::Full,
            }
        });
        let weekly = need.weekly.iter().map(|row| self.weekly_overlap(row));
        let mut best = Overlap::None;
        for overlap in one_offs.chain(weekly) {
            match overlap {
                Overlap::Full => return Overlap::Full,
                Overlap::Maybe => best = Overlap::Maybe,
                Overlap::None => {}
            }
        }
        best
    }

    fn weekly_overlap(&self, need: &WeeklyHours) -> Overlap {
        let parts = [(need.from, need.to)];
        let is_open = |weeks: fn(u64) -> bool| {
            let rows = self.week().filter(|row| weeks(row.weeks));
            any_shares_an_hour(rows, |weekday| weekday == need.weekday, &parts)
        };
        let length = need.to - need.from;
        let UseLimits {
            shortest_minutes,
            longest_minutes,
            ..
        } = self.limits;
        let is_of_other_length = length < u64::from(shortest_minutes)
            || (longest_minutes != 0 && length > u64::from(longest_minutes));
        if !is_open(|_| true) {
            Overlap::None
        } else if is_of_other_length
            || self.is_limited_by_words
            || (need.weeks == 0 && !is_open(|weeks| weeks == 0))
        {
            Overlap::Maybe
        } else {
            Overlap::Full
        }
    }

    /// The usual week, with one-off times as days of the week.
    fn week(&self) -> impl Iterator<Item = WeeklyHours> {
        let one_offs = self.one_offs.iter().filter_map(|one| {
            let local = local_time(self.zone?, one.start)?;
            let from = u64::from(local.hour() * 60 + local.minute());
            Some(WeeklyHours {
                weeks: 0,
                weekday: local.weekday().number_from_monday().into(),
                from,
                to: (from + one.length.max(1)).min(DAY_MINUTES),
            })
        });
        self.weekly.iter().copied().chain(one_offs)
    }

    /// Whether it can be used for the whole time between two minutes since 1970, if that is
    /// requested at the minute `now`.
    pub(crate) fn use_during(&self, from: u64, to: u64, now: u64) -> Use {
        let UseLimits {
            shortest_minutes,
            longest_minutes,
            notice_hours,
            book_ahead_days,
        } = self.limits;
        let (length, shortest) = (to.saturating_sub(from), u64::from(shortest_minutes));
        if longest_minutes != 0 && length > u64::from(longest_minutes) {
            return Use::None;
        }
        let lacking = shortest.saturating_sub(length);
        let Some((opens, closes)) = self.open_stretch(from, to, lacking) else {
            return Use::None;
        };
        if closes - opens < shortest {
            return Use::None;
        }
        let notice = u64::from(notice_hours) * 60;
        let ahead = u64::from(book_ahead_days) * DAY_MINUTES;
        let conditions = [
            (UseCondition::Shortest, lacking > 0),
            (UseCondition::Notice, from < now + notice),
            (
                UseCondition::BookAhead,
                book_ahead_days != 0 && from > now + ahead,
            ),
            (UseCondition::PublicHoliday, self.may_be_holiday(from, to)),
            (UseCondition::Words, self.is_limited_by_words),
        ];
        let open: Vec<UseCondition> = conditions
            .into_iter()
            .filter_map(|(condition, holds)| holds.then_some(condition))
            .collect();
        if open.is_empty() {
            Use::Free
        } else {
            Use::Ask(open)
        }
    }

    /// The time without a gap in which it is open around two minutes since 1970, as far as
    /// `margin` minutes before and after them; `None` if it is closed in between.
    fn open_stretch(&self, from: u64, to: u64, margin: u64) -> Option<(u64, u64)> {
        let (earliest, latest) = (from.saturating_sub(margin), to + margin);
        let one_offs = self.one_offs.iter();
        let mut openings: Vec<(u64, u64)> = one_offs
            .map(|one| (one.start, one.start + one.length))
            .collect();
        openings.extend(self.openings(earliest, latest));
        openings.sort_unstable();
        let mut stretch: Option<(u64, u64)> = None;
        for (opens, closes) in openings {
            match &mut stretch {
                Some((_, end)) if opens <= *end => *end = closes.max(*end),
                Some((start, end)) if *start <= from && *end >= to => break,
                _ => stretch = Some((opens, closes)),
            }
        }
        let (opens, closes) = stretch.filter(|(start, end)| *start <= from && *end >= to)?;
        Some((opens.max(earliest), closes.min(latest)))
    }

    /// Whether a day of the time is, or may be, a public holiday that the record does not
    /// mention.
    fn may_be_holiday(&self, from: u64, to: u64) -> bool {
        let local = self.zone.and_then(|zone| {
            let last = to.saturating_sub(1).max(from);
            Some((zone, local_time(zone, from)?, local_time(zone, last)?))
        });
        let Some((zone, first, last)) = local else {
            return false;
        };
        let days = first.date().iter_days();
        days.take_while(|day| *day <= last.date())
            .filter(|day| !self.has_exception(*day))
            .any(|day| match self.calendar {
                Some(calendar) => calendar.is_holiday(day).is_none(),
                None => zone == Tz::Europe__London && is_holiday_anywhere(day),
            })
    }

    fn has_exception(&self, day: NaiveDate) -> bool {
        let number = day_number(day);
        let mut exceptions = self.exceptions.iter();
        exceptions.any(|row| (row.first..=row.last).contains(&number))
    }

    /// Openings on the local days between two minutes since 1970, by the usual week and its
    /// exceptions.
    fn openings(&self, from: u64, to: u64) -> Vec<(u64, u64)> {
        let Some((zone, first, last)) = self
            .zone
            .and_then(|zone| Some((zone, local_time(zone, from)?, local_time(zone, to)?)))
        else {
            return Vec::new();
        };
        let days = first
            .date()
            .iter_days()
            .take_while(|day| *day <= last.date());
        days.flat_map(|day| {
            self.hours_on(day)
                .into_iter()
                .filter_map(move |(opens, closes)| {
                    // A repeated hour counts as open from its first to its second end, so that
                    // hours across a clock change have no gap.
                    Some((
                        epoch_minute_at(zone, day, opens, Repeated::First)?,
                        epoch_minute_at(zone, day, closes, Repeated::Second)?,
                    ))
                })
        })
        .collect()
    }

    fn hours_on(&self, day: NaiveDate) -> Vec<(u64, u64)> {
        let number = day_number(day);
        let mut exceptions = self
            .exceptions
            .iter()
            .filter(|row| (row.first..=row.last).contains(&number))
            .peekable();
        if exceptions.peek().is_some() {
            return exceptions
                .filter(|row| row.from < row.to)
                .map(|row| (row.from, row.to))
                .collect();
        }
        let is_holiday = |calendar: HolidayCalendar| calendar.is_holiday(day) == Some(true);
        if self.calendar.is_some_and(is_holiday) {
            return Vec::new();
        }
        let weekday = u64::from(day.weekday().number_from_monday());
        let week = weeks_of(day);
        self.weekly
            .iter()
            .filter(|row| row.weekday == weekday && (row.weeks == 0 || row.weeks & week != 0))
            .map(|row| (row.from, row.to))
            .collect()
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
            length: length.min((1 << LENGTH_BITS) - 1),
        })
    }
}

/// Whether rows on a weekday that passes `on` share an hour with one of `parts` of the day, or a
/// whole part or whole row that is shorter.
fn any_shares_an_hour(
    rows: impl Iterator<Item = WeeklyHours>,
    on: impl Fn(u64) -> bool,
    parts: &[(u64, u64)],
) -> bool {
    rows.filter(|row| on(row.weekday)).any(|row| {
        parts.iter().any(|&(from, to)| {
            let shared = row.to.min(to).saturating_sub(row.from.max(from));
            let required = MIN_SHARED_MINUTES.min(to - from).min(row.to - row.from);
            shared > 0 && shared >= required
        })
    })
}

fn is_limiting(words: &str) -> bool {
    let lower = words.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    words.any(|word| LIMITING_WORDS.contains(&word))
}

/// The bits of [`WeeklyHours::weeks`] for a day.
fn weeks_of(day: NaiveDate) -> u64 {
    let nth = 1 << ((day.day() - 1) / 7);
    let is_last = day
        .checked_add_days(Days::new(7))
        .is_none_or(|next| next.month() != day.month());
    nth | u64::from(is_last) << 5
}

fn calendar_number(calendar: Option<HolidayCalendar>) -> u64 {
    match calendar {
        None => 0,
        Some(HolidayCalendar::EnglandAndWales) => 1,
        Some(HolidayCalendar::Scotland) => 2,
        Some(HolidayCalendar::NorthernIreland) => 3,
    }
}

fn calendar_of(number: u64) -> Option<HolidayCalendar> {
    match number {
        1 => Some(HolidayCalendar::EnglandAndWales),
        2 => Some(HolidayCalendar::Scotland),
        3 => Some(HolidayCalendar::NorthernIreland),
        _ => None,
    }
}

/// Days since 1900, the earliest year of a record.
fn day_number(day: NaiveDate) -> u64 {
    let since = day - NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default();
    u64::try_from(since.num_days()).unwrap_or(0)
}

/// The first four bytes of the digest of a zone's name. A zone's position in the database would
/// be shorter, but changes with its version.
fn zone_digest(zone: Tz) -> u64 {
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(zone.name()));
    u32::from_be_bytes([a, b, c, d]).into()
}

/// Converts a minute since 1970 to the local time in a zone.
fn local_time(zone: Tz, minute: u64) -> Option<NaiveDateTime> {
    let utc = DateTime::from_timestamp(i64::try_from(minute).ok()?.checked_mul(60)?, 0)?;
    Some(utc.with_timezone(&zone).naive_local())
}

/// Which of two instants a local time means that a clock change repeats.
#[derive(Clone, Copy)]
enum Repeated {
    First,
    Second,
}

/// Converts a local time of day to minutes since 1970. A time that a clock change skips is
/// moved by an hour.
fn epoch_minute_at(
    zone: Tz,
    day: NaiveDate,
    minute_of_day: u64,
    repeated: Repeated,
) -> Option<u64> {
    let (day, minute_of_day) = if minute_of_day == DAY_MINUTES {
        (day.checked_add_days(Days::new(1))?, 0)
    } else {
        (day, minute_of_day)
    };
    let hour = u32::try_from(minute_of_day / 60).ok()?;
    let local = day.and_hms_opt(hour, u32::try_from(minute_of_day % 60).ok()?, 0)?;
    let time = match (zone.from_local_datetime(&local), repeated) {
        (LocalResult::Single(time), _) => time,
        (LocalResult::Ambiguous(first, _), Repeated::First) => first,
        (LocalResult::Ambiguous(_, second), Repeated::Second) => second,
        (LocalResult::None, _) => zone
            .from_local_datetime(&(local + Duration::hours(1)))
            .earliest()?,
    };
    u64::try_from(time.timestamp().div_euclid(60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::times::expansion::tests::time;

    fn week(rows: &[(v1::Weekday, &str, &str)]) -> v1::Availability {
        v1::Availability {
            time_zone: "Europe/London".into(),
            weekly: rows
                .iter()
                .map(|(weekday, opening_time, closing_time)| v1::WeeklyHours {
                    weekday: (*weekday).into(),
                    opening_time: (*opening_time).into(),
                    closing_time: (*closing_time).into(),
                    ..v1::WeeklyHours::default()
                })
                .collect(),
            ..v1::Availability::default()
        }
    }

    fn thursdays() -> v1::Availability {
        let mut hours = week(&[
            (v1::Weekday::Thursday, "09:00", "12:30"),
            (v1::Weekday::Thursday, "12:30", "21:00"),
            (v1::Weekday::Friday, "20:00", "24:00"),
            (v1::Weekday::Saturday, "00:00", "02:00"),
        ]);
        let exception =
            |first: &str, last: &str, opens: &str, closes: &str| v1::AvailabilityException {
                first_day: first.into(),
                last_day: last.into(),
                opening_time: opens.into(),
                closing_time: closes.into(),
                words: String::new(),
            };
        hours.exceptions = vec![
            exception("2026-12-21", "2027-01-03", "", ""),
            exception("2026-11-05", "", "10:00", "14:00"),
            exception("2026-11-08", "", "10:00", "14:00"),
        ];
        hours
    }

    fn open(hours: &Availability, from: &str, to: &str) -> bool {
        let minutes = |text: &str| epoch_minute(time(text)).unwrap();
        let now = minutes("2026-01-01T00:00:00Z");
        hours.use_during(minutes(from), minutes(to), now) != Use::None
    }

    #[test]
    fn availability_survives_a_round_trip() {
        let hours = Availability::new(Some(&thursdays()), None, &[], UseLimits::default());
        assert_eq!(Availability::decode(hours.encode().into_iter()), hours);
    }

    #[test]
    fn seven_is_seven_in_winter_and_in_summer() {
        let hours = Availability::new(Some(&thursdays()), None, &[], UseLimits::default());
        assert!(open(&hours, "2026-11-26T19:00:00Z", "2026-11-26T21:00:00Z"));
        assert!(!open(
            &hours,
            "2026-11-26T19:30:00Z",
            "2026-11-26T21:30:00Z"
        ));
        assert!(open(&hours, "2026-07-02T18:00:00Z", "2026-07-02T20:00:00Z"));
        assert!(!open(
            &hours,
            "2026-07-02T19:00:00Z",
            "2026-07-02T21:00:00Z"
        ));
        assert!(
            !open(&hours, "2026-11-25T19:00:00Z", "2026-11-25T20:00:00Z"),
            "a Wednesday"
        );
    }

    #[test]
    fn adjacent_rows_join_even_across_midnight() {
        let hours = Availability::new(Some(&thursdays()), None, &[], UseLimits::default());
        assert!(open(&hours, "2026-11-26T12:00:00Z", "2026-11-26T13:00:00Z"));
        assert!(open(&hours, "2026-11-27T23:00:00Z", "2026-11-28T01:30:00Z"));
        assert!(!open(
            &hours,
            "2026-11-27T23:00:00Z",
            "2026-11-28T02:30:00Z"
        ));
    }

    #[test]
    fn exceptional_days_replace_the_usual_week() {
        let hours = Availability::new(Some(&thursdays()), None, &[], UseLimits::default());
        assert!(
            !open(&hours, "2026-12-24T10:00:00Z", "2026-12-24T11:00:00Z"),
            "closed"
        );
        assert!(
            !open(&hours, "2026-11-05T19:00:00Z", "2026-11-05T20:00:00Z"),
            "closed that evening"
        );
        assert!(open(&hours, "2026-11-05T10:00:00Z", "2026-11-05T14:00:00Z"));
        assert!(
            open(&hours, "2026-11-08T10:00:00Z", "2026-11-08T11:00:00Z"),
            "open for once"
        );
        assert!(
            open(&hours, "2027-01-07T10:00:00Z", "2027-01-07T11:00:00Z"),
            "open again"
        );
    }

    #[test]
    fn hours_across_a_clock_change_have_no_gap() {
        let hours = Availability::new(
            Some(&week(&[(v1::Weekday::Sunday, "00:00", "02:00")])),
            None,
            &[],
            UseLimits::default(),
        );
        assert!(open(&hours, "2026-10-24T23:00:00Z", "2026-10-25T02:00:00Z"));
        assert!(
            open(&hours, "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"),
            "and a short night"
        );
    }

    #[test]
    fn invalid_or_absent_hours_are_empty() {
        assert!(
            Availability::new(None, None, &[], UseLimits::default())
                .encode()
                .is_empty()
        );
        let mut invalid = thursdays();
        invalid.exceptions[0].first_day = "Christmas".into();
        assert!(Availability::new(Some(&invalid), None, &[], UseLimits::default()).is_empty());
        let mut unknown_zone = thursdays();
        unknown_zone.time_zone = "Europe/Nowhere".into();
        assert!(!open(
            &Availability::new(Some(&unknown_zone), None, &[], UseLimits::default()),
            "2026-11-26T19:00:00Z",
            "2026-11-26T20:00:00Z"
        ));
    }

    #[test]
    fn a_room_matches_a_part_of_the_day_of_which_it_is_open_for_an_hour() {
        let hours = Availability::new(Some(&thursdays()), None, &[], UseLimits::default());
        let on = |wanted: u64| move |weekday| weekday == wanted;
        assert!(hours.is_usually_open(on(4), &[(18 * 60, 22 * 60)]));
        assert!(
            !hours.is_usually_open(on(4), &[(20 * 60 + 30, 23 * 60)]),
            "half an hour only"
        );
        assert!(
            hours.is_usually_open(on(4), &[(20 * 60 + 30, 21 * 60)]),
            "all of the requested part"
        );
        assert!(!hours.is_usually_open(on(1), &[(0, 1_440)]));
    }

    fn on(hours: &Availability, day: &str, from: &str, to: &str, now: &str) -> Use {
        let minutes = |text: &str| epoch_minute(time(text)).unwrap();
        let at = |clock: &str| minutes(&format!("{day}T{clock}:00Z"));
        hours.use_during(at(from), at(to), minutes(now))
    }

    const NOW: &str = "2026-11-27T12:00:00Z";

    fn thursday_evenings(change: impl FnOnce(&mut v1::Availability)) -> v1::Availability {
        let mut hours = week(&[(v1::Weekday::Thursday, "18:00", "22:00")]);
        change(&mut hours);
        hours
    }

    fn with(hours: &v1::Availability, limits: UseLimits) -> Availability {
        let hours = Availability::new(Some(hours), None, &[], limits);
        // As the index stores it.
        let decoded = Availability::decode(hours.encode().into_iter());
        assert_eq!(decoded, hours);
        decoded
    }

    #[test]
    fn a_room_for_at_least_three_hours_is_asked_about_for_one_and_not_free_at_its_edges() {
        let limits = UseLimits {
            shortest_minutes: 180,
            longest_minutes: 200,
            ..UseLimits::default()
        };
        let room = with(&thursday_evenings(|_| ()), limits);
        let on = |from: &str, to: &str| on(&room, "2026-12-17", from, to, NOW);
        assert_eq!(on("19:00", "20:00"), Use::Ask(vec![UseCondition::Shortest]));
        assert_eq!(on("18:00", "21:00"), Use::Free);
        assert_eq!(on("18:00", "22:00"), Use::None, "longer than the longest");
        assert_eq!(on("17:00", "18:30"), Use::None, "closed before six");
        let short = with(
            &week(&[(v1::Weekday::Thursday, "18:00", "20:00")]),
            UseLimits {
                shortest_minutes: 180,
                ..UseLimits::default()
            },
        );
        assert_eq!(
            super::tests::on(&short, "2026-12-17", "18:00", "19:00", NOW),
            Use::None,
            "it is never open for three hours"
        );
    }

    #[test]
    fn notice_and_booking_ahead_are_conditions() {
        let limits = UseLimits {
            notice_hours: 336,
            book_ahead_days: 60,
            ..UseLimits::default()
        };
        let room = with(&thursday_evenings(|_| ()), limits);
        let on = |day: &str| on(&room, day, "19:00", "20:00", NOW);
        assert_eq!(on("2026-12-03"), Use::Ask(vec![UseCondition::Notice]));
        assert_eq!(on("2026-12-17"), Use::Free);
        assert_eq!(on("2027-02-11"), Use::Ask(vec![UseCondition::BookAhead]));
    }

    #[test]
    fn monthly_rows_apply_in_their_weeks() {
        let room = |weeks: &[i32]| {
            let hours = thursday_evenings(|it| it.weekly[0].weeks_of_month = weeks.to_vec());
            with(&hours, UseLimits::default())
        };
        let days = ["2026-12-03", "2026-12-10", "2027-01-28"];
        let on = |weeks: &[i32]| {
            let room = room(weeks);
            days.map(|day| on(&room, day, "19:00", "20:00", NOW) == Use::Free)
        };
        assert_eq!(on(&[1]), [true, false, false]);
        assert_eq!(on(&[2, -1]), [false, true, true]);
        assert_eq!(on(&[4]), [false, false, true]);
    }

    #[test]
    fn public_holidays_are_closed_or_to_be_asked_about() {
        let christmas = |calendar: &str| {
            let mut hours = week(&[(v1::Weekday::Friday, "18:00", "22:00")]);
            hours.holiday_calendar = calendar.into();
            hours
        };
        let on = |hours: &v1::Availability, day: &str| {
            let room = with(hours, UseLimits::default());
            on(&room, day, "19:00", "20:00", NOW)
        };
        let ask = Use::Ask(vec![UseCondition::PublicHoliday]);
        assert_eq!(on(&christmas("GB-ENG"), "2026-12-25"), Use::None);
        assert_eq!(on(&christmas(""), "2026-12-25"), ask);
        assert_eq!(on(&christmas("GB-SCT"), "2026-12-18"), Use::Free);
        // 26 March 2027 is Good Friday.
        assert_eq!(on(&christmas("GB-NIR"), "2027-03-26"), Use::None);
        assert_eq!(on(&christmas("GB-ENG"), "2032-12-24"), ask, "not yet known");
        let mut stated = christmas("GB-ENG");
        stated.exceptions = vec![v1::AvailabilityException {
            first_day: "2026-12-25".into(),
            opening_time: "18:00".into(),
            closing_time: "22:00".into(),
            ..v1::AvailabilityException::default()
        }];
        assert_eq!(
            on(&stated, "2026-12-25"),
            Use::Free,
            "it says that it is open"
        );
    }

    #[test]
    fn words_that_limit_the_hours_are_to_be_asked_about() {
        let on = |words: &str| {
            let hours = thursday_evenings(|it| it.words = words.into());
            on(
                &with(&hours, UseLimits::default()),
                "2026-12-10",
                "19:00",
                "20:00",
                NOW,
            )
        };
        let ask = Use::Ask(vec![UseCondition::Words]);
        assert_eq!(on("first Thursday of the month only"), ask);
        assert_eq!(on("In term time."), ask);
        assert_eq!(on("a quiet room"), Use::Free);
    }

    #[test]
    fn a_need_overlaps_fully_only_without_conditions() {
        let now = epoch_minute(time(NOW)).unwrap();
        let need = with(
            &week(&[(v1::Weekday::Thursday, "19:00", "21:00")]),
            UseLimits::default(),
        );
        let overlap = |hours: &v1::Availability, limits| with(hours, limits).overlap(&need, now);
        let any = UseLimits::default();
        assert_eq!(overlap(&thursday_evenings(|_| ()), any), Overlap::Full);
        let three_hours = UseLimits {
            shortest_minutes: 180,
            ..any
        };
        assert_eq!(
            overlap(&thursday_evenings(|_| ()), three_hours),
            Overlap::Maybe
        );
        let monthly = thursday_evenings(|it| it.weekly[0].weeks_of_month = vec![1]);
        assert_eq!(overlap(&monthly, any), Overlap::Maybe);
        let in_words = thursday_evenings(|it| it.words = "first Thursday only".into());
        assert_eq!(overlap(&in_words, any), Overlap::Maybe);
        let friday = week(&[(v1::Weekday::Friday, "18:00", "22:00")]);
        assert_eq!(overlap(&friday, any), Overlap::None);
    }
}
