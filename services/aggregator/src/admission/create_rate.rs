//! Limits how fast a group adds records. Removals are free.

use std::time::Duration;

use hedgerow_core::time::Timestamp;
use hedgerow_store::Tokens;

use crate::config::IngestConfig;

/// A bucket of tokens that refills, one token a new record.
#[derive(Debug, Clone, Copy)]
pub(super) struct TokenBucket {
    capacity: u32,
    per_second: u32,
}

impl TokenBucket {
    pub fn new(config: &IngestConfig) -> Self {
        Self {
            capacity: config.creates,
            per_second: config.creates_per_second,
        }
    }

    /// Takes a token for each of `new` records and returns the rest, or the time at which
    /// there are enough. `stored` is the rest of the last time; a bucket starts full.
    ///
    /// A full bucket admits any number of records and goes into debt: otherwise a group with
    /// more records than the capacity could never come in.
    pub fn try_take(
        self,
        stored: Option<Tokens>,
        new: usize,
        now: Timestamp,
    ) -> Result<Tokens, Timestamp> {
        let full = i64::from(self.capacity) * 1000;
        // Thousandths of a token a millisecond are tokens a second.
        let rate = i64::from(self.per_second);
        // A full bucket refills in this time. A rest from later than that is of a clock that was
        // ahead and was set right: the group would wait until the clock gets there.
        let refill_time = Duration::from_millis(full.div_euclid(rate.max(1)).cast_unsigned());
        let stored = stored.filter(|stored| stored.at.since(now) <= refill_time);
        let available = stored.map_or(full, |stored| {
            let elapsed = i64::try_from(now.since(stored.at).as_millis()).unwrap_or(i64::MAX);
            let refill = elapsed.saturating_mul(rate);
            stored.thousandths.saturating_add(refill).min(full)
        });
        let cost = i64::try_from(new).unwrap_or(i64::MAX).saturating_mul(1000);
        let shortfall = cost.min(full) - available;
        // Without new records a debt does not matter: nothing may delay a removal.
        if new > 0 && shortfall > 0 {
            let wait = u64::try_from(shortfall.div_euclid(rate.max(1)) + 1).unwrap_or(u64::MAX);
            return Err(now.plus(Duration::from_millis(wait)));
        }
        Ok(Tokens {
            thousandths: available.saturating_sub(cost),
            at: now,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUCKET: TokenBucket = TokenBucket {
        capacity: 100,
        per_second: 10,
    };

    #[test]
    fn tokens_are_used_up_and_refill_with_time() {
        let start = Timestamp::from_seconds(1_000);
        let rest = BUCKET.try_take(None, 100, start).unwrap();
        assert_eq!(rest.thousandths, 0);
        let until = BUCKET.try_take(Some(rest), 20, start).unwrap_err();
        assert_eq!(until.since(start), Duration::from_millis(2_001));
        assert!(BUCKET.try_take(Some(rest), 20, until).is_ok());
    }

    #[test]
    fn a_clock_that_is_set_back_by_a_year_delays_no_group_by_a_year() {
        let start = Timestamp::from_seconds(1_000);
        let year = Duration::from_secs(365 * 86_400);
        let rest = BUCKET.try_take(None, 100, start.plus(year)).unwrap();
        let rest = BUCKET.try_take(Some(rest), 100, start).unwrap();
        assert_eq!(rest.at, start);
        // A small step, as of a clock that is adjusted, gives nothing away.
        let before = start.minus(Duration::from_secs(1));
        BUCKET.try_take(Some(rest), 1, before).unwrap_err();
    }

    #[test]
    fn a_removal_needs_no_tokens() {
        let start = Timestamp::from_seconds(1_000);
        let debt = Tokens {
            thousandths: -5_000,
            at: start,
        };
        assert!(BUCKET.try_take(Some(debt), 0, start).is_ok());
    }

    #[test]
    fn a_large_group_comes_in_once_and_pays_afterwards() {
        let start = Timestamp::from_seconds(1_000);
        let rest = BUCKET.try_take(None, 500, start).unwrap();
        assert_eq!(rest.thousandths, -400_000);
        let until = BUCKET.try_take(Some(rest), 1, start).unwrap_err();
        assert!(until.since(start) > Duration::from_secs(40));
    }
}
