//! Starts a delivery worker for each group and aggregator, and stops them in order.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::GroupId;
use hedgerow_transport::connector::Trust;
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
    let mut groups = shared.groups.subscribe();
    let mut named = shared.named.subscribe();
    let mut dispatcher = Dispatcher {
        connected: HashMap::new(),
        served: BTreeMap::new(),
        workers: JoinSet::new(),
        logged: BTreeSet::new(),
        shared,
        stopping,
    };
    loop {
        groups.borrow_and_update();
        named.borrow_and_update();
        let is_complete = dispatcher.update_workers().await;
        tokio::select! {
            () = dispatcher.stopping.cancelled() => break,
            () = tokio::time::sleep(RETRY_INTERVAL), if !is_complete => {}
            changed = groups.changed() => if changed.is_err() { break },
            changed = named.changed() => if changed.is_err() { break },
        }
    }
    dispatcher.drain().await;
}

struct Dispatcher {
    shared: Arc<Shared>,
    /// The aggregators with the one channel that all groups share.
    connected: HashMap<(Endpoint, Trust), Aggregator>,
    /// The workers by group and aggregator.
    served: BTreeMap<(GroupId, Endpoint), Served>,
    workers: JoinSet<()>,
    /// Removed aggregators that keep their copies, as far as the log has them.
    logged: BTreeSet<(GroupId, Endpoint)>,
    stopping: CancellationToken,
}

/// A worker that was started.
struct Served {
    /// Whether it only takes back the permission to index.
    removed: bool,
    stopping: CancellationToken,
}

impl Dispatcher {
    /// Starts the workers that are missing, and stops those of aggregators that were removed.
    /// Returns false if the store could not be read.
    async fn update_workers(&mut self) -> bool {
        while self.workers.try_join_next().is_some() {}
        let groups = self.shared.groups.all();
        for group in &groups {
            for address in self.shared.aggregators_of(&group.id) {
                self.serve(group, address, false);
            }
        }
        let shared = Arc::clone(&self.shared);
        self.served.retain(|(group, address), served| {
            let is_wanted = served.removed || shared.aggregators_of(group).contains(address);
            if !is_wanted {
                served.stopping.cancel();
            }
            is_wanted
        });
        let removed = match removed_aggregators(&self.shared, &mut self.logged).await {
            Ok(removed) => removed,
            Err(error) => {
                tracing::error!(%error, "cannot read which aggregators were removed");
                return false;
            }
        };
        for group in &groups {
            for address in removed.get(&group.id).into_iter().flatten() {
                self.serve(group, address.clone(), true);
            }
        }
        let used: BTreeSet<&Endpoint> = self.served.keys().map(|(_, address)| address).collect();
        self.connected
            .retain(|(address, _), _| used.contains(address));
        true
    }

    /// Starts a worker, unless there is one that does the same.
    fn serve(&mut self, group: &Arc<Group>, address: Endpoint, removed: bool) {
        let key = (group.id, address);
        if let Some(served) = self.served.get(&key) {
            if served.removed == removed {
                return;
            }
            served.stopping.cancel();
        }
        let Some(aggregator) = self.connect(&key.1) else {
            return;
        };
        let stopping = self.stopping.child_token();
        self.start_worker(group, aggregator, removed, stopping.clone());
        self.served.insert(key, Served { removed, stopping });
    }

    fn connect(&mut self, address: &Endpoint) -> Option<Aggregator> {
        let key = (address.clone(), self.shared.trust_of(address));
        if let Some(connected) = self.connected.get(&key) {
            return Some(connected.clone());
        }
        match Aggregator::new(&self.shared, address) {
            Ok(aggregator) => {
                self.connected.insert(key, aggregator.clone());
                Some(aggregator)
            }
            Err(error) => {
                tracing::error!(%address, %error, "cannot connect to this aggregator");
                None
            }
        }
    }

    fn start_worker(
        &mut self,
        group: &Arc<Group>,
        aggregator: Aggregator,
        removed: bool,
        stopping: CancellationToken,
    ) {
        let worker = DeliveryWorker::new(Context {
            shared: Arc::clone(&self.shared),
            group: Arc::clone(group),
            aggregator,
            removed,
        });
        self.workers.spawn(worker.run(stopping));
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

/// Finds aggregators that a group is no longer sent to but hold a head that permits them to
/// index. With `indexing = "anyone"` no head can revoke that, so they are only logged.
async fn removed_aggregators(
    shared: &Shared,
    logged: &mut BTreeSet<(GroupId, Endpoint)>,
) -> Result<BTreeMap<GroupId, Vec<Endpoint>>, StoreError> {
    let mut removed = BTreeMap::<_, Vec<_>>::new();
    for (group, name) in shared.store.read().await?.permitted_deliveries().await? {
        let Ok(address) = Endpoint::parse(&name) else {
            continue;
        };
        if shared.aggregators_of(&group).contains(&address) {
            continue;
        }
        if shared.config.indexing == IndexingChoice::Anyone {
            if logged.insert((group, address.clone())) {
                tracing::warn!(
                    %group, %address,
                    "this aggregator was removed, and keeps its copy until that is stale: anyone \
                     may index. With `indexing = \"named\"` it is required to delete it"
                );
            }
            continue;
        }
        removed.entry(group).or_default().push(address);
    }
    Ok(removed)
}
