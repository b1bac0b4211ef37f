//! How many requests about entries one network may send.

use std::collections::HashMap;
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use hedgerow_server::peer::NetworkKey;
use parking_lot::Mutex;

/// Requests of one network in a day. A library has one address for everyone in it.
const MAX_A_DAY: u32 = 10;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Networks that are counted at once. With more, all of them wait: the queue is bounded anyway.
const MAX_NETWORKS: usize = 4_096;

/// Counts the requests of networks within a day. Kept in memory only: it says who was here.
#[derive(Debug, Default)]
pub(super) struct RequestPace(Mutex<HashMap<NetworkKey, (Timestamp, u32)>>);

impl RequestPace {
    /// Counts a request. Returns false for one too many.
    pub(super) fn take(&self, network: NetworkKey, now: Timestamp) -> bool {
        let mut counted = self.0.lock();
        // A clock that was set back ends a day too, instead of making it longer.
        counted.retain(|_, (first, _)| *first <= now && now.since(*first) < DAY);
        let is_full = counted.len() >= MAX_NETWORKS;
        match counted.get_mut(&network) {
            Some((_, count)) if *count >= MAX_A_DAY => false,
            Some((_, count)) => {
                *count += 1;
                true
            }
            None if is_full => false,
            None => {
                counted.insert(network, (now, 1));
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use hedgerow_server::peer::PeerKey;

    use super::*;

    #[test]
    fn a_network_waits_after_some_requests_and_others_do_not() {
        let network = |number: u32| PeerKey::from(IpAddr::V4(Ipv4Addr::from(number))).network();
        let pace = RequestPace::default();
        let now = Timestamp::from_seconds(1_000_000);
        let took = (0..20).filter(|_| pace.take(network(1), now)).count();
        assert_eq!(took, MAX_A_DAY as usize);
        assert!(pace.take(network(2), now));
        assert!(!pace.take(network(1), now.plus(DAY / 2)));
        assert!(pace.take(network(1), now.plus(DAY)));
        let most = u32::try_from(MAX_NETWORKS).unwrap();
        let later = now.plus(DAY * 3);
        assert!((0..most).all(|number| pace.take(network(number), later)));
        assert!(!pace.take(network(most), later));
    }
}
