//! What a node counts for its host: heads, deliveries, and groups that cannot publish.

use std::sync::Arc;

use hedgerow_core::time::Timestamp;
use hedgerow_rpc::metrics::Counter;
use hedgerow_rpc::metrics::Gauge;
use hedgerow_rpc::metrics::Labelled;
use hedgerow_rpc::metrics::Look;
use hedgerow_rpc::metrics::Metrics;

use crate::gate::Obstacle;
use crate::node::Shared;
use crate::store::DeliveryState;
use crate::store::StoreError;

/// Counts since the start, and what was last seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct NodeMetrics {
    heads_signed: Counter,
    rounds: Labelled<Counter>,
    groups: Labelled<Gauge>,
    deliveries: Labelled<Gauge>,
    acknowledged: Labelled<Gauge>,
}

/// How a round to an aggregator ended.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RoundEnded {
    Acknowledged,
    /// It answered, and holds no head of the group.
    NotHeld,
    /// A newer head came meanwhile.
    Superseded,
    Failed,
}

impl NodeMetrics {
    pub(crate) fn head_signed(&self) {
        self.heads_signed.inc();
    }

    pub(crate) fn round_ended(&self, how: RoundEnded) {
        let outcome = match how {
            RoundEnded::Acknowledged => "acknowledged",
            RoundEnded::NotHeld => "not_held",
            RoundEnded::Superseded => "superseded",
            RoundEnded::Failed => "failed",
        };
        self.rounds.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// Adds them to what is told.
    pub(crate) fn tell(&self, metrics: &mut Metrics) {
        metrics.add("heads_signed", "Heads signed here", &self.heads_signed);
        metrics.add(
            "delivery_rounds",
            "Rounds of one group to one aggregator, by how they ended",
            &self.rounds,
        );
        metrics.add(
            "groups",
            "Groups by whether they can publish: signing, waiting for an aggregator's answer, \
             or stopped until their host or steward acts",
            &self.groups,
        );
        metrics.add(
            "deliveries",
            "Groups at configured aggregators: up to date, behind the newest head, or failing",
            &self.deliveries,
        );
        metrics.add(
            "acknowledgement_age_seconds",
            "Age of the newest and of the oldest of all last acknowledgements",
            &self.acknowledged,
        );
    }

    fn saw_groups(&self, shared: &Shared) {
        let (mut signing, mut waiting, mut stopped) = (0, 0, 0);
        for group in shared.groups.all() {
            match group.gate.may_sign() {
                Ok(_) => signing += 1,
                Err(Obstacle::WaitingForAnswer) => waiting += 1,
                Err(Obstacle::Stopped(_)) => stopped += 1,
            }
        }
        for (state, count) in [
            ("signing", signing),
            ("waiting", waiting),
            ("stopped", stopped),
        ] {
            self.groups.get_or_create(&[("state", state)]).set(count);
        }
    }

    fn saw_deliveries(&self, states: &[DeliveryState], now: Timestamp) {
        let sum = |count: fn(&DeliveryState) -> i64| states.iter().map(count).sum();
        for (state, count) in [
            ("up_to_date", sum(|state| state.up_to_date)),
            ("behind", sum(|state| state.behind)),
            ("failing", sum(|state| state.failing)),
        ] {
            self.deliveries
                .get_or_create(&[("state", state)])
                .set(count);
        }
        let newest = states.iter().filter_map(|state| state.newest).max();
        let oldest = states.iter().filter_map(|state| state.oldest).min();
        for (which, at) in [("newest", newest), ("oldest", oldest)] {
            if let Some(at) = at {
                let age = i64::try_from(now.since(at).as_secs()).unwrap_or(i64::MAX);
                self.acknowledged
                    .get_or_create(&[("which", which)])
                    .set(age);
            }
        }
    }
}

/// Looks at what is not counted as it happens.
pub(crate) fn look(shared: Arc<Shared>) -> Look {
    Box::new(move || {
        let shared = Arc::clone(&shared);
        Box::pin(async move {
            shared.metrics.saw_groups(&shared);
            match states(&shared).await {
                Ok(states) => shared.metrics.saw_deliveries(&states, shared.now()),
                Err(error) => tracing::error!(%error, "deliveries cannot be counted"),
            }
        })
    })
}

/// Of the aggregators that are configured now.
async fn states(shared: &Shared) -> Result<Vec<DeliveryState>, StoreError> {
    let mut states = shared.store.read().await?.delivery_states().await?;
    let aggregators = &shared.config.aggregators;
    states.retain(|state| {
        aggregators
            .iter()
            .any(|address| address.to_string() == state.aggregator)
    });
    Ok(states)
}
