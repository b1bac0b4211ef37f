//! Documents whose occurrences will run out are put again in time.
//!
//! Nothing changes in the store when a month goes by, so the follower looks once an hour
//! for documents that are due and reads their records anew.

use std::ops::Bound;
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use tantivy::Term;
use tantivy::query::RangeQuery;

use super::day_of;
use crate::index::Index;
use crate::index::IndexError;
use crate::index::search::Candidate;
use crate::index::search::Snapshot;

/// How often documents that are due are looked for.
pub(crate) const EVERY: Duration = Duration::from_secs(60 * 60);

impl Index {
    /// Records whose documents have to be put again, at most `limit`.
    pub(crate) fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Candidate>, IndexError> {
        self.newest().0.due(day_of(now), limit)
    }
}

impl Snapshot {
    fn due(&self, today: u64, limit: usize) -> Result<Vec<Candidate>, IndexError> {
        let today = Term::from_field_u64(self.fields.expand_again, today);
        let query = RangeQuery::new(Bound::Unbounded, Bound::Included(today));
        self.some(&query, limit)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::index::tests::Town;
    use crate::index::tests::group::TestGroup;
    use crate::index::tests::place::listing;
    use crate::index::tests::place::weekly;
    use crate::index::times::Agenda;
    use crate::index::times::TimeQuestion;
    use crate::index::times::Turn;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn starts(town: &Town) -> Vec<Turn> {
        let agenda = Agenda {
            question: TimeQuestion::upcoming(town.now()),
            after: None,
            limit: 1_000,
        };
        let (newest, _) = town.index.newest();
        let found = newest.agenda(&Default::default(), &agenda).unwrap();
        found.into_iter().map(|(turn, _)| turn).collect()
    }

    #[tokio::test]
    async fn a_weekly_event_is_found_a_year_ahead_however_long_ago_it_was_published() {
        let town = Town::start().await;
        let mut group = TestGroup::new(1);
        group.put("event", "e", &weekly("Walk", "2026-09-20T10:30", "Leeds"));
        town.publish(&mut group).await;
        let before = starts(&town).len();
        assert!(before >= 57, "{before}");
        town.clock.advance(DAY * 29);
        assert_eq!(town.index.due(town.now(), 10).unwrap(), []);
        town.clock.advance(DAY * 2);
        assert_eq!(town.index.due(town.now(), 10).unwrap().len(), 1);
        assert!(starts(&town).len() < 55);
        // Whatever comes next makes the follower look.
        let mut other = TestGroup::new(2);
        other.put("listing", "l", &listing("The Kettle", "", None));
        town.publish(&mut other).await;
        let expanded = async {
            while !town.index.due(town.now(), 10).unwrap().is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), expanded)
            .await
            .unwrap();
        assert!(starts(&town).len() >= 57);
    }

    #[tokio::test]
    async fn what_is_over_is_never_due() {
        let town = Town::start().await;
        let mut group = TestGroup::new(1);
        let mut once = weekly("Once", "2026-09-20T10:30", "Leeds");
        if let Some(schedule) = &mut once.schedule {
            schedule.rrules.clear();
        }
        group.put("event", "e", &once);
        town.publish(&mut group).await;
        town.clock.advance(DAY * 60);
        assert_eq!(town.index.due(town.now(), 10).unwrap(), []);
    }
}
