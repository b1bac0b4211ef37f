//! An event as a VCALENDAR.

use chrono::{DateTime, Datelike, NaiveDateTime};
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_proto::v1::EventStatus;

use super::lines::{LOCAL, Lines};
use super::times::{Series, Times};
use super::zone;
use crate::place::place;

/// Where an event comes from.
#[derive(Debug)]
pub struct Origin {
    /// The same in every version of the event, and of no other one.
    pub id: String,
    pub changed: Timestamp,
}

/// The calendar with an event. `None` if the event has no dates.
pub fn event(event: &v1::Event, origin: &Origin, now: Timestamp) -> Option<String> {
    let times = Times::of(event.schedule.as_ref()?, now)?;
    let mut lines = Lines::default();
    lines.begin("VCALENDAR");
    lines.line("VERSION", "2.0");
    lines.line("PRODID", "-//Hedgerow//Directory//EN");
    lines.line("CALSCALE", "GREGORIAN");
    match times {
        Times::Series(series) => {
            let (first, this) = (series.start.year(), utc(now).year());
            zone::write(&mut lines, series.zone, first, this);
            lines.begin("VEVENT");
            lines.line("UID", &origin.id);
            series_times(&mut lines, &series);
            about(&mut lines, event, origin);
            lines.end("VEVENT");
        }
        Times::Single(occurrences) => {
            let is_one = event
                .schedule
                .as_ref()
                .is_some_and(|it| it.rrules.is_empty());
            for one in occurrences {
                lines.begin("VEVENT");
                let start = in_utc(one.start);
                match is_one {
                    true => lines.line("UID", &origin.id),
                    false => lines.line("UID", &format!("{start}-{}", origin.id)),
                }
                lines.line("DTSTART", &start);
                if one.end > one.start {
                    lines.line("DTEND", &in_utc(one.end));
                }
                about(&mut lines, event, origin);
                lines.end("VEVENT");
            }
        }
    }
    lines.end("VCALENDAR");
    Some(lines.into_text())
}

/// Dates of one form and zone: calendars skip an exception in another form than the start.
fn series_times(lines: &mut Lines, series: &Series) {
    let zone = series.zone.name();
    let mut date = |property: &str, time: NaiveDateTime| {
        let name = format!("{property};TZID={zone}");
        lines.line(&name, &time.format(LOCAL).to_string());
    };
    date("DTSTART", series.start);
    if let Some(end) = series.end {
        date("DTEND", end);
    }
    for time in &series.extra {
        date("RDATE", *time);
    }
    for time in &series.cancelled {
        date("EXDATE", *time);
    }
    if let Some(rule) = &series.rule {
        lines.line("RRULE", rule);
    }
}

fn about(lines: &mut Lines, event: &v1::Event, origin: &Origin) {
    let changed = in_utc(origin.changed);
    lines.line("DTSTAMP", &changed);
    lines.line("LAST-MODIFIED", &changed);
    // It rises with every version: calendars ignore a change without. Minutes fit in 32 bits.
    let minutes = origin.changed.as_seconds().max(0) / 60;
    lines.line("SEQUENCE", &minutes.to_string());
    let status = match event.status() {
        EventStatus::Cancelled => "CANCELLED",
        EventStatus::Postponed => "TENTATIVE",
        EventStatus::Planned | EventStatus::Unspecified => "CONFIRMED",
    };
    lines.line("STATUS", status);
    // In a calendar that others see, the event is only shown as busy.
    lines.line("CLASS", "PRIVATE");
    lines.text("SUMMARY", &event.title);
    let words = [
        &event.status_words,
        &event.summary,
        &event.description,
        &event.how_to_join_words,
    ];
    let words: Vec<&str> = words.into_iter().map(|words| words.trim()).collect();
    let words: Vec<&str> = words
        .into_iter()
        .filter(|words| !words.is_empty())
        .collect();
    lines.text("DESCRIPTION", &words.join("\n\n"));
    lines.text("LOCATION", &location(event).unwrap_or_default());
}

/// The place, no finer than published.
fn location(event: &v1::Event) -> Option<String> {
    let place = place(event.place.as_ref()?, "")?;
    let parts = [Some(place.name), place.address];
    let parts: Vec<String> = parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .map(|part| part.as_str().to_owned())
        .collect();
    Some(parts.join(", "))
}

fn utc(time: Timestamp) -> NaiveDateTime {
    let time = DateTime::from_timestamp_millis(time.as_millis());
    time.unwrap_or_default().naive_utc()
}

fn in_utc(time: Timestamp) -> String {
    utc(time).format("%Y%m%dT%H%M%SZ").to_string()
}
