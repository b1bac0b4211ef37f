//! Days and times as people type them.
//!
//! They are read in one time zone, Europe/London by default, and never in the zone of
//! the machine, so that "Thursday at seven" means the same wherever it is typed.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;
use hedgerow_core::recurrence::parse_zone;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::{TimeOfDayRange, TimeWindow};

use crate::InputError;
use clock_time::{DAY_MINUTES, parse_range, parse_time};
use day::{Span, parse_days, parse_weekday};
use unclear::Unclear;

mod clock_time;
mod day;
mod unclear;

/// The time zone of a person who names none.
pub const DEFAULT_ZONE: &str = "Europe/London";

/// How long a room is wanted if only a start is typed.
const DEFAULT_USE_MINUTES: u32 = 120;

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

    /// The window from the start of day `from` to the end of day `to`; either may be several
    /// days, such as `next week`. It starts now if `from` is absent or not after today: what is
    /// over is not searched.
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
        let today = self.today();
        let read = |option, text: Option<&str>| {
            text.map(|text| {
                parse_days(&text.to_lowercase(), today).map_err(|unclear| {
                    let forms =
                        "write a day such as 1 dec, 01/12/2026, tomorrow, saturday or next week";
                    InputError::new(option, text, unclear.advice(forms))
                })
            })
            .transpose()
        };
        let first = read("from", from)?.map(|span| span.first);
        let last = read("to", to)?.map(|span| span.last);
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
    /// hours), two times (`3 dec 7-9pm`) or a part of the day (`tomorrow evening`).
    ///
    /// # Errors
    /// If it cannot be read, or may mean several times.
    pub fn time_of_use(&self, text: &str) -> Result<TimeWindow, InputError> {
        self.parse_time_of_use(text).map_err(|unclear| {
            let forms = "write a day and a time, such as \"thursday 19:00\", \"3 dec 7-9pm\" or \
                         \"tomorrow evening\"";
            InputError::new("free-at", text, unclear.advice(forms))
        })
    }

    /// A part of the day on the clock of this zone: `evening`, `after 6pm`, or two times.
    ///
    /// # Errors
    /// If it cannot be read, or may mean several times.
    pub fn time_of_day(&self, text: &str) -> Result<TimeOfDayRange, InputError> {
        Ok(TimeOfDayRange {
            time_zone: self.zone.name().to_owned(),
            ..time_of_day(text)?
        })
    }

    fn parse_time_of_use(&self, text: &str) -> Result<TimeWindow, Unclear> {
        let now = self.local_now();
        let text = plain_times(text);
        let words: Vec<&str> = text.split_whitespace().collect();
        // "thursday 7-9pm" and "7-9pm thursday": the times are at one end, in one word or two.
        let mut unclear = Unclear::Unknown;
        let splits = (1..words.len()).flat_map(|at| {
            let (head, tail) = (words[..at].join(" "), words[at..].join(" "));
            [(head.clone(), tail.clone()), (tail, head)]
        });
        for (days, times) in splits {
            let read = parse_times(&times)
                .and_then(|times| Ok((parse_days(&days, now.date())?, times)))
                .and_then(|(days, times)| self.window_of_use(days, times, now));
            match read {
                Ok(window) => return Ok(window),
                Err(Unclear::Unknown) => {}
                Err(other) => unclear = other,
            }
        }
        Err(unclear)
    }

    fn window_of_use(
        &self,
        days: Span,
        (from, to): (u32, u32),
        now: NaiveDateTime,
    ) -> Result<TimeWindow, Unclear> {
        let mut day = days.single_day().ok_or(Unclear::Unknown)?;
        let at = |day: NaiveDate, minutes: u32| {
            let day = day.checked_add_days(Days::new(u64::from(minutes / DAY_MINUTES)))?;
            let minutes = minutes % DAY_MINUTES;
            day.and_hms_opt(minutes / 60, minutes % 60, 0)
        };
        // "Thursday 10:00", typed on a Thursday at noon, is a week from today.
        let is_over = at(day, from).is_some_and(|start| start < now);
        if days.repeats_weekly && is_over {
            day = day.checked_add_days(Days::new(7)).ok_or(Unclear::Unknown)?;
        }
        let start = at(day, from).ok_or(Unclear::Unknown)?;
        let end = at(day, to).ok_or(Unclear::Unknown)?;
        Ok(TimeWindow {
            start_time: Some(self.instant(start)),
            end_time: Some(self.instant(end)),
        })
    }

    /// The current day in the zone.
    pub fn today(&self) -> NaiveDate {
        self.local_now().date()
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

/// A part of the day: `evening`, `after 6pm`, or two times such as `18:00-22:00` or `7-9pm`.
fn time_of_day(text: &str) -> Result<TimeOfDayRange, InputError> {
    let plain = plain_times(text);
    let range = match plain.split_once(' ') {
        Some(("after", time)) => parse_time(time).map(|time| (time, DAY_MINUTES)),
        Some(("before", time)) => parse_time(time).map(|time| (0, time)),
        _ => part_of_day(&plain).map_or_else(|| parse_range(&plain), Ok),
    };
    let range = range.and_then(|(from, to)| {
        if from == to {
            Err(Unclear::Unknown)
        } else {
            Ok((from, to))
        }
    });
    let (start_minute, end_minute) = range.map_err(|unclear| {
        let forms =
            "write times such as 18:00-22:00 or 7-9pm, or morning, afternoon, evening or night";
        InputError::new("between", text, unclear.advice(forms))
    })?;
    Ok(TimeOfDayRange {
        start_minute,
        end_minute,
        time_zone: String::new(),
    })
}

fn part_of_day(text: &str) -> Option<(u32, u32)> {
    let (_, from, to) = DAY_PARTS.iter().find(|(name, ..)| *name == text)?;
    Some((from * 60, to * 60))
}

/// From and to in minutes after midnight of the first day: `7-9pm`, `evening`, or `19:00` for
/// [`DEFAULT_USE_MINUTES`].
fn parse_times(text: &str) -> Result<(u32, u32), Unclear> {
    let (from, to) = match part_of_day(text) {
        Some(part) => part,
        None if text.contains('-') => parse_range(text)?,
        None => {
            let from = parse_time(text)?;
            (from, from + DEFAULT_USE_MINUTES)
        }
    };
    // "22:00-01:00" ends on the next day.
    Ok((from, if to > from { to } else { to + DAY_MINUTES }))
}

/// Lower-case text in which two times are one word: `from 7 pm to 9 pm` is `7pm-9pm`, and
/// `tonight` is `today evening`.
fn plain_times(text: &str) -> String {
    let lower = text
        .to_lowercase()
        .replace(['–', '—', '‑'], "-")
        .replace(',', " ");
    let mut plain = String::with_capacity(lower.len());
    let words: Vec<&str> = lower
        .split_whitespace()
        .filter(|word| !matches!(*word, "at" | "from" | "between"))
        .collect();
    for (at, word) in words.iter().enumerate() {
        let word = match *word {
            // "21:00 and 23:00" follows "between".
            "to" | "until" | "till" | "til" | "and" => "-",
            "tonight" if words.len() == 1 => "today evening",
            word => word,
        };
        let joins =
            |text: &str| text.starts_with('-') || text.starts_with("am") || text.starts_with("pm");
        if at > 0 && !joins(word) && !plain.ends_with('-') {
            plain.push(' ');
        }
        plain.push_str(word);
    }
    plain.trim().to_owned()
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
            "next week 19:00",
            "",
        ] {
            assert_eq!(time_of_use(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_time_of_use_is_read_as_typed() {
        let evening = pair("2026-12-03T19:00", "2026-12-03T21:00");
        for typed in [
            "03/12/2026 19:00",
            "3 dec 19:00",
            "3 dec 7-9pm",
            "3rd December 7pm to 9pm",
            "7-9pm on 3 dec",
            "3 dec, 19-21",
            "3 dec from 7 pm until 9 pm",
            "thu 3 dec between 19:00 and 21:00",
        ] {
            assert_eq!(time_of_use(typed), evening, "{typed}");
        }
        assert_eq!(
            time_of_use("next thursday 19:00"),
            pair("2026-10-29T19:00", "2026-10-29T21:00")
        );
        let tonight = pair("2026-10-21T16:00", "2026-10-21T21:00");
        assert_eq!(time_of_use("tonight"), tonight);
        assert_eq!(time_of_use("this evening"), None);
        assert_eq!(
            time_of_use("thursday evening"),
            pair("2026-10-22T16:00", "2026-10-22T21:00")
        );
    }

    #[test]
    fn the_advice_names_what_is_unclear() {
        let advice = |typed: &str| clock().time_of_use(typed).expect_err("unclear").advice;
        assert_eq!(
            advice("thursday 7-9"),
            "7-9 may be in the morning or the evening: write 7-9am or 7-9pm"
        );
        assert_eq!(
            advice("03/25/2027 19:00"),
            "a date starts with its day: for this month and day, write 25/03/2027"
        );
        assert_eq!(
            advice("friday 3 dec 19:00"),
            "3 December 2026 is a Thursday"
        );
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
        assert_eq!(
            window("next week", "next week"),
            pair("2026-10-26T00:00", "2026-11-02T00:00")
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
        assert_eq!(between("7-9pm"), Some((1_140, 1_260)));
        assert_eq!(between("after 6pm"), Some((1_080, 1_440)));
        assert_eq!(between("before noon"), Some((0, 720)));
        assert_eq!(between("late"), None);
        assert_eq!(between("18:00"), None);
        let in_zone = clock().time_of_day("7-9pm").expect("times");
        assert_eq!(in_zone.time_zone, DEFAULT_ZONE);
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
