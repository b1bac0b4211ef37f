//! The node's metrics: signed heads, delivery attempts, and groups that cannot publish.

use hedgerow_core::time::Timestamp;
use hedgerow_server::metrics::{Counter, Gauge, Labelled, Metrics};

use crate::store::DeliveryState;

/// Counters since the start, and gauges as of the last census.
#[derive(Clone, Debug, Default)]
pub(crate) struct NodeMetrics {
    heads_signed: Counter,
    attempts: Labelled<Counter>,
    groups: Labelled<Gauge>,
    deliveries: Labelled<Gauge>,
    acknowledged: Labelled<Gauge>,
}

/// How a delivery attempt ended.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AttemptResult {
    Acknowledged,
    /// The aggregator responded without a receipt, for example because it excludes the
    /// group.
    NotHeld,
    /// A newer head replaced the one being delivered.
    Superseded,
    Failed,
}

/// Numbers of groups by their signing state.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct GroupCounts {
    pub(crate) signing: i64,
    pub(crate) waiting: i64,
    pub(crate) stopped: i64,
}

impl NodeMetrics {
    pub(crate) fn head_signed(&self) {
        self.heads_signed.inc();
    }

    pub(crate) fn attempt_ended(&self, result: AttemptResult) {
        let outcome = match result {
            AttemptResult::Acknowledged => "acknowledged",
            AttemptResult::NotHeld => "not_held",
            AttemptResult::Superseded => "superseded",
            AttemptResult::Failed => "failed",
        };
        self.attempts.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// Adds the metrics to the exported ones.
    pub(crate) fn register(&self, metrics: &mut Metrics) {
        metrics.add("heads_signed", "Heads signed here", &self.heads_signed);
        metrics.add(
            "delivery_rounds",
            "Delivery attempts of one group to one aggregator, by outcome",
            &self.attempts,
        );
        metrics.add(
            "groups",
            "Groups by whether they can publish: signing, waiting for an aggregator's response, \
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

    pub(crate) fn set_groups(&self, counts: GroupCounts) {
        for (state, count) in [
            ("signing", counts.signing),
            ("waiting", counts.waiting),
            ("stopped", counts.stopped),
        ] {
            self.groups.get_or_create(&[("state", state)]).set(count);
        }
    }

    pub(crate) fn set_deliveries(&self, states: &[DeliveryState], now: Timestamp) {
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
        for (which, time) in [("newest", newest), ("oldest", oldest)] {
            if let Some(time) = time {
                let age = i64::try_from(now.since(time).as_secs()).unwrap_or(i64::MAX);
                self.acknowledged
                    .get_or_create(&[("which", which)])
                    .set(age);
            }
        }
    }
}
