//! How long to wait before trying again: longer each time, never for ever.

use std::time::Duration;

use hedgerow_core::random::Random;

/// The longest wait there is, jitter included: nothing stops for good.
pub const LONGEST: Duration = Duration::from_hours(24);

/// Exponential back-off with jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The wait after the first failure, before jitter.
    pub first: Duration,
    /// The longest wait, jitter included; never over [`LONGEST`].
    pub cap: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            cap: LONGEST,
        }
    }
}

impl Backoff {
    /// The wait after `failures` failures in a row (0 counts as 1): a random share,
    /// from half to the whole, of `first` doubled that often, up to the cap.
    pub fn delay(&self, failures: u32, random: &dyn Random) -> Duration {
        let cap = self.cap.min(LONGEST);
        let doublings = failures.saturating_sub(1).min(31);
        let whole = self.first.saturating_mul(1 << doublings).min(cap);
        let half = whole / 2;
        half + half.mul_f64(unit(random))
    }
}

/// Back-off of one thing that is tried again and again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retry {
    policy: Backoff,
    failures: u32,
}

impl Retry {
    /// Starts with no failure counted.
    #[must_use]
    pub fn new(policy: Backoff) -> Self {
        Self {
            policy,
            failures: 0,
        }
    }

    /// Counts a failure; the wait before the next try. At least `asked` where the
    /// other side named a time, which the cap bounds too.
    pub fn failed(&mut self, asked: Option<Duration>, random: &dyn Random) -> Duration {
        self.failures = self.failures.saturating_add(1);
        let own = self.policy.delay(self.failures, random);
        asked.map_or(own, |asked| {
            // Those that were told the same time must not all come back at once.
            let spread = asked / 10;
            own.max(asked + spread.mul_f64(unit(random)))
                .min(self.policy.cap.min(LONGEST))
        })
    }

    /// It worked, or there is news: the next wait is short again.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// Failures in a row so far.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }
}

/// A random number from 0 to 1.
fn unit(random: &dyn Random) -> f64 {
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Randomness that is always the same byte.
    struct Always(u8);

    impl Random for Always {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn waits_double_until_the_cap_and_never_pass_it() {
        let policy = Backoff {
            first: Duration::from_secs(1),
            cap: Duration::from_secs(60),
        };
        let waits: Vec<u64> = (1..=8)
            .map(|failures| policy.delay(failures, &Always(0xff)).as_secs())
            .collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn jitter_takes_away_at_most_half() {
        let policy = Backoff::default();
        assert_eq!(policy.delay(3, &Always(0)), Duration::from_secs(2));
        assert_eq!(policy.delay(3, &Always(0xff)), Duration::from_secs(4));
    }

    #[test]
    fn nobody_is_left_alone_for_longer_than_a_day() {
        let policy = Backoff {
            first: Duration::from_secs(1),
            cap: Duration::MAX,
        };
        assert_eq!(policy.delay(u32::MAX, &Always(0xff)), LONGEST);
        let mut retry = Retry::new(policy);
        let asked = Some(Duration::from_hours(1000));
        assert_eq!(retry.failed(asked, &Always(0xff)), LONGEST);
    }

    #[test]
    fn a_named_time_is_kept_to_and_success_forgets_the_failures() {
        let mut retry = Retry::new(Backoff::default());
        let asked = Some(Duration::from_secs(30));
        assert!(retry.failed(asked, &Always(0)) >= Duration::from_secs(30));
        assert_eq!(retry.failures(), 1);
        retry.reset();
        assert_eq!(retry.failed(None, &Always(0xff)), Duration::from_secs(1));
    }
}
