//! Limits how many new groups one sender may bring a day. Kept in memory only: who brought
//! which group is recorded no longer than the limit needs.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use parking_lot::Mutex;

use super::decision::{GroupDecision, Postponed};
use super::origin::Origin;
use super::rule::{NewGroup, Rule};

/// The time over which new groups are counted.
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);
/// The most senders that are counted. Past it the least recent ones are dropped, which can
/// only let more in.
const MAX_SENDERS: usize = 10_000;

/// Counts the new groups of each sender in a sliding window.
#[derive(Debug)]
pub(super) struct NewGroupQuota {
    limit: usize,
    times: Mutex<HashMap<Origin, VecDeque<Timestamp>>>,
}

impl NewGroupQuota {
    pub fn new(limit: u32) -> Self {
        Self {
            limit: limit as usize,
            times: Mutex::default(),
        }
    }

    /// Returns whether a sender may bring one more, without counting it.
    fn has_capacity(&self, origin: &Origin, now: Timestamp) -> bool {
        if origin.peer().is_none() {
            return true;
        }
        let mut times = self.times.lock();
        let count = times.get_mut(origin).map_or(0, |times| {
            remove_expired(times, now);
            times.len()
        });
        count < self.limit
    }

    /// Counts one more, or returns false.
    fn try_acquire(&self, origin: &Origin, now: Timestamp) -> bool {
        if origin.peer().is_none() {
            return true;
        }
        let mut times = self.times.lock();
        if times.len() >= MAX_SENDERS && !times.contains_key(origin) {
            make_room(&mut times, now);
        }
        let times = times.entry(*origin).or_default();
        remove_expired(times, now);
        let acquired = times.len() < self.limit;
        if acquired {
            times.push_back(now);
        }
        acquired
    }
}

impl NewGroupQuota {
    /// Returns when a sender without capacity may bring one more.
    fn postponed(&self, origin: &Origin, now: Timestamp) -> Postponed {
        let times = self.times.lock();
        let first = times.get(origin).and_then(VecDeque::front);
        Postponed {
            limit: "ingest.daily_new_groups",
            until: first.map_or(now, |first| first.plus(WINDOW)),
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

/// Removes senders without a group in the window; if that is not enough, the less recent half.
/// Half at once, so that a flood of senders does not sort them all for each of its groups.
fn make_room(times: &mut HashMap<Origin, VecDeque<Timestamp>>, now: Timestamp) {
    times.retain(|_, times| {
        remove_expired(times, now);
        !times.is_empty()
    });
    if times.len() < MAX_SENDERS {
        return;
    }
    let mut by_time: Vec<_> = times
        .iter()
        .filter_map(|(origin, times)| Some((*times.back()?, *origin)))
        .collect();
    by_time.sort_unstable_by_key(|(last, _)| *last);
    for (_, origin) in by_time.drain(..MAX_SENDERS / 2) {
        times.remove(&origin);
    }
}

fn remove_expired(times: &mut VecDeque<Timestamp>, now: Timestamp) {
    while times.front().is_some_and(|time| now.since(*time) >= WINDOW) {
        times.pop_front();
    }
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
    fn the_number_of_counted_senders_is_bounded() {
        let quota = NewGroupQuota::new(1);
        let start = Timestamp::from_seconds(1_000);
        let count = 2 * MAX_SENDERS as u32 + 1;
        for number in 0..count {
            let now = start.plus(Duration::from_millis(number.into()));
            assert!(quota.try_acquire(&announced(number), now));
        }
        assert!(quota.times.lock().len() <= MAX_SENDERS);
        assert!(!quota.has_capacity(&announced(count - 1), start));
    }
}
