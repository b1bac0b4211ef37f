//! What time alone changes: groups lapse, old bodies are erased, history is forgotten.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::head::ERASED_AFTER;
use hedgerow_core::head::LAPSES_AFTER;
use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::store::Erase;
use crate::store::Store;
use crate::store::StoreError;

/// How often.
const EVERY: Duration = Duration::from_secs(600);
/// How long changes are remembered, so that followers get differences.
const HISTORY: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How many groups at once.
const PAGE: usize = 100;

/// Sweeps until `shutdown`.
pub async fn run(
    store: Arc<dyn Store>,
    clock: Arc<dyn hedgerow_core::time::Clock>,
    staged_for: Duration,
    shutdown: CancellationToken,
) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = sweep(store.as_ref(), clock.now(), staged_for).await {
            tracing::error!(error = &error as &dyn std::error::Error, "the sweep failed");
        }
    }
}

/// One sweep, as of `now`. What fails in one part, or with one group, keeps nothing else
/// from being done; the last failure is answered.
pub async fn sweep(
    store: &dyn Store,
    now: Timestamp,
    staged_for: Duration,
) -> Result<(), StoreError> {
    let parts = [
        lapse(store, now.minus(LAPSES_AFTER)).await,
        erase(store, now.minus(ERASED_AFTER)).await,
        store.expire_staged(now.minus(staged_for)).await.map(drop),
        store.forget_history(now.minus(HISTORY)).await.map(drop),
    ];
    parts
        .into_iter()
        .rev()
        .find(Result::is_err)
        .unwrap_or(Ok(()))
}

async fn lapse(store: &dyn Store, before: Timestamp) -> Result<(), StoreError> {
    loop {
        let lapsing = store.lapsing(before, PAGE).await?;
        let mut tally = Tally::default();
        for group in lapsing {
            tally.note(&group, store.lapse(&group, before).await);
        }
        if !tally.goes_on() {
            return tally.failed;
        }
    }
}

async fn erase(store: &dyn Store, expired_before: Timestamp) -> Result<(), StoreError> {
    loop {
        let erasable = store.erasable(expired_before, PAGE).await?;
        let mut tally = Tally::default();
        for (group_id, view) in erasable {
            let erase = Erase {
                group_id,
                view,
                expired_before,
            };
            tally.note(&group_id, store.erase(erase).await.map(drop));
        }
        if !tally.goes_on() {
            return tally.failed;
        }
    }
}

/// How it went with a page of groups.
struct Tally {
    done: usize,
    failed: Result<(), StoreError>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            done: 0,
            failed: Ok(()),
        }
    }
}

impl Tally {
    fn note(&mut self, group: &GroupId, result: Result<(), StoreError>) {
        match result {
            Ok(()) => self.done += 1,
            Err(error) => {
                tracing::error!(%group, error = &error as &dyn std::error::Error, "not swept");
                self.failed = Err(error);
            }
        }
    }

    /// Whether another page may bring more: those that failed come again.
    fn goes_on(&self) -> bool {
        self.done > 0
    }
}
