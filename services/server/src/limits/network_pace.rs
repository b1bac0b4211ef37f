//! How much one network may send in a time: what visitors write costs a person's attention, which
//! no quota of calls protects.

use std::collections::HashMap;
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use parking_lot::Mutex;

use crate::peer::NetworkKey;

/// Networks that are counted at once. With more, all of them wait: what they send has bounds of its
/// own anyway.
const MAX_NETWORKS: usize = 4_096;
const HOUR: Duration = Duration::from_secs(60 * 60);

/// Counts what networks send within a period. Kept in memory only: it says who was here.
#[derive(Debug)]
pub struct NetworkPace {
    max: u32,
    period: Duration,
    counted: Mutex<HashMap<NetworkKey, (Timestamp, u32)>>,
}

impl NetworkPace {
    pub fn new(max: u32, period: Duration) -> Self {
        Self {
            max,
            period,
            counted: Mutex::default(),
        }
    }

    #[must_use]
    pub fn an_hour(max: u32) -> Self {
        Self::new(max, HOUR)
    }

    #[must_use]
    pub fn a_day(max: u32) -> Self {
        Self::new(max, HOUR * 24)
    }

    /// Counts one. Returns false for one too many.
    pub fn take(&self, network: NetworkKey, now: Timestamp) -> bool {
        let mut counted = self.counted.lock();
        // A clock that was set back ends a period too, instead of making it longer.
        counted.retain(|_, (first, _)| *first <= now && now.since(*first) < self.period);
        let is_full = counted.len() >= MAX_NETWORKS;
        match counted.get_mut(&network) {
            Some((_, count)) if *count >= self.max => false,
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

    use super::*;
    use crate::peer::PeerKey;

    fn network(number: u32) -> NetworkKey {
        PeerKey::from(IpAddr::V4(Ipv4Addr::from(number))).network()
    }

    #[test]
    fn a_network_waits_after_some_and_others_do_not() {
        let pace = NetworkPace::an_hour(6);
        let now = Timestamp::from_seconds(1_000_000);
        let took = (0..10).filter(|_| pace.take(network(1), now)).count();
        assert_eq!(took, 6);
        assert!(pace.take(network(2), now));
        assert!(!pace.take(network(1), now.plus(HOUR / 2)));
        assert!(pace.take(network(1), now.plus(HOUR)));
        assert!(pace.take(network(1), now.minus(HOUR * 5)));
    }

    #[test]
    fn a_day_is_longer_than_an_hour() {
        let pace = NetworkPace::a_day(1);
        let now = Timestamp::from_seconds(1_000_000);
        assert!(pace.take(network(1), now));
        assert!(!pace.take(network(1), now.plus(HOUR * 23)));
        assert!(pace.take(network(1), now.plus(HOUR * 24)));
    }

    #[test]
    fn the_counted_networks_are_bounded_and_forgotten() {
        let pace = NetworkPace::an_hour(6);
        let now = Timestamp::from_seconds(1_000_000);
        let most = u32::try_from(MAX_NETWORKS).unwrap();
        assert!((0..most).all(|number| pace.take(network(number), now)));
        assert!(!pace.take(network(most), now));
        assert!(pace.take(network(most), now.plus(HOUR)));
        assert_eq!(pace.counted.lock().len(), 1);
    }
}
