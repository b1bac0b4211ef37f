//! Who is at the other end, as far as limits care.

use std::collections::HashMap;
use std::net::IpAddr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

/// Where a call comes from; among the extensions of every request that the server hands
/// on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

impl Peer {
    /// Whom limits count.
    #[must_use]
    pub fn key(self) -> PeerKey {
        PeerKey::from(self.0.ip())
    }

    /// Whom limits count, of a request that this crate's server handed on; requests
    /// that came in another way count as one peer.
    #[must_use]
    pub fn key_of<T>(request: &tonic::Request<T>) -> PeerKey {
        request
            .extensions()
            .get::<Self>()
            .map_or(PeerKey(IpAddr::V6(Ipv6Addr::UNSPECIFIED)), |peer| {
                peer.key()
            })
    }
}

/// One IPv4 address or one IPv6 /64: as much as one household or machine usually has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PeerKey(IpAddr);

impl From<IpAddr> for PeerKey {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
            IpAddr::V4(v4) => IpAddr::V4(v4),
        })
    }
}

/// A limit of places, for each peer and for all together.
#[derive(Clone, Debug)]
pub struct Places {
    taken: Arc<Mutex<Taken>>,
    all: usize,
    each: usize,
}

#[derive(Debug, Default)]
struct Taken {
    total: usize,
    by_peer: HashMap<PeerKey, usize>,
}

/// Which of the two limits is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPlace {
    /// Everybody together has too many.
    All,
    /// This peer has too many.
    Peer,
}

impl Places {
    /// `all` places, of which one peer may have `each`.
    #[must_use]
    pub fn new(all: usize, each: usize) -> Self {
        Self {
            taken: Arc::default(),
            all,
            each,
        }
    }

    /// Takes a place; it is free again when dropped.
    ///
    /// # Errors
    /// With the limit that is reached.
    pub fn take(&self, peer: PeerKey) -> Result<Place, NoPlace> {
        let mut taken = lock(&self.taken);
        if taken.by_peer.get(&peer).is_some_and(|n| *n >= self.each) || self.each == 0 {
            return Err(NoPlace::Peer);
        }
        if taken.total >= self.all {
            return Err(NoPlace::All);
        }
        taken.total += 1;
        *taken.by_peer.entry(peer).or_default() += 1;
        Ok(Place {
            taken: Arc::clone(&self.taken),
            peer,
        })
    }

    /// How many places are taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        lock(&self.taken).total
    }
}

/// A place taken.
#[derive(Debug)]
pub struct Place {
    taken: Arc<Mutex<Taken>>,
    peer: PeerKey,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        taken.total = taken.total.saturating_sub(1);
        if let Some(count) = taken.by_peer.get_mut(&self.peer) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.by_peer.remove(&self.peer);
            }
        }
    }
}

/// Counts are whole between any two statements, so a panic elsewhere spoils nothing.
fn lock(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(ip: &str) -> PeerKey {
        PeerKey::from(ip.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn neighbours_in_one_ipv6_network_are_one_peer() {
        assert_eq!(peer("2a00:1::1"), peer("2a00:1::ffff"));
        assert_ne!(peer("2a00:1::1"), peer("2a00:1:0:1::1"));
        assert_eq!(peer("::ffff:1.2.3.4"), peer("1.2.3.4"));
        assert_ne!(peer("1.2.3.4"), peer("1.2.3.5"));
    }

    #[test]
    fn one_peer_cannot_take_every_place() {
        let places = Places::new(3, 2);
        let first = places.take(peer("1.1.1.1")).unwrap();
        let _second = places.take(peer("1.1.1.1")).unwrap();
        assert_eq!(places.take(peer("1.1.1.1")).unwrap_err(), NoPlace::Peer);
        let _third = places.take(peer("2.2.2.2")).unwrap();
        assert_eq!(places.take(peer("3.3.3.3")).unwrap_err(), NoPlace::All);
        drop(first);
        assert_eq!(places.taken(), 2);
        places.take(peer("3.3.3.3")).unwrap();
        assert_eq!(places.taken(), 2);
        assert_eq!(lock(&places.taken).by_peer.len(), 2);
    }
}
