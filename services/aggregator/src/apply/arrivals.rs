//! How many groups that were never seen one sender may bring. Remembered in memory only:
//! who brought which group is nobody's business for longer than it limits anything.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use hedgerow_rpc::peer::PeerKey;

/// Over which time arrivals are counted.
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);
/// How many senders are remembered.
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

    /// Lets it bring one more, and remembers that; or not.
    pub(super) fn admit(&self, origin: &Origin, now: Timestamp) -> bool {
        if *origin == Origin::Configured {
            return true;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MANY && !seen.contains_key(origin) {
            forget_some(&mut seen, now);
        }
        let times = seen.entry(origin.clone()).or_default();
        forget_old(times, now);
        let admitted = times.len() < self.limit;
        if admitted {
            times.push_back(now);
        }
        admitted
    }
}

/// Makes room: those with nothing recent are forgotten, and of the others, where there are
/// still too many, the half that brought nothing for longest.
fn forget_some(seen: &mut HashMap<Origin, VecDeque<Timestamp>>, now: Timestamp) {
    seen.retain(|_, times| {
        forget_old(times, now);
        !times.is_empty()
    });
    if seen.len() < MANY {
        return;
    }
    let mut by_time: Vec<_> = seen
        .iter()
        .filter_map(|(origin, times)| Some((*times.back()?, origin.clone())))
        .collect();
    by_time.sort_unstable_by_key(|(last, _)| *last);
    for (_, origin) in by_time.drain(..MANY / 2) {
        seen.remove(&origin);
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
        assert!(arrivals.admit(&one, start));
        assert!(arrivals.welcomes(&one, start));
        assert!(arrivals.admit(&one, start));
        assert!(!arrivals.welcomes(&one, start));
        assert!(!arrivals.admit(&one, start), "one at a time, none too many");
        assert!(arrivals.welcomes(&Origin::Announced("two.example".to_owned()), start));
        assert!(arrivals.welcomes(&Origin::Configured, start));
        assert!(arrivals.welcomes(&one, start.plus(WINDOW)));
    }

    #[test]
    fn the_memory_of_senders_is_bounded() {
        let arrivals = Arrivals::new(1);
        let sender = |number: u64| Origin::Announced(format!("h{number}.example"));
        let start = Timestamp::from_seconds(1_000);
        let count = 2 * MANY as u64 + 1;
        for number in 0..count {
            let now = start.plus(Duration::from_millis(number));
            assert!(arrivals.admit(&sender(number), now));
        }
        assert!(arrivals.seen.lock().unwrap().len() <= MANY);
        assert!(!arrivals.welcomes(&sender(count - 1), start));
    }
}
