//! Limits of concurrent operations.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::progress::{EarlyEnd, Progress};
use crate::peer::{NetworkKey, PEERS_PER_NETWORK, PeerKey};

/// Limits concurrent operations: in all, of each peer, and of each network. Clones share the
/// counts.
///
/// A full limiter can evict the operation that has waited longest for its caller rather than
/// refuse a newcomer: otherwise a few addresses that send nothing would lock everybody out. A
/// newcomer whose network has fewer operations than another takes a place of that network at
/// once, so that a flood which fills each freed place again does not win the race for it.
#[derive(Clone, Debug)]
pub struct PeerLimiter {
    table: Arc<Mutex<Table>>,
    total: usize,
    per_peer: usize,
    evict_after: Option<Duration>,
}

#[derive(Debug, Default)]
struct Table {
    next: u64,
    open: BTreeMap<u64, Operation>,
    by_peer: HashMap<PeerKey, usize>,
    by_network: HashMap<NetworkKey, usize>,
}

#[derive(Debug)]
struct Operation {
    peer: PeerKey,
    /// Without it the operation is never evicted.
    progress: Option<Arc<Progress>>,
}

/// The limit that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitReached {
    /// That of all peers together.
    Total,
    /// That of this peer, or of its network.
    Peer,
}

/// The operations among which one is evicted.
#[derive(Clone, Copy)]
enum Scope {
    Peer(PeerKey),
    Network(NetworkKey),
    All,
}

impl PeerLimiter {
    /// Allows `total` operations, `per_peer` of which may be of one peer.
    #[must_use]
    pub fn new(total: usize, per_peer: usize) -> Self {
        Self {
            table: Arc::default(),
            total,
            per_peer,
            evict_after: None,
        }
    }

    /// Makes a full limiter evict an operation that has waited for its caller for this time.
    #[must_use]
    pub fn evicting(mut self, after: Duration) -> Self {
        self.evict_after = Some(after);
        self
    }

    /// Returns a permit for one operation that is never evicted. It lasts until it is dropped.
    ///
    /// # Errors
    /// If a limit is reached.
    pub fn try_acquire(&self, peer: PeerKey) -> Result<Permit, LimitReached> {
        self.acquire(peer, None)
    }

    /// Returns a permit for an operation that can be evicted: its progress is then ended.
    ///
    /// # Errors
    /// If a limit is reached, and nothing under it has waited for long enough.
    pub fn try_acquire_for(
        &self,
        peer: PeerKey,
        progress: &Arc<Progress>,
    ) -> Result<Permit, LimitReached> {
        self.acquire(peer, Some(Arc::clone(progress)))
    }

    fn acquire(
        &self,
        peer: PeerKey,
        progress: Option<Arc<Progress>>,
    ) -> Result<Permit, LimitReached> {
        let mut table = self.table.lock();
        if let Some((limit, scope)) = self.reached(&table, peer) {
            let own = count(&table.by_network, &peer.network());
            let victim = self
                .evict_after
                .and_then(|after| table.longest_waiting(scope, after, own));
            // One operation less in the narrower scope is one less in the wider ones too.
            if !table.evict(victim) {
                return Err(limit);
            }
        }
        let id = table.insert(Operation { peer, progress });
        Ok(Permit {
            table: Arc::clone(&self.table),
            id,
        })
    }

    fn reached(&self, table: &Table, peer: PeerKey) -> Option<(LimitReached, Scope)> {
        let network = peer.network();
        let of_network = self.per_peer.saturating_mul(PEERS_PER_NETWORK.into());
        if count(&table.by_peer, &peer) >= self.per_peer {
            Some((LimitReached::Peer, Scope::Peer(peer)))
        } else if count(&table.by_network, &network) >= of_network {
            Some((LimitReached::Peer, Scope::Network(network)))
        } else if table.open.len() >= self.total {
            Some((LimitReached::Total, Scope::All))
        } else {
            None
        }
    }

    /// Evicts the operation that has waited longest for its caller, if one has waited long enough.
    pub fn evict_one(&self) -> bool {
        let mut table = self.table.lock();
        let victim = self
            .evict_after
            .and_then(|after| table.longest_waiting(Scope::All, after, usize::MAX));
        table.evict(victim)
    }

    /// Returns the number of permits in use.
    #[must_use]
    pub fn in_use(&self) -> usize {
        self.table.lock().open.len()
    }
}

impl Table {
    fn insert(&mut self, operation: Operation) -> u64 {
        let peer = operation.peer;
        *self.by_peer.entry(peer).or_default() += 1;
        *self.by_network.entry(peer.network()).or_default() += 1;
        self.next += 1;
        self.open.insert(self.next, operation);
        self.next
    }

    fn remove(&mut self, id: u64) -> Option<Operation> {
        let operation = self.open.remove(&id)?;
        decrement(&mut self.by_peer, &operation.peer);
        decrement(&mut self.by_network, &operation.peer.network());
        Some(operation)
    }

    /// Returns the operation to evict for a newcomer whose network has `own` operations. Among
    /// all, one of the network with most operations, so that the fewest are evicted of those
    /// who use little.
    fn longest_waiting(&self, scope: Scope, after: Duration, own: usize) -> Option<u64> {
        let in_scope = |peer: PeerKey| match scope {
            Scope::Peer(only) => peer == only,
            Scope::Network(only) => peer.network() == only,
            Scope::All => true,
        };
        self.open
            .iter()
            .filter(|(_, operation)| in_scope(operation.peer))
            .filter_map(|(id, operation)| {
                let waited = operation.progress.as_ref()?.waiting_for()?;
                let of_network = count(&self.by_network, &operation.peer.network());
                // More than one operation more, so that two networks cannot evict each other in
                // turns.
                let uses_more = of_network > own.saturating_add(1);
                (waited >= after || uses_more).then_some((of_network, waited, Reverse(*id)))
            })
            .max()
            .map(|(_, _, Reverse(id))| id)
    }

