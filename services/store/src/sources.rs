//! The servers that this aggregator follows.

use std::collections::HashSet;

use async_trait::async_trait;
use hedgerow_core::time::Timestamp;

use crate::error::Result;

/// Progress of the crawler, by server.
#[async_trait]
pub trait SourceStore: Send + Sync {
    /// Returns the stored progress for a server, by its address with pin.
    async fn source(&self, address: &str) -> Result<Option<SourceRow>>;

    /// Inserts or replaces the progress for a server.
    async fn save_source(&self, row: &SourceRow) -> Result<()>;

    /// Returns the distinct endpoints named in heads of groups that are neither ended nor
    /// excluded, at most `limit`: first those of servers that respond, the oldest before others;
    /// then those not tried; then those that never responded.
    async fn announced_endpoints(&self, limit: usize) -> Result<Vec<String>>;

    /// Deletes the progress for every server that is not in `addresses`.
    async fn retain_sources(&self, addresses: &HashSet<String>) -> Result<()>;
}

/// The crawler's progress with one server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceRow {
    /// Address with pin.
    pub address: String,
    /// The last cursor of the server's `WatchHeads` that was processed.
    pub cursor: Option<String>,
    /// Time of the last complete listing, or of the start of one.
    pub listed_at: Option<Timestamp>,
    /// Whether any group reported since then was not processed.
    pub missed: bool,
    /// Time of the last successful response.
    pub answered_at: Option<Timestamp>,
    /// Failures since the last successful response.
    pub failures: u32,
}
