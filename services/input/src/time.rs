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
use clock_time::{DAY_MINUTES, parse_time};
use day::{Span, parse_days};
use on_days::OnDays;
use plain::plain_times;
use times_of_day::{parse_time_of_day, parse_times, part_of_day};
use unclear::Unclear;

mod clock_time;
mod day;
mod named_day;
mod on_days;
mod plain;
mod times_of_day;
mod unclear;

/// The time zone of a person who names none.
pub const DEFAULT_ZONE: &str = "Europe/London";

/// The current time and the time zone in which typed days and times are read.
#[derive(Debug, Clone, Copy)]
pub struct LocalClock {
    zone: Tz,
    now: Timestamp,
}

/// A time of the day on a 24-hour clock: `19:00` for `7pm`. `24:00` is the end of the day. `None`
/// if the text is no time, or may be in the morning or the evening.
pub fn clock_time(text: &str) -> Option<String> {
    let text = text.trim();
    let plain = match text.len() {
        // Alone, 2030 is a time of day.
        4 if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{}:{}", &text[..2], &text[2..])
        }
        _ => plain_times(text),
    };
    let minutes = parse_time(&plain).ok()?;
    Some(format!("{:02}:{:02}", minutes / 60, minutes % 60))
}

/// Days on which something is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct On {
    /// By number, sorted, Monday as 1. Empty for a date.
    pub weekdays: Vec<i32>,
    /// The date, or the next such day if one is named in the singular.
    pub next: Option<NextDays>,
    /// The part of the day that is named with the days: `tuesday evenings`.
    pub time_of_day: Option<TimeOfDayRange>,
}

/// The next days that a text names.
#[derive(Debug, Clone, PartialEq)]
pub struct NextDays {
    pub window: TimeWindow,
    /// `Saturday 28 November 2026`, or two such days with `to` between them.
    pub words: String,
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
        Ok(Some(self.window_of_days(first, last)))
    }

    /// From the start of the first day, or from now, to the end of the last.
    fn window_of_days(&self, first: Option<NaiveDate>, last: Option<NaiveDate>) -> TimeWindow {
        let midnight = |day: NaiveDate| self.instant(day.and_time(NaiveTime::MIN));
        let next = |day: NaiveDate| day.checked_add_days(Days::new(1)).unwrap_or(day);
        TimeWindow {
            start_time: Some(match first {
                Some(first) if first > self.today() => midnight(first),
                _ => self.now.into(),
            }),
            end_time: last.map(|last| midnight(next(last))),
        }
    }

    /// The days that `--on` names, one value for each time it was typed.
    ///
    /// # Errors
    /// If one of them cannot be read, or several of them are dates.
    pub fn on(&self, typed: &[String]) -> Result<On, InputError> {
        let mut weekdays = Vec::new();
        let mut next = None;
        let mut times = None;
        for (at, text) in typed.iter().enumerate() {
            let read = self.parse_on(text)?;
            if at > 0 && read.times != times {
                let advice = "each of the days has other times: search for one of them at a time";
                return Err(InputError::new("on", text, advice));
            }
            times = read.times;
            if read.weekdays.is_empty() && typed.len() > 1 {
                let advice = "name one date only, or days of the week; for several days, write \
                              the first and last as from and to";
                return Err(InputError::new("on", text, advice));
            }
            weekdays.extend(read.weekdays);
            next = read.next;
        }
        weekdays.sort_unstable();
        weekdays.dedup();
        let next = next.filter(|_| typed.len() == 1);
        Ok(On {
            weekdays,
            next: next.map(|days| NextDays {
                window: self.window_of_days(Some(days.first), Some(days.last)),
                words: in_words(days),
            }),
            time_of_day: times.map(|times| self.range(times)),
        })
    }

    fn parse_on(&self, text: &str) -> Result<OnDays, InputError> {
        on_days::parse(&text.trim().to_lowercase(), self.today()).map_err(|unclear| {
            let forms = "name days of the week, such as saturday, weekdays, weekends or mon-fri, \
                         or a date, such as 3 dec, tomorrow or this weekend; tuesday evenings too";
            InputError::new("on", text, unclear.advice(forms))
        })
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
        let times = parse_time_of_day(text).map_err(|unclear| {
            let forms = "write times such as 18:00-22:00 or 7-9pm, after 6pm, before noon, or \
                         morning, lunchtime, afternoon, evening, night or daytime";
            InputError::new("between", text, unclear.advice(forms))
        })?;
        Ok(self.range(times))
    }

    fn range(&self, (start_minute, end_minute): (u32, u32)) -> TimeOfDayRange {
        TimeOfDayRange {
            start_minute,
            end_minute,
            time_zone: self.zone.name().to_owned(),
        }
    }

    fn parse_time_of_use(&self, text: &str) -> Result<TimeWindow, Unclear> {
        let text = plain_times(text);
        let words: Vec<&str> = text.split_whitespace().collect();
        let unclear = match self.parse_days_and_times(&words) {
            Err(Unclear::Unknown) => Unclear::Unknown,
            read => return read,
        };
        // "7.15 today evening": the part of the day belongs to the time.
        match words.split_last() {
            Some((part, rest)) if part_of_day(part).is_some() => {
                let moved: Vec<&str> = std::iter::once(part).chain(rest).copied().collect();
                self.parse_days_and_times(&moved)
            }
            _ => Err(unclear),
        }
    }

    fn parse_days_and_times(&self, words: &[&str]) -> Result<TimeWindow, Unclear> {
        let now = self.local_now();
        // "thursday 7-9pm" and "7-9pm thursday": the times are at one end, in one word or two.
        let mut unclear = Unclear::Unknown;
        let splits = (1..words.len()).flat_map(|at| {
            let (head, tail) = (words[..at].join(" "), words[at..].join(" "));
            [(head.clone(), tail.clone()), (tail, head)]
        });
        for (days, times) in splits {
            // The days first: the 3 of "3 dec" is not an unclear time.
            let read = parse_days(&days, now.date())
                .and_then(|days| Ok((days, parse_times(&times)?)))
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

fn in_words(days: Span) -> String {
    let word = |day: NaiveDate| day.format("%A %-d %B %Y").to_string();
    match days.single_day() {
        Some(day) => word(day),
        None => format!("{} to {}", word(days.first), word(days.last)),
    }
}

#[cfg(test)]
mod tests;
