//! What takes place when.

use hedgerow_core::recurrence::occurrences;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;

use super::Directory;
use super::Found;
use crate::ClientError;
use crate::Unchecked;
use crate::error::CheckError;

/// A page of occurrences.
#[derive(Debug)]
pub struct EventsPage {
    /// The occurrences, soonest first.
    pub occurrences: Vec<FoundOccurrence>,
    /// The answer without its occurrences: next page, the place that was resolved.
    pub answer: Unchecked<v1::ListEventsResponse>,
}

/// One occurrence, and the event behind it.
#[derive(Debug)]
pub struct FoundOccurrence {
    /// The event: what the server says of it, and the record itself.
    pub found: Found,
    /// The occurrence as the server tells it.
    pub row: Unchecked<v1::EventOccurrence>,
    /// Whether the event's own schedule, as published, has this occurrence. Absent where
    /// the record did not pass its check.
    pub is_in_schedule: Option<bool>,
}

impl Directory {
    /// Lists what takes place, and fetches and checks every event: its record, and that
    /// its schedule has the occurrence.
    ///
    /// # Errors
    /// Where the call fails. A record that does not pass its check is an error in its own
    /// row only.
    pub async fn list_events(
        &self,
        request: v1::ListEventsRequest,
    ) -> Result<EventsPage, ClientError> {
        let mut answer = self
            .list_events_unchecked(request)
            .await?
            .take_the_servers_word();
        let mut rows = std::mem::take(&mut answer.occurrences);
        let mut hits = Vec::with_capacity(rows.len());
        for row in &mut rows {
            hits.push(row.hit.take().ok_or_else(|| no_hit(self))?);
        }
        let found = self.check_hits(hits).await;
        let occurrences = rows.into_iter().zip(found).map(|(row, found)| {
            let record = found.record.as_ref().ok();
            FoundOccurrence {
                is_in_schedule: record.map(|record| {
                    let event = record.value().body::<v1::Event>();
                    event.is_some_and(|event| has_occurrence(&event, &row))
                }),
                found,
                row: Unchecked::new(row),
            }
        });
        Ok(EventsPage {
            occurrences: occurrences.collect(),
            answer: Unchecked::new(answer),
        })
    }

    /// Lists what takes place, on the server's word alone.
    ///
    /// # Errors
    /// Where the call fails.
    pub async fn list_events_unchecked(
        &self,
        request: v1::ListEventsRequest,
    ) -> Result<Unchecked<v1::ListEventsResponse>, ClientError> {
        let call = |request| {
            let mut client = self.client.clone();
            async move { client.list_events(request).await }
        };
        self.server.call(request, call).await.map(Unchecked::new)
    }
}

pub(super) fn no_hit(directory: &Directory) -> ClientError {
    directory
        .server
        .check(CheckError::Malformed("an answer without its record"))
}

/// Whether the published event takes place when the row says.
fn has_occurrence(event: &v1::Event, row: &v1::EventOccurrence) -> bool {
    let goes_ahead = !matches!(
        event.status(),
        v1::EventStatus::Cancelled | v1::EventStatus::Postponed
    );
    let time = |time: Option<prost_types::Timestamp>| Timestamp::try_from(time?).ok();
    let (Some(start), Some(end)) = (time(row.start), time(row.end)) else {
        return false;
    };
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

    fn row(start: &str, end: &str, local_start: &str) -> v1::EventOccurrence {
        let time = |text: &str| text.parse::<Timestamp>().ok().map(Into::into);
        v1::EventOccurrence {
            start: time(start),
            end: time(end),
            local_start: local_start.to_owned(),
            ..v1::EventOccurrence::default()
        }
    }

    #[test]
    fn a_row_holds_only_where_the_published_schedule_has_it() {
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
