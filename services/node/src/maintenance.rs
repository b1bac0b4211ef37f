//! Periodic work: renews heads before they go stale, signs edits that have waited, and
//! deletes expired rows.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::time::Timestamp;

use crate::group::Group;
use crate::shared::Shared;
use crate::signing::{When, refresh};
use crate::store::StoreError;

/// How long responses to writes are kept for repeated requests.
const RESPONSE_RETENTION: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How long removals are kept. A follower that was away for longer gets the whole manifest.
const REMOVAL_RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How long an encryption key is kept after a rotation: messages sealed to it may arrive late.
const OLD_KEY_RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);

const CLEANUP_INTERVAL: Duration = Duration::from_secs(60 * 60);

/// Runs until dropped.
pub(crate) async fn run_maintenance(shared: Arc<Shared>) {
    let interval = Duration::from_secs(shared.config.heartbeat.check_seconds);
    let mut last_cleanup: Option<Timestamp> = None;
    loop {
        let now = shared.now();
        if let Err(error) = sign_due_heads(&shared, now).await {
            tracing::error!(%error, "cannot read which heads are due");
        }
        if last_cleanup.is_none_or(|last| now.since(last) >= CLEANUP_INTERVAL) {
            match clean_up(&shared, now).await {
                Ok(()) => last_cleanup = Some(now),
                Err(error) => tracing::error!(%error, "cannot delete expired rows"),
            }
        }
        tokio::time::sleep(interval).await;
    }
}

async fn sign_due_heads(shared: &Shared, now: Timestamp) -> Result<(), StoreError> {
    let before = now.minus(shared.config.heartbeat_every());
    let due = shared
        .store
        .read()
        .await?
        .heads_issued_before(before)
        .await?;
    let due = due.iter().filter_map(|id| shared.groups.get(id));
    // A wrong clock can be set right at any time, without any event that would wake us.
    let waiting = shared
        .groups
        .all()
        .into_iter()
        .filter(|group| group.edits_waiting());
    let mut groups: Vec<Arc<Group>> = due.chain(waiting).collect();
    groups.sort_by_key(|group| group.id);
    groups.dedup_by_key(|group| group.id);
    for group in groups {
        // Go on after an error: a corrupt row of one group must not let the others go stale.
        if let Err(error) = refresh(shared, &group, When::Needed).await {
            tracing::error!(group = %group.label, %error, "cannot renew the group's head");
        }
    }
    Ok(())
}

async fn clean_up(shared: &Shared, now: Timestamp) -> Result<(), StoreError> {
    let mut writing = shared.store.write().await?;
    writing
        .delete_removals_before(now.minus(REMOVAL_RETENTION))
        .await?;
    writing
        .delete_responses_before(now.minus(RESPONSE_RETENTION))
        .await?;
    writing
        .delete_old_encryption_keys_before(now.minus(OLD_KEY_RETENTION))
        .await?;
    writing.commit().await?;
    shared.store.truncate_log().await
}
