//! When to commit: few changes at once, many together.

use std::time::Duration;

use hedgerow_core::time::Timestamp;

use crate::config::IndexConfig;

/// Pending changes up to which a commit is small. A group that changes a record has fewer; a
/// stream of publications has more within milliseconds.
const MAX_SMALL_CHANGES: usize = 32;
/// Small commits that may be made at once, besides one in two thirds of the interval. Each makes
/// a segment, and eight small segments are merged, so a steady stream of single changes must
/// gather, too.
const MAX_AHEAD: u32 = 6;

/// The commits so far, as far as they delay the next one.
#[derive(Debug)]
pub struct CommitPace {
    last: Timestamp,
    /// The time by which the commits so far would have been made at their usual distance.
    paid_until: Timestamp,
}

impl Default for CommitPace {
    fn default() -> Self {
        Self {
            last: Timestamp::from_millis(0),
            paid_until: Timestamp::from_millis(0),
        }
    }
}

impl CommitPace {
    /// Notes a commit.
    pub fn committed(&mut self, now: Timestamp, config: &IndexConfig) {
        let distance = small_commit_distance(config);
        // Bounded, because gathered commits are made in any case.
        let from = self.paid_until.clamp(now, now.plus(distance * MAX_AHEAD));
        self.paid_until = from.plus(distance);
        self.last = now;
    }

    /// How long to wait for further changes before a commit of `pending` ones. Zero for few
    /// changes after a quiet period, so that a single change is searchable at once.
    pub fn wait(&self, now: Timestamp, pending: usize, config: &IndexConfig) -> Duration {
        let ahead = until(now, self.paid_until);
        let is_small = pending <= MAX_SMALL_CHANGES;
        if is_small && ahead <= small_commit_distance(config) * MAX_AHEAD {
            return Duration::ZERO;
        }
        let interval = Duration::from_millis(config.gather_ms);
        // If the clock was set back, the commit must not be delayed by it.
        match u64::try_from(now.as_millis().saturating_sub(self.last.as_millis())) {
            Ok(since) => interval.saturating_sub(Duration::from_millis(since)),
            Err(_) => Duration::ZERO,
        }
    }
}

/// The average time between small commits.
fn small_commit_distance(config: &IndexConfig) -> Duration {
    Duration::from_millis(config.gather_ms) * 2 / 3
}

/// The time from one time to a later one, otherwise none.
fn until(from: Timestamp, to: Timestamp) -> Duration {
    let millis = to.as_millis().saturating_sub(from.as_millis());
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000 + ms)
    }

    /// The times in milliseconds at which changes that arrive at these times are committed, each
    /// alone.
    fn commits(changes: impl Iterator<Item = i64>, pending: usize) -> Vec<i64> {
        let config = IndexConfig::default();
        let mut pace = CommitPace::default();
        let mut committed: Vec<i64> = Vec::new();
        for change in changes {
            if committed.last().is_some_and(|last| *last >= change) {
                continue;
            }
            let wait = pace.wait(at(change), pending, &config);
            let time = change + i64::try_from(wait.as_millis()).unwrap();
            pace.committed(at(time), &config);
            committed.push(time);
        }
        committed
    }

    #[test]
    fn single_changes_are_committed_at_once_if_they_are_not_many() {
        let changes: Vec<i64> = (0..500).map(|number| number * 105).collect();
        assert_eq!(commits(changes.iter().copied(), 1), changes);
        let together = [0, 5, 10, 15, 2_000, 2_001];
        assert_eq!(commits(together.into_iter(), 1), together);
    }

    #[test]
    fn a_stream_of_single_changes_gathers() {
        let seconds = 20;
        let committed = commits((0..seconds * 1_000).step_by(5), 1);
        let per_second = committed.len() as i64 / seconds;
        assert!((6..=10).contains(&per_second), "{per_second}");
    }

    #[test]
    fn many_changes_wait_for_the_interval_and_not_longer() {
        let committed = commits((0..3_000).step_by(5), MAX_SMALL_CHANGES + 1);
        assert!(
            committed
                .windows(2)
                .all(|two| two[1] - two[0] == 150 || two[1] - two[0] == 155)
        );
        let mut pace = CommitPace::default();
        let config = IndexConfig::default();
        for _ in 0..100 {
            pace.committed(at(0), &config);
        }
        assert_eq!(pace.wait(at(150), 1_000, &config), Duration::ZERO);
        assert_eq!(pace.wait(at(200), 1, &config), Duration::ZERO);
        assert_eq!(
            pace.wait(at(-1_000), 1_000, &config),
            Duration::ZERO,
            "set back"
        );
    }
}
