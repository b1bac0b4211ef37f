//! Days and times as people type them.
//!
//! They are read by one clock, Europe/London unless `--zone` says otherwise, and not by
//! this machine's, so that "Thursday at seven" means the same wherever it is typed.

use chrono::DateTime;
use chrono::Datelike;
use chrono::Days;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::NaiveTime;
use chrono::TimeZone;
use chrono::Weekday;
use chrono_tz::Tz;
use clap::Args;
use hedgerow_core::recurrence::parse_zone;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;

use crate::exit::Usage;

/// How long a room is wanted where nobody says.
const USUAL_USE_MINUTES: u32 = 120;
const DAY_MINUTES: u32 = 24 * 60;

const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];
/// Parts of the day, in hours.
const PARTS: [(&str, u32, u32); 4] = [
    ("morning", 6, 12),
    ("afternoon", 12, 17),
    ("evening", 17, 22),
    ("night", 22, 6),
];

/// When.
#[derive(Debug, Clone, Default, Args)]
pub struct When {
    /// On this day: thursday, weekday, weekend. Repeatable: any of them.
    #[arg(long, value_name = "DAY")]
    pub on: Vec<String>,
    /// Starting at this time of day: 18:00-22:00, morning, afternoon, evening, night.
    #[arg(long, value_name = "TIMES")]
    pub between: Option<String>,
    /// From this day on: 2026-12-01, today, tomorrow, saturday.
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// Up to this day, which is included.
    #[arg(long, value_name = "DAY")]
    pub to: Option<String>,
    /// Whose clock these days and times are by.
    #[arg(long, value_name = "ZONE", default_value = "Europe/London")]
    pub zone: String,
}

impl When {
    /// The window of `--from` and `--to`.
    ///
    /// # Errors
    /// Where a day is not understood.
    pub fn window(&self, now: Timestamp) -> Result<Option<v1::TimeWindow>, Usage> {
        if self.from.is_none() && self.to.is_none() {
            return Ok(None);
        }
        let zone = self.zone()?;
        let today = local(zone, now).date();
        let read = |option: &str, text: &Option<String>| {
            let text = text.as_deref();
            text.map(|text| {
                day(text, today).ok_or_else(|| {
                    Usage(format!(
                        "{option} {text}: write a day such as 2026-12-01, today or saturday"
                    ))
                })
            })
            .transpose()
        };
        let (from, to) = (read("--from", &self.from)?, read("--to", &self.to)?);
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            return Err(Usage("--to is before --from".to_owned()));
        }
        let midnight = |day: NaiveDate| instant(zone, day.and_time(NaiveTime::MIN));
        let after = |day: NaiveDate| day.checked_add_days(Days::new(1)).unwrap_or(day);
        Ok(Some(v1::TimeWindow {
            from: Some(match from {
                // The rest of today, not what is over.
                Some(from) if from > today => midnight(from),
                _ => now.into(),
            }),
            to: to.map(|to| midnight(after(to))),
        }))
    }

    /// The days of `--on`, by number.
    ///
    /// # Errors
    /// Where one is not understood.
    pub fn weekdays(&self) -> Result<Vec<i32>, Usage> {
        let mut days = Vec::new();
        for text in &self.on {
            let plain = text.trim().to_lowercase();
            let found: Vec<i32> = match plain.trim_end_matches('s') {
                "weekday" => (1..=5).collect(),
                "weekend" => vec![6, 7],
                name => weekday(name).into_iter().map(number).collect(),
            };
            if found.is_empty() {
                return Err(Usage(format!(
                    "--on {text}: name a day of the week, weekday or weekend"
                )));
            }
            days.extend(found);
        }
        days.sort_unstable();
        days.dedup();
        Ok(days)
    }

    /// The part of the day of `--between`.
    ///
    /// # Errors
    /// Where it is not understood.
    pub fn time_of_day(&self) -> Result<Option<v1::TimeOfDayRange>, Usage> {
        let Some(text) = &self.between else {
            return Ok(None);
        };
        let plain = text.trim().to_lowercase();
        if let Some((_, from, to)) = PARTS.iter().find(|(name, ..)| *name == plain) {
            return Ok(Some(v1::TimeOfDayRange {
                from_minute: from * 60,
                to_minute: to * 60,
            }));
        }
        range(&plain)
            .filter(|(from, to)| from != to)
            .map(|(from_minute, to_minute)| {
                Some(v1::TimeOfDayRange {
                    from_minute,
                    to_minute,
                })
            })
            .ok_or_else(|| {
                Usage(format!(
                    "--between {text}: write times such as 18:00-22:00, or morning, afternoon, \
                     evening or night"
                ))
            })
    }

    /// The time for which something is wanted: a day and a time (`thursday 19:00`, for two
    /// hours), or two times (`2026-12-03 19:00-21:30`).
    ///
    /// # Errors
    /// Where it is not understood.
    pub fn time_of_use(&self, text: &str, now: Timestamp) -> Result<v1::TimeWindow, Usage> {
        let wrong = || {
            Usage(format!(
                "--free-at {text}: write a day and a time, such as \"thursday 19:00\" or \
                 \"2026-12-03 19:00-21:30\""
            ))
        };
        let zone = self.zone()?;
        let here = local(zone, now);
        let plain = text.trim().to_lowercase();
        let (day_text, times) = plain.rsplit_once(char::is_whitespace).ok_or_else(wrong)?;
        let (from, to) = match range(times) {
            Some((from, to)) if to > from => (from, to),
            // Over midnight.
            Some((from, to)) => (from, to + DAY_MINUTES),
            None => {
                let from = minutes(times).ok_or_else(wrong)?;
                (from, from + USUAL_USE_MINUTES)
            }
        };
        let mut on = day(day_text.trim(), here.date()).ok_or_else(wrong)?;
        let at = |day: NaiveDate, minutes: u32| {
            let day = day + Days::new(u64::from(minutes / DAY_MINUTES));
            let minutes = minutes % DAY_MINUTES;
            day.and_hms_opt(minutes / 60, minutes % 60, 0)
        };
        // "Thursday", said on a Thursday after that time, is next week's.
        if weekday(day_text.trim()).is_some() && at(on, from).is_some_and(|start| start < here) {
            on = on.checked_add_days(Days::new(7)).ok_or_else(wrong)?;
        }
        let instant = |minutes| at(on, minutes).map(|reading| instant(zone, reading));
        Ok(v1::TimeWindow {
            from: Some(instant(from).ok_or_else(wrong)?),
            to: Some(instant(to).ok_or_else(wrong)?),
        })
    }

    fn zone(&self) -> Result<Tz, Usage> {
        parse_zone(&self.zone).ok_or_else(|| {
            Usage(format!(
                "--zone {}: name a time zone such as Europe/London",
                self.zone
            ))
        })
    }
}