    fn evict(&mut self, victim: Option<u64>) -> bool {
        let Some(operation) = victim.and_then(|id| self.remove(id)) else {
            return false;
        };
        if let Some(progress) = operation.progress {
            progress.end(EarlyEnd::Evicted);
        }
        true
    }
}

fn count<K: Eq + Hash>(counts: &HashMap<K, usize>, key: &K) -> usize {
    counts.get(key).copied().unwrap_or_default()
}

fn decrement<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

/// Permission for one operation.
#[derive(Debug)]
#[must_use = "the permit ends when it is dropped"]
pub struct Permit {
    table: Arc<Mutex<Table>>,
    id: u64,
}

impl Drop for Permit {
    fn drop(&mut self) {
        // Of an evicted operation nothing is left.
        self.table.lock().remove(self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    const AFTER: Duration = Duration::from_secs(2);

    fn peer(ip: &str) -> PeerKey {
        PeerKey::from(ip.parse::<IpAddr>().unwrap())
    }

    fn waiting() -> Arc<Progress> {
        Arc::new(Progress::begin_waiting())
    }

    #[test]
    fn one_peer_cannot_use_every_permit() {
        let limiter = PeerLimiter::new(3, 2);
        let first = limiter.try_acquire(peer("1.1.1.1")).unwrap();
        let _second = limiter.try_acquire(peer("1.1.1.1")).unwrap();
        let error = limiter.try_acquire(peer("1.1.1.1")).unwrap_err();
        assert_eq!(error, LimitReached::Peer);
        let _third = limiter.try_acquire(peer("2.2.2.2")).unwrap();
        let error = limiter.try_acquire(peer("3.3.3.3")).unwrap_err();
        assert_eq!(error, LimitReached::Total);
        drop(first);
        assert_eq!(limiter.in_use(), 2);
        drop(limiter.try_acquire(peer("3.3.3.3")).unwrap());
        assert_eq!(limiter.in_use(), 2);
        assert_eq!(limiter.table.lock().by_peer.len(), 2);
    }

    #[test]
    fn one_ipv6_network_cannot_use_every_permit() {
        let limiter = PeerLimiter::new(100, 2);
        let permits: Vec<_> = (0..50)
            .flat_map(|n| limiter.try_acquire(peer(&format!("2a00:1:2:{n:x}::1"))))
            .collect();
        assert_eq!(permits.len(), 2 * usize::from(PEERS_PER_NETWORK));
        let _other = limiter.try_acquire(peer("2a00:1:3::1")).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_newcomer_evicts_the_longest_waiting_of_the_largest_network() {
        let limiter = PeerLimiter::new(4, 3).evicting(AFTER);
        let honest = waiting();
        let _honest = limiter.try_acquire_for(peer("1.1.1.1"), &honest).unwrap();
        tokio::time::advance(AFTER).await;
        let hoarded: Vec<_> = (0..3).map(|_| waiting()).collect();
        let places: Vec<_> = hoarded
            .iter()
            .map(|progress| limiter.try_acquire_for(peer("6.6.6.6"), progress))
            .collect();
        tokio::time::advance(AFTER / 2).await;
        hoarded[0].advance(1);
        let newcomer = limiter.try_acquire(peer("2.2.2.2")).unwrap();
        assert_eq!(hoarded[1].early_end(), Some(EarlyEnd::Evicted));
        assert_eq!((hoarded[0].early_end(), honest.early_end()), (None, None));
        assert_eq!(limiter.in_use(), 4);
        drop((places, newcomer));
        assert_eq!(limiter.in_use(), 1, "an evicted permit is released once");
    }

    #[tokio::test(start_paused = true)]
    async fn of_equal_networks_none_evicts_another_before_the_time() {
        let limiter = PeerLimiter::new(2, 2).evicting(AFTER);
        let (one, other) = (waiting(), waiting());
        let _one = limiter.try_acquire_for(peer("1.1.1.1"), &one).unwrap();
        let _other = limiter.try_acquire_for(peer("6.6.6.6"), &other).unwrap();
        let refused = limiter.try_acquire(peer("2.2.2.2")).unwrap_err();
        assert_eq!(refused, LimitReached::Total, "nothing has waited for long");
        tokio::time::advance(AFTER).await;
        let _newcomer = limiter.try_acquire(peer("2.2.2.2")).unwrap();
        assert_eq!(one.early_end(), Some(EarlyEnd::Evicted));
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_over_its_own_limit_evicts_nothing_of_others() {
        let limiter = PeerLimiter::new(10, 1).evicting(AFTER);
        let (other, own) = (waiting(), waiting());
        let _other = limiter.try_acquire_for(peer("1.1.1.1"), &other).unwrap();
        let _own = limiter.try_acquire_for(peer("6.6.6.6"), &own).unwrap();
        tokio::time::advance(AFTER).await;
        let _again = limiter.try_acquire(peer("6.6.6.6")).unwrap();
        assert_eq!(own.early_end(), Some(EarlyEnd::Evicted));
        assert_eq!(other.early_end(), None);
        let busy = limiter.try_acquire(peer("6.6.6.6")).unwrap_err();
        assert_eq!(busy, LimitReached::Peer);
    }
}
