//! Starts a delivery worker for each group and aggregator, and stops them in order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::GroupId;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::aggregator::Aggregator;
use super::context::Context;
use super::worker::DeliveryWorker;
use crate::config::IndexingChoice;
use crate::group::Group;
use crate::shared::Shared;
use crate::store::StoreError;

/// Delay before the removed aggregators are read again after an error.
const RETRY_INTERVAL: Duration = Duration::from_secs(30);

/// Delivers all groups until `stopping`, then lets transfers in progress finish.
pub(crate) async fn deliver(shared: Arc<Shared>, stopping: CancellationToken) {
    let mut dispatcher = Dispatcher {
        configured: connect_all(&shared, &shared.config.aggregators),
        removed: None,
        served: BTreeSet::new(),
        workers: JoinSet::new(),
        shared,
        stopping,
    };
    let mut groups = dispatcher.shared.groups.subscribe();
    loop {
        groups.borrow_and_update();
        dispatcher.start_workers().await;
        tokio::select! {
            () = dispatcher.stopping.cancelled() => break,
            () = tokio::time::sleep(RETRY_INTERVAL), if dispatcher.removed.is_none() => {}
            changed = groups.changed() => if changed.is_err() { break },
        }
    }
    dispatcher.drain().await;
}

struct Dispatcher {
    shared: Arc<Shared>,
    configured: Vec<Aggregator>,
    /// Aggregators that are no longer configured, by the groups that still have to revoke
    /// their permission. `None` until they are read from the store.
    removed: Option<BTreeMap<GroupId, Vec<Aggregator>>>,
    /// Groups that have their workers.
    served: BTreeSet<GroupId>,
    workers: JoinSet<()>,
    stopping: CancellationToken,
}

impl Dispatcher {
    /// Starts the workers of groups that have none yet.
    async fn start_workers(&mut self) {
        if self.removed.is_none() {
            match removed_aggregators(&self.shared).await {
                Ok(removed) => self.removed = Some(removed),
                Err(error) => {
                    tracing::error!(%error, "cannot read which aggregators were removed");
                }
            }
        }
        for group in self.shared.groups.all() {
            if self.served.insert(group.id) {
                for aggregator in self.configured.clone() {
                    self.start_worker(&group, aggregator, false);
                }
            }
            let removed = self.removed.as_mut();
            let removed = removed.and_then(|removed| removed.remove(&group.id));
            for aggregator in removed.unwrap_or_default() {
                self.start_worker(&group, aggregator, true);
            }
        }
    }

    fn start_worker(&mut self, group: &Arc<Group>, aggregator: Aggregator, removed: bool) {
        let worker = DeliveryWorker::new(Context {
            shared: Arc::clone(&self.shared),
            group: Arc::clone(group),
            aggregator,
            removed,
        });
        self.workers.spawn(worker.run(self.stopping.clone()));
    }

    /// Waits for attempts in progress. Those that are cut short are repeated after the next
    /// start: a receipt counts only once it is stored.
    async fn drain(&mut self) {
        let limit = Duration::from_secs(self.shared.config.delivery.drain_seconds);
        let drained = tokio::time::timeout(limit, async {
            while self.workers.join_next().await.is_some() {}
        });
        if drained.await.is_err() {
            tracing::warn!("transfers were interrupted; they resume after the next start");
            self.workers.shutdown().await;
        }
    }
}

fn connect_all(shared: &Shared, addresses: &[Endpoint]) -> Vec<Aggregator> {
    addresses
        .iter()
        .filter_map(|address| match Aggregator::new(shared, address) {
            Ok(aggregator) => Some(aggregator),
            Err(error) => {
                tracing::error!(%address, %error, "cannot connect to this aggregator");
                None
            }
        })
        .collect()
}

/// Finds aggregators that are no longer configured but hold a head that permits them to
/// index. With `indexing = "anyone"` no head can revoke that, so they are only logged.
async fn removed_aggregators(
    shared: &Shared,
) -> Result<BTreeMap<GroupId, Vec<Aggregator>>, StoreError> {
    let mut removed = BTreeMap::<_, Vec<_>>::new();
    for (group, name) in shared.store.read().await?.permitted_deliveries().await? {
        let Ok(address) = Endpoint::parse(&name) else {
            continue;
        };
        if shared.config.aggregators.contains(&address) {
            continue;
        }
        if shared.config.indexing == IndexingChoice::Anyone {
            tracing::warn!(
                %group, %address,
                "this aggregator was removed from the configuration, and keeps its copy until \
                 that is stale: anyone may index. With `indexing = \"named\"` it is required to \
                 delete it"
            );
            continue;
        }
        removed
            .entry(group)
            .or_default()
            .extend(connect_all(shared, &[address]));
    }
    Ok(removed)
}
