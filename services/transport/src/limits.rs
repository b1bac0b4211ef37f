//! Message sizes that every client and server supports, and checks of configured values.

use std::ops::RangeInclusive;

/// The size of a gRPC message, after decompression, that every server and client accepts.
/// The default of both.
pub const DEFAULT_MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// The largest record size that may be configured. It leaves room for the other parts of a
/// message of [`DEFAULT_MESSAGE_BYTES`].
pub const MAX_CONFIGURABLE_RECORD_BYTES: u32 = 3 * 1024 * 1024;

/// The default size of a call's header list.
pub const DEFAULT_HEADER_LIST_BYTES: u32 = 32 * 1024;

/// A configured value out of its range: the key, and the values that are allowed.
pub type OutOfRange = (&'static str, &'static str);

/// The longest time that may be configured, in seconds. It keeps additions to the clock far
/// from overflow.
pub const A_DAY: u64 = 24 * 60 * 60;

/// Rejects a value outside a range, with `problem` as the text about the allowed values.
///
/// # Errors
/// If the value is out of range.
pub fn check_range(
    key: &'static str,
    value: u64,
    range: RangeInclusive<u64>,
    problem: &'static str,
) -> Result<(), OutOfRange> {
    if range.contains(&value) {
        Ok(())
    } else {
        Err((key, problem))
    }
}

/// Rejects zero, which would allow no call at all.
///
/// # Errors
/// If the value is zero.
pub fn check_positive(key: &'static str, value: u64) -> Result<(), OutOfRange> {
    check_range(key, value, 1..=u64::MAX, "must be 1 or more")
}

/// Rejects a time of zero or of more than a day.
///
/// # Errors
/// If the value is out of range.
pub fn check_seconds(key: &'static str, value: u64) -> Result<(), OutOfRange> {
    check_range(
        key,
        value,
        1..=A_DAY,
        "must be from 1 to 86400 (a day in seconds)",
    )
}

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
