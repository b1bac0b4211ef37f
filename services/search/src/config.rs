//! What an operator may set about the index.

use serde::Deserialize;
use serde::Serialize;

/// Settings of the index, with defaults for a small machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IndexConfig {
    /// Bytes that documents may fill in memory before they are written out; at least 15 MB.
    pub writer_memory_bytes: usize,
    /// While changes keep coming: how long to gather them before they become searchable,
    /// in milliseconds. A change that comes alone is searchable at once.
    pub gather_ms: u64,
    /// While changes keep coming: how many to gather at most.
    pub gather_changes: usize,
}

impl Default for IndexConfig {
    fn default() -> Self {
        Self {
            writer_memory_bytes: 50_000_000,
            gather_ms: 150,
            gather_changes: 4_000,
        }
    }
}
