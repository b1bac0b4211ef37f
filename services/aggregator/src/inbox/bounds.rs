//! Bounds of inboxes that cannot be configured.

/// Messages of a response. The largest ones fit a message of the smallest limit.
pub(super) const MAX_FETCHED: u32 = 50;
/// Signed requests of a group that are remembered. A node sends some in five minutes.
pub(super) const MAX_REQUESTS: u64 = 1_000;
/// Bytes of a request's body: 50 ids have 900.
pub(super) const MAX_BODY_BYTES: usize = 4_096;
