//! How others are followed.

use serde::Deserialize;
use serde::Serialize;

use super::ConfigError;

/// How others are followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CrawlConfig {
    /// Whether nodes are visited whose groups' heads name an endpoint.
    pub announced: bool,
    /// The most such nodes at once.
    pub max_announced: usize,
    /// Such a node is visited again after this time.
    pub visit_seconds: u64,
    /// A host that was only announced is probed at most once in this time, whatever
    /// number of endpoints is said to be there.
    pub probe_seconds: u64,
    /// Each of `sources` is asked again after this time what there is after the last row
    /// that was dealt with; from the start, where anything was not taken.
    pub sweep_seconds: u64,
    /// Each is listed whole again after this time in any case.
    pub list_seconds: u64,
    /// Transfers from others at once; at most half of them from such nodes.
    pub transfers: usize,
    /// The same, from one of them; of such nodes, from one network address.
    pub transfers_per_source: usize,
    /// The first wait after a failure; it doubles with each further one.
    pub first_retry_milliseconds: u64,
    /// The longest; never over 24 hours.
    pub longest_retry_seconds: u64,
}

const DAY: u64 = 86_400;

impl Default for CrawlConfig {
    fn default() -> Self {
        Self {
            announced: true,
            max_announced: 10_000,
            visit_seconds: 900,
            probe_seconds: 60,
            sweep_seconds: 3_600,
            list_seconds: DAY,
            transfers: 64,
            transfers_per_source: 4,
            first_retry_milliseconds: 1_000,
            longest_retry_seconds: DAY,
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
        if let Some((key, _)) = positive.into_iter().find(|(_, value)| *value == 0) {
            return Err(ConfigError::from((key, "must be over 0")));
        }
        if !(1..=DAY).contains(&self.longest_retry_seconds) {
            return Err(ConfigError::from((
                "crawl.longest_retry_seconds",
                "must be from 1 to 86400: nothing stops for longer than a day",
            )));
        }
        Ok(())
    }
}
