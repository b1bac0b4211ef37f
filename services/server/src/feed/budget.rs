//! How many bytes of bodies a peer may fetch in an hour beyond differences.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use hedgerow_transport::failure::Failure;
use tokio::time::Instant;

use crate::peer::PeerKey;

/// Above so many peers, those that have recovered are forgotten.
const MANY_PEERS: usize = 4_096;

const HOUR: Duration = Duration::from_hours(1);

/// A bucket a peer, refilled evenly over the hour.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    spent: Arc<Mutex<HashMap<PeerKey, Spent>>>,
    an_hour: u64,
}

/// What a peer has spent and not yet recovered, at a moment.
#[derive(Clone, Copy, Debug)]
struct Spent {
    bytes: f64,
    at: Instant,
}

/// One peer's share of a budget.
#[derive(Clone, Debug)]
pub(super) struct Allowance {
    budget: Budget,
    peer: PeerKey,
}

impl Budget {
    pub(super) fn new(an_hour: u64) -> Self {
        Self {
            spent: Arc::default(),
            an_hour,
        }
    }

    pub(super) fn of(&self, peer: PeerKey) -> Allowance {
        Allowance {
            budget: self.clone(),
            peer,
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a budget of more than 2^53 bytes is none"
    )]
    fn size(&self) -> f64 {
        self.an_hour.max(1) as f64
    }

    fn left_of(&self, spent: Spent, now: Instant) -> f64 {
        let recovered =
            now.duration_since(spent.at).as_secs_f64() * self.size() / HOUR.as_secs_f64();
        (spent.bytes - recovered).max(0.0)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PeerKey, Spent>> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Allowance {
    /// Takes what a transfer will send out of the budget before it begins, so that many at
    /// once do not each find the same budget. One may go beyond what is left, so that a view
    /// larger than the budget can still be fetched.
    pub(super) fn take(&self, bytes: u64) -> Result<(), Failure> {
        let budget = &self.budget;
        let now = Instant::now();
        let mut spent = budget.lock();
        if spent.len() > MANY_PEERS {
            spent.retain(|_, spent| budget.left_of(*spent, now) > 0.0);
        }
        let owed = spent
            .get(&self.peer)
            .map_or(0.0, |spent| budget.left_of(*spent, now));
        let over = owed - budget.size();
        if over < 0.0 {
            #[expect(
                clippy::cast_precision_loss,
                reason = "no transfer has more than 2^53 bytes"
            )]
            let bytes = owed + bytes as f64;
            spent.insert(self.peer, Spent { bytes, at: now });
            return Ok(());
        }
        let wait = HOUR.mul_f64(over / budget.size()) + Duration::from_secs(1);
        Err(Failure::resource_exhausted(
            "sync_bytes_per_peer_and_hour",
            "Your address has fetched as much in whole transfers as this server gives in an hour; \
             fetch differences, or come back later.",
            wait,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(last: u8) -> PeerKey {
        PeerKey::from(std::net::IpAddr::from([1, 1, 1, last]))
    }

    #[tokio::test(start_paused = true)]
    async fn a_spent_budget_comes_back_evenly_and_only_for_its_own_peer() {
        let budget = Budget::new(3_600);
        let allowance = budget.of(peer(1));
        allowance.take(3_600 + 60).unwrap();
        assert_eq!(
            allowance.take(1).unwrap_err().reason(),
            "sync_bytes_per_peer_and_hour"
        );
        budget.of(peer(2)).take(1).unwrap();
        tokio::time::advance(Duration::from_secs(61)).await;
        allowance.take(1).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_view_larger_than_the_budget_can_still_be_fetched_once() {
        let allowance = Budget::new(10).of(peer(1));
        allowance.take(1_000_000).unwrap();
        allowance.take(1).unwrap_err();
    }

    #[tokio::test(start_paused = true)]
    async fn peers_that_have_recovered_are_forgotten() {
        let budget = Budget::new(3_600);
        for number in 0..5_000_u32 {
            let ip = std::net::IpAddr::from(number.to_be_bytes());
            budget.of(PeerKey::from(ip)).take(1).unwrap();
            tokio::time::advance(Duration::from_secs(2)).await;
        }
        assert!(budget.lock().len() <= MANY_PEERS + 1);
    }
}
