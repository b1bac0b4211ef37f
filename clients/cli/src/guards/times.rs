//! Schedules whose dates do not do what their author expects.

use std::time::Duration;

use chrono::NaiveDateTime;
use hedgerow_client::FieldViolation;
use hedgerow_core::recurrence::{parse_date, parse_local, schedule_occurrences};
use hedgerow_core::time::Timestamp;
use hedgerow_input::labels::local_time;
use hedgerow_proto::v1::{Event, EventStatus, Schedule};
use prost::Message as _;
use prost_reflect::DynamicMessage;

use super::walk;
use crate::document::Document;
use crate::next_times::last_time;

/// How far ahead a next time counts.
const HORIZON: Duration = Duration::from_hours(24 * 3_660);
/// How far around an excluded date an occurrence is searched for.
const NEIGHBOURHOOD: Duration = Duration::from_hours(24 * 40);
/// Zones without summer time that people in Britain and Ireland take for their own.
const FIXED_ZONES: [&str; 6] = ["GMT", "UTC", "Etc/GMT", "Etc/UTC", "WET", "GMT0"];

pub(super) fn check(
    document: &Document,
    body: &DynamicMessage,
    now: Timestamp,
) -> Vec<FieldViolation> {
    if Event::decode(document.body.as_slice()).is_ok_and(|event| {
        document.kind == "event"
            && event.status() != EventStatus::Planned
            && event.status() != EventStatus::Unspecified
    }) {
        // A cancelled event is announced, not listed.
        return Vec::new();
    }
    let mut violations = Vec::new();
    for (path, message) in walk::messages(body, "hedgerow.v1.Schedule") {
        let Ok(schedule) = message.transcode_to::<Schedule>() else {
            continue;
        };
        // A schedule in words has no dates; the rules report one that cannot be read.
        if schedule.start.is_empty() || !is_readable(&schedule, now) {
            continue;
        }
        check_excluded(&path, &schedule, &mut violations);
        check_extra(&path, &schedule, &mut violations);
        check_future(&path, &schedule, now, &mut violations);
        if FIXED_ZONES.contains(&schedule.time_zone.as_str()) && !schedule.rrules.is_empty() {
            violations.push(confirmable(
                format!("{path}.time_zone"),
                "zone_without_summer_time",
                format!(
                    "{} has no summer time: from March to October people in Britain would see it an \
                     hour late. Write Europe/London (or Europe/Dublin)",
                    schedule.time_zone
                ),
            ));
        }
    }
    violations
}

fn is_readable(schedule: &Schedule, now: Timestamp) -> bool {
    schedule_occurrences(schedule, now, now.plus(HORIZON), 1).is_ok()
}

fn confirmable(path: String, reason: &str, message: String) -> FieldViolation {
    let mut violation = FieldViolation::new(path, reason, message);
    violation.confirmable = true;
    violation
}

/// Rejects excluded dates that meet no occurrence, with the nearest one.
fn check_excluded(path: &str, schedule: &Schedule, violations: &mut Vec<FieldViolation>) {
    let mut all = schedule.clone();
    all.exdates.clear();
    all.breaks.clear();
    for (index, excluded) in schedule.exdates.iter().enumerate() {
        let Some(local) = parse_local(excluded) else {
            continue;
        };
        let starts = local_starts_around(&all, local);
        if starts.iter().any(|(_, start)| *start == local) {
            continue;
        }
        let nearest = starts
            .iter()
            .min_by_key(|(_, start)| (*start - local).num_minutes().abs());
        let advice = match nearest {
            Some((text, _)) => format!(
                "the nearest one is `{text}` ({}); write exactly that",
                local_time(text)
            ),
            None => "there is none within forty days: delete the line".to_owned(),
        };
        violations.push(FieldViolation::new(
            format!("{path}.exdates[{index}]"),
            "exdate_meets_nothing",
            format!("`{excluded}` meets no occurrence, so it would cancel nothing: {advice}"),
        ));
    }
}

fn local_starts_around(schedule: &Schedule, local: NaiveDateTime) -> Vec<(String, NaiveDateTime)> {
    let middle = Timestamp::from_seconds(local.and_utc().timestamp());
    let (from, to) = (middle.minus(NEIGHBOURHOOD), middle.plus(NEIGHBOURHOOD));
    schedule_occurrences(schedule, from, to, 10_000)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|one| Some((one.local_start.clone(), parse_local(&one.local_start)?)))
        .collect()
}

