//! Events of a calendar file (iCalendar, RFC 5545), as far as a person should publish them. Who was
//! invited and who comes is never read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDateTime, NaiveTime};
use hedgerow_core::recurrence::schedule_occurrences;
use hedgerow_core::time::Timestamp;
use hedgerow_input::time::DEFAULT_ZONE;
use hedgerow_proto::v1;
use hedgerow_proto::v1::EventStatus;
use prost::Message as _;

use lines::{Property, unfolded};
use times::{Moment, duration, moment, moments, rule_in_utc, zone};

mod lines;
mod times;

/// Events of one file.
const MAX_EVENTS: usize = 200;
/// Calendar entries that are read at all: changes of single days are entries too.
const MAX_ENTRIES: usize = 2_000;
const LOCAL: &str = "%Y-%m-%dT%H:%M";

/// One event of a file.
#[derive(Clone, Debug)]
pub struct FileEvent {
    /// The calendar's own name for it.
    pub uid: String,
    pub title: String,
    pub start: Option<NaiveDateTime>,
    /// The event, or the key of why it is left out.
    pub event: Result<v1::Event, &'static str>,
}

/// The properties of one entry, without those of its alarms.
type Entry = Vec<Property>;

/// Reads the events of a file.
///
/// # Errors
/// The key of why nothing of it can be read.
pub fn read_calendar(text: &str, now: Timestamp) -> Result<Vec<FileEvent>, &'static str> {
    if text.trim().is_empty() {
        return Err("import-error-empty");
    }
    let mut lines = unfolded(text);
    let is_calendar = lines
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| {
            let line = line.trim_start_matches('\u{feff}').trim();
            line.eq_ignore_ascii_case("BEGIN:VCALENDAR")
        });
    if !is_calendar {
        return Err("import-error-calendar");
    }
    let (entries, calendar_zone) = entries(lines)?;
    let mut changes: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    let mut masters = Vec::new();
    for entry in entries {
        if property(&entry, "RECURRENCE-ID").is_some() {
            changes
                .entry(text_of(&entry, "UID"))
                .or_default()
                .push(entry);
        } else {
            masters.push(entry);
        }
    }
    if masters.len() > MAX_EVENTS {
        return Err("import-error-many");
    }
    let mut seen = BTreeSet::new();
    let mut events: Vec<FileEvent> = masters
        .iter()
        .map(|entry| {
            let own = changes.remove(&text_of(entry, "UID")).unwrap_or_default();
            let mut event = read_event(entry, &own, &calendar_zone, now);
            if event.uid.is_empty() {
                event.uid = format!("{} {}", event.title, text_of(entry, "DTSTART"));
            }
            if !seen.insert(event.uid.clone()) {
                event.event = Err("import-unread-twice");
            }
            event
        })
        .collect();
    // Changes of a series that is not in the file.
    let lost = changes.into_values().flatten().take(MAX_EVENTS);
    events.extend(lost.map(|entry| FileEvent {
        uid: String::new(),
        title: text_of(&entry, "SUMMARY"),
        start: None,
        event: Err("import-unread-change"),
    }));
    Ok(events)
}

fn entries(lines: impl Iterator<Item = String>) -> Result<(Vec<Entry>, String), &'static str> {
    let mut entries = Vec::new();
    let mut current: Option<Entry> = None;
    // Alarms within an event, and other components.
    let mut inner = 0_usize;
    let mut calendar_zone = DEFAULT_ZONE.to_owned();
    for line in lines {
        let Some(property) = Property::parse(&line) else {
            continue;
        };
        let value = property.value.to_ascii_uppercase();
        match (property.name.as_str(), &mut current) {
            ("BEGIN", None) if value == "VEVENT" => current = Some(Vec::new()),
            ("BEGIN", _) => inner += 1,
            ("END", Some(_)) if value == "VEVENT" && inner == 0 => {
                entries.extend(current.take());
                if entries.len() > MAX_ENTRIES {
                    return Err("import-error-many");
                }
            }
            ("END", _) => inner = inner.saturating_sub(1),
            ("X-WR-TIMEZONE", None) => {
                calendar_zone = zone(&property.value).unwrap_or(calendar_zone);
            }
            (_, Some(entry)) if inner == 0 => entry.push(property),
            _ => {}
        }
    }
    Ok((entries, calendar_zone))
}

