//! When an offer is to be had, or a need is felt: a usual week, days that differ, and
//! particular times, as numbers of a document.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::DateTime;
use chrono::Datelike;
use chrono::Days;
use chrono::Duration;
use chrono::LocalResult;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::TimeZone;
use chrono::Timelike;
use chrono_tz::TZ_VARIANTS;
use chrono_tz::Tz;
use hedgerow_core::recurrence::Occurrence;
use hedgerow_core::recurrence::parse_date;
use hedgerow_core::recurrence::parse_time;
use hedgerow_core::recurrence::parse_zone;
use hedgerow_proto::v1;
use sha2::Digest;
use sha2::Sha256;

use super::DAY_MINUTES;
use super::distinct;
use super::minute;
use super::slot;

/// The most rows that are looked at.
const MOST_ROWS: usize = 400;
/// A room that is open for this much of the time asked for is open then.
const AN_HOUR: u64 = 60;

/// The two highest bits say what a number is.
const KIND: u32 = 62;
/// A digest of the time zone's name.
const ZONE: u64 = 0;
/// Weekday, from, to.
const WEEKLY: u64 = 1;
/// First day, last day, from, to; shut where both are 0.
const EXCEPTION: u64 = 2;
/// A minute in UTC, and how many minutes.
const PARTICULAR: u64 = 3;

const MINUTE_BITS: u32 = 11;
const DAY_BITS: u32 = 17;
const LENGTH_BITS: u32 = 16;

/// Zones by the digest of their names.
static ZONES: LazyLock<HashMap<u64, Tz>> = LazyLock::new(|| {
    TZ_VARIANTS
        .iter()
        .map(|zone| (zone_digest(*zone), *zone))
        .collect()
});

/// Hours that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hours {
    zone: Option<Tz>,
    weekly: Vec<Weekly>,
    exceptions: Vec<Exception>,
    particular: Vec<Particular>,
}

/// Hours on one day of the usual week, in minutes after midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Weekly {
    weekday: u64,
    from: u64,
    to: u64,
}

/// Days that differ, both included. Shut where `from` is `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Exception {
    first: u64,
    last: u64,
    from: u64,
    to: u64,
}

/// One time, from a minute since 1970, so many minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Particular {
    start: u64,
    length: u64,
}

impl Hours {
    /// Reads them. Where a row cannot be read nothing is said: a room whose holidays are
    /// garbled must not be shown as free.
    pub(crate) fn of(
        availability: Option<&v1::Availability>,
        zone: Option<&str>,
        particular: &[Occurrence],
    ) -> Self {
        let mut hours = availability.and_then(Self::read).unwrap_or_default();
        hours.zone = hours.zone.or_else(|| zone.and_then(parse_zone));
        hours.particular = particular.iter().filter_map(Particular::of).collect();
        hours
    }

    fn read(availability: &v1::Availability) -> Option<Self> {
        let rows = availability.weekly.len() + availability.exceptions.len();
        if rows == 0 || rows > MOST_ROWS {
            return None;
        }
        Some(Self {
            zone: Some(parse_zone(&availability.time_zone)?),
            weekly: availability
                .weekly
                .iter()
                .map(Weekly::of)
                .collect::<Option<_>>()?,
            exceptions: availability
                .exceptions
                .iter()
                .map(Exception::of)
                .collect::<Option<_>>()?,
            particular: Vec::new(),
        })
    }

    /// As numbers of a document.
    pub(crate) fn encode(&self) -> Vec<u64> {
        if self.is_unsaid() {
            return Vec::new();
        }
        let zone = self.zone.map(|zone| ZONE << KIND | zone_digest(zone));
        let weekly = self.weekly.iter().map(|row| {
            WEEKLY << KIND | row.weekday << (2 * MINUTE_BITS) | row.from << MINUTE_BITS | row.to
        });
        let exceptions = self.exceptions.iter().map(|row| {
            EXCEPTION << KIND
                | row.first << (DAY_BITS + 2 * MINUTE_BITS)
                | row.last << (2 * MINUTE_BITS)
                | row.from << MINUTE_BITS
                | row.to
        });
        let particular = self
            .particular
            .iter()
            .map(|one| PARTICULAR << KIND | one.start << LENGTH_BITS | one.length);
        zone.into_iter()
            .chain(weekly)
            .chain(exceptions)
            .chain(particular)
            .collect()
    }

