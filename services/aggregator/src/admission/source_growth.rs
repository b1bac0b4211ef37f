//! Limits how much all groups from one configured source may grow in a day. Kept in memory only:
//! a restart refills the allowance.

use std::collections::HashMap;
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use parking_lot::Mutex;

use super::origin::{Origin, SourceId};

/// The time in which an allowance that is used up refills.
const REFILL: Duration = Duration::from_secs(24 * 60 * 60);
/// The bytes that a group costs before it has a record: its row, key log, head and indexes.
const GROUP_BYTES: u64 = 4096;

/// An allowance of bytes for each configured source, by which its groups may grow. Its number of
/// entries is that of the sources in the configuration.
#[derive(Debug)]
pub(super) struct SourceGrowth {
    daily_bytes: u64,
    sources: Mutex<HashMap<SourceId, Allowance>>,
}

#[derive(Clone, Copy, Debug)]
struct Allowance {
    bytes: u64,
    at: Timestamp,
}

impl SourceGrowth {
    pub(super) fn new(daily_bytes: u64) -> Self {
        Self {
            daily_bytes,
            sources: Mutex::default(),
        }
    }

    /// Returns when another group may come in, if none may now. Nothing is counted.
    pub(super) fn full_until(&self, origin: &Origin, now: Timestamp) -> Option<Timestamp> {
        let Origin::Configured(source) = origin else {
            return None;
        };
        let available = self.refilled(&self.sources.lock(), *source, now);
        self.shortfall_until(available, GROUP_BYTES, now)
    }

    /// Counts a new group that is about to be stored, or returns when it may come in.
    pub(super) fn try_begin(&self, origin: &Origin, now: Timestamp) -> Result<(), Timestamp> {
        self.try_grow(origin, GROUP_BYTES, now)
    }

    /// Counts bytes by which a group is going to grow, or returns when they may come in. A change
    /// without growth needs no allowance, so that a group can always shrink.
    pub(super) fn try_grow(
        &self,
        origin: &Origin,
        bytes: u64,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        let Origin::Configured(source) = origin else {
            return Ok(());
        };
        if bytes == 0 {
            return Ok(());
        }
        let mut sources = self.sources.lock();
        let available = self.refilled(&sources, *source, now);
        if let Some(until) = self.shortfall_until(available, bytes, now) {
            return Err(until);
        }
        let rest = Allowance {
            bytes: available.saturating_sub(bytes),
            at: now,
        };
        sources.insert(*source, rest);
        Ok(())
    }

    /// Returns bytes that were counted and did not come in.
    pub(super) fn give_back(&self, origin: &Origin, bytes: u64, now: Timestamp) {
        let Origin::Configured(source) = origin else {
            return;
        };
        let mut sources = self.sources.lock();
        let available = self.refilled(&sources, *source, now);
        let bytes = available.saturating_add(bytes).min(self.daily_bytes);
        sources.insert(*source, Allowance { bytes, at: now });
    }

    fn refilled(
        &self,
        sources: &HashMap<SourceId, Allowance>,
        source: SourceId,
        now: Timestamp,
    ) -> u64 {
        // One from a clock that was ahead would otherwise not refill until the clock gets there.
        let last = sources.get(&source);
        let Some(last) = last.filter(|last| last.at.since(now) <= REFILL) else {
            return self.daily_bytes;
        };
        let elapsed = now.since(last.at).min(REFILL).as_millis();
        let refill = u128::from(self.daily_bytes) * elapsed / REFILL.as_millis();
        let refill = u64::try_from(refill).unwrap_or(u64::MAX);
        last.bytes.saturating_add(refill).min(self.daily_bytes)
    }

    /// What is larger than a whole allowance comes in with a full one: it could never otherwise.
    fn shortfall_until(&self, available: u64, bytes: u64, now: Timestamp) -> Option<Timestamp> {
        let missing = bytes.min(self.daily_bytes).saturating_sub(available);
        if missing == 0 {
            return None;
        }
        let wait = u128::from(missing) * REFILL.as_millis() / u128::from(self.daily_bytes.max(1));
        let wait = u64::try_from(wait).unwrap_or(u64::MAX).saturating_add(1);
        Some(now.plus(Duration::from_millis(wait)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Origin = Origin::Configured(SourceId::from_number(1));
    const OTHER: Origin = Origin::Configured(SourceId::from_number(2));

    #[test]
    fn what_was_not_stored_counts_again() {
        let growth = SourceGrowth::new(1_000_000);
        let start = Timestamp::from_seconds(1_000_000);
        growth.try_grow(&ONE, 900_000, start).unwrap();
        growth.give_back(&ONE, 900_000, start);
        growth.try_grow(&ONE, 1_000_000, start).unwrap();
        growth.try_grow(&ONE, 1, start).unwrap_err();
        growth.give_back(&ONE, u64::MAX, start);
        growth.try_grow(&ONE, 1_000_000, start).unwrap();
        growth.try_grow(&ONE, 1, start).unwrap_err();
    }

    #[test]
    fn a_source_over_its_allowance_waits_and_others_do_not() {
        let growth = SourceGrowth::new(1_000_000);
        let start = Timestamp::from_seconds(1_000);
        growth.try_begin(&ONE, start).unwrap();
        growth.try_grow(&ONE, 900_000, start).unwrap();
        let until = growth.try_grow(&ONE, 200_000, start).unwrap_err();
        assert!(until > start && until < start.plus(REFILL));
        growth.try_grow(&OTHER, 1_000_000, start).unwrap();
        let push = Origin::Push(std::net::IpAddr::from([192, 0, 2, 1]).into());
        growth.try_grow(&push, u64::MAX, start).unwrap();
        // A change that does not grow the group passes, and time refills the allowance.
        growth.try_grow(&ONE, 0, start).unwrap();
        growth.try_grow(&ONE, 200_000, until).unwrap();
        assert!(growth.full_until(&ONE, until).is_some());
        assert_eq!(growth.full_until(&ONE, until.plus(REFILL)), None);
    }

    #[test]
    fn a_clock_that_is_set_back_by_a_year_delays_no_source_by_a_year() {
        let growth = SourceGrowth::new(1_000_000);
        let start = Timestamp::from_seconds(1_000);
        let year = Duration::from_secs(365 * 86_400);
        growth.try_grow(&ONE, 1_000_000, start.plus(year)).unwrap();
        growth.try_grow(&ONE, 1_000_000, start).unwrap();
        growth.try_grow(&ONE, 1_000_000, start).unwrap_err();
    }

    #[test]
    fn a_group_larger_than_an_allowance_comes_in_with_a_full_one() {
        let growth = SourceGrowth::new(1_000);
        let start = Timestamp::from_seconds(1_000);
        growth.try_grow(&ONE, 5_000, start).unwrap();
        let until = growth.try_grow(&ONE, 5_000, start).unwrap_err();
        growth.try_grow(&ONE, 5_000, until).unwrap();
    }

    #[test]
    fn a_clock_that_is_set_back_takes_nothing_away() {
        let growth = SourceGrowth::new(1_000_000);
        let start = Timestamp::from_seconds(1_000_000);
        growth.try_grow(&ONE, 400_000, start).unwrap();
        let earlier = start.minus(REFILL);
        growth.try_grow(&ONE, 400_000, earlier).unwrap();
        assert!(growth.try_grow(&ONE, 400_000, earlier).is_err());
    }
}
