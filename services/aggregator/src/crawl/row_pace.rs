//! Limits how fast rows of a source are read that lead to nothing.
//!
//! A source may send rows without end, and each costs a query at least. Rows that bring
//! something are limited by their transfers.

use std::time::Duration;

use tokio::time::Instant;

use super::fetch::FetchResult;

/// Cost of a row without news. A source has millions of them when it is listed from the start.
const UNCHANGED_COST: f64 = 1.0;
/// Lowest cost of a fetch that changed nothing.
const FRUITLESS_COST: f64 = 20.0;
/// Cost of each second of such a fetch: with four at a time, a source that sends endless
/// transfers gets a small part of one core.
const FRUITLESS_SECOND: f64 = 4.0 * PER_SECOND;
/// What may be spent in a second.
const PER_SECOND: f64 = 2_000.0;
/// What may be spent at once.
const BURST: f64 = 10_000.0;
/// The largest debt, so that a source is never paused for more than a minute.
const MAX_DEBT: f64 = 60.0 * PER_SECOND;

/// A token bucket for one session.
#[derive(Debug)]
pub(super) struct RowPace {
    tokens: f64,
    at: Instant,
}

impl RowPace {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            tokens: BURST,
            at: now,
        }
    }

    /// Counts a processed row, which took `elapsed`.
    pub(super) fn count(&mut self, result: FetchResult, elapsed: Duration, now: Instant) {
        self.refill(now);
        let cost = match result {
            FetchResult::Done => 0.0,
            FetchResult::Unchanged => UNCHANGED_COST,
            FetchResult::NoEffect | FetchResult::Missed | FetchResult::Retry(_) => {
                FRUITLESS_COST.max(elapsed.as_secs_f64() * FRUITLESS_SECOND)
            }
        };
        self.tokens = (self.tokens - cost).max(-MAX_DEBT);
    }

    /// Returns how long to wait until the next row may be read.
    pub(super) fn wait(&mut self, now: Instant) -> Duration {
        self.refill(now);
        Duration::from_secs_f64((-self.tokens / PER_SECOND).max(0.0))
    }

    fn refill(&mut self, now: Instant) {
        let elapsed = now.duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + elapsed * PER_SECOND).min(BURST);
        self.at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of rows with this result that are read in a minute.
    fn in_a_minute(result: FetchResult, elapsed: Duration) -> u32 {
        let start = Instant::now();
        let end = start + Duration::from_secs(60);
        let mut pace = RowPace::new(start);
        let (mut now, mut rows) = (start, 0);
        while now < end && rows < 1_000_000 {
            now += pace.wait(now);
            pace.count(result, elapsed, now);
            rows += 1;
        }
        rows
    }

    #[test]
    fn rows_that_lead_to_nothing_are_read_slowly() {
        let fruitless = in_a_minute(FetchResult::NoEffect, Duration::ZERO);
        assert!((6_000..7_000).contains(&fruitless), "{fruitless}");
        let long = in_a_minute(FetchResult::Missed, Duration::from_secs(1));
        assert!((15..20).contains(&long), "{long}");
        let unchanged = in_a_minute(FetchResult::Unchanged, Duration::ZERO);
        assert!((120_000..140_000).contains(&unchanged), "{unchanged}");
        let done = in_a_minute(FetchResult::Done, Duration::from_secs(1));
        assert_eq!(done, 1_000_000);
    }
}
