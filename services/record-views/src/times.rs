//! Times on the clock of the place.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use hedgerow_core::recurrence::{
    Budget, Occurrence, parse_local, parse_zone, schedule_occurrences_within,
};
use hedgerow_core::time::Timestamp;
use hedgerow_input::next_times::last_time;
use hedgerow_input::time::{DEFAULT_ZONE, LocalClock};
use hedgerow_proto::v1;
use hedgerow_web::view::{Line, Times, When};
use hedgerow_web::{Text, Words};

use crate::recurrence::rule_in_words;
use crate::words::{date, list, parsed_day};

/// Zones in which a time needs no zone beside it.
pub(crate) const SAME_CLOCK: [&str; 2] = [DEFAULT_ZONE, "Europe/Dublin"];
/// Shown next times of a schedule.
const NEXT_TIMES: usize = 5;
/// Shown days that are left out, added days, and breaks: of each the next ones.
const MAX_CHANGES: usize = 12;
/// How far ahead they are searched for.
const HORIZON: Duration = Duration::from_secs(400 * 86_400);

/// The day of the people whom the directory is for.
pub fn today(now: Timestamp) -> NaiveDate {
    LocalClock::new(DEFAULT_ZONE, now).map_or_else(|_| NaiveDate::default(), |clock| clock.today())
}

/// An instant on the clock of a zone; on that of UTC for an unknown zone.
pub fn local(time: Timestamp, zone: &str) -> NaiveDateTime {
    let utc = DateTime::from_timestamp_millis(time.as_millis()).unwrap_or_default();
    parse_zone(zone).map_or_else(
        || utc.naive_utc(),
        |zone| utc.with_timezone(&zone).naive_local(),
    )
}

/// The occurrence of a schedule that begins at an instant.
pub fn when(start: Timestamp, schedule: &v1::Schedule, now: Timestamp) -> When {
    let minutes = match (parse_local(&schedule.start), parse_local(&schedule.end)) {
        _ if schedule.duration_minutes > 0 => Some(i64::from(schedule.duration_minutes)),
        (Some(first), Some(end)) => Some((end - first).num_minutes()),
        _ => None,
    };
    let minutes = minutes.and_then(|minutes| u64::try_from(minutes).ok());
    let end = minutes.filter(|minutes| *minutes > 0);
    let end = end.map(|minutes| start.plus(Duration::from_secs(minutes.saturating_mul(60))));
    span(start, end, &schedule.time_zone, now)
}

/// A time from start to end.
pub fn span(start: Timestamp, end: Option<Timestamp>, zone: &str, now: Timestamp) -> When {
    When {
        start: local(start, zone),
        end: end.filter(|end| *end > start).map(|end| local(end, zone)),
        is_on_now: start <= now && end.is_some_and(|end| now < end),
    }
}

/// What a record says about its times. The budget is one for all schedules of a page: a hostile
/// record may have dozens, each too costly by itself.
pub fn times(
    schedule: &v1::Schedule,
    language: &str,
    words: Words,
    now: Timestamp,
    budget: &Budget,
) -> Times {
    let next = schedule_occurrences_within(schedule, now, now.plus(HORIZON), NEXT_TIMES, budget);
    let next = next.unwrap_or_default();
    let when = |one: &Occurrence| span(one.start, Some(one.end), &schedule.time_zone, now);
    let rules = schedule.rrules.iter();
    let rules = rules.filter_map(|rule| rule_in_words(rule, words));
    let last = (next.is_empty() && !schedule.start.is_empty() && budget.steps_left() > 0)
        .then(|| last_time(schedule, now).and_then(|last| parse_local(&last)))
        .flatten();
    Times {
        words: Some(Text::new(&schedule.words, language)).filter(|words| !words.is_empty()),
        rules: rules.map(|rule| Text::plain(&rule)).collect(),
        changes: changes(schedule, language, words, local(now, &schedule.time_zone)),
        next: next.iter().map(when).collect(),
        zone: Some(&schedule.time_zone)
            .filter(|zone| !next.is_empty() && !SAME_CLOCK.contains(&zone.as_str()))
            .map(|zone| Text::plain(zone)),
        last: last.filter(|last| *last < local(now, &schedule.time_zone)),
    }
}

/// Days to come that are left out or added, and breaks: what is past helps no one.
fn changes(schedule: &v1::Schedule, language: &str, words: Words, now: NaiveDateTime) -> Vec<Line> {
    let days = |starts: &[String], says: &'static str| {
        let mut starts: Vec<NaiveDateTime> = starts
            .iter()
            .filter_map(|start| parse_local(start))
            .filter(|start| *start >= now)
            .collect();
        starts.sort_unstable();
        starts.truncate(MAX_CHANGES);
        let days = starts.iter().map(|start| words.span(*start, None));
        let days: Vec<String> = days.collect();
        let line = words.with(says, &[("days", &list(&days, words))]);
        (!days.is_empty()).then(|| Line::new(Text::plain(&line), Text::default()))
    };
    let breaks = schedule.breaks.iter().filter_map(|one| {
        let last = if one.last_day.is_empty() {
            &one.first_day
        } else {
            &one.last_day
        };
        let is_past = parsed_day(last).is_some_and(|last| last < now.date());
        let line = if *last == one.first_day {
            words.with("times-not-on", &[("days", &date(last, words))])
        } else {
            let (first, last) = (date(&one.first_day, words), date(last, words));
            words.with("times-break", &[("first", &first), ("last", &last)])
        };
        let line = Line::new(Text::plain(&line), Text::new(&one.words, language));
        (!is_past).then_some(line)
    });
    let breaks = breaks.take(MAX_CHANGES);
    days(&schedule.exdates, "times-not-on")
        .into_iter()
        .chain(days(&schedule.rdates, "times-also-on"))
        .chain(breaks)
        .collect()
}
