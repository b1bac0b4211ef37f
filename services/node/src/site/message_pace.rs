//! How many messages one network may leave.

use std::collections::HashMap;
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use hedgerow_server::peer::NetworkKey;
use parking_lot::Mutex;

/// Messages from one network in an hour, for all groups together. A library has one address for
/// everyone in it.
const MAX_AN_HOUR: u32 = 6;
const HOUR: Duration = Duration::from_secs(60 * 60);
/// Networks that are counted at once. With more, all of them wait: the groups' own bounds hold
/// anyway.
const MAX_NETWORKS: usize = 4_096;

/// Counts the messages of networks within an hour. Kept in memory only: it says who was here.
#[derive(Debug, Default)]
pub(super) struct MessagePace(Mutex<HashMap<NetworkKey, (Timestamp, u32)>>);

impl MessagePace {
    /// Counts a message. Returns false for one too many.
    pub(super) fn take(&self, network: NetworkKey, now: Timestamp) -> bool {
        let mut counted = self.0.lock();
        // A clock that was set back ends an hour too, instead of making it longer.
        counted.retain(|_, (first, _)| *first <= now && now.since(*first) < HOUR);
        let is_full = counted.len() >= MAX_NETWORKS;
        match counted.get_mut(&network) {
            Some((_, count)) if *count >= MAX_AN_HOUR => false,
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

    fn network(number: u32) -> NetworkKey {
        PeerKey::from(IpAddr::V4(Ipv4Addr::from(number))).network()
    }

    #[test]
    fn a_network_waits_after_some_messages_and_others_do_not() {
        let pace = MessagePace::default();
        let now = Timestamp::from_seconds(1_000_000);
        let took = (0..10).filter(|_| pace.take(network(1), now)).count();
        assert_eq!(took, MAX_AN_HOUR as usize);
        assert!(pace.take(network(2), now));
        assert!(!pace.take(network(1), now.plus(HOUR / 2)));
        assert!(pace.take(network(1), now.plus(HOUR)));
        assert!(pace.take(network(1), now.minus(HOUR * 5)));
    }

    #[test]
    fn the_counted_networks_are_bounded_and_forgotten() {
        let pace = MessagePace::default();
        let now = Timestamp::from_seconds(1_000_000);
        let most = u32::try_from(MAX_NETWORKS).unwrap();
        assert!((0..most).all(|number| pace.take(network(number), now)));
        assert!(!pace.take(network(most), now));
        assert!(pace.take(network(most), now.plus(HOUR)));
        assert_eq!(pace.0.lock().len(), 1);
    }
}
