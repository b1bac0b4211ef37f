//! Local times in a zone.

use chrono::{DateTime, Days, Duration, LocalResult, NaiveDate, NaiveDateTime, TimeZone};
use chrono_tz::Tz;

use crate::times::encoding::DAY_MINUTES;

/// Converts a minute since 1970 to the local time in a zone.
pub(super) fn local_time(zone: Tz, minute: u64) -> Option<NaiveDateTime> {
    let utc = DateTime::from_timestamp(i64::try_from(minute).ok()?.checked_mul(60)?, 0)?;
    Some(utc.with_timezone(&zone).naive_local())
}

/// Which of two instants a local time means that a clock change repeats.
#[derive(Clone, Copy)]
pub(super) enum Repeated {
    First,
    Second,
}

/// Converts a local time of day to minutes since 1970. A time that a clock change skips is
/// moved by an hour.
pub(super) fn epoch_minute_at(
    zone: Tz,
    day: NaiveDate,
    minute_of_day: u64,
    repeated: Repeated,
) -> Option<u64> {
    let (day, minute_of_day) = if minute_of_day == DAY_MINUTES {
        (day.checked_add_days(Days::new(1))?, 0)
    } else {
        (day, minute_of_day)
    };
    let hour = u32::try_from(minute_of_day / 60).ok()?;
    let local = day.and_hms_opt(hour, u32::try_from(minute_of_day % 60).ok()?, 0)?;
    let time = match (zone.from_local_datetime(&local), repeated) {
        (LocalResult::Single(time), _) => time,
        (LocalResult::Ambiguous(first, _), Repeated::First) => first,
        (LocalResult::Ambiguous(_, second), Repeated::Second) => second,
        (LocalResult::None, _) => zone
            .from_local_datetime(&(local + Duration::hours(1)))
            .earliest()?,
    };
    u64::try_from(time.timestamp().div_euclid(60)).ok()
}
