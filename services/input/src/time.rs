//! Days and times as people type them.
//!
//! They are read in one time zone, Europe/London by default, and never in the zone of
//! the machine, so that "Thursday at seven" means the same wherever it is typed.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;
use hedgerow_core::recurrence::parse_zone;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::{TimeOfDayRange, TimeWindow};
use hedgerow_proto::v1::Weekday;

use crate::InputError;
use hedgerow_proto::words::{values, word};

/// The time zone of a person who names none.
pub const DEFAULT_ZONE: &str = "Europe/London";

/// How long a room is wanted if only a start is typed.
const DEFAULT_USE_MINUTES: u32 = 120;
const DAY_MINUTES: u32 = 24 * 60;

/// Parts of the day, from and to in hours.
const DAY_PARTS: [(&str, u32, u32); 4] = [
    ("morning", 6, 12),
    ("afternoon", 12, 17),
    ("evening", 17, 22),
    ("night", 22, 6),
];

/// The current time and the time zone in which typed days and times are read.
#[derive(Debug, Clone, Copy)]
pub struct LocalClock {
    zone: Tz,
    now: Timestamp,
}

impl LocalClock {
    /// Reads the name of a time zone, such as `Europe/London`.
    ///
    /// # Errors
    /// If there is no such zone.
    pub fn new(zone: &str, now: Timestamp) -> Result<Self, InputError> {
        let zone = parse_zone(zone).ok_or_else(|| {
            InputError::new("zone", zone, "name a time zone such as Europe/London")
        })?;
        Ok(Self { zone, now })
    }

    /// The window from the start of day `from` to the end of day `to`. It starts now if
    /// `from` is absent or not after today: what is over is not searched.
    ///
    /// # Errors
    /// If a day cannot be read, or `to` is before `from`.
    pub fn window(
        &self,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<Option<TimeWindow>, InputError> {
        if from.is_none() && to.is_none() {
            return Ok(None);
        }
        let today = self.local_now().date();
        let read = |option, text: Option<&str>| {
            text.map(|text| {
                parse_day(text, today).ok_or_else(|| {
                    let advice = "write a day such as 2026-12-01, today or saturday";
                    InputError::new(option, text, advice)
                })
            })
            .transpose()
        };
        let first = read("from", from)?;
        let last = read("to", to)?;
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            let advice = format!("the last day must not be before the first, {first}");
            return Err(InputError::new("to", to.unwrap_or_default(), advice));
        }
        let midnight = |day: NaiveDate| self.instant(day.and_time(NaiveTime::MIN));
        let next = |day: NaiveDate| day.checked_add_days(Days::new(1)).unwrap_or(day);
        Ok(Some(TimeWindow {
            start_time: Some(match first {
                Some(first) if first > today => midnight(first),
                _ => self.now.into(),
            }),
            end_time: last.map(|last| midnight(next(last))),
        }))
    }

    /// The time for which a room is wanted: a day and a time (`thursday 19:00`, for two
    /// hours), or a day and two times (`2026-12-03 19:00-21:30`).
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn time_of_use(&self, text: &str) -> Result<TimeWindow, InputError> {
        self.parse_time_of_use(text).ok_or_else(|| {
            let advice = "write a day and a time, such as \"thursday 19:00\" or \
                          \"2026-12-03 19:00-21:30\"";
            InputError::new("free-at", text, advice)
        })
    }

    fn parse_time_of_use(&self, text: &str) -> Option<TimeWindow> {
        let now = self.local_now();
        let text = text.trim().to_lowercase();
        let (day_text, times) = text.rsplit_once(char::is_whitespace)?;
        let (from, to) = match parse_range(times) {
            Some((from, to)) if to > from => (from, to),
            // "22:00-01:00" ends on the next day.
            Some((from, to)) => (from, to + DAY_MINUTES),
            None => {
                let from = parse_minutes(times)?;
                (from, from + DEFAULT_USE_MINUTES)
            }
        };
        let mut day = parse_day(day_text, now.date())?;
        let at = |day: NaiveDate, minutes: u32| {
            let day = day + Days::new(u64::from(minutes / DAY_MINUTES));
            let minutes = minutes % DAY_MINUTES;
            day.and_hms_opt(minutes / 60, minutes % 60, 0)
        };
        // "Thursday 10:00", typed on a Thursday at noon, is a week from today.
        if parse_weekday(day_text.trim()).is_some() && at(day, from)? < now {
            day = day.checked_add_days(Days::new(7))?;
        }
        Some(TimeWindow {
            start_time: Some(self.instant(at(day, from)?)),
            end_time: Some(self.instant(at(day, to)?)),
        })
    }