    /// Reads the numbers of a document.
    pub(crate) fn decode(values: impl Iterator<Item = u64>) -> Self {
        let part = |value: u64, shift: u32, bits: u32| value >> shift & ((1 << bits) - 1);
        let mut hours = Self::default();
        for value in values {
            let from = part(value, MINUTE_BITS, MINUTE_BITS);
            let to = part(value, 0, MINUTE_BITS);
            match value >> KIND {
                ZONE => hours.zone = ZONES.get(&value).copied(),
                WEEKLY => hours.weekly.push(Weekly {
                    weekday: part(value, 2 * MINUTE_BITS, 3),
                    from,
                    to,
                }),
                EXCEPTION => hours.exceptions.push(Exception {
                    first: part(value, DAY_BITS + 2 * MINUTE_BITS, DAY_BITS),
                    last: part(value, 2 * MINUTE_BITS, DAY_BITS),
                    from,
                    to,
                }),
                _ => hours.particular.push(Particular {
                    start: part(value, LENGTH_BITS, 32),
                    length: part(value, 0, LENGTH_BITS),
                }),
            }
        }
        hours
    }

    /// Whether nothing is said about when.
    pub(crate) fn is_unsaid(&self) -> bool {
        self.weekly.is_empty() && self.exceptions.is_empty() && self.particular.is_empty()
    }

    /// Hours of the week in which it is usually open.
    pub(crate) fn slots(&self) -> Vec<u64> {
        distinct(self.week().flat_map(|row| {
            (row.from / 60..row.to.div_ceil(60)).map(move |hour| slot(row.weekday, hour * 60))
        }))
    }

    /// Whether it is usually open on one of the days that `on` lets through, for an hour
    /// of one of `parts`, or for all of one that is shorter.
    pub(crate) fn is_usually_open(&self, on: impl Fn(u64) -> bool, parts: &[(u64, u64)]) -> bool {
        self.week().filter(|row| on(row.weekday)).any(|row| {
            parts.iter().any(|&(from, to)| {
                let shared = row.to.min(to).saturating_sub(row.from.max(from));
                shared > 0 && shared >= AN_HOUR.min(to - from).min(row.to - row.from)
            })
        })
    }

    /// Whether something that is wanted at these hours could be had: at one of the
    /// particular times, or for an hour of the usual week, each by its own clock.
    pub(crate) fn serves(&self, wanted: &Self) -> bool {
        let particular = wanted.particular.iter();
        let mut particular = particular.map(|one| (one.start, one.start + one.length.max(1)));
        let mut weekly = wanted.weekly.iter();
        particular.any(|(from, to)| self.is_open(from, to))
            || weekly.any(|row| {
                self.is_usually_open(|weekday| weekday == row.weekday, &[(row.from, row.to)])
            })
    }

    /// The usual week, and particular times as days of the week.
    fn week(&self) -> impl Iterator<Item = Weekly> {
        let particular = self.particular.iter().filter_map(|one| {
            let local = local(self.zone?, one.start)?;
            let from = u64::from(local.hour() * 60 + local.minute());
            Some(Weekly {
                weekday: local.weekday().number_from_monday().into(),
                from,
                to: (from + one.length.max(1)).min(DAY_MINUTES),
            })
        });
        self.weekly.iter().copied().chain(particular)
    }

    /// Whether it is open all the time between two minutes since 1970.
    pub(crate) fn is_open(&self, from: u64, to: u64) -> bool {
        let mut open: Vec<(u64, u64)> = self
            .particular
            .iter()
            .map(|one| (one.start, one.start + one.length))
            .collect();
        open.extend(self.openings(from, to));
        open.sort_unstable();
        let mut covered = from;
        for (opens, closes) in open {
            if opens > covered {
                break;
            }
            covered = covered.max(closes);
        }
        covered >= to
    }

