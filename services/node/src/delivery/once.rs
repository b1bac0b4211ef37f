//! Delivers a group once, for commands that change its keys while the node is not running.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use tokio::task::JoinSet;

use super::aggregator::Aggregator;
use super::context::Context;
use super::worker::DeliveryWorker;
use crate::group::Group;
use crate::shared::Shared;

/// How long one aggregator may take. The others are delivered to at the same time.
const MAX_DURATION: Duration = Duration::from_secs(40);

/// The result of one delivery.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// The aggregator's address.
    pub aggregator: String,
    /// The problem, if it did not accept the delivery.
    pub problem: Option<String>,
}

/// Makes one attempt at each aggregator, and returns the results in the order of the addresses.
pub(crate) async fn deliver_once(
    shared: &Arc<Shared>,
    group: &Arc<Group>,
    addresses: &[Endpoint],
) -> Vec<Delivered> {
    let mut attempts = JoinSet::new();
    for (index, address) in addresses.iter().enumerate() {
        let (shared, group, address) = (Arc::clone(shared), Arc::clone(group), address.clone());
        attempts.spawn(async move { (index, attempt(shared, group, address).await) });
    }
    let mut results = attempts.join_all().await;
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

async fn attempt(shared: Arc<Shared>, group: Arc<Group>, address: Endpoint) -> Delivered {
    let problem = match Aggregator::new(&shared, &address) {
        Err(error) => Some(error.to_string()),
        Ok(aggregator) => {
            let mut worker = DeliveryWorker::new(Context {
                shared,
                group,
                aggregator,
                removed: false,
            });
            let limited = tokio::time::timeout(MAX_DURATION, worker.attempt_once());
            limited.await.unwrap_or_else(|_| {
                let seconds = MAX_DURATION.as_secs();
                Some(format!("it took longer than {seconds} seconds"))
            })
        }
    };
    Delivered {
        aggregator: address.to_string(),
        problem,
    }
}
