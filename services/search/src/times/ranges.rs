//! The ranges of time of a request, in minutes.

use chrono::{DateTime, Timelike};
use chrono_tz::Tz;
use hedgerow_core::recurrence::parse_zone;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::{TimeOfDayRange, TimeWindow};

use crate::times::availability::{Availability, Use};
use crate::times::encoding::{DAY_MINUTES, days, epoch_minute};
use crate::times::expansion::{MAX_DAYS_AHEAD, MAX_DAYS_BACK};

/// The longest time of use, in minutes.
const MAX_USE_MINUTES: u64 = 31 * DAY_MINUTES;

/// A requested time that is invalid or outside the index.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct InvalidTime {
    /// Stable, for programs.
    pub reason: &'static str,
    pub message: String,
}

impl InvalidTime {
    fn new(reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
        }
    }

    fn too_far() -> Self {
        let message = format!("only the next {MAX_DAYS_AHEAD} days are searched");
        Self::new("window_too_far", message)
    }
}

/// A window in which an occurrence takes place, in minutes since 1970; the end is excluded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub(crate) from: u64,
    pub(crate) to: u64,
}

impl Window {
    /// Reads a window. A missing start means now; a missing end, as far as the index reaches.
    pub fn parse(window: &TimeWindow, now: Timestamp) -> Result<Self, InvalidTime> {
        let earliest = now.minus(days(MAX_DAYS_BACK));
        let latest = now.plus(days(MAX_DAYS_AHEAD));
        let malformed = |message: &str| InvalidTime::new("time_malformed", message);
        let read = |time: Option<&prost_types::Timestamp>, default| match time {
            None => Ok(default),
            Some(time) => Timestamp::try_from(time)
                .map_err(|_| malformed("a time of the window is out of bounds")),
        };
        let from = read(window.start_time.as_ref(), now)?;
        let to = read(window.end_time.as_ref(), latest)?;
        if from >= to {
            let message = "the window ends before it begins";
            return Err(InvalidTime::new("ends_before_start", message));
        }
        if to <= earliest {
            let message = "this window is past: only coming occurrences are searched";
            return Err(InvalidTime::new("window_past", message));
        }
        if from > latest {
            return Err(InvalidTime::too_far());
        }
        let from = epoch_minute(from.max(earliest));
        let from = from.ok_or_else(|| malformed("the window begins before 1970"))?;
        Ok(Self {
            from,
            // Nothing later is indexed, and each four weeks of a window cost a query term.
            to: epoch_minute_after(to.min(latest)),
        })
    }
}

/// A time for all of which a space is wanted, in minutes since 1970; the end is excluded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TimeOfUse {
    pub(crate) from: u64,
    pub(crate) to: u64,
}

impl TimeOfUse {
    /// Reads a window with both ends.
    pub fn parse(window: &TimeWindow, now: Timestamp) -> Result<Self, InvalidTime> {
        let Some((from, to)) = window.start_time.as_ref().zip(window.end_time.as_ref()) else {
            let message = "expected a start and an end";
            return Err(InvalidTime::new("missing", message));
        };
        let read = |time| {
            let time = Timestamp::try_from(time).ok()?;
            Some((epoch_minute(time)?, epoch_minute_after(time)))
        };
        let Some(((from, _), (_, to))) = read(from).zip(read(to)) else {
            let message = "a time of the window is out of bounds";
            return Err(InvalidTime::new("time_malformed", message));
        };
        if from >= to {
            let message = "the window ends before it begins";
            return Err(InvalidTime::new("ends_before_start", message));
        }
        if to - from > MAX_USE_MINUTES {
            return Err(InvalidTime::new(
                "window_too_long",
                "at most 31 days at once",
            ));
        }
        let latest = epoch_minute(now.plus(days(MAX_DAYS_AHEAD)));
        if latest.is_some_and(|latest| from > latest) {
            return Err(InvalidTime::too_far());
        }
        Ok(Self { from, to })
    }

    /// Whether something with these hours can be used for all of it, if that is requested `now`.
    pub fn use_of(self, hours: &Availability, now: Timestamp) -> Use {
        hours.use_during(self.from, self.to, epoch_minute(now).unwrap_or_default())
    }
}

/// A set of weekdays, never empty. Bit 1 is Monday.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Weekdays(u8);

impl Weekdays {
    /// Reads numbers of enum `Weekday`; `None` for an empty list.
    pub fn parse(weekdays: &[i32]) -> Result<Option<Self>, InvalidTime> {
        if weekdays.iter().any(|day| !(1..=7).contains(day)) || weekdays.len() > 7 {
            let message = "expected days of the week, each once";
            return Err(InvalidTime::new("value_unknown", message));
        }
        let bits = weekdays.iter().fold(0, |bits, day| bits | 1 << day);
        Ok((bits != 0).then_some(Self(bits)))
    }

    pub(crate) fn contains(self, weekday: u64) -> bool {
        self.0 >> weekday & 1 == 1
    }
}

/// A part of the day, in minutes after midnight; the end is excluded. A part across midnight is
/// two.
#[derive(Clone, PartialEq, Eq)]
pub struct TimeOfDay {
    parts: Vec<(u64, u64)>,
    /// The zone of its clock; `None` for the clock at the place.
    zone: Option<Tz>,
}

