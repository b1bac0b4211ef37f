//! What an aggregator tells its operator that is not counted as it happens: how the groups
//! stand, how much is held, how far the index is behind.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use hedgerow_core::time::Clock;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1::GroupStatus;
use hedgerow_rpc::metrics::Gauge;
use hedgerow_rpc::metrics::Labelled;
use hedgerow_rpc::metrics::Look;
use hedgerow_rpc::metrics::Metrics;
use tokio::time::Instant;

use crate::index::Index;
use crate::status::status;
use crate::store::Store;
use crate::store::StoreError;

/// Groups are counted anew after this time: it costs a read of all of them.
const COUNTED_EVERY: Duration = Duration::from_secs(60);
/// How many are read at once.
const PAGE: usize = 1_000;

/// What was last seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Census {
    groups: Labelled<Gauge>,
    records: Gauge,
    staged_bytes: Gauge,
    behind: Gauge,
}

impl Census {
    /// Adds it to what is told.
    pub(crate) fn tell(&self, metrics: &mut Metrics) {
        metrics.add("groups", "Groups, by where they stand", &self.groups);
        metrics.add(
            "records",
            "Records under the heads that are held whole",
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

    async fn take(&self, store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
        let mut counts: BTreeMap<&'static str, i64> = STATUSES.map(|name| (name, 0)).into();
        let mut records = 0;
        let mut after = 0;
        loop {
            let rows = store.feed_after(after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = last.revision;
            for row in &rows {
                *counts.entry(name(status(row, now))).or_default() += 1;
                let whole = row.head.as_ref().filter(|head| head.whole);
                records += whole.map_or(0, |head| i64::from(head.count));
            }
        }
        for (status, count) in counts {
            self.groups.get_or_create(&[("status", status)]).set(count);
        }
        self.records.set(records);
        Ok(())
    }

    async fn look(&self, store: &dyn Store, index: &Index) -> Result<(), StoreError> {
        let searchable = *index.searchable_revision().borrow();
        let behind = store.latest_revision().await?.saturating_sub(searchable);
        self.behind.set(i64::try_from(behind).unwrap_or(i64::MAX));
        // Of no group: of all together.
        let (_, staged) = store
            .staged_bytes(&hedgerow_core::id::GroupId::from_bytes([0; 32]))
            .await?;
        self.staged_bytes
            .set(i64::try_from(staged).unwrap_or(i64::MAX));
        Ok(())
    }
}

/// Looks at what is not counted as it happens.
pub(crate) fn look(
    census: &Census,
    store: &Arc<dyn Store>,
    index: &Index,
    clock: &Arc<dyn Clock>,
) -> Look {
    let seeing = (
        census.clone(),
        Arc::clone(store),
        index.clone(),
        Arc::clone(clock),
    );
    let counted: Arc<Mutex<Option<Instant>>> = Arc::default();
    Box::new(move || {
        let (census, store, index, clock) = seeing.clone();
        let counted = Arc::clone(&counted);
        Box::pin(async move {
            let mut looked = census.look(&*store, &index).await;
            let last = *counted.lock().unwrap_or_else(PoisonError::into_inner);
            if last.is_none_or(|last| last.elapsed() >= COUNTED_EVERY) {
                looked = looked.and(census.take(&*store, clock.now()).await);
                *counted.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            }
            if let Err(error) = looked {
                tracing::error!(%error, "what is held cannot be counted");
            }
        })
    })
}

const STATUSES: [&str; 10] = [
    "unspecified",
    "active",
    "pending",
    "throttled",
    "stale",
    "lapsed",
    "not_invited",
    "frozen",
    "ended",
    "excluded",
];

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
