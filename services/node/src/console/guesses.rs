//! Bounds on guessing passphrases: from one network, and for one person from anywhere.

use std::time::Duration;

use hedgerow_server::limits::KeyedLimiter;
use hedgerow_server::peer::{NetworkKey, PeerKey};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

/// Tries at once, for a person who mistypes.
const BURST: u32 = 10;
/// After that, one more in this time from one network…
const NETWORK_EVERY: Duration = Duration::from_secs(30);
/// …and for one person. A person who is locked out by a stranger's guesses still gets in by a
/// link.
const PERSON_EVERY: Duration = Duration::from_secs(60);
/// Keys above which idle ones are removed.
const CLEAN_ABOVE: usize = 1_024;

/// Tries that are left, as a bucket that fills slowly.
#[derive(Clone, Copy, Debug, Default)]
struct Tries {
    used: u32,
    since: Option<Instant>,
}

impl Tries {
    fn refill(&mut self, every: Duration, now: Instant) {
        let Some(since) = self.since else {
            return;
        };
        let passed = now.saturating_duration_since(since);
        let filled = u32::try_from(passed.as_millis() / every.as_millis()).unwrap_or(u32::MAX);
        self.used = self.used.saturating_sub(filled);
        self.since = (self.used > 0).then(|| since + every.saturating_mul(filled));
    }

    fn take(&mut self, every: Duration, now: Instant) -> bool {
        self.refill(every, now);
        if self.used >= BURST {
            return false;
        }
        self.used += 1;
        self.since.get_or_insert(now);
        true
    }

    fn is_idle(self, every: Duration, now: Instant) -> bool {
        let mut later = self;
        later.refill(every, now);
        later.used == 0
    }
}

pub(super) struct Guesses {
    networks: KeyedLimiter<NetworkKey, Tries>,
    people: KeyedLimiter<[u8; 32], Tries>,
}

impl Guesses {
    pub(super) fn new() -> Self {
        Self {
            networks: KeyedLimiter::new(CLEAN_ABOVE),
            people: KeyedLimiter::new(CLEAN_ABOVE),
        }
    }

    /// Counts a try, and returns whether it may be made. `name` need not be that of a person: the
    /// response is the same.
    pub(super) fn may_try(&self, peer: PeerKey, name: &str) -> bool {
        let now = Instant::now();
        let from_network = self.networks.with(
            peer.network(),
            |tries| tries.is_idle(NETWORK_EVERY, now),
            |tries| tries.take(NETWORK_EVERY, now),
        );
        // A network without tries left does not use up those of a person.
        from_network
            && self.people.with(
                key(name),
                |tries| tries.is_idle(PERSON_EVERY, now),
                |tries| tries.take(PERSON_EVERY, now),
            )
    }

    /// Forgets the tries of a person who has signed in. Those of the network stay: it may guess at
    /// others.
    pub(super) fn succeeded(&self, name: &str) {
        self.people.with(
            key(name),
            |tries| tries.used == 0,
            |tries| *tries = Tries::default(),
        );
    }
}

/// A key of fixed size, so that long names take no memory.
fn key(name: &str) -> [u8; 32] {
    Sha256::digest(name.trim().to_lowercase().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn peer(number: u32) -> PeerKey {
        PeerKey::from(IpAddr::from(number.to_be_bytes()))
    }

    #[tokio::test(start_paused = true)]
    async fn ten_thousand_tries_of_one_network_are_few() {
        let guesses = Guesses::new();
        let mut tried = 0;
        for number in 0..10_000 {
            tried += u32::from(guesses.may_try(peer(1), &format!("name {number}")));
        }
        assert_eq!(tried, BURST);
        tokio::time::advance(NETWORK_EVERY).await;
        assert!(guesses.may_try(peer(1), "a"));
        assert!(!guesses.may_try(peer(1), "a"));
        assert!(guesses.may_try(peer(2), "a"), "of another network");
    }

    #[tokio::test(start_paused = true)]
    async fn ten_thousand_tries_at_one_person_are_few() {
        let guesses = Guesses::new();
        let mut tried = 0;
        for number in 0..10_000 {
            let name = if number % 2 == 0 { "Ama" } else { " ama " };
            tried += u32::from(guesses.may_try(peer(number), name));
        }
        assert_eq!(tried, BURST);
        assert!(guesses.may_try(peer(20_000), "Bea"));
        guesses.succeeded("Ama");
        assert!(guesses.may_try(peer(20_000), "ama"));
    }

    #[tokio::test(start_paused = true)]
    async fn tries_are_forgotten_in_time() {
        let guesses = Guesses::new();
        for number in 0..5_000 {
            guesses.may_try(peer(number), &number.to_string());
        }
        tokio::time::advance(PERSON_EVERY * BURST).await;
        for number in 0..10_000 {
            guesses.may_try(peer(1_000_000 + number), &format!("other {number}"));
        }
        assert!(guesses.people.len() <= 10_000, "{}", guesses.people.len());
        assert!(guesses.may_try(peer(1), "1"));
    }
}
