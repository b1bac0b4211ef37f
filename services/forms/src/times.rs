//! The times of a schedule as a form shows them.

use chrono::{NaiveDate, NaiveDateTime, TimeZone as _};
use hedgerow_core::recurrence::{parse_local, parse_zone};
use hedgerow_input::time::DEFAULT_ZONE;
use hedgerow_proto::v1::Schedule;

use crate::posted::normal;
use crate::repeat::{REPEATS, rule_of};

/// Rules that these ways cannot say stay as they are.
pub(crate) const KEEP: &str = "keep";

/// The times as a form shows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) words: String,
    pub(crate) day: String,
    pub(crate) from: String,
    pub(crate) to: String,
    /// Only if it ends on another day.
    pub(crate) end_day: String,
    pub(crate) repeat: String,
    pub(crate) until: String,
}

impl Times {
    pub(crate) fn of(schedule: &Schedule) -> Self {
        let start = parse_local(&schedule.start);
        let end = parse_local(&schedule.end).or_else(|| {
            let minutes = i64::from(schedule.duration_minutes);
            (minutes > 0).then_some(start? + chrono::Duration::minutes(minutes))
        });
        let clock = |time: NaiveDateTime| time.format("%H:%M").to_string();
        // "22:00 to 01:00" ends on the next day, without a day of its own.
        let other_day = start.zip(end).filter(|(start, end)| {
            !schedule.end.is_empty() && *end - *start >= chrono::Duration::days(1)
                || *end - *start > chrono::Duration::days(1)
        });
        let (repeat, until) = repeat_of(schedule);
        Self {
            words: normal(&schedule.words),
            day: start.map_or_else(|| normal(&schedule.start), |start| start.date().to_string()),
            from: start.map(clock).unwrap_or_default(),
            to: end.map(clock).unwrap_or_default(),
            end_day: other_day.map_or_else(String::new, |(_, end)| end.date().to_string()),
            repeat,
            until,
        }
    }
}

/// How a schedule repeats, and its last day.
fn repeat_of(schedule: &Schedule) -> (String, String) {
    let [rule] = schedule.rrules.as_slice() else {
        let repeat = if schedule.rrules.is_empty() { "" } else { KEEP };
        return (repeat.to_owned(), String::new());
    };
    let until = until_of(rule, schedule).map_or_else(String::new, |day| day.to_string());
    let start = parse_local(&schedule.start).map(|start| start.date());
    let same = |repeat: &str| {
        let start = start?;
        (parts(&rule_of(repeat, start)?) == parts(rule)).then(|| repeat.to_owned())
    };
    let known = REPEATS.iter().find_map(|(repeat, _)| same(repeat));
    (known.unwrap_or_else(|| KEEP.to_owned()), until)
}

/// The parts of a rule in order, without its end and without what is the default.
fn parts(rule: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = rule
        .split(';')
        .filter(|part| !part.starts_with("UNTIL=") && *part != "INTERVAL=1" && *part != "WKST=MO")
        .collect();
    parts.sort_unstable();
    parts
}

fn until_of(rule: &str, schedule: &Schedule) -> Option<NaiveDate> {
    let until = rule
        .split(';')
        .find_map(|part| part.strip_prefix("UNTIL="))?;
    let utc = NaiveDateTime::parse_from_str(until, "%Y%m%dT%H%M%SZ").ok();
    match utc {
        Some(utc) => {
            let zone = parse_zone(zone_of(schedule))?;
            Some(zone.from_utc_datetime(&utc).date_naive())
        }
        None => NaiveDate::parse_from_str(until.get(..8)?, "%Y%m%d").ok(),
    }
}

pub(crate) fn zone_of(schedule: &Schedule) -> &str {
    match schedule.time_zone.as_str() {
        "" => DEFAULT_ZONE,
        zone => zone,
    }
}
