//! Peers whose connections are dropped for a short time.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::recent::Recent;
use crate::peer::PeerKey;

/// Length of the first penalty. Each further one is twice as long, up to a configured maximum.
const FIRST: Duration = Duration::from_secs(1);

/// Time after a penalty from which the next one is a first one again.
const FORGIVEN_AFTER: Duration = Duration::from_secs(60);

/// Entries in each generation of the table, which has at most two of them.
const GENERATION: usize = 4_096;

/// The peers under a penalty, and those that recently were. Not their networks: a /48 may have many
/// households, and the refusals that lead to a penalty are paced for all of them together.
#[derive(Debug)]
pub(crate) struct Penalties {
    peers: Mutex<Recent<PeerKey, Penalty>>,
    max: Duration,
}

#[derive(Clone, Copy, Debug, Default)]
struct Penalty {
    until: Option<Instant>,
    length: Duration,
}

impl Penalties {
    pub(crate) fn new(max: Duration) -> Self {
        Self {
            peers: Mutex::new(Recent::new(GENERATION, max + FORGIVEN_AFTER)),
            max,
        }
    }

    /// Begins a penalty unless one is in force, and returns the time that is left of it.
    pub(crate) fn impose(&self, peer: PeerKey) -> Duration {
        let now = Instant::now();
        let mut peers = self.peers.lock();
        let penalty = peers.entry(peer, now);
        if let Some(left) = penalty.left(now) {
            // What was in flight when it began is the same fault, and does not lengthen it.
            return left;
        }
        let is_repeated = penalty
            .until
            .is_some_and(|until| now.duration_since(until) < FORGIVEN_AFTER);
        let length = if is_repeated {
            2 * penalty.length
        } else {
            FIRST
        };
        penalty.length = length.min(self.max);
        penalty.until = Some(now + penalty.length);
        penalty.length
    }

    /// Returns the time that is left of a peer's penalty, if it has one.
    pub(crate) fn left(&self, peer: PeerKey) -> Option<Duration> {
        let now = Instant::now();
        self.peers.lock().get(&peer, now)?.left(now)
    }
}

impl Penalty {
    fn left(self, now: Instant) -> Option<Duration> {
        self.until
            .map(|until| until.saturating_duration_since(now))
            .filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn peer(last: u8) -> PeerKey {
        PeerKey::from(IpAddr::from([1, 1, 1, last]))
    }

    #[tokio::test(start_paused = true)]
    async fn penalties_grow_to_a_maximum_and_are_forgotten() {
        let penalties = Penalties::new(Duration::from_secs(10));
        for seconds in [1, 2, 4, 8, 10, 10] {
            assert_eq!(penalties.left(peer(1)), None);
            let length = Duration::from_secs(seconds);
            assert_eq!(penalties.impose(peer(1)), length);
            tokio::time::advance(length / 2).await;
            assert_eq!(penalties.impose(peer(1)), length / 2, "it is not prolonged");
            assert_eq!(penalties.left(peer(1)), Some(length / 2));
            tokio::time::advance(length / 2).await;
        }
        assert_eq!(penalties.left(peer(2)), None);
        tokio::time::advance(FORGIVEN_AFTER).await;
        assert_eq!(penalties.impose(peer(1)), FIRST);
    }
}