    /// Opening times around two minutes, by the usual week and the days that differ.
    fn openings(&self, from: u64, to: u64) -> Vec<(u64, u64)> {
        let Some((zone, first, last)) = self
            .zone
            .and_then(|zone| Some((zone, local(zone, from)?, local(zone, to)?)))
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
                    Some((
                        instant(zone, day, opens, false)?,
                        instant(zone, day, closes, true)?,
                    ))
                })
        })
        .collect()
    }

    fn hours_on(&self, day: NaiveDate) -> Vec<(u64, u64)> {
        let number = day_number(day);
        let mut differing = self
            .exceptions
            .iter()
            .filter(|row| (row.first..=row.last).contains(&number))
            .peekable();
        if differing.peek().is_some() {
            return differing
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

/// Whether what a document's numbers say is open all the time between two minutes.
pub(crate) fn is_open_during(values: impl Iterator<Item = u64>, from: u64, to: u64) -> bool {
    Hours::decode(values).is_open(from, to)
}

impl Weekly {
    fn of(row: &v1::WeeklyHours) -> Option<Self> {
        let weekday = u64::from(row.weekday.unsigned_abs());
        let (from, to) = (of_day(&row.opens_at)?, of_day(&row.closes_at)?);
        ((1..=7).contains(&weekday) && from < to).then_some(Self { weekday, from, to })
    }
}

impl Exception {
    fn of(row: &v1::AvailabilityException) -> Option<Self> {
        let first = parse_date(&row.first_day)?;
        let last = if row.last_day.is_empty() {
            first
        } else {
            parse_date(&row.last_day)?
        };
        let (from, to) = if row.opens_at.is_empty() && row.closes_at.is_empty() {
            (0, 0)
        } else {
            (of_day(&row.opens_at)?, of_day(&row.closes_at)?)
        };
        (first <= last && from <= to).then(|| Self {
            first: day_number(first),
            last: day_number(last),
            from,
            to,
        })
    }
}

impl Particular {
    fn of(occurrence: &Occurrence) -> Option<Self> {
        let start = minute(occurrence.start)?;
        let length = minute(occurrence.end)?.saturating_sub(start);
        Some(Self {
            start,
            length: length.min((1 << LENGTH_BITS) - 1),
        })
    }
}

/// Minutes after midnight; `24:00` is the end of the day.
fn of_day(text: &str) -> Option<u64> {
    if text == "24:00" {
        return Some(DAY_MINUTES);
    }
    let time = parse_time(text)?;
    Some(u64::from(time.hour() * 60 + time.minute()))
}

/// Days since the first that a record may name.
fn day_number(day: NaiveDate) -> u64 {
    let since = day - NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default();
    u64::try_from(since.num_days()).unwrap_or(0)
}

/// The first four bytes of the digest of a zone's name: the same whatever the version of
/// the zone database, unlike its place in there.
fn zone_digest(zone: Tz) -> u64 {
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(zone.name()));
    u32::from_be_bytes([a, b, c, d]).into()
}

/// A minute since 1970 on the clock there.
fn local(zone: Tz, minute: u64) -> Option<NaiveDateTime> {
    let utc = DateTime::from_timestamp(i64::try_from(minute).ok()?.checked_mul(60)?, 0)?;
    Some(utc.with_timezone(&zone).naive_local())
}

/// The minute since 1970 at which the clock there shows so many minutes after midnight.
/// Of a time that comes twice the later where `late`, so that what is open through the
/// night is open for all of it.
fn instant(zone: Tz, day: NaiveDate, of_day: u64, late: bool) -> Option<u64> {
    let (day, of_day) = if of_day == DAY_MINUTES {
        (day.checked_add_days(Days::new(1))?, 0)
    } else {
        (day, of_day)
    };
    let hour = u32::try_from(of_day / 60).ok()?;
    let reading = day.and_hms_opt(hour, u32::try_from(of_day % 60).ok()?, 0)?;
    let time = match zone.from_local_datetime(&reading) {
        LocalResult::Single(time) => time,
        LocalResult::Ambiguous(first, second) => {
            if late {
                second
            } else {
                first
            }
        }
        LocalResult::None => zone
            .from_local_datetime(&(reading + Duration::hours(1)))
            .earliest()?,
    };
    u64::try_from(time.timestamp().div_euclid(60)).ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::time;
    use super::*;

    fn week(rows: &[(v1::Weekday, &str, &str)]) -> v1::Availability {
        v1::Availability {
            time_zone: "Europe/London".into(),
            weekly: rows
                .iter()
                .map(|(weekday, opens_at, closes_at)| v1::WeeklyHours {
                    weekday: (*weekday).into(),
                    opens_at: (*opens_at).into(),
                    closes_at: (*closes_at).into(),
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
                opens_at: opens.into(),
                closes_at: closes.into(),
                words: String::new(),
            };
        hours.exceptions = vec![
            exception("2026-12-21", "2027-01-03", "", ""),
            exception("2026-11-05", "", "10:00", "14:00"),
            exception("2026-11-08", "", "10:00", "14:00"),
        ];
        hours
    }

    fn open(hours: &Hours, from: &str, to: &str) -> bool {
        let minutes = |text: &str| minute(time(text)).unwrap();
        hours.is_open(minutes(from), minutes(to))
    }

    #[test]
    fn the_numbers_of_a_document_say_what_was_read() {
        let hours = Hours::of(Some(&thursdays()), None, &[]);
        assert_eq!(Hours::decode(hours.encode().into_iter()), hours);
    }

    #[test]
    fn seven_is_seven_in_winter_and_in_summer() {
        let hours = Hours::of(Some(&thursdays()), None, &[]);
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
    fn rows_that_meet_are_one_stretch_even_over_midnight() {
        let hours = Hours::of(Some(&thursdays()), None, &[]);
        assert!(open(&hours, "2026-11-26T12:00:00Z", "2026-11-26T13:00:00Z"));
        assert!(open(&hours, "2026-11-27T23:00:00Z", "2026-11-28T01:30:00Z"));
        assert!(!open(
            &hours,
            "2026-11-27T23:00:00Z",
            "2026-11-28T02:30:00Z"
        ));
    }

    #[test]
    fn on_days_that_differ_the_usual_week_does_not_hold() {
        let hours = Hours::of(Some(&thursdays()), None, &[]);
        assert!(
            !open(&hours, "2026-12-24T10:00:00Z", "2026-12-24T11:00:00Z"),
            "shut"
        );
        assert!(
            !open(&hours, "2026-11-05T19:00:00Z", "2026-11-05T20:00:00Z"),
            "not that evening"
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
    fn a_night_with_two_one_o_clocks_is_open_throughout() {
        let hours = Hours::of(
            Some(&week(&[(v1::Weekday::Sunday, "00:00", "02:00")])),
            None,
            &[],
        );
        assert!(open(&hours, "2026-10-24T23:00:00Z", "2026-10-25T02:00:00Z"));
        assert!(
            open(&hours, "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"),
            "and a short one"
        );
    }

    #[test]
    fn garbled_or_absent_hours_say_nothing() {
        assert!(Hours::of(None, None, &[]).encode().is_empty());
        let mut garbled = thursdays();
        garbled.exceptions[0].first_day = "Christmas".into();
        assert!(Hours::of(Some(&garbled), None, &[]).is_unsaid());
        let mut nowhere = thursdays();
        nowhere.time_zone = "Europe/Nowhere".into();
        assert!(!open(
            &Hours::of(Some(&nowhere), None, &[]),
            "2026-11-26T19:00:00Z",
            "2026-11-26T20:00:00Z"
        ));
    }

    #[test]
    fn a_room_that_shares_an_hour_of_the_evening_is_open_then() {
        let hours = Hours::of(Some(&thursdays()), None, &[]);
        let on = |wanted: u64| move |weekday| weekday == wanted;
        assert!(hours.is_usually_open(on(4), &[(18 * 60, 22 * 60)]));
        assert!(
            !hours.is_usually_open(on(4), &[(20 * 60 + 30, 23 * 60)]),
            "half an hour only"
        );
        assert!(
            hours.is_usually_open(on(4), &[(20 * 60 + 30, 21 * 60)]),
            "all that was asked"
        );
        assert!(!hours.is_usually_open(on(1), &[(0, 1_440)]));
    }
}
