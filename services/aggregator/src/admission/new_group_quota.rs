//! Limits how many new groups one sender may bring a day. Kept in memory only: who brought
//! which group is recorded no longer than the limit needs.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use hedgerow_server::peer::{NetworkKey, PEERS_PER_NETWORK};
use parking_lot::Mutex;

use super::decision::{GroupDecision, Postponed};
use super::origin::Origin;
use super::rule::{NewGroup, Rule};

/// The time over which new groups are counted.
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);
/// The most senders, and networks, that are counted. Past it the least recent ones are dropped, which can
/// only let more in.
const MAX_SENDERS: usize = 10_000;

/// Counts the new groups of each sender, and of each network, in a sliding window.
#[derive(Debug)]
pub(super) struct NewGroupQuota {
    limit: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    senders: Times<Origin>,
    networks: Times<NetworkKey>,
}

/// The times of new groups of each sender or network.
#[derive(Debug)]
struct Times<K>(HashMap<K, VecDeque<Timestamp>>);

impl<K> Default for Times<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl NewGroupQuota {
    pub fn new(limit: u32) -> Self {
        Self {
            limit: limit as usize,
            counts: Mutex::default(),
        }
    }

    fn limit_of_network(&self) -> usize {
        self.limit.saturating_mul(PEERS_PER_NETWORK.into())
    }

    fn is_within(
        &self,
        counts: &mut Counts,
        (origin, network): (&Origin, NetworkKey),
        now: Timestamp,
    ) -> bool {
        counts.senders.count(origin, now) < self.limit
            && counts.networks.count(&network, now) < self.limit_of_network()
    }

    /// Returns whether a sender may bring one more, without counting it.
    fn has_capacity(&self, origin: &Origin, now: Timestamp) -> bool {
        let Some(peer) = origin.peer() else {
            return true;
        };
        let mut counts = self.counts.lock();
        self.is_within(&mut counts, (origin, peer.network()), now)
    }

    /// Counts one more, or returns false.
    fn try_acquire(&self, origin: &Origin, now: Timestamp) -> bool {
        let Some(peer) = origin.peer() else {
            return true;
        };
        let (network, mut counts) = (peer.network(), self.counts.lock());
        let acquired = self.is_within(&mut counts, (origin, network), now);
        if acquired {
            counts.senders.add(*origin, now);
            counts.networks.add(network, now);
        }
        acquired
    }

    /// Returns when a sender without capacity may bring one more.
    fn postponed(&self, origin: &Origin, now: Timestamp) -> Postponed {
        let counts = self.counts.lock();
        let of_sender = counts.senders.first_if_full(origin, self.limit);
        let of_network = origin.peer().and_then(|peer| {
            let limit = self.limit_of_network();
            counts.networks.first_if_full(&peer.network(), limit)
        });
        let first = of_sender.max(of_network);
        Postponed {
            limit: "ingest.daily_new_groups",
            until: first.map_or(now, |first| first.plus(WINDOW)),
        }
    }
}

impl<K: Copy + Eq + Hash> Times<K> {
    fn count(&mut self, key: &K, now: Timestamp) -> usize {
        self.0.get_mut(key).map_or(0, |times| {
            remove_expired(times, now);
            times.len()
        })
    }

    fn add(&mut self, key: K, now: Timestamp) {
        if self.0.len() >= MAX_SENDERS && !self.0.contains_key(&key) {
            self.make_room(now);
        }
        self.0.entry(key).or_default().push_back(now);
    }

    fn first_if_full(&self, key: &K, limit: usize) -> Option<Timestamp> {
        let times = self.0.get(key).filter(|times| times.len() >= limit)?;
        times.iter().min().copied()
    }

    /// Removes keys without a group in the window; if that is not enough, the less recent half.
    /// Half at once, so that a flood of senders does not sort them all for each of its groups.
    fn make_room(&mut self, now: Timestamp) {
        self.0.retain(|_, times| {
            remove_expired(times, now);
            !times.is_empty()
        });
        if self.0.len() < MAX_SENDERS {
            return;
        }
        let mut by_time: Vec<_> = self
            .0
            .iter()
            .filter_map(|(key, times)| Some((*times.back()?, *key)))
            .collect();
        by_time.sort_unstable_by_key(|(last, _)| *last);
        for (_, key) in by_time.drain(..MAX_SENDERS / 2) {
            self.0.remove(&key);
        }
    }
}

