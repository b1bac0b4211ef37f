//! Limits connections to hosts that were only announced: if a victim's address is named in ten
//! thousand heads, that causes one connection a window.

use std::time::Duration;

use hedgerow_core::time::Timestamp;
use hedgerow_server::limits::KeyedLimiter;

/// Number of hosts above which those whose window is over are removed.
const CLEAN_ABOVE: usize = 20_000;

#[derive(Debug)]
pub(super) struct ProbeLimiter {
    window: Duration,
    /// The time from which on each host may be probed again.
    next: KeyedLimiter<String, Option<Timestamp>>,
}

impl ProbeLimiter {
    pub(super) fn new(window: Duration) -> Self {
        Self {
            window,
            next: KeyedLimiter::new(CLEAN_ABOVE),
        }
    }

    /// Uses up the host's probe of this window. The error is the wait until the next one.
    pub(super) fn try_acquire(&self, host: &str, now: Timestamp) -> Result<(), Duration> {
        // A time beyond the window is of a clock that was ahead and was set right: it must not lock
        // the host out until the clock gets there.
        let waits = |next: Timestamp| next > now && next.since(now) <= self.window;
        let is_idle = |next: &Option<Timestamp>| !next.is_some_and(waits);
        self.next.with(host.to_owned(), is_idle, |next| {
            if let Some(next) = next.filter(|next| waits(*next)) {
                return Err(next.since(now));
            }
            *next = Some(now.plus(self.window));
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_probed_once_a_window_whatever_its_ports() {
        let probes = ProbeLimiter::new(Duration::from_secs(60));
        let start = Timestamp::from_seconds(1_000);
        assert_eq!(probes.try_acquire("victim.example", start), Ok(()));
        for _ in 0..10_000 {
            assert_eq!(
                probes.try_acquire("victim.example", start),
                Err(Duration::from_secs(60))
            );
        }
        assert_eq!(probes.try_acquire("other.example", start), Ok(()));
        let later = start.plus(Duration::from_secs(60));
        assert_eq!(probes.try_acquire("victim.example", later), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_locks_no_host_out() {
        let probes = ProbeLimiter::new(Duration::from_secs(60));
        let ahead = Timestamp::from_seconds(1_000_000_000);
        probes.try_acquire("host.example", ahead).unwrap();
        let right = Timestamp::from_seconds(1_000);
        probes.try_acquire("host.example", right).unwrap();
        let wait = probes.try_acquire("host.example", right).unwrap_err();
        assert_eq!(wait, Duration::from_secs(60));
    }
}
