//! The allowance for new records: a bucket that refills. Taking back costs nothing.

use hedgerow_core::time::Timestamp;

use crate::config::IngestConfig;
use crate::store::Tokens;

/// Spends `new` records of an allowance. An error is the time at which there is enough.
///
/// More than the bucket holds is let through when the bucket is full, and leaves a debt:
/// otherwise a group with more records than that could never come in.
pub(super) fn spend(
    config: &IngestConfig,
    held: Option<Tokens>,
    new: usize,
    now: Timestamp,
) -> Result<Tokens, Timestamp> {
    let full = i64::from(config.creates) * 1000;
    // Thousandths a millisecond are records a second.
    let rate = i64::from(config.creates_per_second);
    let there = held.map_or(full, |held| {
        let passed = i64::try_from(now.since(held.at).as_millis()).unwrap_or(i64::MAX);
        held.thousandths
            .saturating_add(passed.saturating_mul(rate))
            .min(full)
    });
    let cost = i64::try_from(new).unwrap_or(i64::MAX).saturating_mul(1000);
    let lacking = cost.min(full) - there;
    if new > 0 && lacking > 0 {
        let wait = u64::try_from(lacking.div_euclid(rate.max(1)) + 1).unwrap_or(u64::MAX);
        return Err(now.plus(std::time::Duration::from_millis(wait)));
    }
    Ok(Tokens {
        thousandths: there.saturating_sub(cost),
        at: now,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn config() -> IngestConfig {
        IngestConfig {
            creates: 100,
            creates_per_second: 10,
            ..IngestConfig::default()
        }
    }

    #[test]
    fn an_allowance_is_spent_and_comes_back_with_time() {
        let start = Timestamp::from_seconds(1_000);
        let left = spend(&config(), None, 100, start).unwrap();
        assert_eq!(left.thousandths, 0);
        let until = spend(&config(), Some(left), 20, start).unwrap_err();
        assert_eq!(until.since(start), Duration::from_millis(2_001));
        assert!(spend(&config(), Some(left), 20, until).is_ok());
    }

    #[test]
    fn taking_back_needs_no_allowance() {
        let start = Timestamp::from_seconds(1_000);
        let debt = Tokens {
            thousandths: -5_000,
            at: start,
        };
        assert!(spend(&config(), Some(debt), 0, start).is_ok());
    }

    #[test]
    fn a_large_group_comes_in_once_and_pays_afterwards() {
        let start = Timestamp::from_seconds(1_000);
        let left = spend(&config(), None, 500, start).unwrap();
        assert_eq!(left.thousandths, -400_000);
        let until = spend(&config(), Some(left), 1, start).unwrap_err();
        assert!(until.since(start) > Duration::from_secs(40));
    }
}