/// A day by its date, by its name, or from today.
fn day(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let text = text.trim().to_lowercase();
    match text.as_str() {
        "today" => return Some(today),
        "tomorrow" => return today.checked_add_days(Days::new(1)),
        _ => {}
    }
    if let Some(weekday) = weekday(&text) {
        let ahead = (number(weekday) - number(today.weekday())).rem_euclid(7);
        return today.checked_add_days(Days::new(u64::from(ahead.unsigned_abs())));
    }
    NaiveDate::parse_from_str(&text, "%Y-%m-%d")
        .ok()
        .filter(|day| (1900..2200).contains(&day.year()))
}

/// A day of the week, in full or by its first three letters or more.
fn weekday(text: &str) -> Option<Weekday> {
    let long_enough = text.len() >= 3;
    DAYS.iter()
        .find(|(name, _)| long_enough && name.starts_with(text))
        .map(|(_, weekday)| *weekday)
}

fn number(weekday: Weekday) -> i32 {
    match weekday {
        Weekday::Mon => 1,
        Weekday::Tue => 2,
        Weekday::Wed => 3,
        Weekday::Thu => 4,
        Weekday::Fri => 5,
        Weekday::Sat => 6,
        Weekday::Sun => 7,
    }
}

/// `18:00-22:00`, in minutes after midnight.
fn range(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once(['-', '–'])?;
    Some((
        minutes(from).filter(|from| *from < DAY_MINUTES)?,
        minutes(to)?,
    ))
}

/// `19:00`, `7pm` or `24:00`, in minutes after midnight.
fn minutes(text: &str) -> Option<u32> {
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
        (None, None) => return None,
    };
    let digits = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() <= 2);
    let (hour, minute) = (digits(hour)?, digits(minute)?);
    let hour = match half {
        Some(later) if (1..=12).contains(&hour) => hour % 12 + later,
        Some(_) => return None,
        None => hour,
    };
    let total = hour * 60 + minute;
    (minute < 60 && total <= DAY_MINUTES).then_some(total)
}

