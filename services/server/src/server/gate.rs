//! Makes refusals cheap: a peer whose calls or connections are refused all the time gets fewer
//! responses, then no connections.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::proxy::ReverseProxy;
use crate::limits::{Pace, PeerPacer, Penalties, Rate, ServerLimits};
use crate::metrics::{Refused, ServerMetrics};
use crate::peer::{Peer, PeerKey};

/// Responses to refused calls of all peers that may wait. Each holds a stream of HTTP/2, but
/// neither a place nor a thread.
const MAX_WAITING: usize = 1_024;

/// What the server remembers of the peers that it refused.
#[derive(Debug)]
pub(super) struct Gate {
    connections: PeerPacer,
    refusals: PeerPacer,
    penalties: Penalties,
    waiting: Arc<Semaphore>,
    metrics: ServerMetrics,
    proxy: Option<Arc<ReverseProxy>>,
}

/// What happens to the response of a refused call.
#[derive(Debug)]
pub(super) enum Refusal {
    AtOnce,
    /// The permit lasts while it waits.
    After(Duration, OwnedSemaphorePermit),
    /// At once, because too many others wait: its caller is to wait for the time in addition.
    Postponed(Duration),
    /// It is replaced, and its connection closed. The time is what is left of the penalty.
    Penalty(Duration),
}

impl Gate {
    pub(super) fn new(limits: &ServerLimits, metrics: ServerMetrics) -> Self {
        Self {
            connections: PeerPacer::new(Rate {
                per_second: limits.new_connections_per_peer_and_second,
                burst_seconds: 5,
                max_delay_seconds: 2,
            }),
            // Seventy calls may be refused together before there is a penalty, as many as a
            // client with 64 calls at once can have. A delay of a refusal costs it little.
            refusals: PeerPacer::new(Rate {
                per_second: limits.refusals_per_peer_and_second,
                burst_seconds: 3,
                max_delay_seconds: 4,
            }),
            penalties: Penalties::new(Duration::from_secs(limits.penalty_seconds)),
            waiting: Arc::new(Semaphore::new(MAX_WAITING)),
            metrics,
            proxy: None,
        }
    }

    /// Does not count the connections of a reverse proxy: they are those of all its visitors.
    pub(super) fn trusting(mut self, proxy: Option<Arc<ReverseProxy>>) -> Self {
        self.proxy = proxy;
        self
    }

    /// Returns how long a new connection waits for its handshake. `None` if it is dropped.
    pub(super) fn admit_from(&self, peer: Peer) -> Option<Duration> {
        if self
            .proxy
            .as_ref()
            .is_some_and(|it| it.is_trusted(peer.0.ip()))
        {
            return Some(Duration::ZERO);
        }
        self.admit(peer.key())
    }

    fn admit(&self, peer: PeerKey) -> Option<Duration> {
        if self.penalties.left(peer).is_some() {
            self.metrics.connection_refused(Refused::Penalty);
            return None;
        }
        match self.connections.charge(peer) {
            Pace::AtOnce => Some(Duration::ZERO),
            Pace::After(delay) => Some(delay),
            Pace::Exceeded => {
                self.metrics.connection_refused(Refused::Rate);
                None
            }
        }
    }

    /// Charges a refused call to its peer.
    pub(super) fn refuse(&self, peer: PeerKey) -> Refusal {
        match self.refusals.charge(peer) {
            Pace::AtOnce => Refusal::AtOnce,
            // Others may fill the places. A caller that waits as it is told is as slow without one,
            // and any other gets a penalty sooner.
            Pace::After(delay) => match Arc::clone(&self.waiting).try_acquire_owned() {
                Ok(permit) => {
                    self.metrics.refusal_delayed();
                    Refusal::After(delay, permit)
                }
                Err(_) => Refusal::Postponed(delay),
            },
            Pace::Exceeded => {
                self.metrics.penalised();
                Refusal::Penalty(self.penalties.impose(peer))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn peer(number: u32) -> PeerKey {
        PeerKey::from(IpAddr::from(number.to_be_bytes()))
    }

    fn gate() -> Gate {
        Gate::new(&ServerLimits::default(), ServerMetrics::default())
    }

    /// Refuses calls until the peer gets a penalty, and returns its length and what waits.
    fn provoke(gate: &Gate, peer: PeerKey) -> (Duration, Vec<Refusal>) {
        let mut waiting = Vec::new();
        loop {
            match gate.refuse(peer) {
                Refusal::AtOnce | Refusal::Postponed(_) => {}
                Refusal::Penalty(length) => return (length, waiting),
                after @ Refusal::After(..) => waiting.push(after),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_ignores_refusals_is_locked_out_briefly_and_no_other() {
        let gate = gate();
        let (length, _) = provoke(&gate, peer(1));
        assert_eq!(length, Duration::from_secs(1));
        assert_eq!(gate.admit(peer(1)), None);
        assert_eq!(gate.admit(peer(2)), Some(Duration::ZERO));
        tokio::time::advance(length).await;
        assert_eq!(gate.admit(peer(1)), Some(Duration::ZERO));
    }

    /// Fifty programs at one address, all refused together and each time. Returns whether they
    /// never cause a penalty.
    async fn are_unpunished(gate: &Gate) -> bool {
        let programs = (0..50).map(async |_| {
            for _ in 0..100 {
                match gate.refuse(peer(1)) {
                    Refusal::AtOnce => {}
                    Refusal::After(delay, _waiting) => tokio::time::sleep(delay).await,
                    Refusal::Postponed(delay) => tokio::time::sleep(delay).await,
                    Refusal::Penalty(_) => return false,
                }
                tokio::time::sleep(super::super::trailers::RETRY_AFTER).await;
            }
            true
        });
        let all = futures::future::join_all(programs).await;
        all.into_iter().all(|unpunished| unpunished)
    }

    #[tokio::test(start_paused = true)]
    async fn programs_that_wait_after_each_refusal_never_cause_a_penalty() {
        assert!(are_unpunished(&gate()).await);
    }

    #[tokio::test(start_paused = true)]
    async fn nor_do_they_while_others_fill_the_places_of_delayed_responses() {
        let gate = gate();
        let _full: Vec<_> = (100..200)
            .flat_map(|number| provoke(&gate, peer(number)).1)
            .collect();
        assert_eq!(gate.waiting.available_permits(), 0);
        assert!(are_unpunished(&gate).await);
    }

    #[tokio::test(start_paused = true)]
    async fn few_responses_wait_however_many_peers_there_are() {
        let gate = gate();
        let waiting: Vec<_> = (0..1_000)
            .flat_map(|number| provoke(&gate, peer(number)).1)
            .collect();
        assert_eq!(waiting.len(), MAX_WAITING);
        assert!(matches!(gate.refuse(peer(2_000)), Refusal::AtOnce));
        drop(waiting);
        assert_eq!(gate.waiting.available_permits(), MAX_WAITING);
    }

    #[tokio::test(start_paused = true)]
    async fn connections_beyond_a_burst_wait_then_are_dropped() {
        let gate = gate();
        let admitted: Vec<_> = std::iter::from_fn(|| gate.admit(peer(1))).collect();
        let at_once = admitted.iter().filter(|delay| delay.is_zero()).count();
        assert_eq!((at_once, admitted.len()), (100, 140));
        assert_eq!(gate.admit(peer(2)), Some(Duration::ZERO));
    }
}
