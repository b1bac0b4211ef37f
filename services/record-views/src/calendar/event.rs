//! Events as a VCALENDAR.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDateTime};
use chrono_tz::Tz;
use hedgerow_core::recurrence::Budget;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_proto::v1::EventStatus;

use super::lines::{LOCAL, Lines};
use super::times::{Series, Times};
use super::zone;
use crate::place::place;

/// How often programs should load a calendar again.
const REFRESH_INTERVAL: &str = "PT6H";

/// Where an event comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The same in every version of the event, and of no other one.
    pub id: String,
    pub changed: Timestamp,
}

/// The calendar with an event. `None` if the event has no dates.
pub fn event(event: &v1::Event, origin: &Origin, now: Timestamp) -> Option<String> {
    let times = Times::of(event.schedule.as_ref()?, now, &Budget::default())?;
    let mut lines = Lines::default();
    begin(&mut lines);
    zones(&mut lines, [&times], now);
    components(&mut lines, event, origin, &times);
    lines.end("VCALENDAR");
    Some(lines.into_text())
}

/// The calendar of many events, for programs that load it again and again. Events without dates
/// are left out, and so are those that do not fit in the budget.
pub fn events<'a>(
    name: &str,
    events: impl IntoIterator<Item = (&'a v1::Event, Origin)>,
    now: Timestamp,
    budget: &Budget,
) -> String {
    let dated: Vec<_> = events
        .into_iter()
        .filter_map(|(event, origin)| {
            let times = Times::of(event.schedule.as_ref()?, now, budget)?;
            Some((event, origin, times))
        })
        .collect();
    let mut lines = Lines::default();
    begin(&mut lines);
    // The name by RFC 7986, and as programs before it read it; the same of the pace.
    lines.text("NAME", name);
    lines.text("X-WR-CALNAME", name);
    lines.line("REFRESH-INTERVAL;VALUE=DURATION", REFRESH_INTERVAL);
    lines.line("X-PUBLISHED-TTL", REFRESH_INTERVAL);
    zones(&mut lines, dated.iter().map(|(_, _, times)| times), now);
    if dated.is_empty() {
        // A calendar needs a component.
        let year = utc(now).year();
        zone::write(&mut lines, Tz::Europe__London, year, year);
    }
    for (event, origin, times) in &dated {
        components(&mut lines, event, origin, times);
    }
    lines.end("VCALENDAR");
    lines.into_text()
}

fn begin(lines: &mut Lines) {
    lines.begin("VCALENDAR");
    lines.line("VERSION", "2.0");
    lines.line("PRODID", "-//Hedgerow//Directory//EN");
    lines.line("CALSCALE", "GREGORIAN");
}

/// Writes each zone once, from the year of the first event in it.
fn zones<'a>(lines: &mut Lines, times: impl IntoIterator<Item = &'a Times>, now: Timestamp) {
    let mut first_years: BTreeMap<&str, (Tz, i32)> = BTreeMap::new();
    for times in times {
        let Times::Series(series) = times else {
            continue;
        };
        let year = series.start.year();
        let known = first_years
            .entry(series.zone.name())
            .or_insert((series.zone, year));
        known.1 = known.1.min(year);
    }
    for (zone, first_year) in first_years.into_values() {
        zone::write(lines, zone, first_year, utc(now).year());
    }
}

/// Writes an event: one component for a series, or one for each date.
fn components(lines: &mut Lines, event: &v1::Event, origin: &Origin, times: &Times) {
    let occurrences = match times {
        Times::Series(series) => {
            lines.begin("VEVENT");
            lines.line("UID", &origin.id);
            series_times(lines, series);
            about(lines, event, origin);
            lines.end("VEVENT");
            return;
        }
        Times::Single(occurrences) => occurrences,
    };
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
        about(lines, event, origin);
        lines.end("VEVENT");
    }
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
