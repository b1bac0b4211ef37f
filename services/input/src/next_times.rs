//! The next times of a record, for a person who has just published it or reads it.

use std::time::Duration;

use chrono::DateTime;
use hedgerow_core::recurrence::{Occurrence, parse_zone, schedule_occurrences};
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1::Schedule;

/// How far ahead and back times are searched for. Plans do not reach further.
const HORIZON: Duration = Duration::from_hours(24 * 3_660);

/// The next local starts of a schedule, at most `limit`. Empty for a schedule in words only.
pub fn next_times(schedule: &Schedule, now: Timestamp, limit: usize) -> Vec<String> {
    schedule_occurrences(schedule, now, now.plus(HORIZON), limit)
        .unwrap_or_default()
        .into_iter()
        .map(|one| one.local_start)
        .collect()
}

/// The end of an occurrence on the clock of a zone, `YYYY-MM-DDTHH:MM`; `None` for an unknown
/// zone, or if the occurrence has no end.
pub fn local_end(occurrence: &Occurrence, time_zone: &str) -> Option<String> {
    let zone = parse_zone(time_zone)?;
    let end = DateTime::from_timestamp_millis(occurrence.end.as_millis())?;
    (occurrence.end > occurrence.start).then(|| {
        end.with_timezone(&zone)
            .format("%Y-%m-%dT%H:%M")
            .to_string()
    })
}

/// The start of the last time before `now`. `None` if there was none, or it is not known.
pub fn last_time(schedule: &Schedule, now: Timestamp) -> Option<String> {
    let past = schedule_occurrences(schedule, now.minus(HORIZON), now, 10_000).ok();
    let past = past.unwrap_or_default();
    past.last()
        .map(|last| last.local_start.clone())
        .or_else(|| (!schedule.start.is_empty()).then(|| schedule.start.clone()))
}
