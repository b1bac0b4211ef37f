//! The figures of a demonstration.

use serde::Serialize;

/// The figures of a demonstration. Serialised, it is the object of `demo --json`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Outcome {
    pub(crate) nodes: usize,
    pub(crate) publishers: usize,
    pub(crate) listings: usize,
    pub(crate) events: usize,
    pub(crate) offers: usize,
    pub(crate) needs: usize,
    /// Rooms among the offers.
    pub(crate) rooms: usize,
    /// Bytes of all records.
    pub(crate) bytes: u64,
    /// From the first publish until the last record could be found, in milliseconds.
    pub(crate) searchable_ms: u64,
    pub(crate) searches: Vec<ExampleResult>,
}

/// The result of an example search.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ExampleResult {
    /// As typed after `hedgerow search`.
    pub(crate) query: String,
    pub(crate) hits: usize,
    /// Whether every hit passed its check.
    pub(crate) unaltered: bool,
}
