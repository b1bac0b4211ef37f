//! Changes that time alone causes: groups lapse, old bodies are erased, history is deleted.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::head::{ERASED_AFTER, LAPSES_AFTER};
use hedgerow_core::id::GroupId;
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_server::trusted_time::TrustedTime;
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
/// How long requests about entries wait for the operator.
pub(crate) const OBJECTIONS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long sealed messages wait for a group, and how long its inbox stays open without a fetch.
pub(crate) const MESSAGES_WAIT: Duration = Duration::from_secs(14 * 24 * 60 * 60);
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
    let mut sweeper = Sweeper::new(store, clock, staged_for, Instant::now());
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = sweeper.sweep(Instant::now()).await {
            tracing::error!(error = &error as &dyn std::error::Error, "a sweep failed");
        }
    }
}

/// Sweeps as of a time that steps of the clock do not change.
pub(crate) struct Sweeper {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    staged_for: Duration,
    time: TrustedTime,
}

impl Sweeper {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        staged_for: Duration,
        timer: Instant,
    ) -> Self {
        let time = TrustedTime::new(clock.now(), timer);
        Self {
            store,
            clock,
            staged_for,
            time,
        }
    }

    /// Sweeps once. `timer` is the time of the system's timer.
    pub(crate) async fn sweep(&mut self, timer: Instant) -> Result<(), StoreError> {
        let newest_issue = self.store.newest_issue().await?;
        // Read once: a step between two reads, or during the sweep, has no effect on this one.
        let now = self.clock.now();
        let deadline = self.time.observe((now, timer), newest_issue);
        if deadline.is_steady {
            self.store.bring_back(now).await?;
        }
        sweep(self.store.as_ref(), deadline.now, self.staged_for).await
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
        store.forget_objections(now.minus(OBJECTIONS_KEPT)).await,
        store.forget_waiting(now.minus(MESSAGES_WAIT), now).await,
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
