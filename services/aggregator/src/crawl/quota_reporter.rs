//! Logs that a source brings more than its limits admit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hedgerow_core::endpoint::Endpoint;

/// Logs it once a session, because the limit then holds for each further group. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct QuotaReporter {
    source: Endpoint,
    is_reported: Arc<AtomicBool>,
}

impl QuotaReporter {
    pub(super) fn new(source: Endpoint) -> Self {
        Self {
            source,
            is_reported: Arc::default(),
        }
    }

    /// Logs the limit that delays what this source brings.
    pub(super) fn report(&self, limit: &str) {
        if !self.is_reported.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                source = %self.source,
                limit,
                "this source brings more than the limit admits: the rest waits. If you trust the \
                 source, raise the limit; otherwise remove it from `sources`"
            );
        }
    }
}
