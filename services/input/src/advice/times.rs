//! Schedules that nobody would find by day: no time is left, or they are in words only.

use std::time::Duration;

use hedgerow_core::recurrence::{parse_local, schedule_occurrences};
use hedgerow_core::rules::Violation;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1::{Event, EventStatus, Schedule};
use prost::Message as _;
use prost_reflect::DynamicMessage;

use super::draft::Draft;
use super::question::question;
use super::walk;
use crate::labels::local_time;
use crate::next_times::last_time;
use crate::schedule_words;
use crate::time::{DEFAULT_ZONE, LocalClock};

/// How far ahead a next time counts.
const HORIZON: Duration = Duration::from_hours(24 * 3_660);

pub(super) fn check(draft: &Draft<'_>, body: &DynamicMessage, now: Timestamp) -> Vec<Violation> {
    if Event::decode(draft.body).is_ok_and(|event| {
        draft.kind == "event"
            && event.status() != EventStatus::Planned
            && event.status() != EventStatus::Unspecified
    }) {
        // A cancelled event is announced, not listed.
        return Vec::new();
    }
    let schedules = walk::messages(body, "hedgerow.v1.Schedule").into_iter();
    schedules
        .filter_map(|(path, message)| {
            let schedule = message.transcode_to::<Schedule>().ok()?;
            // The rules report a start that cannot be read.
            if schedule.start.is_empty() {
                check_words(&path, &schedule, now)
            } else {
                check_future(&path, &schedule, now)
            }
        })
        .collect()
}

/// Asks if the words of a schedule without dates state a rule.
fn check_words(path: &str, schedule: &Schedule, now: Timestamp) -> Option<Violation> {
    let zone = match schedule.time_zone.as_str() {
        "" => DEFAULT_ZONE,
        zone => zone,
    };
    let today = LocalClock::new(zone, now).ok()?.today();
    let readings = schedule_words::read(&schedule.words, None, today)?;
    let described: Vec<_> = readings
        .iter()
        .map(schedule_words::Reading::describe)
        .collect();
    let reading = readings.first()?;
    let mut fields = Vec::new();
    match reading.first_start(today) {
        Some(start) => fields.push(format!("start: \"{}\"", start.format("%Y-%m-%dT%H:%M"))),
        None => fields.push("start: the first date and time".to_owned()),
    }
    if let Some(minutes) = reading.duration_minutes() {
        fields.push(format!("duration_minutes: {minutes}"));
    }
    fields.push(format!("time_zone: {zone}"));
    if let Some(rule) = &reading.rule {
        fields.push(format!("rrules: [\"{rule}\"]"));
    }
    let mut message = format!(
        "searches by day cannot read words. These sound like “{}”: to be found by day, add {}",
        described.join("; "),
        fields.join(", ")
    );
    for open in readings.iter().flat_map(|it| &it.open) {
        message += &format!("; “{}” {}", schedule.words, open.advice());
    }
    Some(question(
        format!("{path}.words"),
        "schedule_in_words",
        message,
    ))
}

/// Asks if no occurrence is left.
fn check_future(path: &str, schedule: &Schedule, now: Timestamp) -> Option<Violation> {
    let next = schedule_occurrences(schedule, now, now.plus(HORIZON), 1);
    if next.map_or(true, |next| !next.is_empty()) {
        return None;
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
    Some(question(format!("{path}.{field}"), reason, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Friday.
    const NOW: Timestamp = Timestamp::from_seconds(1_795_780_800);

    fn questions(event: &Event) -> Vec<Violation> {
        let bytes = event.encode_to_vec();
        let draft = Draft {
            kind: "event",
            body: &bytes,
            key: None,
            has_subject: false,
            is_node_only: false,
        };
        check(
            &draft,
            &walk::body_of("event", &bytes).expect("a body"),
            NOW,
        )
    }

    fn event(start: &str, change: impl FnOnce(&mut Schedule)) -> Event {
        let mut schedule = Schedule {
            start: start.to_owned(),
            duration_minutes: 90,
            time_zone: "Europe/London".to_owned(),
            ..Schedule::default()
        };
        change(&mut schedule);
        Event {
            schedule: Some(schedule),
            ..Event::default()
        }
    }

    #[test]
    fn an_event_that_is_over_or_emptied_asks() {
        let over = questions(&event("2019-03-01T19:00", |_| {}));
        assert_eq!(over[0].reason, "event_over", "{over:?}");
        assert_eq!(over[0].field, "schedule.start");
        assert!(over[0].message.contains("1 March 2019"), "{over:?}");
        let emptied = questions(&event("2026-12-02T19:00", |it| {
            it.rrules = vec!["FREQ=WEEKLY;BYDAY=WE;COUNT=1".to_owned()];
            it.exdates = vec!["2026-12-02T19:00".to_owned()];
        }));
        assert_eq!(emptied[0].reason, "nothing_left", "{emptied:?}");
        let far = questions(&event("2099-12-02T19:00", |_| {}));
        assert_eq!(far[0].reason, "event_far_ahead", "{far:?}");
        assert!(
            [over, emptied, far]
                .iter()
                .flatten()
                .all(|it| it.confirmable)
        );
    }

    #[test]
    fn words_that_state_a_rule_ask_for_it() {
        let in_words = |words: &str| {
            questions(&event("", |it| {
                it.duration_minutes = 0;
                it.words = words.to_owned();
            }))
        };
        let asked = in_words("Tuesdays 7pm to 8pm");
        assert_eq!(asked[0].reason, "schedule_in_words", "{asked:?}");
        assert_eq!(asked[0].field, "schedule.words");
        assert!(asked[0].confirmable);
        for part in [
            "every week on Tuesday, 19:00 to 20:00",
            "start: \"2026-12-01T19:00\"",
            "duration_minutes: 60",
            "rrules: [\"FREQ=WEEKLY;BYDAY=TU\"]",
        ] {
            assert!(asked[0].message.contains(part), "{part}: {asked:?}");
        }
        let open = in_words("Every other Wednesday 10-12");
        assert!(
            open[0].message.contains("start: the first date and time"),
            "{open:?}"
        );
        assert!(in_words("by appointment").is_empty());
    }

    #[test]
    fn an_event_that_is_on_now_or_cancelled_is_left_alone() {
        // Began half an hour before now, and lasts four hours.
        let now = event("2026-11-27T11:30", |it| it.duration_minutes = 240);
        assert!(questions(&now).is_empty());
        let cancelled = Event {
            status: EventStatus::Cancelled as i32,
            ..event("2019-03-01T19:00", |_| {})
        };
        assert!(questions(&cancelled).is_empty());
    }
}
