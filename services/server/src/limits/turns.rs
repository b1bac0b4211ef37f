//! Turns for work that occupies a processor or the store, shared fairly between networks.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::keyed::KeyedLimiter;
use crate::peer::NetworkKey;

/// Number of networks at which the table is cleaned. Never reached: each call that leaves the
/// queue removes its network.
const CLEAN_ABOVE: usize = 4_096;

/// Bounds how many calls work at a time. Networks take turns: a network with many waiting calls
/// delays its own calls, and those of another network by one turn at most. Peers of a network
/// have no turns of their own, because with them it would have as many as it likes. Clones share
/// the turns.
///
/// The wait is bounded by the deadlines of calls, and its length by their number.
#[derive(Clone, Debug)]
pub struct FairTurns(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    working: Arc<Semaphore>,
    networks: KeyedLimiter<NetworkKey, Network>,
}

/// The calls of one network that wait for a turn.
#[derive(Debug)]
struct Network {
    /// One permit: only one call of a network queues with those of the others.
    next: Arc<Semaphore>,
    waiting: usize,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            next: Arc::new(Semaphore::new(1)),
            waiting: 0,
        }
    }
}

/// Permission to work, until it is dropped.
#[derive(Debug)]
#[must_use = "the turn ends when it is dropped"]
pub struct Turn(#[expect(dead_code, reason = "held, not read")] Option<OwnedSemaphorePermit>);

/// A call that waits.
struct Waiting<'a> {
    shared: &'a Shared,
    network: NetworkKey,
}

impl FairTurns {
    /// Allows `at_a_time` calls to work.
    #[must_use]
    pub fn new(at_a_time: usize) -> Self {
        Self(Arc::new(Shared {
            working: Arc::new(Semaphore::new(at_a_time)),
            networks: KeyedLimiter::new(CLEAN_ABOVE),
        }))
    }

    /// Allows half of the processors to work, and at least one: the others remain for calls that
    /// do not wait for a turn.
    #[must_use]
    pub fn of_half_the_processors() -> Self {
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        Self::new((all / 2).max(1))
    }

    /// Waits until a call of this network may work.
    pub async fn next(&self, network: NetworkKey) -> Turn {
        let shared = &*self.0;
        let (_waiting, next) = shared.enter(network);
        // Neither semaphore is ever closed.
        let _next = next.acquire().await.ok();
        Turn(Arc::clone(&shared.working).acquire_owned().await.ok())
    }

    #[cfg(test)]
    pub(crate) fn networks(&self) -> usize {
        self.0.networks.len()
    }
}

impl Shared {
    fn enter(&self, network: NetworkKey) -> (Waiting<'_>, Arc<Semaphore>) {
        let next = self.networks.with(network, is_idle, |state| {
            state.waiting += 1;
            Arc::clone(&state.next)
        });
        let shared = self;
        (Waiting { shared, network }, next)
    }
}

fn is_idle(network: &Network) -> bool {
    network.waiting == 0
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let networks = &self.shared.networks;
        networks.with(self.network, is_idle, |state| state.waiting -= 1);
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use futures::FutureExt as _;

    use super::*;
    use crate::peer::PeerKey;

    fn network(last: u8) -> NetworkKey {
        PeerKey::from(IpAddr::from([1, 1, 1, last])).network()
    }

    #[tokio::test]
    async fn a_network_with_many_waiting_calls_delays_another_by_one_turn() {
        let turns = FairTurns::new(1);
        let working = turns.next(network(1)).await;
        let mut flood: Vec<_> = (0..50).map(|_| Box::pin(turns.next(network(1)))).collect();
        for call in &mut flood {
            assert!(call.now_or_never().is_none());
        }
        let mut newcomer = Box::pin(turns.next(network(2)));
        assert!((&mut newcomer).now_or_never().is_none());
        drop(working);
        let first = flood[0].as_mut().now_or_never().expect("it came first");
        assert!((&mut newcomer).now_or_never().is_none(), "one at a time");
        assert!(flood[1].as_mut().now_or_never().is_none());
        drop(first);
        assert!(flood[1].as_mut().now_or_never().is_none());
        let second = (&mut newcomer).now_or_never();
        drop(second.expect("the newcomer comes before the rest"));
        let third = flood[1].as_mut().now_or_never();
        drop(third.expect("the flood continues"));
        drop((flood, newcomer));
        assert_eq!(turns.networks(), 0, "nothing of a network is kept");
    }

    #[tokio::test]
    async fn one_network_may_use_every_turn_while_no_other_waits() {
        let turns = FairTurns::new(2);
        let first = turns.next(network(1)).await;
        let _second = turns.next(network(1)).await;
        assert!(turns.next(network(1)).now_or_never().is_none());
        drop(first);
        let _third = turns.next(network(1)).now_or_never().expect("one is free");
    }
}
