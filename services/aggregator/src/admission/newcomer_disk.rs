//! Limits the disk space of all groups that are new here. Kept in memory only: after a restart,
//! groups that are stored already count as known.

use std::collections::HashMap;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;
use hedgerow_server::peer::NetworkKey;
use parking_lot::Mutex;

use super::origin::Origin;

/// How long a group counts as new.
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// The part of the space that the groups of one network may occupy, as a divisor. Peers have no
/// share of their own: the space is a stock for a day, and a sender with a network could fill
/// the shares of its peers one after another.
const NETWORK_SHARE: u64 = 4;

/// The most groups that are counted. Over it no new ones come in until the oldest are known.
const MAX_GROUPS: usize = 100_000;

/// Counts the bytes of groups that came in the last 24 hours from elsewhere than the configured
/// sources.
#[derive(Debug)]
pub(super) struct NewcomerDisk {
    max_bytes: u64,
    groups: Mutex<HashMap<GroupId, Newcomer>>,
}

#[derive(Clone, Copy, Debug)]
struct Newcomer {
    since: Timestamp,
    network: NetworkKey,
    bytes: u64,
}

impl NewcomerDisk {
    pub(super) fn new(max_bytes: u64) -> Self {
        Self {
            max_bytes,
            groups: Mutex::default(),
        }
    }

    /// Begins to count a group that is about to be stored.
    pub(super) fn begin(&self, group: GroupId, origin: &Origin, now: Timestamp) {
        if let Some(peer) = origin.peer() {
            let network = peer.network();
            self.groups.lock().entry(group).or_insert(Newcomer {
                since: now,
                network,
                bytes: 0,
            });
        }
    }

    /// Returns when there may be room for another group, if there is none now.
    pub(super) fn full_until(&self, origin: &Origin, now: Timestamp) -> Option<Timestamp> {
        let peer = origin.peer()?;
        let mut groups = self.groups.lock();
        remove_known(&mut groups, now);
        if groups.len() >= MAX_GROUPS {
            return next_known(&groups, |_| true);
        }
        self.excess(&groups, peer.network(), 1)
    }

    /// Counts the bytes that a group is going to occupy, or returns when there may be room. What
    /// a group occupies already stays its own, so that it can always shrink.
    pub(super) fn try_store(
        &self,
        group: &GroupId,
        bytes: u64,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        let mut groups = self.groups.lock();
        remove_known(&mut groups, now);
        let Some(newcomer) = groups.get(group).copied() else {
            return Ok(());
        };
        let more = bytes.saturating_sub(newcomer.bytes);
        if more > 0
            && let Some(until) = self.excess(&groups, newcomer.network, more)
        {
            return Err(until);
        }
        groups.insert(*group, Newcomer { bytes, ..newcomer });
        Ok(())
    }

    fn excess(
        &self,
        groups: &HashMap<GroupId, Newcomer>,
        network: NetworkKey,
        more: u64,
    ) -> Option<Timestamp> {
        let is_own = |newcomer: &Newcomer| newcomer.network == network;
        let sum = |counts: &dyn Fn(&Newcomer) -> bool| -> u64 {
            let counted = groups.values().filter(|newcomer| counts(newcomer));
            counted.map(|newcomer| newcomer.bytes).sum()
        };
        if sum(&is_own) + more > self.max_bytes / NETWORK_SHARE {
            next_known(groups, is_own)
        } else if sum(&|_| true) + more > self.max_bytes {
            next_known(groups, |_| true)
        } else {
            None
        }
    }
}

fn remove_known(groups: &mut HashMap<GroupId, Newcomer>, now: Timestamp) {
    groups.retain(|_, newcomer| {
        // Of a clock that was ahead: it would count as new until the clock gets there.
        let is_of_future = newcomer.since.since(now) >= WINDOW;
        now.since(newcomer.since) < WINDOW && !is_of_future
    });
}

/// Returns when the first of some groups is not new any more.
fn next_known(
    groups: &HashMap<GroupId, Newcomer>,
    counts: impl Fn(&Newcomer) -> bool,
) -> Option<Timestamp> {
    let counted = groups.values().filter(|newcomer| counts(newcomer));
    let first = counted.map(|newcomer| newcomer.since).min();
    Some(first?.plus(WINDOW))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::admission::SourceId;

    fn group(number: u8) -> GroupId {
        GroupId::from_bytes([number; 32])
    }

    fn from(ip: &str) -> Origin {
        Origin::Push(ip.parse::<IpAddr>().unwrap().into())
    }

    #[test]
    fn new_groups_share_a_space_and_wait_until_earlier_ones_are_known() {
        let disk = NewcomerDisk::new(400);
        let start = Timestamp::from_seconds(1_000);
        let hoarder = from("2a00:1:2:3::1");
        disk.begin(group(1), &hoarder, start);
        disk.try_store(&group(1), 100, start).unwrap();
        // Another /64 of the same /48.
        let other = from("2a00:1:2:4::1");
        let until = disk.full_until(&other, start).unwrap();
        assert_eq!(until, start.plus(WINDOW));
        disk.begin(group(2), &other, start);
        assert_eq!(disk.try_store(&group(2), 1, start), Err(until));
        let honest = from("192.0.2.1");
        assert_eq!(disk.full_until(&honest, start), None);
        disk.begin(group(3), &honest, start);
        disk.try_store(&group(3), 90, start).unwrap();
        // A group may always shrink, and one that is known is not counted.
        disk.try_store(&group(1), 99, start).unwrap();
        disk.try_store(&group(9), 1_000, start).unwrap();
        disk.try_store(&group(2), 1_000, until).unwrap();
        let configured = Origin::Configured(SourceId::from_number(1));
        assert_eq!(disk.full_until(&configured, start), None);
    }

    #[test]
    fn a_group_that_came_by_a_clock_ahead_is_not_new_for_a_year() {
        let disk = NewcomerDisk::new(400);
        let start = Timestamp::from_seconds(1_000);
        let (ahead, origin) = (start.plus(365 * WINDOW), from("192.0.2.1"));
        disk.begin(group(1), &origin, ahead);
        disk.try_store(&group(1), 100, ahead).unwrap();
        assert!(disk.full_until(&origin, ahead).is_some());
        assert_eq!(disk.full_until(&origin, start), None);
    }

    #[test]
    fn all_networks_together_have_a_limit() {
        let disk = NewcomerDisk::new(400);
        let start = Timestamp::from_seconds(1_000);
        for number in 1..=4 {
            let origin = from(&format!("192.0.2.{number}"));
            disk.begin(group(number), &origin, start);
            disk.try_store(&group(number), 100, start).unwrap();
        }
        assert!(disk.full_until(&from("192.0.2.9"), start).is_some());
    }
}
