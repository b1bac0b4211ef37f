//! Paces what one peer causes: first at once, then slowly, then no more.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::recent::Recent;
use crate::peer::{NetworkKey, PEERS_PER_NETWORK, PeerKey};

/// Entries in each generation of a table; a table has at most two of them.
const GENERATION: usize = 4_096;

/// A token bucket for each peer, and a larger one for each network. Its debt is bounded, because
/// an event that would have to wait too long is not charged.
#[derive(Debug)]
pub(crate) struct PeerPacer {
    tables: Mutex<Tables>,
    rate: Rate,
}

/// How often one peer may cause an event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub(crate) per_second: u32,
    /// Events that may come at once after a pause, as seconds of the rate.
    pub(crate) burst_seconds: u32,
    /// Longest delay. With the rate it bounds how many events of one peer wait.
    pub(crate) max_delay_seconds: u32,
}

/// When an event may take place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    AtOnce,
    After(Duration),
    /// Not at all: the peer has caused too many.
    Exceeded,
}

#[derive(Debug)]
struct Tables {
    peers: Recent<PeerKey, Used>,
    networks: Recent<NetworkKey, Used>,
}

/// Tokens that had been used at a time and not been refilled.
#[derive(Clone, Copy, Debug, Default)]
struct Used {
    tokens: f64,
    at: Option<Instant>,
}

impl PeerPacer {
    pub(crate) fn new(rate: Rate) -> Self {
        // An entry may be forgotten once its bucket is full again.
        let keep = Duration::from_secs((rate.burst_seconds + rate.max_delay_seconds).into());
        Self {
            tables: Mutex::new(Tables {
                peers: Recent::new(GENERATION, keep),
                networks: Recent::new(GENERATION, keep),
            }),
            rate,
        }
    }

    /// Charges an event to a peer, and returns when it may take place.
    pub(crate) fn charge(&self, peer: PeerKey) -> Pace {
        let now = Instant::now();
        let mut tables = self.tables.lock();
        let Tables { peers, networks } = &mut *tables;
        let of_peer = f64::from(self.rate.per_second);
        let of_network = of_peer * f64::from(PEERS_PER_NETWORK);
        let burst = f64::from(self.rate.burst_seconds);
        let peer_used = peers.entry(peer, now);
        let network_used = networks.entry(peer.network(), now);
        let delay = peer_used
            .delay(of_peer, burst, now)
            .max(network_used.delay(of_network, burst, now));
        if delay > f64::from(self.rate.max_delay_seconds) {
            return Pace::Exceeded;
        }
        peer_used.charge(of_peer, now);
        network_used.charge(of_network, now);
        if delay > 0.0 {
            Pace::After(Duration::from_secs_f64(delay))
        } else {
            Pace::AtOnce
        }
    }
}

impl Used {
    fn tokens_at(self, per_second: f64, now: Instant) -> f64 {
        let refilled = self
            .at
            .map_or(0.0, |at| now.duration_since(at).as_secs_f64() * per_second);
        (self.tokens - refilled).max(0.0)
    }

    /// Seconds until the bucket has a token for one more event.
    fn delay(self, per_second: f64, burst_seconds: f64, now: Instant) -> f64 {
        let excess = self.tokens_at(per_second, now) + 1.0 - burst_seconds * per_second;
        (excess / per_second).max(0.0)
    }

    fn charge(&mut self, per_second: f64, now: Instant) {
        self.tokens = self.tokens_at(per_second, now) + 1.0;
        self.at = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    const RATE: Rate = Rate {
        per_second: 20,
        burst_seconds: 5,
        max_delay_seconds: 2,
    };

    fn peer(ip: &str) -> PeerKey {
        PeerKey::from(ip.parse::<IpAddr>().unwrap())
    }

    /// Charges until the pacer refuses, and counts what was allowed at once and later.
    fn use_up(pacer: &PeerPacer, peer: PeerKey) -> (usize, usize) {
        let (mut at_once, mut later) = (0, 0);
        loop {
            match pacer.charge(peer) {
                Pace::AtOnce => at_once += 1,
                Pace::After(delay) => {
                    assert!(delay.as_secs_f64() <= 2.0, "{delay:?}");
                    later += 1;
                }
                Pace::Exceeded => return (at_once, later),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_at_once_then_a_few_wait_and_the_rest_is_refused() {
        let pacer = PeerPacer::new(RATE);
        assert_eq!(use_up(&pacer, peer("1.1.1.1")), (100, 40));
        assert_eq!(pacer.charge(peer("1.1.1.2")), Pace::AtOnce);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(use_up(&pacer, peer("1.1.1.1")), (0, 20));
        tokio::time::advance(Duration::from_secs(8)).await;
        assert_eq!(use_up(&pacer, peer("1.1.1.1")), (100, 40));
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_keeps_to_the_rate_never_waits() {
        let pacer = PeerPacer::new(RATE);
        for _ in 0..10_000 {
            assert_eq!(pacer.charge(peer("1.1.1.1")), Pace::AtOnce);
            tokio::time::advance(Duration::from_millis(50)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_ipv6_network_uses_no_more_than_a_few_peers() {
        let pacer = PeerPacer::new(RATE);
        let allowed: usize = (0..1_000)
            .map(|n| use_up(&pacer, peer(&format!("2a00:1:2:{n:x}::1"))))
            .map(|(at_once, later)| at_once + later)
            .sum();
        assert_eq!(allowed, 4 * 140);
        assert_eq!(pacer.charge(peer("2a00:1:3::1")), Pace::AtOnce);
    }
}
