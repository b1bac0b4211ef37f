//! Opening hours of an offer, or hours in which a need exists, as numbers of a document: a usual
//! week, exceptional days and one-off times.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{
    DateTime, Datelike, Days, Duration, LocalResult, NaiveDate, NaiveDateTime, TimeZone, Timelike,
};
use chrono_tz::{TZ_VARIANTS, Tz};
use hedgerow_core::recurrence::{Occurrence, parse_date, parse_minute_of_day, parse_zone};
use hedgerow_proto::v1;
use sha2::{Digest, Sha256};

use crate::times::encoding::{DAY_MINUTES, epoch_minute, hour_slot, sorted_distinct};

/// Maximum number of rows; more are treated as unreadable.
const MAX_ROWS: usize = 400;
/// Opening hours that share this many minutes with a requested part of the day match it.
const MIN_SHARED_MINUTES: u64 = 60;

// The two highest bits are the kind of a number.
const KIND_SHIFT: u32 = 62;
/// A digest of the time zone's name.
const KIND_ZONE: u64 = 0;
/// Weekday, from, to.
const KIND_WEEKLY: u64 = 1;
/// First day, last day, from, to; closed if `from` equals `to`.
const KIND_EXCEPTION: u64 = 2;
/// The start in minutes since 1970 UTC, and the length in minutes.
const KIND_ONE_OFF: u64 = 3;

const MINUTE_BITS: u32 = 11;
const DAY_BITS: u32 = 17;
const LENGTH_BITS: u32 = 16;

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
}

/// Hours on one day of the usual week, in minutes after midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct WeeklyHours {
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
    ) -> Self {
        let mut parsed = availability.and_then(Self::parse).unwrap_or_default();
        parsed.zone = parsed.zone.or_else(|| zone.and_then(parse_zone));
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
        })
    }

    /// Encodes the numbers of a document.
    pub(crate) fn encode(&self) -> Vec<u64> {
        if self.is_empty() {
            return Vec::new();
        }
        let zone = self
            .zone
            .map(|zone| KIND_ZONE << KIND_SHIFT | zone_digest(zone));
        let weekly = self.weekly.iter().map(|row| {
            KIND_WEEKLY << KIND_SHIFT
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
                KIND_ZONE => decoded.zone = ZONES_BY_DIGEST.get(&value).copied(),
                KIND_WEEKLY => decoded.weekly.push(WeeklyHours {
                    weekday: part(value, 2 * MINUTE_BITS, 3),
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
        self.week().filter(|row| on(row.weekday)).any(|row| {
            parts.iter().any(|&(from, to)| {
                let shared = row.to.min(to).saturating_sub(row.from.max(from));
                let required = MIN_SHARED_MINUTES.min(to - from).min(row.to - row.from);
                shared > 0 && shared >= required
            })
        })
    }

    /// Whether it is open at one of the times at which a need exists: during a one-off time,
    /// or for an hour of the usual week. Each side's week is local to its own time zone.
    pub fn overlaps(&self, need: &Self) -> bool {
        let one_offs = need.one_offs.iter();
        let mut one_offs = one_offs.map(|one| (one.start, one.start + one.length.max(1)));
        let mut weekly = need.weekly.iter();
        one_offs.any(|(from, to)| self.is_open(from, to))
            || weekly.any(|row| {
                self.is_usually_open(|weekday| weekday == row.weekday, &[(row.from, row.to)])
            })
    }

    /// The usual week, with one-off times as days of the week.
    fn week(&self) -> impl Iterator<Item = WeeklyHours> {
        let one_offs = self.one_offs.iter().filter_map(|one| {
            let local = local_time(self.zone?, one.start)?;
            let from = u64::from(local.hour() * 60 + local.minute());
            Some(WeeklyHours {
                weekday: local.weekday().number_from_monday().into(),
                from,
                to: (from + one.length.max(1)).min(DAY_MINUTES),
            })
        });
        self.weekly.iter().copied().chain(one_offs)
    }

    /// Whether it is open for the whole time between two minutes since 1970.
    pub(crate) fn is_open(&self, from: u64, to: u64) -> bool {
        let mut openings: Vec<(u64, u64)> = self
            .one_offs
            .iter()
            .map(|one| (one.start, one.start + one.length))
            .collect();
        openings.extend(self.openings(from, to));
        openings.sort_unstable();
        let mut covered = from;
        for (opens, closes) in openings {
            if opens > covered {
                break;
            }
            covered = covered.max(closes);
        }
        covered >= to
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
        let weekday = u64::from(day.weekday().number_from_monday());
        self.weekly
            .iter()
            .filter(|row| row.weekday == weekday)
            .map(|row| (row.from, row.to))
            .collect()
    }
}

impl WeeklyHours {
    fn parse(row: &v1::WeeklyHours) -> Option<Self> {
        let weekday = u64::from(row.weekday.unsigned_abs());
        let from = parse_minute_of_day(&row.opening_time)?.into();
        let to = parse_minute_of_day(&row.closing_time)?.into();
        ((1..=7).contains(&weekday) && from < to).then_some(Self { weekday, from, to })
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
                    out_of_hours: false,
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
        hours.is_open(minutes(from), minutes(to))
    }

    #[test]
    fn availability_survives_a_round_trip() {
        let hours = Availability::new(Some(&thursdays()), None, &[]);
        assert_eq!(Availability::decode(hours.encode().into_iter()), hours);
    }

    #[test]
    fn seven_is_seven_in_winter_and_in_summer() {
        let hours = Availability::new(Some(&thursdays()), None, &[]);
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
        let hours = Availability::new(Some(&thursdays()), None, &[]);
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
        let hours = Availability::new(Some(&thursdays()), None, &[]);
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
        );
        assert!(open(&hours, "2026-10-24T23:00:00Z", "2026-10-25T02:00:00Z"));
        assert!(
            open(&hours, "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"),
            "and a short night"
        );
    }

    #[test]
    fn invalid_or_absent_hours_are_empty() {
        assert!(Availability::new(None, None, &[]).encode().is_empty());
        let mut invalid = thursdays();
        invalid.exceptions[0].first_day = "Christmas".into();
        assert!(Availability::new(Some(&invalid), None, &[]).is_empty());
        let mut unknown_zone = thursdays();
        unknown_zone.time_zone = "Europe/Nowhere".into();
        assert!(!open(
            &Availability::new(Some(&unknown_zone), None, &[]),
            "2026-11-26T19:00:00Z",
            "2026-11-26T20:00:00Z"
        ));
    }

    #[test]
    fn a_room_matches_a_part_of_the_day_of_which_it_is_open_for_an_hour() {
        let hours = Availability::new(Some(&thursdays()), None, &[]);
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
}
