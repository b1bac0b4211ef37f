//! Expansion of a record's schedules into the time fields of its document.

use hedgerow_core::recurrence::{
    Budget, HORIZON_DAYS, MAX_OCCURRENCES, Occurrence, Upcoming, upcoming,
};
use hedgerow_core::summary::{Summary, end_time};
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;

use crate::times::availability::Availability;
use crate::times::encoding::{
    BLOCK_MINUTES, encode_occurrence, end_of, epoch_day, epoch_minute, hour_slot, minute_of_day,
    sorted_distinct, start_of, weekdays_of,
};

/// How far back a search can reach. Earlier occurrences are not expanded.
pub use hedgerow_core::recurrence::MAX_DAYS_BACK;

/// Number of days after which a continuing series is expanded again.
const REFRESH_DAYS: u64 = 30;
/// How far ahead a search can reach: as far as every weekly series is expanded even just
/// before its refresh.
pub const MAX_DAYS_AHEAD: u64 = HORIZON_DAYS - REFRESH_DAYS;

/// The time fields of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentTimes {
    /// Encoded occurrences, in order of start.
    pub occurrences: Vec<u64>,
    /// The encoded [`Availability`] of an offer or need.
    pub availability: Vec<u64>,
    /// Four-week blocks in which an occurrence takes place.
    pub blocks: Vec<u64>,
    /// Local hours of the week in which it starts or is open, on each day on which it is on.
    pub slots: Vec<u64>,
    /// The day since 1970 from which the record has to be indexed again; `None` if no further
    /// occurrence can follow.
    pub refresh_day: Option<u64>,
    /// The first minute since 1970 at which it is over; `None` if it has no end.
    pub over_minute: Option<u64>,
    /// Whether the record has no times because its schedules exceed their budget.
    pub is_too_costly: bool,
}

impl DocumentTimes {
    /// Expands the schedules of a record, from a day before `now`.
    pub fn new(summary: &Summary, now: Timestamp) -> Self {
        // An event that is off, or whose times are unknown, is ranked like one that is over.
        let over_event = summary.event_status.map(|_| 0);
        if !takes_place(summary) {
            return Self {
                over_minute: over_event,
                ..Self::default()
            };
        }
        let budget = Budget::default();
        let expanded = upcoming(&summary.schedules, now, &budget).and_then(|expanded| {
            let end = end_time(summary, &expanded, now, &budget)?;
            Ok((expanded, end))
        });
        // A record over its budget is searchable by everything but its times.
        let Ok((expanded, end)) = expanded else {
            return Self {
                over_minute: over_event,
                is_too_costly: true,
                ..Self::default()
            };
        };
        let over_minute = end.map(|end| epoch_minute(end).unwrap_or_default());
        let Upcoming {
            occurrences: expanded,
            continues,
        } = expanded;
        let refresh_day = continues.then(|| refresh_day(&expanded, now));
        if summary.resource_kind.is_some() {
            let zone = summary.schedules.first().map(|one| one.time_zone.as_str());
            let availability = Availability::new(
                summary.availability.as_ref(),
                zone,
                &expanded,
                summary.use_limits,
            );
            return Self {
                slots: availability.slots(),
                availability: availability.encode(),
                refresh_day,
                over_minute,
                ..Self::default()
            };
        }
        let mut occurrences: Vec<u64> = expanded.iter().filter_map(encode_occurrence).collect();
        occurrences.sort_unstable();
        Self {
            blocks: sorted_distinct(occurrences.iter().flat_map(|&one| {
                // A long one takes place in several blocks.
                start_of(one) / BLOCK_MINUTES..=(end_of(one) - 1) / BLOCK_MINUTES
            })),
            slots: sorted_distinct(
                // One that goes on after midnight has the hour of its start on its other days too.
                occurrences.iter().flat_map(|&one| {
                    weekdays_of(one).map(move |day| hour_slot(day, minute_of_day(one)))
                }),
            ),
            occurrences,
            availability: Vec::new(),
            refresh_day,
            over_minute,
            is_too_costly: false,
        }
    }
}

/// Whether a record's schedules are in effect.
fn takes_place(summary: &Summary) -> bool {
    let is_off = matches!(
        summary.event_status,
        Some(v1::EventStatus::Cancelled | v1::EventStatus::Postponed)
    );
    let is_inactive = matches!(
        summary.activity_state,
        Some(v1::ActivityState::Closed | v1::ActivityState::Paused)
    );
    !is_off && !is_inactive
}

