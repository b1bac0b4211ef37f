//! Limits of concurrent operations.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::keyed::KeyedLimiter;
use crate::peer::PeerKey;

/// Number of peers at which the table is cleaned. Never reached: permits remove their entry.
const CLEAN_ABOVE: usize = 4_096;

/// Limits concurrent operations, in all and of each peer. Clones share the counts.
#[derive(Clone, Debug)]
pub struct PeerLimiter {
    in_use: Arc<InUse>,
    total: usize,
    per_peer: usize,
}

#[derive(Debug)]
struct InUse {
    total: AtomicUsize,
    by_peer: KeyedLimiter<PeerKey, usize>,
}

/// The limit that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitReached {
    /// That of all peers together.
    Total,
    /// That of this peer.
    Peer,
}

impl PeerLimiter {
    /// Allows `total` operations, `per_peer` of which may be of one peer.
    #[must_use]
    pub fn new(total: usize, per_peer: usize) -> Self {
        Self {
            in_use: Arc::new(InUse {
                total: AtomicUsize::new(0),
                by_peer: KeyedLimiter::new(CLEAN_ABOVE),
            }),
            total,
            per_peer,
        }
    }

    /// Returns a permit for one operation, which lasts until it is dropped.
    ///
    /// # Errors
    /// If a limit is reached.
    pub fn try_acquire(&self, peer: PeerKey) -> Result<Permit, LimitReached> {
        self.in_use.with(peer, |count| {
            if *count >= self.per_peer {
                return Err(LimitReached::Peer);
            }
            let total = &self.in_use.total;
            if total.load(Ordering::Relaxed) >= self.total {
                return Err(LimitReached::Total);
            }
            total.fetch_add(1, Ordering::Relaxed);
            *count += 1;
            Ok(())
        })?;
        Ok(Permit {
            in_use: Arc::clone(&self.in_use),
            peer,
        })
    }

    /// Returns the number of permits in use.
    #[must_use]
    pub fn in_use(&self) -> usize {
        self.in_use.total.load(Ordering::Relaxed)
    }
}

impl InUse {
    /// The total changes only inside, under the table's lock.
    fn with<R>(&self, peer: PeerKey, decide: impl FnOnce(&mut usize) -> R) -> R {
        self.by_peer.with(peer, |count| *count == 0, decide)
    }
}

/// Permission for one operation.
#[derive(Debug)]
#[must_use = "the permit ends when it is dropped"]
pub struct Permit {
    in_use: Arc<InUse>,
    peer: PeerKey,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.in_use.with(self.peer, |count| {
            *count -= 1;
            self.in_use.total.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn peer(ip: &str) -> PeerKey {
        PeerKey::from(ip.parse::<IpAddr>().unwrap())
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
        assert_eq!(limiter.in_use.by_peer.len(), 2);
    }
}
