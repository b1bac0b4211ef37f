//! State that all followers share.

use std::sync::Arc;

use hedgerow_core::random::Random;
use hedgerow_core::time::Clock;
use hedgerow_transport::connector::Connector;
use tokio::sync::{Semaphore, watch};

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
    /// How often an exclusion ended since the start. Followers list their sources again: the rows
    /// of that group were skipped.
    pub inclusions: watch::Sender<u64>,
}
