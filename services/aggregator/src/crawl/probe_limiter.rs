//! Limits connections to hosts that were only announced: if a victim's address is named in ten
//! thousand heads, that causes one connection a window.

use std::collections::HashMap;
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use parking_lot::Mutex;

/// Number of hosts above which those whose window is over are removed.
const CLEAN_ABOVE: usize = 20_000;

/// The time from which on each host may be probed again.
#[derive(Debug)]
pub(super) struct ProbeLimiter {
    window: Duration,
    next: Mutex<HashMap<String, Timestamp>>,
}

impl ProbeLimiter {
    pub(super) fn new(window: Duration) -> Self {
        Self {
            window,
            next: Mutex::default(),
        }
    }

    /// Uses up the host's probe of this window. The error is the wait until the next one.
    pub(super) fn try_acquire(&self, host: &str, now: Timestamp) -> Result<(), Duration> {
        let mut next = self.next.lock();
        if let Some(free) = next.get(host).filter(|free| **free > now) {
            // Capped, because a clock that was set back must not lock a host out for long.
            return Err(free.since(now).min(self.window));
        }
        if next.len() >= CLEAN_ABOVE {
            next.retain(|_, free| *free > now);
        }
        next.insert(host.to_owned(), now.plus(self.window));
        Ok(())
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
}
