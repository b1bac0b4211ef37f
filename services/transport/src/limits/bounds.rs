//! Ranges of configured values.

use std::ops::RangeInclusive;

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
