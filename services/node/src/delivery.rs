//! Bringing heads and records to the aggregators: one courier for each group and
//! aggregator, by outbound connections only.

mod ask;
mod courier;
mod error;
mod judge;
mod push;
mod receipt;
mod round;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::address::Address;
use hedgerow_core::id::GroupId;
use hedgerow_proto::v1::ingest_service_client::IngestServiceClient;
use hedgerow_rpc::bounded;
use hedgerow_rpc::connector::ConnectFailure;
use hedgerow_rpc::connector::Trust;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;

use crate::config::IndexingChoice;
use crate::group::Group;
use crate::node::Shared;
use crate::store::StoreError;
use courier::Courier;

pub(crate) use ask::get_admission;
pub(crate) use judge::Verdict;
pub(crate) use judge::judge;

/// How soon it is read again which aggregators were left, where that failed.
const ASK_AGAIN: Duration = Duration::from_secs(30);

/// An aggregator, with the one channel that all couriers to it share.
#[derive(Clone, Debug)]
pub(crate) struct Aggregator {
    /// The address as it is written in configuration and store.
    pub(crate) name: String,
    pub(crate) channel: Channel,
    message_bytes: usize,
    /// How long it may take to answer anything but a transfer.
    answer_within: Duration,
    /// Bounds the rounds at once; of each aggregator's own, so that one that hangs holds up
    /// nobody else's.
    places: Arc<Semaphore>,
}

impl Aggregator {
    /// An aggregator that the host named. Nothing is dialled yet.
    pub(crate) fn at(shared: &Shared, address: &Address) -> Result<Self, ConnectFailure> {
        Ok(Self {
            channel: shared.connector.channel(address, Trust::Configured)?,
            name: address.to_string(),
            message_bytes: shared.config.connector.message_bytes,
            answer_within: Duration::from_secs(shared.config.delivery.answer_seconds),
            places: Arc::new(Semaphore::new(shared.config.delivery.at_once)),
        })
    }

    pub(crate) fn ingest(&self) -> IngestServiceClient<Channel> {
        bounded!(
            IngestServiceClient::new(self.channel.clone()),
            self.message_bytes
        )
    }
}

/// Serves all groups until `stopping`, then lets transfers under way finish.
pub(crate) async fn deliver(shared: Arc<Shared>, stopping: CancellationToken) {
    let mut dispatch = Dispatch {
        configured: aggregators(&shared, &shared.config.aggregators),
        left: BTreeMap::new(),
        knows_left: false,
        served: BTreeSet::new(),
        couriers: JoinSet::new(),
        shared,
        stopping,
    };
    let mut added = dispatch.shared.groups.added();
    loop {
        added.borrow_and_update();
        dispatch.send_couriers().await;
        tokio::select! {
            () = dispatch.stopping.cancelled() => break,
            () = tokio::time::sleep(ASK_AGAIN), if !dispatch.knows_left => {}
            changed = added.changed() => if changed.is_err() { break },
        }
    }
    dispatch.drain().await;
}

struct Dispatch {
    shared: Arc<Shared>,
    configured: Vec<Aggregator>,
    /// Aggregators that are no longer configured, and the groups that must still tell them so.
    left: BTreeMap<GroupId, Vec<Aggregator>>,
    knows_left: bool,
    served: BTreeSet<GroupId>,
    couriers: JoinSet<()>,
    stopping: CancellationToken,
}

impl Dispatch {
    /// Sends couriers for the groups that have none yet.
    async fn send_couriers(&mut self) {
        if !self.knows_left {
            match left(&self.shared).await {
                Ok(left) => {
                    self.left = left;
                    self.knows_left = true;
                }
                Err(error) => tracing::error!(%error, "cannot tell which aggregators were left"),
            }
        }
        for group in self.shared.groups.all() {
            if self.served.insert(group.id) {
                for aggregator in self.configured.clone() {
                    self.send(&group, aggregator, false);
                }
            }
            for aggregator in self.left.remove(&group.id).unwrap_or_default() {
                self.send(&group, aggregator, true);
            }
        }
    }

    fn send(&mut self, group: &Arc<Group>, aggregator: Aggregator, left: bool) {
        let courier = Courier::new(
            Arc::clone(&self.shared),
            Arc::clone(group),
            aggregator,
            left,
        );
        let stopping = self.stopping.clone();
        self.couriers.spawn(courier.run(stopping));
    }

    /// What is under way may finish; nothing new begins. Whatever is cut short is
    /// brought after the next start.
    async fn drain(&mut self) {
        let within = Duration::from_secs(self.shared.config.delivery.drain_seconds);
        let drained = tokio::time::timeout(within, async {
            while self.couriers.join_next().await.is_some() {}
        });
        if drained.await.is_err() {
            tracing::warn!("transfers were cut short; they go on after the next start");
            self.couriers.shutdown().await;
        }
    }
}

fn aggregators(shared: &Shared, addresses: &[Address]) -> Vec<Aggregator> {
    addresses
        .iter()
        .filter_map(|address| match Aggregator::at(shared, address) {
            Ok(aggregator) => Some(aggregator),
            Err(error) => {
                tracing::error!(%address, %error, "this aggregator cannot be reached at all");
                None
            }
        })
        .collect()
}

/// Aggregators taken off the list that still hold a head permitting them to index. Where
/// anyone may index, leaving them forbids nothing, and there is nothing to tell them.
async fn left(shared: &Shared) -> Result<BTreeMap<GroupId, Vec<Aggregator>>, StoreError> {
    let mut left = BTreeMap::<_, Vec<_>>::new();
    for (group, name) in shared.store.read().await?.permitted_deliveries().await? {
        let Ok(address) = Address::parse(&name) else {
            continue;
        };
        if shared.config.aggregators.contains(&address) {
            continue;
        }
        if shared.config.indexing == IndexingChoice::Anyone {
            tracing::warn!(
                %group, %address,
                "this aggregator was left, and keeps what it has until that is stale: anyone may \
                 index. With `indexing = \"named\"` it is told to drop it"
            );
            continue;
        }
        left.entry(group)
            .or_default()
            .extend(aggregators(shared, &[address]));
    }
    Ok(left)
}