/// Returns the day after a month, or half-way to the last occurrence if the maximum number of
/// occurrences covers less than two months.
fn refresh_day(expanded: &[Occurrence], now: Timestamp) -> u64 {
    let today = epoch_day(now);
    let covered = expanded.last().map_or(HORIZON_DAYS, |last| {
        epoch_day(last.start).saturating_sub(today)
    });
    let is_cut = expanded.len() >= MAX_OCCURRENCES;
    let wait = if is_cut { covered / 2 } else { REFRESH_DAYS };
    today + wait.clamp(1, REFRESH_DAYS)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    pub fn event(start: &str, rules: &[&str]) -> Summary {
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
    fn seven_on_tuesdays_is_the_same_hour_of_the_week_in_winter_and_summer() {
        let times = DocumentTimes::new(
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
    fn a_single_event_is_expanded_once_and_a_series_is_refreshed() {
        let now = time(NOW);
        let once = DocumentTimes::new(&event("2026-04-01T19:00", &[]), now);
        assert_eq!(
            (once.occurrences.len(), once.blocks.len(), once.refresh_day),
            (1, 1, None)
        );
        let far = DocumentTimes::new(&event("2027-12-01T19:00", &[]), now);
        assert_eq!(far.occurrences.len(), 0);
        let today = epoch_day(now);
        assert_eq!(
            far.refresh_day,
            Some(today + 30),
            "its occurrence comes within the horizon later"
        );
        let weekly = DocumentTimes::new(&event("2026-01-06T19:00", &["FREQ=WEEKLY"]), now);
        assert_eq!(weekly.refresh_day, Some(today + 30));
        let ending = event("2026-01-06T19:00", &["FREQ=WEEKLY;COUNT=20"]);
        assert_eq!(DocumentTimes::new(&ending, now).refresh_day, None);
    }

    #[test]
    fn a_daily_event_is_cut_and_refreshed() {
        let now = time(NOW);
        let daily = DocumentTimes::new(&event("2026-01-06T19:00", &["FREQ=DAILY"]), now);
        assert_eq!(daily.occurrences.len(), MAX_OCCURRENCES);
        assert_eq!(daily.refresh_day, Some(epoch_day(now) + 30));
    }

    #[test]
    fn a_record_whose_schedules_are_too_costly_has_no_times() {
        let mut record = event("1900-01-01T19:00", &["FREQ=YEARLY;BYDAY=1MO;COUNT=5000"; 5]);
        record
            .schedules
            .push(event("2026-04-01T19:00", &[]).schedules.remove(0));
        let expected = DocumentTimes {
            over_minute: Some(0),
            is_too_costly: true,
            ..DocumentTimes::default()
        };
        assert_eq!(DocumentTimes::new(&record, time(NOW)), expected);
    }

    #[test]
    fn cancelled_postponed_past_and_paused_records_have_no_times() {
        let now = time(NOW);
        for status in [v1::EventStatus::Cancelled, v1::EventStatus::Postponed] {
            let cancelled = Summary {
                event_status: Some(status),
                ..event("2026-04-01T19:00", &[])
            };
            let expected = DocumentTimes {
                over_minute: Some(0),
                ..DocumentTimes::default()
            };
            assert_eq!(DocumentTimes::new(&cancelled, now), expected);
        }
        let paused = Summary {
            activity_state: Some(v1::ActivityState::Paused),
            event_status: None,
            ..event("2026-04-01T19:00", &["FREQ=WEEKLY"])
        };
        assert_eq!(DocumentTimes::new(&paused, now), DocumentTimes::default());
        let past = DocumentTimes {
            over_minute: epoch_minute(time("2025-04-01T19:30:00Z")),
            ..DocumentTimes::default()
        };
        assert_eq!(
            DocumentTimes::new(&event("2025-04-01T19:00", &[]), now),
            past
        );
    }

    #[test]
    fn an_occurrence_that_began_days_ago_and_still_runs_is_kept() {
        let mut festival = event("2026-03-15T10:00", &[]);
        festival.schedules[0].duration_minutes = 7 * 24 * 60;
        let times = DocumentTimes::new(&festival, time(NOW));
        assert_eq!(times.occurrences.len(), 1);
        let end = time("2026-03-22T10:00:00Z");
        assert_eq!(
            times.occurrences.first().copied().map(end_of),
            epoch_minute(end)
        );
        assert_eq!(times.over_minute, epoch_minute(end));
        let after = DocumentTimes::new(&festival, time("2026-03-23T12:00:00Z"));
        assert_eq!(after.occurrences, [0; 0]);
    }
}
