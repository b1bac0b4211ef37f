//! Time in the index: occurrences and opening hours as numbers of a document, and what is
//! asked of them.
//!
//! A document holds the occurrences of the next [`HORIZON_DAYS`] and has to be put again
//! before they run out (see [`refresh`]). Times of day and weekdays are local to the
//! record's own time zone: seven in the evening is seven wherever it is asked from.

use std::time::Duration;

use chrono::Datelike;
use chrono::Timelike;
use hedgerow_core::recurrence::Occurrence;
use hedgerow_core::recurrence::parse_local;
use hedgerow_core::recurrence::schedule_occurrences;
use hedgerow_core::summary::Summary;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use tantivy::DocId;
use tantivy::columnar::Column;

mod agenda;
mod hours;
mod question;
pub(crate) mod refresh;

pub(crate) use agenda::Agenda;
pub(crate) use agenda::Turn;
pub(crate) use hours::Hours;
pub(crate) use question::TimeQuestion;

use hours::is_open_during;

/// How far ahead occurrences are expanded.
const HORIZON_DAYS: u64 = 400;
/// How many occurrences a document holds: more than a year of weeks, four months of days.
const MOST_OCCURRENCES: usize = 120;
/// After how many days a document that goes on is expanded again.
const EXPANDED_FOR_DAYS: u64 = 30;
/// Questions may look as far ahead as every weekly document is known to reach.
const ASKED_DAYS_AHEAD: u64 = HORIZON_DAYS - EXPANDED_FOR_DAYS;
/// How far back questions may look: what began earlier is past.
const ASKED_DAYS_BACK: u64 = 1;

const DAY_MINUTES: u64 = 24 * 60;
/// A block of days, the coarse term by which a window finds what happens rarely.
const BLOCK_MINUTES: u64 = 28 * DAY_MINUTES;

/// Everything of time in a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Times {
    /// Occurrences, in order: the minute in UTC, and weekday and minute of the day there.
    pub(crate) occurrences: Vec<u64>,
    /// When an offer or need is to be had, see [`Hours`].
    pub(crate) availability: Vec<u64>,
    /// Four-week blocks that have an occurrence.
    pub(crate) blocks: Vec<u64>,
    /// Hours of the week, local, in which something begins or is open.
    pub(crate) slots: Vec<u64>,
    /// The day (since 1970, UTC) from which the document has to be put again; absent where
    /// nothing more can come.
    pub(crate) expand_again: Option<u64>,
}

impl Times {
    /// What a record says of time, as seen from `now`.
    pub(crate) fn of(summary: &Summary, now: Timestamp) -> Self {
        if !takes_place(summary) {
            return Self::default();
        }
        let from = now.minus(days(ASKED_DAYS_BACK));
        let until = now.plus(days(HORIZON_DAYS));
        let mut expanded = Vec::new();
        let mut more = false;
        for schedule in &summary.schedules {
            // One beyond what is kept tells that there is more.
            let found = schedule_occurrences(schedule, from, until, MOST_OCCURRENCES + 1);
            let Ok(found) = found else { continue };
            more |= found.len() > MOST_OCCURRENCES || goes_on(schedule, until);
            expanded.extend(found);
        }
        expanded.sort_unstable();
        expanded.dedup();
        expanded.retain(|one| one.start >= from);
        expanded.truncate(MOST_OCCURRENCES);
        let expand_again = more.then(|| again(&expanded, now));
        if summary.resource_kind.is_some() {
            let zone = summary.schedules.first().map(|one| one.time_zone.as_str());
            let hours = Hours::of(summary.availability.as_ref(), zone, &expanded);
            return Self {
                slots: hours.slots(),
                availability: hours.encode(),
                expand_again,
                ..Self::default()
            };
        }
        let mut occurrences: Vec<u64> = expanded.iter().filter_map(encode).collect();
        occurrences.sort_unstable();
        Self {
            blocks: distinct(occurrences.iter().map(|&one| start_of(one) / BLOCK_MINUTES)),
            slots: distinct(
                occurrences
                    .iter()
                    .map(|&one| slot(weekday_of(one), minute_of(one))),
            ),
            occurrences,
            availability: Vec::new(),
            expand_again,
        }
    }
}

/// Whether what it announces goes ahead.
fn takes_place(summary: &Summary) -> bool {
    let off = matches!(
        summary.event_status,
        Some(v1::EventStatus::Cancelled | v1::EventStatus::Postponed)
    );
    let resting = matches!(
        summary.activity_state,
        Some(v1::ActivityState::Closed | v1::ActivityState::Paused)
    );
    !off && !resting
}

/// Whether occurrences can follow after `until`. A rule without an end is not looked
/// through: it goes on.
fn goes_on(schedule: &v1::Schedule, until: Timestamp) -> bool {
    let endless = |rule: &String| !rule.contains("UNTIL=") && !rule.contains("COUNT=");
    schedule.rrules.iter().any(endless)
        || schedule_occurrences(schedule, until, until.plus(days(3_660)), 1)
            .is_ok_and(|later| !later.is_empty())
}