fn property<'a>(entry: &'a Entry, name: &str) -> Option<&'a Property> {
    entry.iter().find(|property| property.name == name)
}

fn text_of(entry: &Entry, name: &str) -> String {
    property(entry, name).map_or_else(String::new, Property::text)
}

fn read_event(entry: &Entry, changes: &[Entry], zone: &str, now: Timestamp) -> FileEvent {
    let start = property(entry, "DTSTART").and_then(|it| moment(it, zone));
    FileEvent {
        uid: text_of(entry, "UID"),
        title: text_of(entry, "SUMMARY"),
        start: start.as_ref().map(|start| start.local),
        event: event(entry, start, changes, now),
    }
}

fn event(
    entry: &Entry,
    start: Option<Moment>,
    changes: &[Entry],
    now: Timestamp,
) -> Result<v1::Event, &'static str> {
    let class = text_of(entry, "CLASS").to_ascii_uppercase();
    if matches!(class.as_str(), "PRIVATE" | "CONFIDENTIAL") {
        return Err("import-unread-private");
    }
    let title = text_of(entry, "SUMMARY");
    if title.trim().is_empty() {
        return Err("import-unread-title");
    }
    let start = start.ok_or("import-unread-start")?;
    let mut schedule = schedule(entry, &start)?;
    for change in changes {
        add_change(&mut schedule, change, &start);
    }
    let from = now.minus(std::time::Duration::from_hours(24 * 366));
    let until = now.plus(std::time::Duration::from_hours(24 * 366));
    if schedule_occurrences(&schedule, from, until, 1).is_err() {
        return Err("import-unread-rule");
    }
    let status = match text_of(entry, "STATUS").to_ascii_uppercase().as_str() {
        "CANCELLED" => EventStatus::Cancelled,
        _ => EventStatus::Planned,
    };
    Ok(v1::Event {
        title: title.trim().to_owned(),
        description: text_of(entry, "DESCRIPTION").trim().to_owned(),
        schedule: Some(schedule),
        status: status.into(),
        ..v1::Event::default()
    })
}

fn schedule(entry: &Entry, start: &Moment) -> Result<v1::Schedule, &'static str> {
    let end = property(entry, "DTEND").and_then(|it| moment(it, &start.zone));
    let minutes = match (end, property(entry, "DURATION")) {
        (Some(end), _) => (end.in_zone(&start.zone) - start.local).num_minutes(),
        (None, Some(length)) => duration(&length.value).ok_or("import-unread-start")?,
        (None, None) if start.is_day => 24 * 60,
        (None, None) => 0,
    };
    let rules = entry.iter().filter(|property| property.name == "RRULE");
    let rrules = rules
        .map(|rule| rule_in_utc(&rule.value, start).ok_or("import-unread-rule"))
        .collect::<Result<_, _>>()?;
    let times = |name: &str| -> Vec<String> {
        let all = entry.iter().filter(|property| property.name == name);
        let all = all.flat_map(|property| moments(property, &start.zone));
        let at_start = |time: Moment| {
            let local = time.in_zone(&start.zone);
            // A whole day of a series that has a time.
            let local = if time.is_day && !start.is_day {
                local.date().and_time(start.local.time())
            } else {
                local
            };
            local.format(LOCAL).to_string()
        };
        all.map(at_start).collect()
    };
    Ok(v1::Schedule {
        start: start.local.format(LOCAL).to_string(),
        duration_minutes: u32::try_from(minutes).map_err(|_| "import-unread-start")?,
        time_zone: start.zone.clone(),
        rrules,
        exdates: times("EXDATE"),
        rdates: times("RDATE"),
        ..v1::Schedule::default()
    })
}

/// One day of a series that was moved or cancelled.
fn add_change(schedule: &mut v1::Schedule, change: &Entry, start: &Moment) {
    let old = property(change, "RECURRENCE-ID").and_then(|it| moment(it, &start.zone));
    let Some(old) = old else {
        return;
    };
    let mut old_time = old.in_zone(&start.zone);
    if old.is_day {
        old_time = old_time.date().and_time(if start.is_day {
            NaiveTime::MIN
        } else {
            start.local.time()
        });
    }
    let new = property(change, "DTSTART").and_then(|it| moment(it, &start.zone));
    let is_cancelled = text_of(change, "STATUS").eq_ignore_ascii_case("CANCELLED");
    let new_time = new
        .filter(|_| !is_cancelled)
        .map(|new| new.in_zone(&start.zone));
    if new_time == Some(old_time) {
        return;
    }
    schedule.exdates.push(old_time.format(LOCAL).to_string());
    schedule
        .rdates
        .extend(new_time.map(|time| time.format(LOCAL).to_string()));
}

