//! What time alone changes: groups lapse, old bodies are erased, history is forgotten.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::head::{ERASED_AFTER, LAPSES_AFTER};
use hedgerow_core::time::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::store::{Erase, Store, StoreError};

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

/// One sweep, as of `now`.
pub async fn sweep(
    store: &dyn Store,
    now: Timestamp,
    staged_for: Duration,
) -> Result<(), StoreError> {
    let lapsed_before = now.minus(LAPSES_AFTER);
    loop {
        let lapsing = store.lapsing(lapsed_before, PAGE).await?;
        if lapsing.is_empty() {
            break;
        }
        for group in lapsing {
            store.lapse(&group, lapsed_before).await?;
        }
    }
    let expired_before = now.minus(ERASED_AFTER);
    loop {
        let erasable = store.erasable(expired_before, PAGE).await?;
        if erasable.is_empty() {
            break;
        }
        for (group_id, view) in erasable {
            store
                .erase(Erase {
                    group_id,
                    view,
                    expired_before,
                })
                .await?;
        }
    }
    store.expire_staged(now.minus(staged_for)).await?;
    store.forget_history(now.minus(HISTORY)).await
}