    fn local_now(&self) -> NaiveDateTime {
        let utc = DateTime::from_timestamp_millis(self.now.as_millis()).unwrap_or_default();
        utc.with_timezone(&self.zone).naive_local()
    }

    /// The instant of a local time. A time that the clocks skip in spring becomes an hour
    /// later.
    fn instant(&self, local: NaiveDateTime) -> prost_types::Timestamp {
        let hour_later = local + chrono::Duration::hours(1);
        let time = [local, hour_later]
            .iter()
            .find_map(|local| self.zone.from_local_datetime(local).earliest());
        let seconds = time.map_or_else(|| local.and_utc().timestamp(), |time| time.timestamp());
        Timestamp::from_seconds(seconds).into()
    }
}

/// Days of the week by number, sorted: `thursday`, `weekday` (1 to 5), `weekend` (6, 7).
///
/// # Errors
/// If one of them cannot be read.
pub fn weekdays(days: &[String]) -> Result<Vec<i32>, InputError> {
    let mut numbers = Vec::new();
    for text in days {
        let plain = text.trim().to_lowercase();
        let read: Vec<i32> = match plain.trim_end_matches('s') {
            "weekday" => (1..=5).collect(),
            "weekend" => vec![6, 7],
            name => parse_weekday(name).map(Into::into).into_iter().collect(),
        };
        if read.is_empty() {
            let advice = "name a day of the week, weekday or weekend";
            return Err(InputError::new("on", text, advice));
        }
        numbers.extend(read);
    }
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// A part of the day: `evening`, or two times such as `18:00-22:00`.
///
/// # Errors
/// If it cannot be read.
pub fn time_of_day(text: &str) -> Result<TimeOfDayRange, InputError> {
    let plain = text.trim().to_lowercase();
    let part = DAY_PARTS.iter().find(|(name, ..)| *name == plain);
    let range = match part {
        Some((_, from, to)) => Some((from * 60, to * 60)),
        None => parse_range(&plain).filter(|(from, to)| from != to),
    };
    let (start_minute, end_minute) = range.ok_or_else(|| {
        let advice = "write times such as 18:00-22:00, or morning, afternoon, evening or night";
        InputError::new("between", text, advice)
    })?;
    Ok(TimeOfDayRange {
        start_minute,
        end_minute,
    })
}

/// A day by its date, by its name, or `today` or `tomorrow`.
fn parse_day(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let text = text.trim().to_lowercase();
    match text.as_str() {
        "today" => return Some(today),
        "tomorrow" => return today.checked_add_days(Days::new(1)),
        _ => {}
    }
    if let Some(weekday) = parse_weekday(&text) {
        let monday_is_1 = today.weekday().number_from_monday();
        let ahead = (i64::from(i32::from(weekday)) - i64::from(monday_is_1)).rem_euclid(7);
        return today.checked_add_days(Days::new(ahead.unsigned_abs()));
    }
    // The protocol's years. It also keeps date arithmetic far from chrono's limits.
    NaiveDate::parse_from_str(&text, "%Y-%m-%d")
        .ok()
        .filter(|day| (1900..2200).contains(&day.year()))
}

/// A day of the week, in full or by its first three letters or more.
fn parse_weekday(text: &str) -> Option<Weekday> {
    let is_long_enough = text.len() >= 3;
    values::<Weekday>().find(|weekday| is_long_enough && word(*weekday).starts_with(text))
}

/// `18:00-22:00`, in minutes after midnight.
fn parse_range(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once(['-', '–'])?;
    let from = parse_minutes(from).filter(|from| *from < DAY_MINUTES)?;
    Some((from, parse_minutes(to)?))
}

/// `19:00`, `7pm` or `24:00`, in minutes after midnight.
fn parse_minutes(text: &str) -> Option<u32> {
    let text = text.trim();
    let half = [("am", 0), ("pm", 12)]
        .into_iter()
        .find_map(|(half, hours)| Some((text.strip_suffix(half)?.trim(), hours)));
    let (clock, half) = match half {
        Some((clock, hours)) => (clock, Some(hours)),
        None => (text, None),
    };
    let (hour, minute) = match (clock.split_once([':', '.']), half) {
        (Some((hour, minute)), _) => (hour, minute),
        (None, Some(_)) => (clock, "0"),
        // A bare "19" could be a day of the month as well.
        (None, None) => return None,
    };
    let digits = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() <= 2);
    let (hour, minute) = (digits(hour)?, digits(minute)?);
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        None => hour,
    };
    let total = hour * 60 + minute;
    (minute < 60 && total <= DAY_MINUTES).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday, in summer time.
    fn clock() -> LocalClock {
        let now = "2026-10-21T12:00:00Z".parse().expect("a time");
        LocalClock::new(DEFAULT_ZONE, now).expect("a zone")
    }

    fn text(time: Option<prost_types::Timestamp>) -> String {
        let time = Timestamp::try_from(time.expect("a time")).expect("a time");
        time.to_string()[..16].to_owned()
    }

    fn time_of_use(typed: &str) -> Option<(String, String)> {
        let window = clock().time_of_use(typed).ok()?;
        Some((text(window.start_time), text(window.end_time)))
    }

    fn pair(from: &str, to: &str) -> Option<(String, String)> {
        Some((from.to_owned(), to.to_owned()))
    }

    #[test]
    fn thursday_at_seven_is_read_in_the_given_zone() {
        assert_eq!(
            time_of_use("thursday 19:00"),
            pair("2026-10-22T18:00", "2026-10-22T20:00")
        );
        assert_eq!(
            time_of_use("2026-10-29 7pm-9.30pm"),
            pair("2026-10-29T19:00", "2026-10-29T21:30"),
            "in winter time"
        );
        assert_eq!(
            time_of_use("wed 10:00"),
            pair("2026-10-28T10:00", "2026-10-28T12:00"),
            "this morning is over"
        );
        assert_eq!(
            time_of_use("Friday 22:00-01:00"),
            pair("2026-10-23T21:00", "2026-10-24T00:00")
        );
        for wrong in [
            "thursday",
            "19:00",
            "someday 19:00",
            "thursday 25:00",
            "th 19:00",
        ] {
            assert_eq!(time_of_use(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn both_days_of_a_window_are_included() {
        let window = |from: &str, to: &str| {
            let window = clock().window(Some(from), Some(to)).ok()??;
            Some((text(window.start_time), text(window.end_time)))
        };
        assert_eq!(
            window("saturday", "sunday"),
            pair("2026-10-23T23:00", "2026-10-26T00:00"),
            "the clocks change in between"
        );
        assert_eq!(
            window("today", "today"),
            pair("2026-10-21T12:00", "2026-10-21T23:00")
        );
        assert_eq!(window("2026-12-02", "2026-12-01"), None);
        assert_eq!(clock().window(None, None), Ok(None));
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_an_hour_later() {
        assert_eq!(
            time_of_use("2027-03-28 01:30"),
            pair("2027-03-28T01:30", "2027-03-28T02:30")
        );
    }

    #[test]
    fn weekdays_and_parts_of_the_day_have_names() {
        let on = |days: &[&str]| {
            let days: Vec<_> = days.iter().map(ToString::to_string).collect();
            weekdays(&days).ok()
        };
        assert_eq!(on(&["weekday"]), Some(vec![1, 2, 3, 4, 5]));
        assert_eq!(on(&["Weekends", "Thu"]), Some(vec![4, 6, 7]));
        assert_eq!(on(&["tuesdays"]), Some(vec![2]));
        assert_eq!(on(&["someday"]), None);
        let between = |text: &str| {
            let range = time_of_day(text).ok()?;
            Some((range.start_minute, range.end_minute))
        };
        assert_eq!(between("18:00-22:00"), Some((1_080, 1_320)));
        assert_eq!(between("evening"), Some((1_020, 1_320)));
        assert_eq!(between("10pm-2am"), Some((1_320, 120)));
        assert_eq!(between("18:00-24:00"), Some((1_080, 1_440)));
        assert_eq!(between("late"), None);
        assert_eq!(between("18:00"), None);
    }

    #[test]
    fn an_error_names_the_option_and_what_was_typed() {
        let error = LocalClock::new("Nowhere/Town", clock().now).expect_err("no such zone");
        assert_eq!(
            error.to_string(),
            "zone Nowhere/Town: name a time zone such as Europe/London"
        );
    }
}