/// The body of an event with what a file says of it. All that a file does not say stays as it was.
/// `None` if this build would lose something of it.
pub fn updated(existing: &[u8], from_file: &v1::Event) -> Option<Vec<u8>> {
    let mut event = v1::Event::decode(existing).ok()?;
    if event.encode_to_vec() != existing {
        return None;
    }
    event.title.clone_from(&from_file.title);
    if !from_file.description.is_empty() {
        event.description.clone_from(&from_file.description);
    }
    if event.status() == EventStatus::Cancelled || from_file.status() == EventStatus::Cancelled {
        event.status = from_file.status;
    }
    let before = event.schedule.take().unwrap_or_default();
    event.schedule = from_file.schedule.clone().map(|schedule| v1::Schedule {
        words: before.words,
        breaks: before.breaks,
        ..schedule
    });
    Some(event.encode_to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_780_800);

    fn file(events: &str) -> String {
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:GMT Standard Time\r\n\
             BEGIN:STANDARD\r\nDTSTART:16010101T020000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n\
             {}END:VCALENDAR\r\n",
            events.replace('\n', "\r\n")
        )
    }

    fn one(lines: &str) -> FileEvent {
        let text = file(&format!("BEGIN:VEVENT\nUID:a@b\n{lines}END:VEVENT\n"));
        let mut events = read_calendar(&text, NOW).unwrap();
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }

    fn schedule(lines: &str) -> v1::Schedule {
        let event = one(&format!("SUMMARY:Tea\n{lines}")).event;
        event
            .unwrap_or_else(|key| panic!("{lines}: {key}"))
            .schedule
            .unwrap()
    }

    #[test]
    fn an_event_of_an_office_calendar_is_read() {
        let read = one(
            "SUMMARY:Tea\\, toast\nDESCRIPTION:One\\nTwo and a long line that goes\n  on\n\
             DTSTART;TZID=\"GMT Standard Time\":20270105T190000\n\
             DTEND;TZID=\"GMT Standard Time\":20270105T203000\n\
             RRULE:FREQ=WEEKLY;UNTIL=20270630T180000Z;BYDAY=TU\nEXDATE;TZID=GMT Standard Time:20270112T190000\n\
             ATTENDEE;CN=A Person:mailto:a@example.org\nORGANIZER:mailto:b@example.org\n\
             BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Reminder\nEND:VALARM\n",
        );
        let event = read.event.unwrap();
        assert_eq!(event.title, "Tea, toast");
        assert_eq!(event.description, "One\nTwo and a long line that goes on");
        assert!(!format!("{event:?}").contains("example.org"));
        let schedule = event.schedule.unwrap();
        assert_eq!(schedule.start, "2027-01-05T19:00");
        assert_eq!(schedule.time_zone, "Europe/London");
        assert_eq!(schedule.duration_minutes, 90);
        assert_eq!(schedule.exdates, ["2027-01-12T19:00"]);
        assert_eq!(
            schedule.rrules,
            ["FREQ=WEEKLY;UNTIL=20270630T180000Z;BYDAY=TU"]
        );
    }

    #[test]
    fn times_in_utc_and_whole_days_are_local() {
        let summer = schedule("DTSTART:20270706T180000Z\nDURATION:PT1H30M\n");
        assert_eq!(summer.start, "2027-07-06T19:00");
        assert_eq!(summer.duration_minutes, 90);
        let day = schedule("DTSTART;VALUE=DATE:20270706\nDTEND;VALUE=DATE:20270708\n");
        assert_eq!(
            (&*day.start, day.duration_minutes),
            ("2027-07-06T00:00", 2_880)
        );
        let until = schedule(
            "DTSTART;TZID=Europe/London:20270706T190000\nRRULE:FREQ=DAILY;UNTIL=20270710\n",
        );
        assert_eq!(until.rrules, ["FREQ=DAILY;UNTIL=20270710T225959Z"]);
    }

    #[test]
    fn one_moved_and_one_cancelled_day_become_part_of_the_series() {
        let series = "BEGIN:VEVENT\nUID:s\nSUMMARY:Tea\nDTSTART;TZID=Europe/London:20270105T190000\n\
                      RRULE:FREQ=WEEKLY\nEND:VEVENT\n";
        let moved = "BEGIN:VEVENT\nUID:s\nSUMMARY:Tea\nRECURRENCE-ID;TZID=Europe/London:20270112T190000\n\
                     DTSTART;TZID=Europe/London:20270113T180000\nEND:VEVENT\n";
        let cancelled = "BEGIN:VEVENT\nUID:s\nSTATUS:CANCELLED\nRECURRENCE-ID:20270119T190000Z\n\
                         DTSTART:20270119T190000Z\nEND:VEVENT\n";
        let events = read_calendar(&file(&format!("{moved}{series}{cancelled}")), NOW).unwrap();
        assert_eq!(events.len(), 1);
        let schedule = events[0].event.clone().unwrap().schedule.unwrap();
        assert_eq!(schedule.exdates, ["2027-01-12T19:00", "2027-01-19T19:00"]);
        assert_eq!(schedule.rdates, ["2027-01-13T18:00"]);
        let lost = read_calendar(&file(moved), NOW).unwrap();
        assert_eq!(lost[0].event, Err("import-unread-change"));
    }

    #[test]
    fn what_cannot_be_read_or_should_not_be_is_left_out_with_a_reason() {
        let start = "DTSTART:20270706T180000Z\n";
        for (lines, key) in [
            (
                "DTSTART:20270706T180000Z\n".to_owned(),
                "import-unread-title",
            ),
            ("SUMMARY:Tea\n".to_owned(), "import-unread-start"),
            (
                "SUMMARY:Tea\nDTSTART:soon\n".to_owned(),
                "import-unread-start",
            ),
            (
                format!("SUMMARY:Tea\n{start}CLASS:PRIVATE\n"),
                "import-unread-private",
            ),
            (
                format!("SUMMARY:Tea\n{start}RRULE:FREQ=SECONDLY\n"),
                "import-unread-rule",
            ),
            (
                format!("SUMMARY:Tea\n{start}RRULE:<script>\n"),
                "import-unread-rule",
            ),
            (
                format!("SUMMARY:Tea\n{start}DTEND:20270705T180000Z\n"),
                "import-unread-start",
            ),
        ] {
            assert_eq!(one(&lines).event, Err(key), "{lines}");
        }
        let twice =
            "BEGIN:VEVENT\nUID:a\nSUMMARY:Tea\nDTSTART:20270706T180000Z\nEND:VEVENT\n".repeat(2);
        let events = read_calendar(&file(&twice), NOW).unwrap();
        assert_eq!(events[1].event, Err("import-unread-twice"));
    }

    #[test]
    fn a_file_is_bounded() {
        let event = |at: usize| {
            format!("BEGIN:VEVENT\nUID:{at}\nSUMMARY:Tea\nDTSTART:20270706T180000Z\nEND:VEVENT\n")
        };
        let many: String = (0..=MAX_EVENTS).map(event).collect();
        assert_eq!(
            read_calendar(&file(&many), NOW).unwrap_err(),
            "import-error-many"
        );
        assert_eq!(read_calendar(" ", NOW).unwrap_err(), "import-error-empty");
        assert_eq!(
            read_calendar("<html>", NOW).unwrap_err(),
            "import-error-calendar"
        );
    }

    #[test]
    fn a_second_file_changes_only_what_it_says() {
        let mut event = one("SUMMARY:Tea\nDTSTART:20270706T180000Z\n")
            .event
            .unwrap();
        event.safety_note = "Ask for Sam.".to_owned();
        let existing = event.encode_to_vec();
        let same = one("SUMMARY:Tea\nDTSTART:20270706T180000Z\n")
            .event
            .unwrap();
        assert_eq!(updated(&existing, &same), Some(existing.clone()));
        let later = one("SUMMARY:Tea\nDTSTART:20270706T190000Z\n")
            .event
            .unwrap();
        let after = v1::Event::decode(updated(&existing, &later).unwrap().as_slice()).unwrap();
        assert_eq!(after.safety_note, "Ask for Sam.");
        assert_eq!(after.schedule.unwrap().start, "2027-07-06T20:00");
    }
}
