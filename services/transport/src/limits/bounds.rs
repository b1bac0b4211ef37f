//! Between what and what a configured value may lie.

use std::ops::RangeInclusive;

/// What is wrong with a configured value: its key, and what would do.
pub type Unfit = (&'static str, &'static str);

/// Longer than this nothing is waited for; a clock's reach would end somewhere above it.
pub const A_DAY: u64 = 24 * 60 * 60;

/// Refuses a value outside a range.
///
/// # Errors
/// With the key and the given words about what would do.
pub fn within(
    key: &'static str,
    value: u64,
    range: RangeInclusive<u64>,
    problem: &'static str,
) -> Result<(), Unfit> {
    if range.contains(&value) {
        Ok(())
    } else {
        Err((key, problem))
    }
}

/// Refuses a number of places of which there are none.
///
/// # Errors
/// With the key and what would do.
pub fn at_least_one(key: &'static str, value: u64) -> Result<(), Unfit> {
    within(
        key,
        value,
        1..=u64::MAX,
        "must be over 0, or nobody is served",
    )
}

/// Refuses a time of nothing, and one that never ends.
///
/// # Errors
/// With the key and what would do.
pub fn seconds(key: &'static str, value: u64) -> Result<(), Unfit> {
    within(
        key,
        value,
        1..=A_DAY,
        "must be from 1 to 86400, a day in seconds",
    )
}
