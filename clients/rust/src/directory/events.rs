//! Events by their occurrences.

use hedgerow_core::recurrence::occurrences;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::{directory_v1, v1};

use super::{Directory, SearchResult};
use crate::error::ClientError;
use crate::verified::Unverified;

/// One page of occurrences.
#[derive(Debug)]
pub struct EventsPage {
    /// The occurrences, soonest first.
    pub occurrences: Vec<OccurrenceResult>,
    /// The response without its occurrences: next page, the resolved place.
    pub response: Unverified<directory_v1::ListEventsResponse>,
}

/// One occurrence of an event.
#[derive(Debug)]
pub struct OccurrenceResult {
    /// The event.
    pub result: SearchResult,
    /// The occurrence: start, end, local time.
    pub occurrence: Unverified<directory_v1::EventOccurrence>,
    /// Whether the published schedule of the event has this occurrence. `None` if the record
    /// failed verification.
    pub is_in_schedule: Option<bool>,
}

impl Directory {
    /// Lists occurrences, and fetches and verifies every event: its record, and that its
    /// schedule has the occurrence.
    ///
    /// # Errors
    /// If the call fails. If the record of one event fails, only its occurrences have the
    /// error.
    pub async fn list_events(
        &self,
        request: directory_v1::ListEventsRequest,
    ) -> Result<EventsPage, ClientError> {
        let mut response = self.list_events_unverified(request).await?.into_claimed();
        let mut rows = std::mem::take(&mut response.occurrences);
        let mut hits = Vec::with_capacity(rows.len());
        for row in &mut rows {
            let hit = row.hit.take();
            hits.push(hit.ok_or_else(|| self.malformed("an occurrence without its hit"))?);
        }
        let results = self.verify_hits(hits).await;
        let occurrences = rows.into_iter().zip(results).map(|(row, result)| {
            let record = result.record.as_ref().ok();
            OccurrenceResult {
                is_in_schedule: record.map(|record| {
                    let event = record.value().body::<v1::Event>();
                    event.is_some_and(|event| has_occurrence(&event, &row))
                }),
                result,
                occurrence: Unverified::new(row),
            }
        });
        Ok(EventsPage {
            occurrences: occurrences.collect(),
            response: Unverified::new(response),
        })
    }

    /// Lists occurrences without fetching their events: one call.
    ///
    /// # Errors
    /// If the call fails.
    pub async fn list_events_unverified(
        &self,
        request: directory_v1::ListEventsRequest,
    ) -> Result<Unverified<directory_v1::ListEventsResponse>, ClientError> {
        self.call(request, async |mut client, request| {
            client.list_events(request).await
        })
        .await
        .map(Unverified::new)
    }
}

/// Whether the published event has this occurrence, and is not cancelled or postponed.
fn has_occurrence(event: &v1::Event, row: &directory_v1::EventOccurrence) -> bool {
    let goes_ahead = !matches!(
        event.status(),
        v1::EventStatus::Cancelled | v1::EventStatus::Postponed
    );
    let time = |time: Option<prost_types::Timestamp>| Timestamp::try_from(time?).ok();
    let (Some(start), Some(end)) = (time(row.start_time), time(row.end_time)) else {
        return false;
    };
    // Schedules count in minutes, so that one minute holds at most one occurrence.
    let minute = start.plus(std::time::Duration::from_secs(60));
    goes_ahead
        && occurrences(event, start, minute, usize::MAX).is_ok_and(|found| {
            found.iter().any(|one| {
                one.start == start && one.end == end && one.local_start == row.local_start
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> v1::Event {
        v1::Event {
            schedule: Some(v1::Schedule {
                start: "2026-10-20T19:00".to_owned(),
                duration_minutes: 90,
                time_zone: "Europe/London".to_owned(),
                rrules: vec!["FREQ=WEEKLY".to_owned()],
                exdates: vec!["2026-11-03T19:00".to_owned()],
                ..v1::Schedule::default()
            }),
            ..v1::Event::default()
        }
    }

    fn row(start: &str, end: &str, local_start: &str) -> directory_v1::EventOccurrence {
        let time = |text: &str| text.parse::<Timestamp>().ok().map(Into::into);
        directory_v1::EventOccurrence {
            start_time: time(start),
            end_time: time(end),
            local_start: local_start.to_owned(),
            ..directory_v1::EventOccurrence::default()
        }
    }

    #[test]
    fn an_occurrence_is_confirmed_only_if_the_published_schedule_has_it() {
        let winter = (
            "2026-10-27T19:00:00Z",
            "2026-10-27T20:30:00Z",
            "2026-10-27T19:00",
        );
        let (start, end, local) = winter;
        assert!(has_occurrence(&event(), &row(start, end, local)));
        let an_hour_off = row("2026-10-27T18:00:00Z", end, local);
        assert!(!has_occurrence(&event(), &an_hour_off));
        assert!(!has_occurrence(
            &event(),
            &row(start, "2026-10-27T22:00:00Z", local)
        ));
        assert!(!has_occurrence(
            &event(),
            &row(start, end, "2026-10-27T18:00")
        ));
        let left_out = row(
            "2026-11-03T19:00:00Z",
            "2026-11-03T20:30:00Z",
            "2026-11-03T19:00",
        );
        assert!(!has_occurrence(&event(), &left_out));
        let mut cancelled = event();
        cancelled.status = v1::EventStatus::Cancelled.into();
        assert!(!has_occurrence(&cancelled, &row(start, end, local)));
    }
}
