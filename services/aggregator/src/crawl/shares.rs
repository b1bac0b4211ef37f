//! How much of the transfers each machine that was only announced may have: so many under
//! one network address, whatever number of names and ports it has.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::Weak;

use hedgerow_rpc::peer::PeerKey;
use tokio::sync::Semaphore;

/// At how many shares those that nobody has any more are forgotten.
const MANY: usize = 1_000;

/// Shares by network address, each for as long as somebody has it.
#[derive(Debug)]
pub(super) struct Shares {
    each: usize,
    taken: Mutex<HashMap<PeerKey, Weak<Semaphore>>>,
}

impl Shares {
    /// Shares of so many transfers.
    pub(super) fn new(each: usize) -> Self {
        Self {
            each,
            taken: Mutex::new(HashMap::new()),
        }
    }

    /// A source that was configured has a share to itself.
    pub(super) fn own(&self) -> Arc<Semaphore> {
        Arc::new(Semaphore::new(self.each))
    }

    /// The share of all that is reached there.
    pub(super) fn of(&self, peer: PeerKey) -> Arc<Semaphore> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = taken.get(&peer).and_then(Weak::upgrade) {
            return share;
        }
        if taken.len() >= MANY {
            taken.retain(|_, share| share.strong_count() > 0);
        }
        let share = self.own();
        taken.insert(peer, Arc::downgrade(&share));
        share
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn many_names_of_one_machine_have_one_share() {
        let shares = Shares::new(4);
        let peer = |ip: &str| PeerKey::from(ip.parse::<IpAddr>().unwrap());
        let first = shares.of(peer("2001:db8::1"));
        let second = shares.of(peer("2001:db8::2"));
        let _places = first.try_acquire_many(4).unwrap();
        assert!(second.try_acquire().is_err());
        assert!(shares.of(peer("2001:db8:1::1")).try_acquire().is_ok());
        assert!(shares.own().try_acquire().is_ok());
    }
}
