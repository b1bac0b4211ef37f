//! Limits how many bytes all calls together, and those of each peer and network, hold in memory.

use std::sync::Arc;

use parking_lot::Mutex;

use super::keyed::KeyedLimiter;
use crate::peer::{NetworkKey, PeerKey};

/// Number of peers at which the table is cleaned. Never reached: permits remove their entry.
const CLEAN_ABOVE: usize = 4_096;

/// The part of the budget that one peer may hold, as a divisor.
const PEER_SHARE: u64 = 4;

/// The same of one network. Not four times as much, as of other limits: that would be all of it.
const NETWORK_SHARE: u64 = 2;

/// The part of the budget that a peer may take even if the others hold all of it, as a divisor.
/// With the default limits, 512 KiB: enough for a small difference, because a take-back must not
/// wait for those who hold much. The number of calls bounds the sum.
const SMALL_SHARE: u64 = 128;

/// Bytes that calls may hold. Clones share the counts.
#[derive(Clone, Debug)]
pub(crate) struct MemoryBudget(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    total: u64,
    used: Mutex<u64>,
    by_peer: KeyedLimiter<PeerKey, u64>,
    by_network: KeyedLimiter<NetworkKey, u64>,
}

impl MemoryBudget {
    pub(crate) fn new(total: u64) -> Self {
        Self(Arc::new(Shared {
            total,
            used: Mutex::new(0),
            by_peer: KeyedLimiter::new(CLEAN_ABOVE),
            by_network: KeyedLimiter::new(CLEAN_ABOVE),
        }))
    }

    /// Takes bytes until the permit is dropped. `None` if they are not left. A peer that holds
    /// nothing may take more than its share, so that nothing is too large to be sent at all, and a
    /// little in any case.
    pub(crate) fn try_take(&self, peer: PeerKey, bytes: u64) -> Option<MemoryPermit> {
        let total = self.0.total;
        let taken = self.with(peer, |held| {
            let exceeds = |held: u64, most: u64| held > 0 && held + bytes > most;
            let is_over_share = exceeds(*held.of_peer, total / PEER_SHARE);
            let is_full =
                exceeds(*held.of_network, total / NETWORK_SHARE) || exceeds(*held.of_all, total);
            let is_small = *held.of_peer == 0 && bytes <= total / SMALL_SHARE;
            if is_over_share || (is_full && !is_small) {
                return false;
            }
            *held.of_peer += bytes;
            *held.of_network += bytes;
            *held.of_all += bytes;
            true
        });
        taken.then(|| MemoryPermit {
            budget: self.clone(),
            peer,
            bytes,
        })
    }

    /// Runs `change` on the bytes that a peer, its network and all peers hold.
    fn with<R>(&self, peer: PeerKey, change: impl FnOnce(Held<'_>) -> R) -> R {
        let shared = &self.0;
        shared.by_peer.with(peer, is_zero, |of_peer| {
            shared
                .by_network
                .with(peer.network(), is_zero, |of_network| {
                    change(Held {
                        of_peer,
                        of_network,
                        of_all: &mut shared.used.lock(),
                    })
                })
        })
    }

    /// Returns whether all peers together hold too much for as many bytes more.
    pub(crate) fn is_full(&self, bytes: u64) -> bool {
        *self.0.used.lock() + bytes > self.0.total
    }

    #[cfg(test)]
    pub(crate) fn used(&self) -> u64 {
        *self.0.used.lock()
    }
}

/// The bytes that a peer, its network and all peers hold.
struct Held<'a> {
    of_peer: &'a mut u64,
    of_network: &'a mut u64,
    of_all: &'a mut u64,
}

fn is_zero(held: &u64) -> bool {
    *held == 0
}

impl MemoryPermit {
    /// Returns the peer that is charged.
    pub(crate) fn peer(&self) -> PeerKey {
        self.peer
    }
}

/// Bytes that a call holds, released when this is dropped.
#[derive(Debug)]
pub(crate) struct MemoryPermit {
    budget: MemoryBudget,
    peer: PeerKey,
    bytes: u64,
}

impl Drop for MemoryPermit {
    fn drop(&mut self) {
        self.budget.with(self.peer, |held| {
            *held.of_peer -= self.bytes;
            *held.of_network -= self.bytes;
            *held.of_all -= self.bytes;
        });
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn one_peer_holds_a_share_and_everything_is_released() {
        let budget = MemoryBudget::new(400);
        let peer = |last: u8| PeerKey::from(IpAddr::from([1, 1, 1, last]));
        let first = budget.try_take(peer(1), 90).unwrap();
        assert!(budget.try_take(peer(1), 20).is_none(), "over its share");
        assert!(!budget.is_full(310));
        let large = budget.try_take(peer(2), 300).unwrap();
        assert!(budget.is_full(20));
        assert!(budget.try_take(peer(3), 20).is_none(), "over the total");
        drop(first);
        let _small = budget.try_take(peer(3), 20).unwrap();
        drop(large);
        assert_eq!(budget.used(), 20);
        assert_eq!(budget.0.by_peer.len(), 1);
        assert_eq!(budget.0.by_network.len(), 1);
    }

    #[test]
    fn one_ipv6_network_holds_half_and_then_a_little_for_each_of_its_peers() {
        let budget = MemoryBudget::new(1_280);
        let peer = |ip: &str| PeerKey::from(ip.parse::<IpAddr>().unwrap());
        let _first = budget.try_take(peer("2a00:1:2:1::1"), 320).unwrap();
        let _second = budget.try_take(peer("2a00:1:2:2::1"), 320).unwrap();
        assert!(budget.try_take(peer("2a00:1:2:3::1"), 11).is_none());
        let _little = budget.try_take(peer("2a00:1:2:3::1"), 10).unwrap();
        let _other = budget.try_take(peer("2a00:1:3::1"), 320).unwrap();
    }

    #[test]
    fn a_peer_that_holds_nothing_gets_a_little_although_others_hold_all() {
        let budget = MemoryBudget::new(1_280);
        let peer = |last: u8| PeerKey::from(IpAddr::from([1, 1, 1, last]));
        let _all = budget.try_take(peer(1), 1_280).unwrap();
        assert!(budget.try_take(peer(2), 11).is_none());
        let _little = budget.try_take(peer(2), 10).expect("a little");
        assert!(budget.try_take(peer(2), 1).is_none(), "only once");
    }
}
