//! The bounds that hold during an attack.

use std::time::Duration;

use clap::Args;

use super::observe::Period;
use super::series::Series;
use crate::process::mib;
use crate::timing::ms;

/// Bounds of the figures during an attack, against those before it.
#[derive(Debug, Clone, Args)]
pub struct Bounds {
    /// How often the p99 before the attack the p99 during it may be.
    #[arg(long, default_value_t = 2)]
    ratio: u32,
    /// A p99 of searches and coverage up to this many milliseconds passes whatever the ratio,
    /// so that 1 ms → 3 ms fails nothing.
    #[arg(long, default_value_t = 60)]
    search_floor_ms: u64,
    /// The same for publications and take-backs.
    #[arg(long, default_value_t = 750)]
    change_floor_ms: u64,
    /// How many MiB of memory the server may take in addition.
    #[arg(long, default_value_t = 384)]
    memory_mib: u64,
}

impl Bounds {
    /// The bounds in one sentence.
    pub fn describe(&self) -> String {
        format!(
            "Bounds: a p99 is at most {} times the one before, or at most {} ms for searches and \
             coverage and {} ms for publications and take-backs; no take-back is refused; resident \
             memory grows by at most {} MiB.",
            self.ratio, self.search_floor_ms, self.change_floor_ms, self.memory_mib
        )
    }

    /// The bounds that are broken.
    pub fn check(&self, before: &Period, during: &Period) -> Vec<String> {
        let mut broken = Vec::new();
        let changes = self.change_floor_ms;
        let floors = [self.search_floor_ms, self.search_floor_ms, changes, changes];
        let named = before
            .figures
            .named()
            .into_iter()
            .zip(during.figures.named());
        for (floor, ((name, before), (_, during))) in floors.into_iter().zip(named) {
            let floor = Duration::from_millis(floor);
            broken.extend(self.check_series(name, before, during, floor));
        }
        let take_back = &during.figures.take_back;
        if take_back.refusals + take_back.failures > 0 {
            broken.push(format!(
                "{} take-backs refused and {} not in effect in time ({})",
                take_back.refusals,
                take_back.failures,
                take_back.reasons()
            ));
        }
        let (from, to) = (before.usage.resident, during.usage.resident);
        if to.saturating_sub(from) > self.memory_mib << 20 {
            broken.push(format!("memory {} → {}", mib(from), mib(to)));
        }
        broken
    }

    fn check_series(
        &self,
        name: &str,
        before: &Series,
        during: &Series,
        floor: Duration,
    ) -> Option<String> {
        let Some(now) = during.percentile(99) else {
            return Some(format!("{name}: nothing was measured"));
        };
        let usual = before.percentile(99).unwrap_or_default();
        let most = (usual * self.ratio).max(floor);
        let reasons = during.reasons();
        (now > most).then(|| {
            let reasons = if reasons.is_empty() {
                reasons
            } else {
                format!(" ({reasons})")
            };
            format!("{name}: p99 {} → {}{reasons}", ms(usual), ms(now))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::observe::Usage;
    use super::super::series::Figures;
    use super::*;

    const BOUNDS: Bounds = Bounds {
        ratio: 2,
        search_floor_ms: 50,
        change_floor_ms: 500,
        memory_mib: 100,
    };

    fn period(search_ms: u64, take_back_ms: u64, mebibytes: u64) -> Period {
        let mut figures = Figures::default();
        figures.search.add(Duration::from_millis(search_ms));
        figures.coverage.add(Duration::from_millis(1));
        figures.publish.add(Duration::from_millis(1));
        figures.take_back.add(Duration::from_millis(take_back_ms));
        Period {
            figures: figures.into(),
            usage: Usage {
                resident: mebibytes << 20,
                cores: 0.0,
            },
        }
    }

    fn check(before: &Period, during: &Period) -> String {
        BOUNDS.check(before, during).join("; ")
    }

    #[test]
    fn a_time_below_the_floor_or_the_ratio_passes() {
        assert_eq!(check(&period(1, 1, 50), &period(49, 499, 150)), "");
        assert_eq!(check(&period(100, 400, 50), &period(200, 800, 50)), "");
    }

    #[test]
    fn slow_searches_slow_take_backs_and_much_memory_break_bounds() {
        let before = period(1, 1, 50);
        assert!(check(&before, &period(51, 1, 50)).starts_with("search: p99"));
        assert!(check(&before, &period(1, 501, 50)).starts_with("take-back → gone: p99"));
        assert!(check(&before, &period(1, 1, 151)).starts_with("memory"));
    }

    #[test]
    fn a_refused_take_back_breaks_a_bound_even_if_its_retry_is_quick() {
        let before = period(1, 1, 50);
        let mut figures = Figures::default();
        for series in [
            &mut figures.search,
            &mut figures.coverage,
            &mut figures.publish,
        ] {
            series.add(Duration::from_millis(1));
        }
        figures.take_back.add(Duration::from_millis(1));
        figures.take_back.refused("peer_busy");
        let during = Period {
            figures: figures.into(),
            usage: before.usage,
        };
        assert!(check(&before, &during).contains("peer_busy=1"));
    }

    #[test]
    fn an_attack_during_which_nothing_was_measured_breaks_bounds() {
        let during = Period {
            figures: Figures::default().into(),
            usage: Usage::default(),
        };
        assert!(check(&period(1, 1, 50), &during).contains("nothing was measured"));
    }
}
