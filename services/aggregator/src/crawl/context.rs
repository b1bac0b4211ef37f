//! State that all followers share.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::random::Random;
use hedgerow_core::time::Clock;
use hedgerow_transport::connector::Connector;
use tokio::sync::Semaphore;

use super::followers::AnnouncedFollowers;
use super::metrics::CrawlMetrics;
use super::probe_limiter::ProbeLimiter;
use super::transfer_quota::TransferQuota;
use crate::config::CrawlConfig;
use crate::transfer::TransferProcessor;

/// Dependencies and limits of the crawler.
pub(super) struct CrawlContext {
    pub processor: Arc<TransferProcessor>,
    pub connector: Connector,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub config: CrawlConfig,
    /// Limits concurrent transfers in all.
    pub transfers: Semaphore,
    /// Limits those from announced servers to half of all, so that servers that anyone may name
    /// never delay the configured ones.
    pub announced_transfers: Semaphore,
    pub quota: TransferQuota,
    pub probes: ProbeLimiter,
    pub metrics: CrawlMetrics,
    pub announced: AnnouncedFollowers,
}

impl CrawlContext {
    pub(super) fn new(
        processor: Arc<TransferProcessor>,
        connector: Connector,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        config: CrawlConfig,
    ) -> Self {
        Self {
            transfers: Semaphore::new(config.transfers),
            announced_transfers: Semaphore::new((config.transfers / 2).max(1)),
            quota: TransferQuota::new(config.transfers_per_source),
            probes: ProbeLimiter::new(Duration::from_secs(config.probe_seconds)),
            metrics: CrawlMetrics::default(),
            announced: AnnouncedFollowers::default(),
            processor,
            connector,
            clock,
            random,
            config,
        }
    }
}
