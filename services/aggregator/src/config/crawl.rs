//! Settings of the crawler.

use hedgerow_server::config::ConfigError;
use hedgerow_transport::limits::{A_DAY, check_range};
use serde::{Deserialize, Serialize};

/// Limits and intervals for following other servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CrawlConfig {
    /// Whether to visit nodes that heads of groups name as their endpoint.
    pub announced: bool,
    /// The most such nodes at once.
    pub max_announced: usize,
    /// The time between two visits of such a node.
    pub visit_seconds: u64,
    /// An announced host is probed at most once in this time, however many endpoints are named
    /// for it.
    pub probe_seconds: u64,
    /// The time between two sweeps of each of `sources`: each reads on from the last processed
    /// row, or from the start if anything was missed.
    pub sweep_seconds: u64,
    /// The time after which a source is listed from the start in any case.
    pub list_seconds: u64,
    /// The most concurrent transfers from others; at most half of them from announced nodes.
    pub transfers: usize,
    /// The same from one source, or from one network address for announced nodes.
    pub transfers_per_source: usize,
    /// The first wait after a failure; it doubles with each further one.
    pub first_retry_milliseconds: u64,
    /// The longest wait, at most 24 hours.
    pub longest_retry_seconds: u64,
}

impl Default for CrawlConfig {
    fn default() -> Self {
        Self {
            announced: true,
            max_announced: 10_000,
            visit_seconds: 900,
            probe_seconds: 60,
            sweep_seconds: 3_600,
            list_seconds: A_DAY,
            transfers: 64,
            transfers_per_source: 4,
            first_retry_milliseconds: 1_000,
            longest_retry_seconds: A_DAY,
        }
    }
}

impl CrawlConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let positive = [
            ("crawl.visit_seconds", self.visit_seconds),
            ("crawl.sweep_seconds", self.sweep_seconds),
            ("crawl.list_seconds", self.list_seconds),
            ("crawl.transfers", self.transfers as u64),
            (
                "crawl.transfers_per_source",
                self.transfers_per_source as u64,
            ),
            (
                "crawl.first_retry_milliseconds",
                self.first_retry_milliseconds,
            ),
        ];
        for (key, value) in positive {
            check_range(key, value, 1..=u64::MAX, "must be over 0")?;
        }
        Ok(check_range(
            "crawl.longest_retry_seconds",
            self.longest_retry_seconds,
            1..=A_DAY,
            "must be from 1 to 86400: no retry may be later than after a day",
        )?)
    }
}
