//! How often a host is probed that was only announced: whoever names a victim's address
//! in ten thousand heads causes one connection a window.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use hedgerow_core::time::Timestamp;

/// How many hosts are remembered before those whose window is over are forgotten.
const MANY: usize = 20_000;

/// When which host may be probed next.
#[derive(Debug)]
pub(super) struct Probes {
    window: Duration,
    next: Mutex<HashMap<String, Timestamp>>,
}

impl Probes {
    pub(super) fn new(window: Duration) -> Self {
        Self {
            window,
            next: Mutex::new(HashMap::new()),
        }
    }

    /// Takes the host's place of this window. An error says how long to wait before asking
    /// again.
    pub(super) fn take(&self, host: &str, now: Timestamp) -> Result<(), Duration> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(free) = next.get(host).filter(|free| **free > now) {
            // A clock that was set back must not lock a host out for long.
            return Err(free.since(now).min(self.window));
        }
        if next.len() >= MANY {
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
        let probes = Probes::new(Duration::from_secs(60));
        let start = Timestamp::from_seconds(1_000);
        assert_eq!(probes.take("victim.example", start), Ok(()));
        for _ in 0..10_000 {
            assert_eq!(
                probes.take("victim.example", start),
                Err(Duration::from_secs(60))
            );
        }
        assert_eq!(probes.take("other.example", start), Ok(()));
        assert_eq!(
            probes.take("victim.example", start.plus(Duration::from_secs(60))),
            Ok(())
        );
    }
}
