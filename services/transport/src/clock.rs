//! The system's clock and random numbers. No other module reads either.

use std::time::{SystemTime, UNIX_EPOCH};

use hedgerow_core::random::Random;
use hedgerow_core::time::{Clock, Timestamp};

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the only implementation of Clock that reads the system's"
    )]
    fn now(&self) -> Timestamp {
        // A clock before 1970 or after the year 290,000,000 is broken. It is clamped rather
        // than reported here: heads signed with it are rejected with a reason of their own.
        let milliseconds = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(_) => 0,
        };
        Timestamp::from_millis(milliseconds)
    }
}

/// The random numbers of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(
        clippy::disallowed_methods,
        clippy::expect_used,
        reason = "the only implementation of Random that reads the system's; without random numbers, no key may be made"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system returns random numbers");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_later_than_2023() {
        assert!(SystemClock.now() > Timestamp::from_seconds(1_700_000_000));
    }

    #[test]
    fn random_bytes_differ_between_calls() {
        let (mut one, mut two) = ([0; 32], [0; 32]);
        SystemRandom.fill(&mut one);
        SystemRandom.fill(&mut two);
        assert_ne!(one, two);
    }
}
