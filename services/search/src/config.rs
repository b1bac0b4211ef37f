//! Settings of the index.

use serde::{Deserialize, Serialize};

/// Settings of the index, with defaults for a small machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IndexConfig {
    /// Memory for documents before they are written to disk, in bytes; at least 15 MB.
    pub writer_memory_bytes: usize,
    /// Time between commits under a steady stream of changes, in milliseconds. Without such a
    /// stream, a change is committed at once.
    pub gather_ms: u64,
    /// Number of pending changes that triggers a commit before `gather_ms` has passed.
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
