//! How many groups that were never seen one sender may bring. Remembered in memory only:
//! who brought which group is nobody's business for longer than it limits anything.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use hedgerow_rpc::peer::PeerKey;

/// Over which time arrivals are counted.
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);
/// How many senders are remembered before those with nothing recent are forgotten.
const MANY: usize = 10_000;

/// Where a transfer comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Pushed by a peer.
    Push(PeerKey),
    /// Fetched from a server in the configuration: trusted to bring as many as it has.
    Configured,
    /// Fetched from a host that a head named.
    Announced(String),
}

impl Origin {
    /// Whether a transfer may be committed with bodies missing.
    pub(super) fn may_lack_bodies(&self) -> bool {
        !matches!(self, Self::Push(_))
    }
}

/// When which sender brought new groups.
#[derive(Debug)]
pub struct Arrivals {
    limit: usize,
    seen: Mutex<HashMap<Origin, VecDeque<Timestamp>>>,
}

impl Arrivals {
    pub(super) fn new(limit: u32) -> Self {
        Self {
            limit: limit as usize,
            seen: Mutex::new(HashMap::new()),
        }
    }

    /// Whether a sender may bring one more.
    pub(super) fn welcomes(&self, origin: &Origin, now: Timestamp) -> bool {
        if *origin == Origin::Configured {
            return true;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let count = seen.get_mut(origin).map_or(0, |times| {
            forget_old(times, now);
            times.len()
        });
        count < self.limit
    }

    /// Remembers that it brought one.
    pub(super) fn note(&self, origin: &Origin, now: Timestamp) {
        if *origin == Origin::Configured {
            return;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MANY {
            seen.retain(|_, times| {
                forget_old(times, now);
                !times.is_empty()
            });
        }
        seen.entry(origin.clone()).or_default().push_back(now);
    }
}

fn forget_old(times: &mut VecDeque<Timestamp>, now: Timestamp) {
    while times.front().is_some_and(|time| now.since(*time) >= WINDOW) {
        times.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_over_its_limit_waits_a_day_and_others_do_not() {
        let arrivals = Arrivals::new(2);
        let start = Timestamp::from_seconds(1_000);
        let one = Origin::Announced("one.example".to_owned());
        arrivals.note(&one, start);
        assert!(arrivals.welcomes(&one, start));
        arrivals.note(&one, start);
        assert!(!arrivals.welcomes(&one, start));
        assert!(arrivals.welcomes(&Origin::Announced("two.example".to_owned()), start));
        assert!(arrivals.welcomes(&Origin::Configured, start));
        assert!(arrivals.welcomes(&one, start.plus(WINDOW)));
    }
}