/// After a month, or half-way through what is held where that is sooner.
fn again(expanded: &[Occurrence], now: Timestamp) -> u64 {
    let today = day_of(now);
    let held = expanded.last().map_or(HORIZON_DAYS, |last| {
        day_of(last.start).saturating_sub(today)
    });
    let full = expanded.len() >= MOST_OCCURRENCES;
    let wait = if full { held / 2 } else { EXPANDED_FOR_DAYS };
    today + wait.clamp(1, EXPANDED_FOR_DAYS)
}

/// The minute in UTC, then the weekday (1 is Monday) and the minute of the day there.
fn encode(occurrence: &Occurrence) -> Option<u64> {
    let local = parse_local(&occurrence.local_start)?;
    let start = minute(occurrence.start)?;
    let weekday = u64::from(local.weekday().number_from_monday());
    let of_day = u64::from(local.hour() * 60 + local.minute());
    Some(start << 14 | weekday << 11 | of_day)
}

/// The minute at which a document starts for the last time that is known.
pub(crate) fn last_start(occurrences: &Column<u64>, document: DocId) -> Option<u64> {
    // They are in order.
    occurrences.values_for_doc(document).last().map(start_of)
}

/// The minute in UTC at which an encoded occurrence starts.
fn start_of(occurrence: u64) -> u64 {
    occurrence >> 14
}

fn weekday_of(occurrence: u64) -> u64 {
    occurrence >> 11 & 0b111
}

fn minute_of(occurrence: u64) -> u64 {
    occurrence & 0x7ff
}

/// An hour of the week as a term.
fn slot(weekday: u64, minute: u64) -> u64 {
    weekday * 24 + minute / 60
}

/// Minutes since 1970. `None` before.
fn minute(time: Timestamp) -> Option<u64> {
    u64::try_from(time.as_seconds().div_euclid(60)).ok()
}

/// Days since 1970.
pub(crate) fn day_of(time: Timestamp) -> u64 {
    minute(time).unwrap_or(0) / DAY_MINUTES
}

fn days(days: u64) -> Duration {
    Duration::from_secs(days * DAY_MINUTES * 60)
}

fn distinct(values: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut values: Vec<u64> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    pub(crate) fn event(start: &str, rules: &[&str]) -> Summary {
        let schedule = v1::Schedule {
            start: start.into(),
            duration_minutes: 90,
            time_zone: "Europe/London".into(),
            rrules: rules.iter().map(ToString::to_string).collect(),
            ..v1::Schedule::default()
        };
        Summary {
            schedules: vec![schedule],
            event_status: Some(v1::EventStatus::Planned),
            ..Summary::default()
        }
    }

    const NOW: &str = "2026-03-20T12:00:00Z";

    #[test]
    fn seven_on_tuesdays_is_one_hour_of_the_week_in_winter_and_summer() {
        let times = Times::of(
            &event("2026-01-06T19:00", &["FREQ=WEEKLY;BYDAY=TU"]),
            time(NOW),
        );
        assert_eq!(times.slots, [2 * 24 + 19]);
        assert_eq!(times.occurrences.len(), 57);
        let starts: Vec<u64> = times.occurrences[..2]
            .iter()
            .map(|&it| start_of(it) % 1_440)
            .collect();
        assert_eq!(starts, [19 * 60, 18 * 60], "the clocks change in between");
        assert!(times.occurrences.is_sorted());
        assert_eq!(times.blocks.len(), 15);
    }

    #[test]
    fn a_single_event_is_expanded_once_and_a_series_again() {
        let now = time(NOW);
        let once = Times::of(&event("2026-04-01T19:00", &[]), now);
        assert_eq!(
            (once.occurrences.len(), once.blocks.len(), once.expand_again),
            (1, 1, None)
        );
        let far = Times::of(&event("2027-12-01T19:00", &[]), now);
        assert_eq!(far.occurrences.len(), 0);
        let today = day_of(now);
        assert_eq!(
            far.expand_again,
            Some(today + 30),
            "it comes within the horizon one day"
        );
        let weekly = Times::of(&event("2026-01-06T19:00", &["FREQ=WEEKLY"]), now);
        assert_eq!(weekly.expand_again, Some(today + 30));
        let ending = event("2026-01-06T19:00", &["FREQ=WEEKLY;COUNT=20"]);
        assert_eq!(Times::of(&ending, now).expand_again, None);
    }

    #[test]
    fn a_daily_event_is_cut_and_looked_at_again() {
        let now = time(NOW);
        let daily = Times::of(&event("2026-01-06T19:00", &["FREQ=DAILY"]), now);
        assert_eq!(daily.occurrences.len(), MOST_OCCURRENCES);
        assert_eq!(daily.expand_again, Some(day_of(now) + 30));
    }

    #[test]
    fn what_is_cancelled_postponed_over_or_resting_has_no_times() {
        let now = time(NOW);
        for status in [v1::EventStatus::Cancelled, v1::EventStatus::Postponed] {
            let off = Summary {
                event_status: Some(status),
                ..event("2026-04-01T19:00", &[])
            };
            assert_eq!(Times::of(&off, now), Times::default());
        }
        let closed = Summary {
            activity_state: Some(v1::ActivityState::Paused),
            event_status: None,
            ..event("2026-04-01T19:00", &["FREQ=WEEKLY"])
        };
        assert_eq!(Times::of(&closed, now), Times::default());
        assert_eq!(
            Times::of(&event("2025-04-01T19:00", &[]), now),
            Times::default()
        );
    }
}
