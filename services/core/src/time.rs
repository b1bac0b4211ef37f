//! Points in time, and the clock that callers supply.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};

/// Milliseconds since 1970 (UTC), within the years 1 to 9999.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(into = "String", try_from = "String")]
pub struct Timestamp(i64);

/// The error for text or a message that is not a valid time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the time is invalid: expected 2026-05-17T18:30:00Z or similar, in the years 1 to 9999")]
pub struct TimeError;

impl TimeError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        "time_malformed"
    }
}

// The range of google.protobuf.Timestamp.
const MIN_SECONDS: i64 = -62_135_596_800;
const MAX_SECONDS: i64 = 253_402_300_799;
const MIN_MILLIS: i64 = MIN_SECONDS * 1000;
const MAX_MILLIS: i64 = MAX_SECONDS * 1000 + 999;

impl Timestamp {
    /// Converts milliseconds since 1970, clamped to the years 1 to 9999.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(if millis < MIN_MILLIS {
            MIN_MILLIS
        } else if millis > MAX_MILLIS {
            MAX_MILLIS
        } else {
            millis
        })
    }

    /// Converts seconds since 1970, clamped to the years 1 to 9999.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self::from_millis(seconds.saturating_mul(1000))
    }

    /// Milliseconds since 1970, negative before.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Adds a duration, up to the end of the year 9999.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self::from_millis(self.0.saturating_add(millis(duration)))
    }

    /// Subtracts a duration, down to the start of the year 1.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self::from_millis(self.0.saturating_sub(millis(duration)))
    }

    /// The duration since `earlier`, or zero if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// Converts to the form that messages carry.
    #[must_use]
    pub fn to_proto(self) -> prost_types::Timestamp {
        let milli_of_second = i32::try_from(self.0.rem_euclid(1000)).unwrap_or(0);
        prost_types::Timestamp {
            seconds: self.as_seconds(),
            nanos: milli_of_second * 1_000_000,
        }
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl TryFrom<&prost_types::Timestamp> for Timestamp {
    type Error = TimeError;

    /// Cuts off anything finer than a millisecond.
    fn try_from(time: &prost_types::Timestamp) -> Result<Self, TimeError> {
        let in_range = (MIN_SECONDS..=MAX_SECONDS).contains(&time.seconds)
            && (0..1_000_000_000).contains(&time.nanos);
        if !in_range {
            return Err(TimeError);
        }
        Ok(Self(
            time.seconds * 1000 + i64::from(time.nanos / 1_000_000),
        ))
    }
}

impl TryFrom<prost_types::Timestamp> for Timestamp {
    type Error = TimeError;

    fn try_from(time: prost_types::Timestamp) -> Result<Self, TimeError> {
        Self::try_from(&time)
    }
}

impl From<Timestamp> for prost_types::Timestamp {
    fn from(time: Timestamp) -> Self {
        time.to_proto()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = DateTime::<Utc>::from_timestamp_millis(self.0).ok_or(fmt::Error)?;
        f.write_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let millis = DateTime::parse_from_rfc3339(text)
            .map_err(|_| TimeError)?
            .timestamp_millis();
        if (MIN_MILLIS..=MAX_MILLIS).contains(&millis) {
            Ok(Self(millis))
        } else {
            Err(TimeError)
        }
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TimeError;

    fn try_from(text: String) -> Result<Self, TimeError> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> Self {
        time.to_string()
    }
}

/// A source of the current time. Servers use the system's, tests one that they set.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_time_is_unchanged_by_text_and_message(millis in MIN_MILLIS..=MAX_MILLIS) {
            let time = Timestamp::from_millis(millis);
            prop_assert_eq!(time.to_string().parse(), Ok(time));
            prop_assert_eq!(Timestamp::try_from(time.to_proto()), Ok(time));
        }

        #[test]
        fn only_times_in_range_are_accepted(seconds: i64, nanos: i32) {
            let good = (MIN_SECONDS..=MAX_SECONDS).contains(&seconds) && (0..1_000_000_000).contains(&nanos);
            let time = prost_types::Timestamp { seconds, nanos };
            prop_assert_eq!(Timestamp::try_from(time).is_ok(), good);
        }
    }

    #[test]
    fn a_time_is_written_as_rfc_3339() {
        let time: Timestamp = "2026-05-17T19:30:00+01:00".parse().unwrap();
        assert_eq!(time.to_string(), "2026-05-17T18:30:00Z");
        assert_eq!(
            time.plus(Duration::from_millis(5)).to_string(),
            "2026-05-17T18:30:00.005Z"
        );
        assert!("yesterday".parse::<Timestamp>().is_err());
    }

    #[test]
    fn arithmetic_is_clamped() {
        let last = Timestamp::from_millis(i64::MAX);
        assert_eq!(last.plus(Duration::MAX), last);
        assert_eq!(
            last.since(last.minus(Duration::from_secs(2))),
            Duration::from_secs(2)
        );
        assert_eq!(
            last.minus(Duration::from_secs(2)).since(last),
            Duration::ZERO
        );
    }
}