impl TimeOfDay {
    /// Reads a range; one that ends before it begins crosses midnight.
    pub fn parse(range: &TimeOfDayRange) -> Result<Self, InvalidTime> {
        let (from, to) = (u64::from(range.start_minute), u64::from(range.end_minute));
        if from >= DAY_MINUTES || to > DAY_MINUTES || from == to {
            let message = "expected minutes after midnight from 0 to 1440, not twice the same";
            return Err(InvalidTime::new("time_of_day_malformed", message));
        }
        let zone = match range.time_zone.as_str() {
            "" => None,
            name => Some(parse_zone(name).ok_or_else(|| {
                let message = "expected an IANA time zone such as Europe/London";
                InvalidTime::new("time_zone_unknown", message)
            })?),
        };
        let mut parts = Vec::with_capacity(2);
        if from < to {
            parts.push((from, to));
        } else {
            parts.push((from, DAY_MINUTES));
            parts.extend((to > 0).then_some((0, to)));
        }
        Ok(Self { parts, zone })
    }

    pub(crate) fn parts(&self) -> &[(u64, u64)] {
        &self.parts
    }

    /// Whether a start is in it. `start` is in minutes since 1970, `local_minute` on the clock at
    /// the place.
    pub(crate) fn contains(&self, start: u64, local_minute: u64) -> bool {
        let minute = match self.zone {
            None => local_minute,
            Some(zone) => minute_in(zone, start).unwrap_or(local_minute),
        };
        self.parts
            .iter()
            .any(|&(from, to)| (from..to).contains(&minute))
    }

    /// Whether a start in an hour of the day at the place may be in it.
    pub(crate) fn may_overlap_hour(&self, hour: u64) -> bool {
        let (start, end) = (hour * 60, hour * 60 + 60);
        let overlaps = |&(from, to): &(u64, u64)| from < end && start < to;
        // The place may be in any other zone, so that its hour does not exclude anything.
        self.zone.is_some() || self.parts.iter().any(overlaps)
    }
}

/// The minute of the day in a zone.
fn minute_in(zone: Tz, minute: u64) -> Option<u64> {
    let utc = DateTime::from_timestamp(i64::try_from(minute).ok()?.checked_mul(60)?, 0)?;
    let local = utc.with_timezone(&zone);
    Some(u64::from(local.hour() * 60 + local.minute()))
}

/// The first whole minute at or after a time; 0 before 1970.
fn epoch_minute_after(time: Timestamp) -> u64 {
    let minutes = time.as_seconds().div_euclid(60);
    let is_whole = time.as_seconds().rem_euclid(60) == 0;
    u64::try_from(minutes + i64::from(!is_whole)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use hedgerow_proto::v1;

    use super::*;
    use crate::times::expansion::tests::time;

    const NOW: &str = "2026-03-20T12:00:00Z";

    fn window(from: &str, to: &str) -> TimeWindow {
        TimeWindow {
            start_time: Some(time(from).into()),
            end_time: Some(time(to).into()),
        }
    }

    fn reason<T>(parsed: Result<T, InvalidTime>) -> &'static str {
        parsed.err().map_or("none", |invalid| invalid.reason)
    }

    #[test]
    fn times_outside_the_index_are_rejected() {
        let now = time(NOW);
        let day = "2026-03-20T00:00:00Z";
        let search = |from, to| reason(Window::parse(&window(from, to), now));
        assert_eq!(search(day, "2026-03-21T00:00:00Z"), "none");
        assert_eq!(search(day, day), "ends_before_start");
        let past = search("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z");
        assert_eq!(past, "window_past");
        let far = search("2028-01-01T00:00:00Z", "2028-02-01T00:00:00Z");
        assert_eq!(far, "window_too_far");

        let free = |from, to| reason(TimeOfUse::parse(&window(from, to), now));
        assert_eq!(free(day, "2026-03-21T00:00:00Z"), "none");
        assert_eq!(free(day, day), "ends_before_start");
        assert_eq!(free(day, "2026-05-20T00:00:00Z"), "window_too_long");
        let far = free("2028-01-01T00:00:00Z", "2028-01-02T00:00:00Z");
        assert_eq!(far, "window_too_far");
        let open_end = TimeWindow {
            end_time: None,
            ..window(day, day)
        };
        assert_eq!(reason(TimeOfUse::parse(&open_end, now)), "missing");
        assert_eq!(reason(Window::parse(&open_end, now)), "none");
    }

    #[test]
    fn weekdays_and_times_of_day_are_checked() {
        assert_eq!(reason(Weekdays::parse(&[8])), "value_unknown");
        assert_eq!(reason(Weekdays::parse(&[1; 8])), "value_unknown");
        assert!(Weekdays::parse(&[]).is_ok_and(|days| days.is_none()));
        let thursday = [v1::Weekday::Thursday.into()];
        let thursday = Weekdays::parse(&thursday).unwrap().unwrap();
        assert!(thursday.contains(4) && !thursday.contains(5));

        let range = |start_minute, end_minute| {
            reason(TimeOfDay::parse(&TimeOfDayRange {
                start_minute,
                end_minute,
                time_zone: String::new(),
            }))
        };
        assert_eq!(range(60, 60), "time_of_day_malformed");
        assert_eq!(range(0, 1_441), "time_of_day_malformed");
        assert_eq!(range(1_320, 120), "none");
        let nowhere = TimeOfDayRange {
            start_minute: 0,
            end_minute: 60,
            time_zone: "Europe/Nowhere".into(),
        };
        assert_eq!(reason(TimeOfDay::parse(&nowhere)), "time_zone_unknown");
    }
}
