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
use day::{Span, parse_days};
use on_days::OnDays;

use unclear::Unclear;

mod clock_time;
mod day;
mod on_days;
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

/// A time of the day on a 24-hour clock: `19:00` for `7pm`. `24:00` is the end of the day. `None`
/// if the text is no time, or may be in the morning or the evening.
pub fn clock_time(text: &str) -> Option<String> {
    let plain = text.trim().to_lowercase().replace(' ', "");
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
        for text in typed {
            let read = self.parse_on(text)?;
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
        })
    }

    fn parse_on(&self, text: &str) -> Result<OnDays, InputError> {
        on_days::parse(&text.trim().to_lowercase(), self.today()).map_err(|unclear| {
            let forms = "name days of the week, such as saturday, weekdays, weekends or mon-fri, \
                         or a date, such as 3 dec, tomorrow or this weekend";
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

fn in_words(days: Span) -> String {
    let word = |day: NaiveDate| day.format("%A %-d %B %Y").to_string();
    match days.single_day() {
        Some(day) => word(day),
        None => format!("{} to {}", word(days.first), word(days.last)),
    }
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
mod tests;
