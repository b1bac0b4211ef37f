//! Counts of transfers, records and refusals: by reason, never by group.

use std::collections::BTreeMap;

use hedgerow_server::metrics::{Counter, Gauge, Labelled, Metrics};
use hedgerow_store::Throttle;
use parking_lot::Mutex;

use super::outcome::{Outcome, TransferResult};

/// Counts since the start.
#[derive(Debug, Default)]
pub struct Counters {
    /// The same as `refused`, because a metric cannot be read back.
    by_reason: Mutex<BTreeMap<&'static str, u64>>,
    refused: Labelled<Counter>,
    throttled: Labelled<Counter>,
    transfers: Labelled<Counter>,
    records: Labelled<Counter>,
    /// Bytes that unfinished transfers hold.
    pub(super) memory: Gauge,
}

impl Counters {
    /// Counts a refused transfer or head.
    pub fn count_refused(&self, reason: &'static str) {
        tracing::debug!(reason, "refused a transfer or a head");
        self.refused.get_or_create(&[("reason", reason)]).inc();
        *self.by_reason.lock().entry(reason).or_default() += 1;
    }

    /// Returns how often transfers or heads were refused for this reason.
    pub fn refused(&self, reason: &str) -> u64 {
        self.by_reason.lock().get(reason).copied().unwrap_or(0)
    }

    /// Adds the counts to the exported metrics.
    pub fn register(&self, metrics: &mut Metrics) {
        metrics.add(
            "refused",
            "Transfers and heads that were refused, by reason",
            &self.refused,
        );
        metrics.add(
            "throttled",
            "Changes that a limit of their group delays, by limit",
            &self.throttled,
        );
        metrics.add(
            "transfers",
            "Transfers that were processed, by outcome; `held` was committed",
            &self.transfers,
        );
        metrics.add(
            "records_taken",
            "Records that came with transfers, kept or refused",
            &self.records,
        );
        metrics.add(
            "transfer_memory_bytes",
            "Bytes that unfinished transfers hold in memory",
            &self.memory,
        );
    }

    /// Counts a throttled change.
    pub(super) fn count_throttled(&self, throttle: &Throttle) {
        let limit = match throttle.limit.as_str() {
            "ingest.max_records" => "ingest.max_records",
            "ingest.max_view_bytes" => "ingest.max_view_bytes",
            "ingest.creates" => "ingest.creates",
            "ingest.newcomer_disk_bytes" => "ingest.newcomer_disk_bytes",
            "ingest.source_daily_bytes" => "ingest.source_daily_bytes",
            _ => "other",
        };
        self.throttled.get_or_create(&[("limit", limit)]).inc();
        self.count_refused("throttled");
    }

    /// Counts a processed transfer and its records.
    pub(super) fn count_transfer(&self, result: &TransferResult) {
        if let Outcome::OverQuota(postponed) = &result.outcome {
            let limit = postponed.limit;
            self.count_refused(limit.strip_prefix("ingest.").unwrap_or(limit));
        }
        let outcome = result.outcome.name();
        self.transfers.get_or_create(&[("outcome", outcome)]).inc();
        for (verdict, count) in [("kept", result.kept), ("refused", result.refused)] {
            let records = self.records.get_or_create(&[("verdict", verdict)]);
            records.inc_by(u64::from(count));
        }
    }
}
