//! The order in which waiting work gets a place: start-time fair queueing by the time that each
//! peer has used.
//!
//! Depends on neither threads nor clocks, so that tests can run it step by step.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use hedgerow_server::peer::{NetworkKey, PEERS_PER_NETWORK, PeerKey};

use super::virtual_time::VirtualTimes;

/// Work beyond one for each core begins only for a peer that is behind all running ones by this
/// virtual time. Peers that use all they get differ by a few slices.
const MUCH_LESS: Duration = Duration::from_millis(25);

/// How much work may run and wait at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct QueueLimits {
    /// Running work of any peers: the number of cores.
    pub(super) cores: usize,
    /// Running work, including that of peers which have used much less than the others, or of a
    /// single peer. More than the cores, because one search can compute while another waits
    /// for the disk.
    pub(super) places: usize,
    /// Waiting work of one peer.
    pub(super) per_peer: usize,
    /// Waiting work of all peers.
    pub(super) total: usize,
}

/// Why work cannot wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QueueFull {
    /// This peer has too much waiting work.
    Peer,
    /// All peers together have, and none of them has used more than this one.
    All,
}

/// Work that waits, by peer, and the number of running work. `T` is how the work is started.
#[derive(Debug)]
pub(super) struct FairQueue<T> {
    limits: QueueLimits,
    peers: HashMap<PeerKey, PeerWork<T>>,
    peer_times: VirtualTimes<PeerKey>,
    network_times: VirtualTimes<NetworkKey>,
    /// The virtual time that all peers with work have reached.
    time: Duration,
    waiting: usize,
    running: usize,
    arrivals: u64,
}

/// The work of a peer that has any.
#[derive(Debug)]
struct PeerWork<T> {
    running: usize,
    waiting: VecDeque<Waiting<T>>,
}

#[derive(Debug)]
struct Waiting<T> {
    arrival: u64,
    /// Whether it has run already and was paused. It is never dropped for other work.
    is_paused: bool,
    ticket: T,
}

impl<T> FairQueue<T> {
    pub(super) fn new(limits: QueueLimits) -> Self {
        Self {
            limits,
            peers: HashMap::new(),
            peer_times: VirtualTimes::default(),
            network_times: VirtualTimes::default(),
            time: Duration::ZERO,
            waiting: 0,
            running: 0,
            arrivals: 0,
        }
    }

    /// Whether a slice of running work should end: others wait, or run without a core.
    pub(super) fn is_contended(&self) -> bool {
        self.waiting > 0 || self.running > self.limits.cores
    }

    pub(super) fn is_full(&self) -> bool {
        self.waiting >= self.limits.total
    }

    /// Adds new work after that of the same peer. If the queue is full, work of the peer that
    /// has used most is dropped for it.
    pub(super) fn push(&mut self, peer: PeerKey, ticket: T) -> Result<(), QueueFull> {
        let own = self.peers.get(&peer).map_or(0, |work| work.waiting.len());
        if own >= self.limits.per_peer {
            return Err(QueueFull::Peer);
        }
        if !self.peers.contains_key(&peer) {
            self.peer_times.arrive(peer, self.time);
            self.network_times.arrive(peer.network(), self.time);
        }
        if self.is_full() && !self.drop_for(peer) {
            return Err(QueueFull::All);
        }
        self.insert(peer, ticket, false);
        Ok(())
    }

    /// Adds work that was running, before the other work of its peer: so a peer has no more
    /// begun work than places.
    pub(super) fn push_paused(&mut self, peer: PeerKey, ticket: T) {
        self.insert(peer, ticket, true);
    }

    fn insert(&mut self, peer: PeerKey, ticket: T, is_paused: bool) {
        self.arrivals += 1;
        self.waiting += 1;
        let waiting = Waiting {
            arrival: self.arrivals,
            is_paused,
            ticket,
        };
        let work = self.peers.entry(peer).or_insert_with(|| PeerWork {
            running: 0,
            waiting: VecDeque::new(),
        });
        if is_paused {
            work.waiting.push_front(waiting);
        } else {
            work.waiting.push_back(waiting);
        }
    }

