//! A record that a search found.

use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::RecordName;

/// A record that the index found. The store may have changed or hidden it since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub group: GroupId,
    pub name: RecordName,
    /// Its hash when it was indexed.
    pub hash: RecordHash,
    /// Its first occurrence that passes the time filter, in minutes since 1970; `None` without
    /// a time filter.
    pub next_start: Option<u64>,
    /// The first minute since 1970 at which it is over; `None` if it has no end.
    pub over_minute: Option<u32>,
}