impl Rule for NewGroupQuota {
    fn evaluate_group(&self, group: &NewGroup<'_>, now: Timestamp) -> Option<GroupDecision> {
        if self.has_capacity(group.origin, now) {
            return None;
        }
        Some(GroupDecision::OverQuota(self.postponed(group.origin, now)))
    }

    fn reserve_group(&self, group: &NewGroup<'_>, now: Timestamp) -> Result<(), Postponed> {
        if self.try_acquire(group.origin, now) {
            Ok(())
        } else {
            Err(self.postponed(group.origin, now))
        }
    }
}

/// Removes times that are not of the last 24 hours. A clock that was ahead may have left times
/// that are far in the future.
fn remove_expired(times: &mut VecDeque<Timestamp>, now: Timestamp) {
    times.retain(|time| now.since(*time) < WINDOW && time.since(now) < WINDOW);
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::admission::SourceId;

    fn announced(number: u32) -> Origin {
        Origin::Announced(IpAddr::from(number.to_be_bytes()).into())
    }

    #[test]
    fn a_sender_over_its_limit_waits_a_day_and_others_do_not() {
        let quota = NewGroupQuota::new(2);
        let start = Timestamp::from_seconds(1_000);
        let one = announced(1);
        assert!(quota.try_acquire(&one, start));
        assert!(quota.has_capacity(&one, start));
        assert!(quota.try_acquire(&one, start));
        assert!(!quota.has_capacity(&one, start));
        assert!(!quota.try_acquire(&one, start));
        assert!(quota.has_capacity(&announced(2), start));
        assert!(quota.has_capacity(&Origin::Configured(SourceId::from_number(1)), start));
        assert!(quota.has_capacity(&one, start.plus(WINDOW)));
    }

    #[test]
    fn a_network_of_many_addresses_brings_no_more_than_a_few_of_them() {
        let quota = NewGroupQuota::new(2);
        let start = Timestamp::from_seconds(1_000);
        let origin = |ip: String| Origin::Push(ip.parse::<IpAddr>().unwrap().into());
        let brought = (0..100).filter(|number| {
            let origin = origin(format!("2a00:1:2:{number:x}::1"));
            quota.try_acquire(&origin, start)
        });
        assert_eq!(brought.count(), 2 * usize::from(PEERS_PER_NETWORK));
        let next = origin("2a00:1:2:ffff::1".to_owned());
        assert_eq!(quota.postponed(&next, start).until, start.plus(WINDOW));
        assert!(quota.has_capacity(&next, start.plus(WINDOW)));
        assert!(quota.try_acquire(&origin("2a00:1:3::1".to_owned()), start));
    }

    #[test]
    fn a_clock_that_is_set_back_by_a_year_delays_no_sender_by_a_year() {
        let quota = NewGroupQuota::new(1);
        let start = Timestamp::from_seconds(1_000);
        assert!(quota.try_acquire(&announced(1), start.plus(365 * WINDOW)));
        assert!(quota.try_acquire(&announced(1), start));
        assert!(!quota.try_acquire(&announced(1), start));
    }

    #[test]
    fn the_number_of_counted_senders_is_bounded() {
        let quota = NewGroupQuota::new(1);
        let start = Timestamp::from_seconds(1_000);
        let count = 2 * MAX_SENDERS as u32 + 1;
        for number in 0..count {
            let now = start.plus(Duration::from_millis(number.into()));
            assert!(quota.try_acquire(&announced(number), now));
        }
        let counts = quota.counts.lock();
        assert!(counts.senders.0.len() <= MAX_SENDERS);
        assert!(counts.networks.0.len() <= MAX_SENDERS);
        drop(counts);
        assert!(!quota.has_capacity(&announced(count - 1), start));
    }
}
