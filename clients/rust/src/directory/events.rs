//! What takes place when.

use hedgerow_core::{recurrence::occurrences, time::Timestamp};
use hedgerow_proto::v1;

use super::{Directory, Found};
use crate::{Checked, ClientError, Record, Unchecked, error::CheckError};

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
                is_in_schedule: record.map(|record| has_occurrence(record, &row)),
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
fn has_occurrence(record: &Checked<Record>, row: &v1::EventOccurrence) -> bool {
    let Some(event) = record.value().body::<v1::Event>() else {
        return false;
    };
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
        && occurrences(&event, start, minute, usize::MAX).is_ok_and(|found| {
            found.iter().any(|one| {
                one.start == start && one.end == end && one.local_start == row.local_start
            })
        })
}