    /// Returns the work that may run next, which then counts as running.
    pub(super) fn next(&mut self) -> Option<(PeerKey, T)> {
        if self.running >= self.limits.places {
            return None;
        }
        let fronts = self.peers.iter().filter_map(|(&peer, work)| {
            let front = work.waiting.front()?;
            // Peers of a network are often at its time. If they began in order of arrival, all
            // of them could be paused at once, each with a thread.
            let order = (self.time_of(peer), !front.is_paused, front.arrival);
            Some((order, peer))
        });
        let ((time, ..), peer) = fronts.min_by_key(|(order, _)| *order)?;
        if self.running >= self.limits.cores && !self.has_used_much_less(peer, time) {
            return None;
        }
        let work = self.peers.get_mut(&peer)?;
        let front = work.waiting.pop_front()?;
        work.running += 1;
        self.waiting -= 1;
        self.running += 1;
        Some((peer, front.ticket))
    }

    /// Whether a peer has used much less than each other peer whose work runs.
    fn has_used_much_less(&self, peer: PeerKey, time: Duration) -> bool {
        let mut others = self.peers.iter();
        others.all(|(&other, work)| {
            other == peer || work.running == 0 || time + MUCH_LESS < self.time_of(other)
        })
    }

    /// Records time that running work has used.
    pub(super) fn charge(&mut self, peer: PeerKey, used: Duration) {
        self.peer_times.advance(&peer, used);
        self.network_times
            .advance(&peer.network(), used / u32::from(PEERS_PER_NETWORK));
        // While a peer is alone, the time of the queue is its own: what it uses then does not
        // count against it when others come.
        let least = self.peers.keys().map(|&peer| self.time_of(peer)).min();
        self.time = least.map_or(self.time, |least| self.time.max(least));
    }

    /// Records that work no longer runs.
    pub(super) fn release(&mut self, peer: PeerKey) {
        self.running -= 1;
        if let Some(work) = self.peers.get_mut(&peer) {
            work.running -= 1;
            self.remove_idle(peer);
        }
    }

    /// Removes waiting work that is not wanted any more.
    pub(super) fn retain(&mut self, is_wanted: impl Fn(&T) -> bool) {
        self.peers.retain(|_, work| {
            let before = work.waiting.len();
            work.waiting.retain(|waiting| is_wanted(&waiting.ticket));
            self.waiting -= before - work.waiting.len();
            work.running > 0 || !work.waiting.is_empty()
        });
    }

    /// Drops the newest work of the peer that has used most, and of several of one whose network
    /// has most waiting work, if that is more than `newcomer`.
    fn drop_for(&mut self, newcomer: PeerKey) -> bool {
        let mut of_networks = HashMap::<NetworkKey, usize>::new();
        for (peer, work) in &self.peers {
            *of_networks.entry(peer.network()).or_default() += work.waiting.len();
        }
        let waiting = |peer: PeerKey| of_networks.get(&peer.network()).copied();
        let droppable = self.peers.iter().filter_map(|(&peer, work)| {
            let is_new = work.waiting.back().is_some_and(|back| !back.is_paused);
            let used = (self.time_of(peer), waiting(peer).unwrap_or_default());
            is_new.then_some((used, work.waiting.len(), peer))
        });
        let most = droppable.max_by_key(|(used, waiting, _)| (*used, *waiting));
        // One more would be as many, so that two networks would drop each other's work in turns.
        let own = waiting(newcomer).unwrap_or_default() + 1;
        let least = (self.time_of(newcomer), own);
        let Some((.., peer)) = most.filter(|(used, ..)| *used > least) else {
            return false;
        };
        if let Some(work) = self.peers.get_mut(&peer) {
            work.waiting.pop_back();
            self.waiting -= 1;
            self.remove_idle(peer);
        }
        true
    }

    fn remove_idle(&mut self, peer: PeerKey) {
        let is_idle = |work: &PeerWork<T>| work.running == 0 && work.waiting.is_empty();
        if self.peers.get(&peer).is_some_and(is_idle) {
            self.peers.remove(&peer);
        }
    }

    /// The virtual time of a peer with work, or that of its network if it is later.
    fn time_of(&self, peer: PeerKey) -> Duration {
        let of_network = self.network_times.of(&peer.network());
        self.peer_times.of(&peer).max(of_network)
    }
}

#[cfg(test)]
mod tests;
