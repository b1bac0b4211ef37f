//! Message sizes that every client and server supports, and checks of configured values.

pub use bounds::{A_DAY, OutOfRange, check_positive, check_range, check_seconds};

mod bounds;

/// The size of a gRPC message, after decompression, that every server and client accepts.
/// The default of both.
pub const DEFAULT_MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// The largest record size that may be configured. It leaves room for the other parts of a
/// message of [`DEFAULT_MESSAGE_BYTES`].
pub const MAX_CONFIGURABLE_RECORD_BYTES: u32 = 3 * 1024 * 1024;

/// The default size of a call's header list.
pub const DEFAULT_HEADER_LIST_BYTES: u32 = 32 * 1024;

/// Rejects message sizes that are too small for ordinary clients, and those with which a few
/// calls would use all memory.
///
/// # Errors
/// If the value is out of range.
pub fn check_message_bytes(key: &'static str, bytes: usize) -> Result<(), OutOfRange> {
    check_range(
        key,
        bytes as u64,
        DEFAULT_MESSAGE_BYTES as u64..=64 * 1024 * 1024,
        "must be from 4194304 (4 MiB), which every client may send, to 67108864 (64 MiB)",
    )
}
