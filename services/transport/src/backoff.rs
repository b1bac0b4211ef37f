//! Delays between retries: exponential, with jitter and an upper limit.

use std::time::Duration;

use hedgerow_core::random::Random;

/// The longest delay, jitter included, so that retries never stop.
pub const MAX_DELAY: Duration = Duration::from_hours(24);

/// Exponential back-off with jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The delay after the first failure, before jitter.
    pub first: Duration,
    /// The longest delay, jitter included. At most [`MAX_DELAY`].
    pub cap: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            cap: MAX_DELAY,
        }
    }
}

impl Backoff {
    /// Computes the delay after a number of failures in a row (0 counts as 1): `first`,
    /// doubled for each further failure up to the cap, of which a random part from half to the
    /// whole is taken.
    #[must_use]
    pub fn delay(&self, failures: u32, random: &dyn Random) -> Duration {
        let cap = self.cap.min(MAX_DELAY);
        let doublings = failures.saturating_sub(1).min(31);
        let whole = self.first.saturating_mul(1 << doublings).min(cap);
        let half = whole / 2;
        half + half.mul_f64(unit(random))
    }
}

/// The back-off of one repeated operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retry {
    policy: Backoff,
    failures: u32,
}

impl Retry {
    /// Starts without failures.
    #[must_use]
    pub fn new(policy: Backoff) -> Self {
        Self {
            policy,
            failures: 0,
        }
    }

    /// Counts a failure, and returns the delay before the next attempt. It is at least
    /// `retry_after`, if the server named a time; the cap applies to that too.
    pub fn failed(&mut self, retry_after: Option<Duration>, random: &dyn Random) -> Duration {
        self.failures = self.failures.saturating_add(1);
        let own = self.policy.delay(self.failures, random);
        retry_after.map_or(own, |delay| {
            // A server may have sent the same time to many clients. Spread, they do not all
            // return at once.
            let spread = delay / 10;
            own.max(delay + spread.mul_f64(unit(random)))
                .min(self.policy.cap.min(MAX_DELAY))
        })
    }

    /// Forgets all failures, after a success or news: the next delay is short.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// Returns the number of failures since the last reset.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }
}

/// Draws a random number from 0 to 1.
fn unit(random: &dyn Random) -> f64 {
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use hedgerow_testkit::ConstantRandom;

    use super::*;

    #[test]
    fn delays_double_up_to_the_cap() {
        let policy = Backoff {
            first: Duration::from_secs(1),
            cap: Duration::from_secs(60),
        };
        let delays: Vec<u64> = (1..=8)
            .map(|failures| policy.delay(failures, &ConstantRandom(0xff)).as_secs())
            .collect();
        assert_eq!(delays, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn jitter_shortens_a_delay_by_at_most_half() {
        let policy = Backoff::default();
        assert_eq!(policy.delay(3, &ConstantRandom(0)), Duration::from_secs(2));
        assert_eq!(
            policy.delay(3, &ConstantRandom(0xff)),
            Duration::from_secs(4)
        );
    }

    #[test]
    fn no_delay_is_longer_than_a_day() {
        let policy = Backoff {
            first: Duration::from_secs(1),
            cap: Duration::MAX,
        };
        assert_eq!(policy.delay(u32::MAX, &ConstantRandom(0xff)), MAX_DELAY);
        let mut retry = Retry::new(policy);
        let retry_after = Some(Duration::from_hours(1000));
        assert_eq!(retry.failed(retry_after, &ConstantRandom(0xff)), MAX_DELAY);
    }

    #[test]
    fn the_servers_delay_is_respected_and_success_resets_the_failures() {
        let mut retry = Retry::new(Backoff::default());
        let retry_after = Some(Duration::from_secs(30));
        assert!(retry.failed(retry_after, &ConstantRandom(0)) >= Duration::from_secs(30));
        assert_eq!(retry.failures(), 1);
        retry.reset();
        assert_eq!(
            retry.failed(None, &ConstantRandom(0xff)),
            Duration::from_secs(1)
        );
    }
}
