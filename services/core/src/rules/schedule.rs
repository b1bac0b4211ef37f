//! Rules of schedules, and the dates of a schedule that do not do what their author expects: each
//! of them sends people to a door that stays shut, or at the wrong hour.

use std::time::Duration;

use chrono::{NaiveDateTime, Offset as _, TimeZone as _};
use hedgerow_proto::v1;

use super::availability;
use super::draft::Draft;
use super::violations::Violations;
use crate::recurrence::{
    Budget, Occurrence, RecurrenceError, Series, parse_date, parse_local, parse_zone,
    schedule_occurrences, upcoming,
};
use crate::time::Timestamp;

/// How far ahead occurrences in summer time are searched for: a year and a week.
const SUMMER_HORIZON: Duration = Duration::from_hours(24 * 372);
/// Dates that passed longer ago than this are not checked. A day covers every time zone.
const PAST_TOLERANCE: Duration = Duration::from_hours(24);
/// The occurrences that are compared with summer time.
const MAX_COMPARED: usize = 400;
/// Names of a clock that is never changed, without `Etc/`.
const FIXED_CLOCKS: [&str; 9] = [
    "GMT",
    "GMT0",
    "GMT+0",
    "GMT-0",
    "Greenwich",
    "UCT",
    "UTC",
    "Universal",
    "Zulu",
];
/// The zone that a group in Britain or Ireland means by them.
const LIKELY_ZONE: &str = "Europe/London";

/// Checks a schedule: either only words, or a start with everything that depends on it.
pub(super) fn check(path: &str, schedule: &v1::Schedule, violations: &mut Violations) {
    for (index, holiday) in schedule.breaks.iter().enumerate() {
        let path = format!("{path}.breaks[{index}]");
        availability::check_days(&path, &holiday.first_day, &holiday.last_day, violations);
    }
    if schedule.start.is_empty() {
        let dated = !schedule.end.is_empty()
            || schedule.duration_minutes != 0
            || !schedule.rrules.is_empty()
            || !schedule.exdates.is_empty()
            || !schedule.rdates.is_empty();
        if dated || schedule.words.trim().is_empty() {
            violations.add(
                format!("{path}.start"),
                "start_required",
                "Say when it first happens, as in 2026-03-31T19:00, or say in words when it does.",
            );
        }
        return;
    }
    if schedule.time_zone.is_empty() {
        violations.add(
            format!("{path}.time_zone"),
            "time_zone_required",
            "Say in which time zone this is, such as Europe/London.",
        );
    }
    // Only how the fields fit together: `fields` reports each field's own format, and
    // `check_cost` the cost, so their errors return early here.
    let Err(error) = Series::parse(schedule, &Budget::default()) else {
        return;
    };
    let (field, message) = match &error {
        RecurrenceError::Zone(_)
        | RecurrenceError::NoStart
        | RecurrenceError::TooMany
        | RecurrenceError::TooCostly => return,
        RecurrenceError::Time(text) if *text == schedule.start || *text == schedule.end => {
            let field = if *text == schedule.start {
                "start"
            } else {
                "end"
            };
            (
                field,
                "Write the date and time as in 2026-03-31T19:00.".to_owned(),
            )
        }
        RecurrenceError::Time(_) => return,
        RecurrenceError::Length => (
            "end",
            "It ends after it begins and lasts at most 31 days. Give an end or a length in \
             minutes, not both."
                .to_owned(),
        ),
        RecurrenceError::Rule(rule) => ("rrules", format!("Change the repeating rule: {rule}.")),
    };
    violations.add(format!("{path}.{field}"), error.reason(), message);
}

/// Rejects schedules that receivers will not expand. They would index the record without its
/// times, and nobody would find it by day.
pub(super) fn check_cost(
    path: &str,
    schedules: &[v1::Schedule],
    draft: &Draft<'_>,
    violations: &mut Violations,
) {
    if let Err(error) = upcoming(schedules, draft.now, &Budget::default()) {
        let message = format!("Change when it happens: {error}.");
        violations.add(path, error.reason(), message);
    }
}

