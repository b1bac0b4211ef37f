//! Limits how many bytes all calls together, and those of each peer, hold in memory.

use std::sync::Arc;

use parking_lot::Mutex;

use super::keyed::KeyedLimiter;
use crate::peer::PeerKey;

/// Number of peers at which the table is cleaned. Never reached: permits remove their entry.
const CLEAN_ABOVE: usize = 4_096;

/// The part of the budget that one peer may hold, as a divisor.
const PEER_SHARE: u64 = 4;

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
}

impl MemoryBudget {
    pub(crate) fn new(total: u64) -> Self {
        Self(Arc::new(Shared {
            total,
            used: Mutex::new(0),
            by_peer: KeyedLimiter::new(CLEAN_ABOVE),
        }))
    }

    /// Takes bytes until the permit is dropped. `None` if they are not left. A peer that holds
    /// nothing may take more than its share, so that nothing is too large to be sent at all, and a
    /// little in any case.
    pub(crate) fn try_take(&self, peer: PeerKey, bytes: u64) -> Option<MemoryPermit> {
        let shared = &self.0;
        let taken = shared.by_peer.with(peer, is_zero, |held| {
            let mut used = shared.used.lock();
            let over_share = *held > 0 && *held + bytes > shared.total / PEER_SHARE;
            let over_total = *used > 0 && *used + bytes > shared.total;
            let is_small = *held == 0 && bytes <= shared.total / SMALL_SHARE;
            if over_share || (over_total && !is_small) {
                return false;
            }
            *held += bytes;
            *used += bytes;
            true
        });
        taken.then(|| MemoryPermit {
            budget: self.clone(),
            peer,
            bytes,
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
        let shared = &self.budget.0;
        shared.by_peer.with(self.peer, is_zero, |held| {
            *held -= self.bytes;
            *shared.used.lock() -= self.bytes;
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
