//! Limits how many bytes or leaves each peer may cause to be read in a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::keyed::KeyedLimiter;
use crate::peer::{NetworkKey, PEERS_PER_NETWORK, PeerKey};

/// Number of peers at which those that owe nothing are removed.
const CLEAN_ABOVE: usize = 4_096;

/// A leaky bucket for each peer, and a larger one for each network, which drain evenly over the
/// window. Clones share them.
///
/// A cell-rate limiter would reject a transfer larger than the whole quota; here the last
/// transfer may exceed it, and the peer waits longer afterwards.
#[derive(Clone, Debug)]
pub struct ByteQuota {
    peers: Arc<KeyedLimiter<PeerKey, Option<Owed>>>,
    networks: Arc<KeyedLimiter<NetworkKey, Option<Owed>>>,
    of_peer: Bucket,
    of_network: Bucket,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    bytes: f64,
    window: Duration,
}

/// Bytes that a peer or network owed at a time.
#[derive(Clone, Copy, Debug)]
struct Owed {
    bytes: f64,
    at: Instant,
}

/// The quota of one peer.
#[derive(Clone, Debug)]
pub struct PeerQuota {
    quota: ByteQuota,
    peer: PeerKey,
}

impl ByteQuota {
    #[must_use]
    pub fn new(amount: u64, window: Duration) -> Self {
        let bucket = |amount| Bucket::new(amount, window);
        Self {
            peers: Arc::new(KeyedLimiter::new(CLEAN_ABOVE)),
            networks: Arc::new(KeyedLimiter::new(CLEAN_ABOVE)),
            of_peer: bucket(amount),
            of_network: bucket(amount.saturating_mul(PEERS_PER_NETWORK.into())),
        }
    }

    #[must_use]
    pub fn for_peer(&self, peer: PeerKey) -> PeerQuota {
        PeerQuota {
            quota: self.clone(),
            peer,
        }
    }
}

impl Bucket {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a quota of more than 2^53 bytes limits nothing"
    )]
    fn new(amount: u64, window: Duration) -> Self {
        Self {
            bytes: amount.max(1) as f64,
            window,
        }
    }

    fn owed(self, owed: Option<Owed>, now: Instant) -> f64 {
        let Some(Owed { bytes, at }) = owed else {
            return 0.0;
        };
        let drained = now.duration_since(at).as_secs_f64() * self.bytes / self.window.as_secs_f64();
        (bytes - drained).max(0.0)
    }

    /// Returns the wait if no more may be charged.
    fn wait(self, owed: Option<Owed>, now: Instant) -> Option<Duration> {
        let excess = self.owed(owed, now) - self.bytes;
        (excess >= 0.0).then(|| self.window.mul_f64(excess / self.bytes) + Duration::from_secs(1))
    }

    fn charged(self, owed: Option<Owed>, bytes: u64, now: Instant) -> Owed {
        #[expect(
            clippy::cast_precision_loss,
            reason = "no transfer has more than 2^53 bytes"
        )]
        let bytes = self.owed(owed, now) + bytes as f64;
        Owed { bytes, at: now }
    }
}

impl PeerQuota {
    /// Charges a transfer before it begins, so that concurrent transfers do not all find the
    /// same quota unused. A transfer may exceed what is left, so that a view larger than the
    /// quota can still be fetched.
    ///
    /// # Errors
    /// The wait, if the quota of the peer or of its network is used up.
    pub fn charge(&self, bytes: u64) -> Result<(), Duration> {
        let (quota, now) = (&self.quota, Instant::now());
        let ByteQuota {
            of_peer,
            of_network,
            ..
        } = *quota;
        let is_idle = |bucket: Bucket| move |owed: &Option<Owed>| bucket.owed(*owed, now) == 0.0;
        quota.peers.with(self.peer, is_idle(of_peer), |peer| {
            let network = self.peer.network();
            quota
                .networks
                .with(network, is_idle(of_network), |network| {
                    let waits = (of_peer.wait(*peer, now), of_network.wait(*network, now));
                    if let Some(wait) = waits.0.max(waits.1) {
                        return Err(wait);
                    }
                    *peer = Some(of_peer.charged(*peer, bytes, now));
                    *network = Some(of_network.charged(*network, bytes, now));
                    Ok(())
                })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn peer(last: u8) -> PeerKey {
        PeerKey::from(IpAddr::from([1, 1, 1, last]))
    }

    #[tokio::test(start_paused = true)]
    async fn a_used_quota_drains_evenly_and_only_for_its_own_peer() {
        let quota = ByteQuota::new(3_600, HOUR);
        let first = quota.for_peer(peer(1));
        first.charge(3_600 + 60).unwrap();
        let wait = first.charge(1).unwrap_err().as_secs();
        assert!((60..=61).contains(&wait), "{wait}");
        quota.for_peer(peer(2)).charge(1).unwrap();
        tokio::time::advance(Duration::from_secs(61)).await;
        first.charge(1).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_view_larger_than_the_quota_can_be_fetched_once() {
        let quota = ByteQuota::new(10, HOUR).for_peer(peer(1));
        quota.charge(1_000_000).unwrap();
        quota.charge(1).unwrap_err();
    }

    #[tokio::test(start_paused = true)]
    async fn one_ipv6_network_uses_no_more_than_a_few_peers() {
        let quota = ByteQuota::new(3_600, HOUR);
        let charge = |ip: String| {
            let ip = ip.parse::<IpAddr>().unwrap();
            quota.for_peer(ip.into()).charge(3_600)
        };
        let passed = (0..100).filter(|n| charge(format!("2a00:1:2:{n:x}::1")).is_ok());
        assert_eq!(passed.count(), usize::from(PEERS_PER_NETWORK));
        charge("2a00:1:3::1".to_owned()).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn peers_that_owe_nothing_are_removed() {
        let quota = ByteQuota::new(3_600, HOUR);
        for number in 0..5_000_u32 {
            let ip = IpAddr::from(number.to_be_bytes());
            quota.for_peer(ip.into()).charge(1).unwrap();
            tokio::time::advance(Duration::from_secs(2)).await;
        }
        assert!(quota.peers.len() <= CLEAN_ABOVE);
        assert!(quota.networks.len() <= CLEAN_ABOVE);
    }
}
