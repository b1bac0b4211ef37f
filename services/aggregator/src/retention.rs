//! Changes that time alone causes: groups lapse, old bodies are erased, history is deleted.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::head::{ERASED_AFTER, LAPSES_AFTER};
use hedgerow_core::id::GroupId;
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_store::{Erase, Retention, Store, StoreError};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// The time between two sweeps.
const INTERVAL: Duration = Duration::from_secs(600);
/// How long changes are kept, so that followers get differences instead of whole manifests.
const HISTORY: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long the records of an excluded group stay stored, hidden, so that they come back at once
/// if the exclusion ends.
pub(crate) const EXCLUDED_KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long a clock has to run without a step until the sweep believes it alone.
const STEADY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// The largest difference between clock and timer in one interval that is no step.
const MAX_DRIFT: Duration = Duration::from_secs(60 * 60);
/// How long after the newest head an unsteady clock is still believed.
const MAX_SILENCE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Number of groups that are read at a time.
const PAGE: usize = 100;

/// Sweeps until `shutdown`.
pub async fn run(
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    staged_for: Duration,
    shutdown: CancellationToken,
) {
    let mut tick = tokio::time::interval(INTERVAL);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut trust = ClockTrust::new(clock.now(), Instant::now());
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = tick.tick() => {}
        }
        let is_steady = trust.is_steady(clock.now(), Instant::now());
        let swept = async {
            let now = sweep_time(store.as_ref(), clock.now(), is_steady).await?;
            sweep(store.as_ref(), now, staged_for).await
        };
        if let Err(error) = swept.await {
            tracing::error!(error = &error as &dyn std::error::Error, "a sweep failed");
        }
    }
}

/// Returns the time as of which to sweep. A clock that has stepped ahead must not erase the
/// records of every group, so a clock that has not run steadily is believed only up to a week
/// after the newest head.
async fn sweep_time(
    store: &dyn Retention,
    now: Timestamp,
    is_steady: bool,
) -> Result<Timestamp, StoreError> {
    if is_steady {
        return Ok(now);
    }
    let latest = store.newest_issue().await?.map(|at| at.plus(MAX_SILENCE));
    let Some(latest) = latest.filter(|latest| *latest < now) else {
        return Ok(now);
    };
    tracing::warn!(
        clock = %now,
        sweeping_as_of = %latest,
        "the clock is far ahead of the newest head: nothing is erased by it until it has run \
         steadily for a day; if it is wrong, set it right"
    );
    Ok(latest)
}

/// Whether the clock has run steadily since the program was started, by the system's timer,
/// which never steps.
struct ClockTrust {
    last: (Timestamp, Instant),
    steady_since: Instant,
}

impl ClockTrust {
    fn new(now: Timestamp, timer: Instant) -> Self {
        Self {
            last: (now, timer),
            steady_since: timer,
        }
    }

    fn is_steady(&mut self, now: Timestamp, timer: Instant) -> bool {
        let (last, last_timer) = std::mem::replace(&mut self.last, (now, timer));
        let expected = last.plus(timer.duration_since(last_timer));
        if now.since(expected).max(expected.since(now)) > MAX_DRIFT {
            self.steady_since = timer;
        }
        timer.duration_since(self.steady_since) >= STEADY_AFTER
    }
}

/// Sweeps once, as of `now`. A failure of one part, or with one group, does not stop the rest;
/// the last failure is returned.
pub async fn sweep(
    store: &dyn Store,
    now: Timestamp,
    staged_for: Duration,
) -> Result<(), StoreError> {
    let parts = [
        lapse(store, now.minus(LAPSES_AFTER)).await,
        erase(store, now.minus(ERASED_AFTER)).await,
        erase_excluded(store, now.minus(EXCLUDED_KEPT)).await,
        store.expire_staged(now.minus(staged_for)).await.map(drop),
        store.forget_history(now.minus(HISTORY)).await,
    ];
    parts
        .into_iter()
        .rev()
        .find(Result::is_err)
        .unwrap_or(Ok(()))
}

async fn lapse(store: &dyn Retention, before: Timestamp) -> Result<(), StoreError> {
    loop {
        let groups = store.list_lapsed(before, PAGE).await?;
        let mut page = PageResult::default();
        for group in groups {
            page.record(&group, store.lapse(&group, before).await);
        }
        if !page.should_continue() {
            return page.last_failure.map_or(Ok(()), Err);
        }
    }
}

async fn erase(store: &dyn Retention, expired_before: Timestamp) -> Result<(), StoreError> {
    loop {
        let views = store.list_erasable(expired_before, PAGE).await?;
        let mut page = PageResult::default();
        for (group_id, view) in views {
            let erase = Erase {
                group_id,
                view,
                expired_before,
            };
            page.record(&group_id, store.erase(erase).await);
        }
        if !page.should_continue() {
            return page.last_failure.map_or(Ok(()), Err);
        }
    }
}

async fn erase_excluded(store: &dyn Store, before: Timestamp) -> Result<(), StoreError> {
    loop {
        let groups = store.list_erasable_excluded(before, PAGE).await?;
        let mut page = PageResult::default();
        for group in groups {
            page.record(&group, store.erase_excluded(&group).await);
        }
        if !page.should_continue() {
            return page.last_failure.map_or(Ok(()), Err);
        }
    }
}

/// The results of one page of groups.
#[derive(Default)]
struct PageResult {
    succeeded: usize,
    last_failure: Option<StoreError>,
}

impl PageResult {
    fn record(&mut self, group: &GroupId, result: Result<(), StoreError>) {
        match result {
            Ok(()) => self.succeeded += 1,
            Err(error) => {
                let cause = &error as &dyn std::error::Error;
                tracing::error!(%group, error = cause, "cannot sweep a group");
                self.last_failure = Some(error);
            }
        }
    }

    /// Returns whether to read another page. Groups that failed are in the next page again, so a
    /// page without any success would repeat without end.
    fn should_continue(&self) -> bool {
        self.succeeded > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_steady_a_day_after_its_last_step() {
        let (start, timer) = (Timestamp::from_seconds(1_800_000_000), Instant::now());
        let hours = |hours: u64| Duration::from_secs(60 * 60 * hours);
        let year = hours(365 * 24);
        let mut trust = ClockTrust::new(start, timer);
        assert!(!trust.is_steady(start, timer), "it may have started wrong");
        for hour in 1..24 {
            let time = hours(hour);
            assert!(!trust.is_steady(start.plus(time), timer + time));
        }
        assert!(trust.is_steady(start.plus(hours(24)), timer + hours(24)));
        assert!(!trust.is_steady(start.plus(hours(25) + year), timer + hours(25)));
        assert!(!trust.is_steady(start.plus(hours(48) + year), timer + hours(48)));
        assert!(trust.is_steady(start.plus(hours(49) + year), timer + hours(49)));
        assert!(
            !trust.is_steady(start.plus(hours(50)), timer + hours(50)),
            "set back"
        );
    }
}
