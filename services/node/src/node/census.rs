//! Refreshes the gauges that are counted on demand, when metrics are scraped.

use std::sync::Arc;

use hedgerow_server::metrics::Refresh;

use crate::metrics::GroupCounts;
use crate::shared::Shared;
use crate::signing::guard::SigningBlocked;
use crate::store::{DeliveryState, StoreError};

/// Returns the function that the metrics listener calls before each scrape.
pub(super) fn census(shared: Arc<Shared>) -> Refresh {
    Box::new(move || {
        let shared = Arc::clone(&shared);
        Box::pin(async move {
            shared.metrics.set_groups(count_groups(&shared));
            match delivery_states(&shared).await {
                Ok(states) => shared.metrics.set_deliveries(&states, shared.now()),
                Err(error) => tracing::error!(%error, "cannot count deliveries"),
            }
        })
    })
}

fn count_groups(shared: &Shared) -> GroupCounts {
    let mut counts = GroupCounts::default();
    for group in shared.groups.all() {
        match group.guard.check() {
            Ok(_) => counts.signing += 1,
            Err(SigningBlocked::WaitingForAggregator) => counts.waiting += 1,
            Err(SigningBlocked::Stopped(_)) => counts.stopped += 1,
        }
    }
    counts
}

/// Reads the states at the groups' aggregators. Former ones would count as failing permanently.
async fn delivery_states(shared: &Shared) -> Result<Vec<DeliveryState>, StoreError> {
    let mut states = shared.store.read().await?.delivery_states().await?;
    let aggregators = shared.all_aggregators();
    states.retain(|state| {
        aggregators
            .iter()
            .any(|address| address.to_string() == state.aggregator)
    });
    Ok(states)
}
