//! What came in and what was refused: for the operator, by reason, never by group.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::PoisonError;

use hedgerow_rpc::metrics::Counter;
use hedgerow_rpc::metrics::Labelled;
use hedgerow_rpc::metrics::Metrics;

use super::Applied;
use super::Outcome;
use crate::store::HeldBack;

/// Counts since the start.
#[derive(Debug, Default)]
pub struct Counters {
    by_reason: Mutex<BTreeMap<&'static str, u64>>,
    refused: Labelled<Counter>,
    throttled: Labelled<Counter>,
    transfers: Labelled<Counter>,
    records: Labelled<Counter>,
}

impl Counters {
    /// Counts one more refusal.
    pub fn count(&self, reason: &'static str) {
        tracing::debug!(reason, "something was refused");
        self.refused.get_or_create(&[("reason", reason)]).inc();
        *self
            .by_reason
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(reason)
            .or_default() += 1;
    }

    /// How often this was refused.
    pub fn of(&self, reason: &str) -> u64 {
        self.by_reason
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(reason)
            .copied()
            .unwrap_or(0)
    }

    /// Adds the counts to what is told.
    pub fn tell(&self, metrics: &mut Metrics) {
        metrics.add(
            "refused",
            "Transfers and heads that were refused, by reason",
            &self.refused,
        );
        metrics.add(
            "throttled",
            "Changes that a group's limit holds back, by the limit",
            &self.throttled,
        );
        metrics.add(
            "transfers",
            "Transfers that were dealt with, by what became of them; `held` was committed",
            &self.transfers,
        );
        metrics.add(
            "records_taken",
            "Records that came with transfers, kept or refused",
            &self.records,
        );
    }

    /// Counts a change that is held back.
    pub(super) fn held_back(&self, by: &HeldBack) {
        let limit = match by.limit.as_str() {
            "ingest.max_records" => "ingest.max_records",
            "ingest.max_view_bytes" => "ingest.max_view_bytes",
            "ingest.creates" => "ingest.creates",
            _ => "other",
        };
        self.throttled.get_or_create(&[("limit", limit)]).inc();
        self.count("throttled");
    }

    /// Counts a transfer that was dealt with.
    pub(super) fn applied(&self, applied: &Applied) {
        let outcome = applied.outcome.name();
        self.transfers.get_or_create(&[("outcome", outcome)]).inc();
        for (verdict, count) in [("kept", applied.kept), ("refused", applied.refused)] {
            let records = self.records.get_or_create(&[("verdict", verdict)]);
            records.inc_by(u64::from(count));
        }
    }
}

impl Outcome {
    /// One word for it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Held(_) => "held",
            Self::KeyLog => "key_log",
            Self::Wanted(_) => "wanted",
            Self::HeldBack => "held_back",
            Self::Frozen => "frozen",
            Self::NotInvited(_) => "not_invited",
            Self::Excluded => "excluded",
            Self::TooManyNewGroups => "too_many_new_groups",
        }
    }
}
