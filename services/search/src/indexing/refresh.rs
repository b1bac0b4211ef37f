//! Refreshing documents before their expanded occurrences run out.
//!
//! The store has no change when a month passes, so the indexer regularly searches for documents
//! that are due and indexes their records again.

use std::ops::Bound;
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use tantivy::Term;
use tantivy::collector::DocSetCollector;
use tantivy::query::RangeQuery;

use crate::candidate::Candidate;
use crate::error::IndexError;
use crate::snapshot::Snapshot;
use crate::times::encoding::epoch_day;

/// How often to search for documents that are due.
pub const REFRESH_INTERVAL: Duration = Duration::from_secs(60 * 60);

/// Returns records whose occurrences have to be expanded again, at most `limit`, in no
/// particular order.
pub fn due_for_refresh(
    snapshot: &Snapshot,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Candidate>, IndexError> {
    let today = Term::from_field_u64(snapshot.fields.refresh_day, epoch_day(now));
    let query = RangeQuery::new(Bound::Unbounded, Bound::Included(today));
    snapshot
        .run_query(&query, &DocSetCollector)?
        .into_iter()
        .take(limit)
        .map(|address| snapshot.candidate(address))
        .collect()
}

#[cfg(test)]
mod tests {
    use hedgerow_store::contract::StoredGroup;
    use hedgerow_testkit::samples::{listing, weekly};

    use super::*;
    use crate::occurrences::OccurrenceCursor;
    use crate::query::filters::Filters;
    use crate::testing::IndexedStore;
    use crate::times::filter::TimeFilter;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn starts(indexed: &IndexedStore) -> Vec<OccurrenceCursor> {
        let upcoming = Filters {
            times: TimeFilter::from_now(indexed.now()),
            ..Filters::default()
        };
        let (current, _) = indexed.index.current_snapshot();
        let found = current.occurrences(&upcoming, None, 1_000).unwrap();
        found.into_iter().map(|(cursor, _)| cursor).collect()
    }

    fn due(indexed: &IndexedStore) -> Vec<Candidate> {
        due_for_refresh(&indexed.index.current(), indexed.now(), 10).unwrap()
    }

    #[tokio::test]
    async fn a_weekly_event_has_a_year_of_occurrences_however_old_it_is() {
        let indexed = IndexedStore::start().await;
        let mut group = StoredGroup::new(1);
        group.put("event", "e", &weekly("Walk", "2026-09-20T10:30", "Leeds"));
        indexed.publish(&mut group).await;
        let before = starts(&indexed).len();
        assert!(before >= 57, "{before}");
        indexed.clock.advance(DAY * 29);
        assert_eq!(due(&indexed), []);
        indexed.clock.advance(DAY * 2);
        assert_eq!(due(&indexed).len(), 1);
        assert!(starts(&indexed).len() < 55);
        // The next change wakes the indexer, which then refreshes what is due.
        let mut other = StoredGroup::new(2);
        other.put("listing", "l", &listing("The Kettle", "", None));
        indexed.publish(&mut other).await;
        let refreshed = async {
            while !due(&indexed).is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), refreshed)
            .await
            .unwrap();
        assert!(starts(&indexed).len() >= 57);
    }

    #[tokio::test]
    async fn a_past_event_is_never_due() {
        let indexed = IndexedStore::start().await;
        let mut group = StoredGroup::new(1);
        let mut once = weekly("Once", "2026-09-20T10:30", "Leeds");
        if let Some(schedule) = &mut once.schedule {
            schedule.rrules.clear();
        }
        group.put("event", "e", &once);
        indexed.publish(&mut group).await;
        indexed.clock.advance(DAY * 60);
        assert_eq!(due(&indexed), []);
    }

    /// A clock that is a year ahead for a while must not lose the occurrences of this year.
    #[tokio::test]
    async fn occurrences_are_expanded_again_after_the_clock_was_set_back() {
        let mut indexed = IndexedStore::start().await;
        let mut group = StoredGroup::new(1);
        let mut once = weekly("Once", "2026-12-20T10:30", "Leeds");
        if let Some(schedule) = &mut once.schedule {
            schedule.rrules.clear();
        }
        group.put("event", "once", &once);
        group.put("event", "e", &weekly("Walk", "2026-09-20T10:30", "Leeds"));
        indexed.publish(&mut group).await;
        let before = starts(&indexed);
        let mut other = StoredGroup::new(2);
        let publish = async |indexed: &IndexedStore, other: &mut StoredGroup, name: &str| {
            other.put("listing", "l", &listing(name, "", None));
            indexed.publish(other).await;
        };
        for restarts in [false, true] {
            indexed.clock.advance(DAY * 365);
            publish(&indexed, &mut other, "Ahead").await;
            let refreshed = async {
                while !due(&indexed).is_empty() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(20), refreshed)
                .await
                .unwrap();
            assert!(starts(&indexed) != before);
            indexed.clock.turn_back(DAY * 365);
            if restarts {
                indexed.restart().await;
            } else {
                publish(&indexed, &mut other, "Right again").await;
            }
            let restored = async {
                while starts(&indexed) != before {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(20), restored)
                .await
                .unwrap();
        }
    }
}