/// Rejects extra dates within a break, which would not take place.
fn check_extra(path: &str, schedule: &Schedule, violations: &mut Vec<FieldViolation>) {
    for (index, extra) in schedule.rdates.iter().enumerate() {
        let Some(day) = parse_local(extra).map(|local| local.date()) else {
            continue;
        };
        let meets = schedule.breaks.iter().find(|one| {
            let last = if one.last_day.is_empty() {
                &one.first_day
            } else {
                &one.last_day
            };
            let days = parse_date(&one.first_day).zip(parse_date(last));
            days.is_some_and(|(first, last)| first <= day && day <= last)
        });
        if let Some(one) = meets {
            violations.push(FieldViolation::new(
                format!("{path}.rdates[{index}]"),
                "extra_date_in_break",
                format!(
                    "`{extra}` is within the break that begins on {}, so it would not take place: \
                     make two breaks of it, one that ends before this day and one that begins after",
                    one.first_day
                ),
            ));
        }
    }
}

/// Asks if no occurrence is left.
fn check_future(
    path: &str,
    schedule: &Schedule,
    now: Timestamp,
    violations: &mut Vec<FieldViolation>,
) {
    let next = schedule_occurrences(schedule, now, now.plus(HORIZON), 1);
    if next.map_or(true, |next| !next.is_empty()) {
        return;
    }
    let mut all = schedule.clone();
    all.exdates.clear();
    all.breaks.clear();
    let is_emptied =
        schedule_occurrences(&all, now, now.plus(HORIZON), 1).is_ok_and(|left| !left.is_empty());
    let begins = parse_local(&schedule.start).map(|start| start.and_utc().timestamp());
    let is_ahead = begins.is_some_and(|start| Timestamp::from_seconds(start) > now);
    let (field, reason, message) = if is_emptied {
        (
            "exdates",
            "nothing_left",
            "every time is excluded or in a break, so it would never be listed".to_owned(),
        )
    } else if is_ahead {
        (
            "start",
            "event_far_ahead",
            "it begins more than ten years from now. Is the year right?".to_owned(),
        )
    } else {
        let last = last_time(schedule, now).unwrap_or_default();
        let last = local_time(&last);
        (
            "start",
            "event_over",
            format!(
                "the last time was {last}, so it would never be listed among what takes place. Is the \
                 year right?"
            ),
        )
    };
    violations.push(confirmable(format!("{path}.{field}"), reason, message));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::parse_text;
    use crate::guards::walk;

    /// Friday.
    const NOW: Timestamp = Timestamp::from_seconds(1_795_780_800);

    fn reasons(schedule: &str) -> Vec<(String, String)> {
        let text =
            format!("kind: event\ntitle: A\nschedule:\n  time_zone: Europe/London\n{schedule}");
        let document = parse_text("a.yaml", &text).expect("a document").remove(0);
        let body = walk::body_of(&document).expect("a body");
        let violations = check(&document, &body, NOW).into_iter();
        violations.map(|it| (it.reason, it.message)).collect()
    }

    #[test]
    fn an_exception_that_meets_nothing_is_rejected_with_the_nearest_time() {
        let found = reasons(
            "  start: 2026-11-24T19:00\n  duration_minutes: 90\n  rrules: [FREQ=WEEKLY;BYDAY=TU]\n  \
             exdates: [2026-12-22T00:00, 2026-12-29T19:00]\n",
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, "exdate_meets_nothing");
        assert!(found[0].1.contains("`2026-12-22T19:00`"), "{found:?}");
    }

    #[test]
    fn an_extra_date_in_a_break_is_rejected() {
        let found = reasons(
            "  start: 2026-11-24T12:30\n  duration_minutes: 90\n  rrules: [FREQ=WEEKLY;BYDAY=TU]\n  \
             rdates: [2026-12-25T12:30, 2027-01-06T12:30]\n  breaks: [{first_day: 2026-12-21, last_day: \
             2027-01-03}]\n",
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, "extra_date_in_break");
    }

    #[test]
    fn an_event_that_is_over_or_emptied_asks() {
        let over = reasons("  start: 2019-03-01T19:00\n  duration_minutes: 90\n");
        assert_eq!(over[0].0, "event_over", "{over:?}");
        assert!(over[0].1.contains("1 March 2019"), "{over:?}");
        let emptied = reasons(
            "  start: 2026-12-02T19:00\n  duration_minutes: 90\n  rrules: \
             [FREQ=WEEKLY;BYDAY=WE;COUNT=1]\n  exdates: [2026-12-02T19:00]\n",
        );
        assert_eq!(emptied[0].0, "nothing_left", "{emptied:?}");
        let far = reasons("  start: 2099-12-02T19:00\n  duration_minutes: 90\n");
        assert_eq!(far[0].0, "event_far_ahead", "{far:?}");
        let gmt = reasons("  start: 2026-12-02T19:00\n  duration_minutes: 90\n").len();
        assert_eq!(gmt, 0);
    }

    #[test]
    fn an_event_that_is_on_now_or_cancelled_is_left_alone() {
        // Began half an hour before now, and lasts four hours.
        assert!(reasons("  start: 2026-11-27T11:30\n  duration_minutes: 240\n").is_empty());
        assert!(
            reasons("  start: 2019-03-01T19:00\n  duration_minutes: 90\nstatus: cancelled\n")
                .is_empty()
        );
    }
}
