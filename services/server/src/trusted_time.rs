//! The time as of which old data may be deleted, although the clock may have stepped.

use std::time::Duration;

use hedgerow_core::time::Timestamp;
use tokio::time::Instant;

/// How long a clock has to run without a step until it is believed alone.
const STEADY_AFTER: Duration = Duration::from_hours(24);
/// The largest difference between clock and timer, since the last observation, that is no step.
const MAX_DRIFT: Duration = Duration::from_hours(1);
/// How long after the evidence an unsteady clock is still believed.
const MAX_SILENCE: Duration = Duration::from_hours(7 * 24);

/// Compares the clock with the system's timer, which never steps, and limits a clock that has not
/// run steadily by evidence: its time while it was steady, or when the newest head was issued.
/// Otherwise a clock that steps ahead would delete everything that is not renewed at once.
///
/// While the clock is unsteady, a head from beyond the limit is no evidence: a server on the same
/// machine may issue it by the same wrong clock.
#[derive(Debug)]
pub struct TrustedTime {
    last: (Timestamp, Instant),
    steady_since: Instant,
    evidence: Option<(Timestamp, Instant)>,
}

/// A time to delete by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// Never later than the clock.
    pub now: Timestamp,
    /// Whether the clock has run steadily for long enough to be believed alone.
    pub is_steady: bool,
}

impl TrustedTime {
    /// Begins to observe the clock. It may have started wrong.
    #[must_use]
    pub fn new(now: Timestamp, timer: Instant) -> Self {
        Self {
            last: (now, timer),
            steady_since: timer,
            evidence: None,
        }
    }

    /// Observes the clock, and returns the time to delete by. `newest_issue` is the time at which
    /// the newest head was issued, if there is one.
    pub fn observe(
        &mut self,
        (now, timer): (Timestamp, Instant),
        newest_issue: Option<Timestamp>,
    ) -> Deadline {
        let (last, last_timer) = std::mem::replace(&mut self.last, (now, timer));
        let expected = last.plus(timer.duration_since(last_timer));
        if now.since(expected).max(expected.since(now)) > MAX_DRIFT {
            self.steady_since = timer;
        }
        let is_steady = timer.duration_since(self.steady_since) >= STEADY_AFTER;
        let evidence = self.evidence_at(timer);
        let is_evidence = |time: &Timestamp| {
            evidence.is_none_or(|evidence| (evidence..=evidence.plus(MAX_SILENCE)).contains(time))
        };
        if is_steady {
            self.evidence = Some((now, timer));
        } else if let Some(time) = newest_issue.filter(is_evidence) {
            self.evidence = Some((time, timer));
        }
        let latest = self.evidence_at(timer).map(|time| time.plus(MAX_SILENCE));
        let latest = latest.filter(|latest| !is_steady && *latest < now);
        if let Some(latest) = latest {
            tracing::warn!(
                clock = %now,
                deleting_as_of = %latest,
                "the clock is far ahead of the newest head: nothing is deleted by it until it has \
                 run steadily for a day; if it is wrong, set it right"
            );
        }
        Deadline {
            now: latest.unwrap_or(now),
            is_steady,
        }
    }

    /// The time by the evidence, which is now later by what the timer has counted.
    fn evidence_at(&self, timer: Instant) -> Option<Timestamp> {
        let (time, at) = self.evidence?;
        Some(time.plus(timer.duration_since(at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR: Duration = Duration::from_hours(365 * 24);

    fn hours(hours: u64) -> Duration {
        Duration::from_hours(hours)
    }

    #[test]
    fn a_clock_is_steady_a_day_after_its_last_step() {
        let (start, timer) = (Timestamp::from_seconds(1_800_000_000), Instant::now());
        let mut trusted = TrustedTime::new(start, timer);
        let mut is_steady = |clock: Timestamp, after: u64| {
            let observed = (clock, timer + hours(after));
            trusted.observe(observed, None).is_steady
        };
        assert!(!is_steady(start, 0), "it may have started wrong");
        for hour in 1..24 {
            assert!(!is_steady(start.plus(hours(hour)), hour));
        }
        assert!(is_steady(start.plus(hours(24)), 24));
        assert!(!is_steady(start.plus(hours(25) + YEAR), 25));
        assert!(!is_steady(start.plus(hours(48) + YEAR), 48));
        assert!(is_steady(start.plus(hours(49) + YEAR), 49));
        assert!(!is_steady(start.plus(hours(50)), 50), "set back");
    }

    #[test]
    fn an_unsteady_clock_is_believed_up_to_a_week_after_the_evidence() {
        let (start, timer) = (Timestamp::from_seconds(1_800_000_000), Instant::now());
        let mut trusted = TrustedTime::new(start, timer);
        let mut as_of = |clock: Timestamp, after: u64, newest: Timestamp| {
            let deadline = trusted.observe((clock, timer + hours(after)), Some(newest));
            assert!(!deadline.is_steady);
            deadline.now
        };
        assert_eq!(as_of(start, 0, start), start);
        let ahead = start.plus(hours(1) + YEAR);
        let limit = start.plus(MAX_SILENCE + hours(1));
        assert_eq!(as_of(ahead, 1, start), limit);
        // Of a server with the same clock.
        assert_eq!(as_of(ahead.plus(hours(1)), 2, ahead), limit.plus(hours(1)));
        let behind = start.plus(hours(3)).minus(YEAR);
        assert_eq!(as_of(behind, 3, ahead), behind);
        let right = start.plus(hours(4));
        assert_eq!(as_of(right, 4, right), right);
    }

    #[test]
    fn a_clock_that_was_steady_is_evidence_itself() {
        let (start, timer) = (Timestamp::from_seconds(1_800_000_000), Instant::now());
        let mut trusted = TrustedTime::new(start, timer);
        let mut as_of = |clock: Timestamp, after: u64| {
            let observed = (clock, timer + hours(after));
            trusted.observe(observed, None).now
        };
        for hour in 0..30 {
            let clock = start.plus(hours(hour));
            assert_eq!(as_of(clock, hour), clock);
        }
        let limit = start.plus(MAX_SILENCE + hours(30));
        assert_eq!(as_of(start.plus(hours(30) + YEAR), 30), limit);
    }

    #[test]
    fn a_machine_that_sleeps_every_day_follows_the_evidence() {
        let (mut now, mut timer) = (Timestamp::from_seconds(1_800_000_000), Instant::now());
        let mut trusted = TrustedTime::new(now, timer);
        for _ in 0..60 {
            now = now.plus(hours(24));
            // The timer does not run while the machine sleeps.
            timer += hours(8);
            let deadline = trusted.observe((now, timer), Some(now.minus(hours(20))));
            assert_eq!(deadline.now, now);
            assert!(!deadline.is_steady);
        }
    }
}
