//! Metrics that are read from the store on request rather than counted as events happen.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_search::Index;
use hedgerow_server::metrics::{Gauge, Labelled, Metrics, Refresh};
use hedgerow_store::{FeedReader, Store, StoreError};
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::admission::status::group_status;

/// The shortest time between two counts of the groups, which read all their rows.
const COUNT_INTERVAL: Duration = Duration::from_secs(60);
/// Number of groups that are read at a time.
const PAGE: usize = 1_000;

/// Gauges with the values of the last reading.
#[derive(Clone, Debug, Default)]
pub(crate) struct Census {
    groups: Labelled<Gauge>,
    records: Gauge,
    staged_bytes: Gauge,
    behind: Gauge,
}

impl Census {
    /// Adds the gauges to the exported metrics.
    pub(crate) fn register(&self, metrics: &mut Metrics) {
        metrics.add("groups", "Groups, by status", &self.groups);
        metrics.add(
            "records",
            "Records under the heads whose manifest is stored",
            &self.records,
        );
        metrics.add(
            "staged_bytes",
            "Bytes of records that wait for the rest of their transfer",
            &self.staged_bytes,
        );
        metrics.add(
            "index_revisions_behind",
            "Changes of the store that searches do not see yet",
            &self.behind,
        );
    }

    async fn count_groups(&self, store: &dyn FeedReader, now: Timestamp) -> Result<(), StoreError> {
        // With zeros, so that a status that no group has any more does not keep its last value.
        let mut counts: BTreeMap<&'static str, i64> =
            statuses().map(|status| (name(status), 0)).collect();
        let mut records = 0;
        let mut after = 0;
        loop {
            let rows = store.list_feed(after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = last.revision;
            for row in &rows {
                *counts.entry(name(group_status(row, now))).or_default() += 1;
                let whole = row.head.as_ref().filter(|head| head.whole);
                records += whole.map_or(0, |head| i64::from(head.facts.count));
            }
        }
        for (status, count) in counts {
            self.groups.get_or_create(&[("status", status)]).set(count);
        }
        self.records.set(records);
        Ok(())
    }

    async fn read_totals(&self, store: &dyn Store, index: &Index) -> Result<(), StoreError> {
        let searchable = *index.searchable_revision().borrow();
        let behind = store.latest_revision().await?.saturating_sub(searchable);
        self.behind.set(i64::try_from(behind).unwrap_or(i64::MAX));
        // No group has this id; only the total is used.
        let no_group = GroupId::from_bytes([0; 32]);
        let (_, staged) = store.staged_bytes(&no_group).await?;
        self.staged_bytes
            .set(i64::try_from(staged).unwrap_or(i64::MAX));
        Ok(())
    }
}

/// Returns the function that updates the gauges before each export.
pub(crate) fn refresh_census(
    census: &Census,
    store: &Arc<dyn Store>,
    index: &Index,
    clock: &Arc<dyn Clock>,
) -> Refresh {
    let census = census.clone();
    let (store, index, clock) = (Arc::clone(store), index.clone(), Arc::clone(clock));
    let last_count: Arc<Mutex<Option<Instant>>> = Arc::default();
    Box::new(move || {
        let (census, last_count) = (census.clone(), Arc::clone(&last_count));
        let (store, index, clock) = (Arc::clone(&store), index.clone(), Arc::clone(&clock));
        Box::pin(async move {
            let mut result = census.read_totals(&*store, &index).await;
            let last = *last_count.lock();
            if last.is_none_or(|last| last.elapsed() >= COUNT_INTERVAL) {
                result = result.and(census.count_groups(&*store, clock.now()).await);
                *last_count.lock() = Some(Instant::now());
            }
            if let Err(error) = result {
                tracing::error!(%error, "cannot read the metrics of the store");
            }
        })
    })
}

/// Returns every status: their numbers have no gaps.
fn statuses() -> impl Iterator<Item = GroupStatus> {
    (0..).map_while(|number| GroupStatus::try_from(number).ok())
}

fn name(status: GroupStatus) -> &'static str {
    match status {
        GroupStatus::Unspecified => "unspecified",
        GroupStatus::Active => "active",
        GroupStatus::Pending => "pending",
        GroupStatus::Throttled => "throttled",
        GroupStatus::Stale => "stale",
        GroupStatus::Lapsed => "lapsed",
        GroupStatus::NotInvited => "not_invited",
        GroupStatus::Frozen => "frozen",
        GroupStatus::Ended => "ended",
        GroupStatus::Excluded => "excluded",
    }
}
