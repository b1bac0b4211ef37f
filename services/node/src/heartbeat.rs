//! What happens by time alone: heads are signed anew before they go stale, edits whose
//! obstacle has passed are signed, and what was kept for a while is forgotten.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::time::Timestamp;

use crate::group::Group;
use crate::node::Shared;
use crate::signing::When;
use crate::signing::refresh;
use crate::store::REMOVALS_KEPT;
use crate::store::StoreError;

/// How long answers to writes are remembered.
const ANSWERS_KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

const CLEARED_EVERY: Duration = Duration::from_secs(60 * 60);

/// Beats until dropped.
pub(crate) async fn beat(shared: Arc<Shared>) {
    let every = Duration::from_secs(shared.config.heartbeat.check_seconds);
    let mut cleared: Option<Timestamp> = None;
    loop {
        let now = shared.now();
        if let Err(error) = sign_what_is_due(&shared, now).await {
            tracing::error!(%error, "which heads are due could not be read");
        }
        if cleared.is_none_or(|cleared| now.since(cleared) >= CLEARED_EVERY) {
            match clear(&shared, now).await {
                Ok(()) => cleared = Some(now),
                Err(error) => tracing::error!(%error, "old entries could not be cleared"),
            }
        }
        tokio::time::sleep(every).await;
    }
}

async fn sign_what_is_due(shared: &Shared, now: Timestamp) -> Result<(), StoreError> {
    let before = now.minus(shared.config.heartbeat_every());
    let due = shared
        .store
        .read()
        .await?
        .heads_issued_before(before)
        .await?;
    let due = due.iter().filter_map(|id| shared.groups.get(id));
    let waiting = shared
        .groups
        .all()
        .into_iter()
        .filter(|group| group.waits());
    let mut groups: Vec<Arc<Group>> = due.chain(waiting).collect();
    groups.sort_by_key(|group| group.id);
    groups.dedup_by_key(|group| group.id);
    for group in groups {
        // What is wrong with one group's entries must not make the others stale.
        if let Err(error) = refresh(shared, &group, When::Needed).await {
            tracing::error!(group = %group.label, %error, "its head could not be signed anew");
        }
    }
    Ok(())
}

async fn clear(shared: &Shared, now: Timestamp) -> Result<(), StoreError> {
    let mut writing = shared.store.write().await?;
    writing
        .forget_removals_before(now.minus(REMOVALS_KEPT))
        .await?;
    writing
        .forget_answers_before(now.minus(ANSWERS_KEPT))
        .await?;
    writing.commit().await?;
    shared.store.truncate_log().await
}