/// Reports dates that have no effect, and a clock that is an hour off in summer. Not for a
/// schedule that is invalid: [`check`] reports it.
pub(super) fn check_dates(
    path: &str,
    schedule: &v1::Schedule,
    draft: &Draft<'_>,
    violations: &mut Violations,
) {
    let budget = Budget::default();
    let Ok(series) = Series::parse(schedule, &budget) else {
        return;
    };
    let earliest = series.local(draft.now.minus(PAST_TOLERANCE));
    check_excluded(path, schedule, (&series, earliest), &budget, violations);
    check_extra(path, schedule, earliest, violations);
    check_summer_time(path, schedule, draft.now, violations);
}

/// Rejects excluded dates that cancel no occurrence, with the nearest one.
fn check_excluded(
    path: &str,
    schedule: &v1::Schedule,
    (series, earliest): (&Series, NaiveDateTime),
    budget: &Budget,
    violations: &mut Violations,
) {
    for (index, text) in schedule.exdates.iter().enumerate() {
        let Some(excluded) = parse_local(text).filter(|it| *it >= earliest) else {
            continue;
        };
        // Too costly a search finds nothing: `check_cost` reports such a schedule.
        let Ok(nearest) = series.nearest_start(excluded, budget) else {
            return;
        };
        let advice = match nearest {
            Some(start) if start == excluded => continue,
            Some(start) => format!(
                "The nearest one is `{}` ({}): write exactly that.",
                start.format("%Y-%m-%dT%H:%M"),
                start.format("%A %-d %B %Y, %H:%M"),
            ),
            None => "There is none within forty days: delete the line.".to_owned(),
        };
        violations.add(
            format!("{path}.exdates[{index}]"),
            "exdate_meets_nothing",
            format!("`{text}` meets no occurrence, so it would cancel nothing. {advice}"),
        );
    }
}

/// Rejects extra dates within a break, which would not take place.
fn check_extra(
    path: &str,
    schedule: &v1::Schedule,
    earliest: NaiveDateTime,
    violations: &mut Violations,
) {
    for (index, extra) in schedule.rdates.iter().enumerate() {
        let Some(local) = parse_local(extra).filter(|it| *it >= earliest) else {
            continue;
        };
        let meets = schedule.breaks.iter().find(|one| {
            let last = if one.last_day.is_empty() {
                &one.first_day
            } else {
                &one.last_day
            };
            let days = parse_date(&one.first_day).zip(parse_date(last));
            days.is_some_and(|(first, last)| first <= local.date() && local.date() <= last)
        });
        if let Some(one) = meets {
            violations.add(
                format!("{path}.rdates[{index}]"),
                "extra_date_in_break",
                format!(
                    "`{extra}` is within the break that begins on {}, so it would not take place. \
                     Make two breaks of it: one that ends before this day and one that begins \
                     after.",
                    one.first_day
                ),
            );
        }
    }
}

/// Asks about a clock without summer time, if an occurrence is in summer.
fn check_summer_time(
    path: &str,
    schedule: &v1::Schedule,
    now: Timestamp,
    violations: &mut Violations,
) {
    let zone = schedule.time_zone.as_str();
    let name = zone.strip_prefix("Etc/").unwrap_or(zone);
    if !FIXED_CLOCKS.iter().any(|it| it.eq_ignore_ascii_case(name)) {
        return;
    }
    let begins = parse_local(&schedule.start).map_or(now, |start| {
        Timestamp::from_seconds(start.and_utc().timestamp()).max(now)
    });
    let to = begins.plus(SUMMER_HORIZON);
    let starts = schedule_occurrences(schedule, begins, to, MAX_COMPARED).unwrap_or_default();
    if starts.iter().any(is_in_summer_time) {
        violations.add_confirmable(
            format!("{path}.time_zone"),
            "zone_without_summer_time",
            format!(
                "{zone} has no summer time: from March to October people in Britain and Ireland \
                 would come an hour late. Write {LIKELY_ZONE} or Europe/Dublin, or confirm that \
                 it keeps to {zone}."
            ),
        );
    }
}

fn is_in_summer_time(occurrence: &Occurrence) -> bool {
    let utc = chrono::DateTime::from_timestamp_millis(occurrence.start.as_millis());
    let zone = parse_zone(LIKELY_ZONE);
    utc.zip(zone).is_some_and(|(utc, zone)| {
        let offset = zone.offset_from_utc_datetime(&utc.naive_utc());
        offset.fix().local_minus_utc() != 0
    })
}