fn local(zone: Tz, time: Timestamp) -> NaiveDateTime {
    let utc = DateTime::from_timestamp_millis(time.as_millis()).unwrap_or_default();
    utc.with_timezone(&zone).naive_local()
}

/// The instant of a local time; of one that the clocks skip, an hour later.
fn instant(zone: Tz, reading: NaiveDateTime) -> prost_types::Timestamp {
    let skipped = || zone.from_local_datetime(&(reading + chrono::Duration::hours(1)));
    let time = zone
        .from_local_datetime(&reading)
        .earliest()
        .or_else(|| skipped().earliest());
    let seconds = time.map_or_else(|| reading.and_utc().timestamp(), |time| time.timestamp());
    Timestamp::from_seconds(seconds).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday, in summer time.
    fn now() -> Timestamp {
        "2026-10-21T12:00:00Z".parse().expect("a time")
    }

    fn when() -> When {
        When {
            zone: "Europe/London".to_owned(),
            ..When::default()
        }
    }

    fn text(time: Option<prost_types::Timestamp>) -> String {
        let time = Timestamp::try_from(time.expect("a time")).expect("a time");
        time.to_string()[..16].to_owned()
    }

    fn use_of(typed: &str) -> Option<(String, String)> {
        let window = when().time_of_use(typed, now()).ok()?;
        Some((text(window.from), text(window.to)))
    }

    #[test]
    fn thursday_at_seven_is_by_the_clock_there() {
        let own = |from: &str, to: &str| Some((from.to_owned(), to.to_owned()));
        assert_eq!(
            use_of("thursday 19:00"),
            own("2026-10-22T18:00", "2026-10-22T20:00")
        );
        assert_eq!(
            use_of("2026-10-29 7pm-9.30pm"),
            own("2026-10-29T19:00", "2026-10-29T21:30"),
            "in winter time"
        );
        assert_eq!(
            use_of("wed 10:00"),
            own("2026-10-28T10:00", "2026-10-28T12:00"),
            "this morning is over"
        );
        assert_eq!(
            use_of("Friday 22:00-01:00"),
            own("2026-10-23T21:00", "2026-10-24T00:00")
        );
        for wrong in [
            "thursday",
            "19:00",
            "someday 19:00",
            "thursday 25:00",
            "th 19:00",
        ] {
            assert_eq!(use_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_are_included_on_both_ends() {
        let between = |from: &str, to: &str| {
            let when = When {
                from: Some(from.to_owned()),
                to: Some(to.to_owned()),
                ..when()
            };
            let window = when.window(now()).ok()??;
            Some((text(window.from), text(window.to)))
        };
        let own = |from: &str, to: &str| Some((from.to_owned(), to.to_owned()));
        assert_eq!(
            between("saturday", "sunday"),
            own("2026-10-23T23:00", "2026-10-26T00:00"),
            "the clocks change in between"
        );
        assert_eq!(
            between("today", "today"),
            own("2026-10-21T12:00", "2026-10-21T23:00")
        );
        assert_eq!(between("2026-12-02", "2026-12-01"), None);
        assert_eq!(when().window(now()).expect("none"), None);
    }

    #[test]
    fn weekdays_and_parts_of_the_day_have_names() {
        let on = |days: &[&str]| {
            let on = days.iter().map(ToString::to_string).collect();
            When { on, ..when() }.weekdays().ok()
        };
        assert_eq!(on(&["weekday"]), Some(vec![1, 2, 3, 4, 5]));
        assert_eq!(on(&["Weekends", "Thu"]), Some(vec![4, 6, 7]));
        assert_eq!(on(&["tuesdays"]), Some(vec![2]));
        assert_eq!(on(&["someday"]), None);
        let between = |text: &str| {
            let between = Some(text.to_owned());
            let range = When { between, ..when() }.time_of_day().ok()??;
            Some((range.from_minute, range.to_minute))
        };
        assert_eq!(between("18:00-22:00"), Some((1_080, 1_320)));
        assert_eq!(between("evening"), Some((1_020, 1_320)));
        assert_eq!(between("10pm-2am"), Some((1_320, 120)));
        assert_eq!(between("18:00-24:00"), Some((1_080, 1_440)));
        assert_eq!(between("late"), None);
        assert_eq!(between("18:00"), None);
    }
}
