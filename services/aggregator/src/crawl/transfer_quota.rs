//! Limits concurrent transfers from each machine that was only announced, whatever number of
//! names and ports it has. Its network has no limit, because this server itself begins the
//! transfers, and bounds how many machines it follows.

use std::sync::{Arc, Weak};

use hedgerow_server::limits::KeyedLimiter;
use hedgerow_server::peer::PeerKey;
use tokio::sync::Semaphore;

/// Number of entries above which unused ones are removed.
const CLEAN_ABOVE: usize = 1_000;

/// One semaphore for each network address, for as long as a session uses it.
#[derive(Debug)]
pub(super) struct TransferQuota {
    per_source: usize,
    in_use: KeyedLimiter<PeerKey, Weak<Semaphore>>,
}

impl TransferQuota {
    pub(super) fn new(per_source: usize) -> Self {
        Self {
            per_source,
            in_use: KeyedLimiter::new(CLEAN_ABOVE),
        }
    }

    /// Makes a quota that nothing else shares, for a source in the configuration.
    pub(super) fn unshared(&self) -> Arc<Semaphore> {
        Arc::new(Semaphore::new(self.per_source))
    }

    /// Returns the quota that all sources at this address share.
    pub(super) fn shared(&self, peer: PeerKey) -> Arc<Semaphore> {
        let is_idle = |quota: &Weak<Semaphore>| quota.strong_count() == 0;
        self.in_use.with(peer, is_idle, |quota| {
            quota.upgrade().unwrap_or_else(|| {
                let new = self.unshared();
                *quota = Arc::downgrade(&new);
                new
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn all_names_of_one_machine_share_one_quota() {
        let quota = TransferQuota::new(4);
        let peer = |ip: &str| PeerKey::from(ip.parse::<IpAddr>().unwrap());
        let first = quota.shared(peer("2001:db8::1"));
        let second = quota.shared(peer("2001:db8::2"));
        let _permits = first.try_acquire_many(4).unwrap();
        assert!(second.try_acquire().is_err());
        assert!(quota.shared(peer("2001:db8:1::1")).try_acquire().is_ok());
        assert!(quota.unshared().try_acquire().is_ok());
    }
}
