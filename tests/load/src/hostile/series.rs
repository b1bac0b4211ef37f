//! Times of honest calls, and the failures among them.

use std::time::{Duration, Instant};

use super::peer::CALL_TIMEOUT;
use super::tally::Tally;
use crate::timing::{Times, ms};

/// The times of one kind of honest operation.
#[derive(Debug, Default)]
pub struct Series {
    times: Vec<Duration>,
    pub failures: u64,
    /// Attempts that the server refused and that a retry repeated.
    pub refusals: u64,
    reasons: Tally,
}

/// What honest clients measured in one period.
#[derive(Debug, Default)]
pub struct Figures {
    pub search: Series,
    pub coverage: Series,
    pub publish: Series,
    pub take_back: Series,
}

impl Figures {
    pub fn named(&self) -> [(&'static str, &Series); 4] {
        [
            ("search", &self.search),
            ("coverage", &self.coverage),
            ("publish → searchable", &self.publish),
            ("take-back → gone", &self.take_back),
        ]
    }
}

impl Series {
    pub fn add(&mut self, time: Duration) {
        self.times.push(time);
    }

    /// Adds a failure. It counts as the longest time, so that failures raise the percentiles.
    pub fn failed(&mut self, reason: &str) {
        self.failures += 1;
        self.times.push(CALL_TIMEOUT);
        self.reasons.count(reason);
    }

    pub fn refused(&mut self, reason: &str) {
        self.refusals += 1;
        self.reasons.count(reason);
    }

    pub async fn time<T>(&mut self, call: impl Future<Output = Result<T, String>>) {
        let began = Instant::now();
        match call.await {
            Ok(_) => self.add(began.elapsed()),
            Err(reason) => self.failed(&reason),
        }
    }

    pub fn append(&mut self, other: Self) {
        self.times.extend(other.times);
        self.failures += other.failures;
        self.refusals += other.refusals;
        self.reasons.merge(&other.reasons);
    }

    /// All attempts, those that were repeated too.
    pub fn attempts(&self) -> u64 {
        self.times.len() as u64 + self.refusals
    }

    pub fn reasons(&self) -> String {
        self.reasons.line()
    }

    pub fn percentile(&self, percent: usize) -> Option<Duration> {
        let times = Times::new(self.times.clone()).ok()?;
        Some(times.percentile(percent))
    }

    /// p50 and p99 for a table; a dash if nothing was timed.
    pub fn cell(&self) -> String {
        match (self.percentile(50), self.percentile(99)) {
            (Some(half), Some(most)) => format!("{} / {}", ms(half), ms(most)),
            _ => "–".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_counts_as_the_longest_time() {
        let mut series = Series::default();
        for _ in 0..98 {
            series.add(Duration::from_millis(1));
        }
        series.failed("over_quota");
        assert_eq!(series.percentile(50), Some(Duration::from_millis(1)));
        assert_eq!(series.percentile(99), Some(CALL_TIMEOUT));
        assert_eq!(
            (series.failures, series.reasons()),
            (1, "over_quota=1".into())
        );
        assert_eq!(Series::default().cell(), "–");
    }
}
