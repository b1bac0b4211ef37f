//! Sorted times and their percentiles.

use std::time::Duration;

/// Sorted times, at least one.
#[derive(Debug, Clone)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Sorts times. Fails if there are none.
    pub fn new(mut times: Vec<Duration>) -> anyhow::Result<Self> {
        anyhow::ensure!(!times.is_empty(), "nothing was timed");
        times.sort_unstable();
        Ok(Self(times))
    }

    /// The percentile (0 to 100) by nearest rank.
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0[rank - 1]
    }

    pub fn longest(&self) -> Duration {
        self.0[self.0.len() - 1]
    }
}

/// Formats a time to three digits or a little more: `1.23 ms`, `123 ms`, `12.3 s`.
pub fn ms(time: Duration) -> String {
    let value = time.as_secs_f64() * 1000.0;
    if value < 10.0 {
        format!("{value:.2} ms")
    } else if value < 1000.0 {
        format!("{value:.0} ms")
    } else {
        format!("{:.1} s", value / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let times = (1..=200).rev().map(Duration::from_millis).collect();
        let times = Times::new(times).unwrap();
        assert_eq!(times.percentile(50), Duration::from_millis(100));
        assert_eq!(times.percentile(99), Duration::from_millis(198));
        assert_eq!(times.longest(), Duration::from_millis(200));
        let one = Times::new(vec![Duration::from_millis(7)]).unwrap();
        assert_eq!(one.percentile(50), one.percentile(99));
        assert!(Times::new(Vec::new()).is_err());
    }

    #[test]
    fn a_time_has_about_three_digits() {
        assert_eq!(ms(Duration::from_micros(1_234)), "1.23 ms");
        assert_eq!(ms(Duration::from_micros(123_400)), "123 ms");
        assert_eq!(ms(Duration::from_millis(12_340)), "12.3 s");
    }
}
