//! Periodic work: renews heads before they go stale, signs edits that have waited, and
//! deletes expired rows.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use hedgerow_server::trusted_time::TrustedTime;
use tokio::time::Instant;

use crate::group::Group;
use crate::shared::Shared;
use crate::signing::{When, refresh};
use crate::store::StoreError;
use crate::{console, messages};

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
    let mut cleaner = Cleaner::new(&shared, Instant::now());
    loop {
        // Before heads are signed: those of a clock that is ahead are no evidence.
        cleaner.run_if_due(&shared, Instant::now()).await;
        let now = shared.now();
        if let Err(error) = sign_due_heads(&shared, now).await {
            tracing::error!(%error, "cannot read which heads are due");
        }
        tokio::time::sleep(interval).await;
    }
}

/// Deletes expired rows, as of a time that steps of the clock do not change: an encryption key
/// cannot be made again, and a response that is missing lets a repeated request write twice.
struct Cleaner {
    time: TrustedTime,
    /// By the clock and by the system's timer: a clock that is set back would delay the next time.
    last: Option<(Timestamp, Instant)>,
}

impl Cleaner {
    fn new(shared: &Shared, timer: Instant) -> Self {
        Self {
            time: TrustedTime::new(shared.now(), timer),
            last: None,
        }
    }

    async fn run_if_due(&mut self, shared: &Shared, timer: Instant) {
        let now = shared.now();
        let is_due = |(last, last_timer): (Timestamp, Instant)| {
            let passed = now.since(last).max(timer.duration_since(last_timer));
            passed >= CLEANUP_INTERVAL
        };
        if !self.last.is_none_or(is_due) {
            return;
        }
        match self.run(shared, (now, timer)).await {
            Ok(()) => self.last = Some((now, timer)),
            Err(error) => tracing::error!(%error, "cannot delete expired rows"),
        }
    }

    async fn run(
        &mut self,
        shared: &Shared,
        (now, timer): (Timestamp, Instant),
    ) -> Result<(), StoreError> {
        let newest_issue = shared.store.read().await?.newest_issue().await?;
        let deadline = self.time.observe((now, timer), newest_issue);
        clean_up(shared, deadline.now).await
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

pub(crate) async fn clean_up(shared: &Shared, now: Timestamp) -> Result<(), StoreError> {
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
    writing
        .delete_messages_before(now.minus(messages::RETENTION))
        .await?;
    writing
        .delete_fetched_before(now.minus(messages::IDS_KEPT))
        .await?;
    console::clean_up(&mut writing, now).await?;
    writing.commit().await?;
    shared.store.truncate_log().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Node;
    use crate::recovery::{Authority, RecoveryOptions};
    use crate::testing::{LABEL, TestNode, phrase};

    const HOUR: Duration = Duration::from_secs(60 * 60);
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

    /// A node whose only group has replaced its keys twice.
    async fn rotated() -> (TestNode, Node) {
        let test = TestNode::new(&[]).await;
        let node = test.open().await;
        let words = phrase(1);
        for _ in 0..2 {
            let options = RecoveryOptions::default();
            let change = node.prepare_rotation(LABEL, &words, &options).await;
            let authority = Authority::Phrase(&words);
            node.apply_key_change(change.unwrap(), authority)
                .await
                .unwrap();
        }
        (test, node)
    }

    #[tokio::test]
    async fn replaced_encryption_keys_are_kept_for_thirty_days_although_the_clock_steps() {
        let (test, node) = rotated().await;
        let shared = node.shared();
        let id = node.group(LABEL).await.unwrap().group_id;
        let keys = async || {
            let mut reading = shared.store.read().await.unwrap();
            reading.count_old_encryption_keys(&id).await.unwrap()
        };
        let mut timer = Instant::now();
        let mut cleaner = Cleaner::new(shared, timer);
        let mut pass = async |time: Duration, times: usize| {
            for _ in 0..times {
                timer += time;
                test.clock.advance(time);
                cleaner.run_if_due(shared, timer).await;
            }
        };
        pass(HOUR, 25).await;
        test.clock.advance(YEAR);
        sign_due_heads(shared, shared.now()).await.unwrap();
        pass(HOUR, 20).await;
        assert_eq!(keys().await, 2, "as of a week after the head before");
        test.clock.turn_back(2 * YEAR);
        pass(HOUR, 20).await;
        test.clock.advance(YEAR);
        pass(HOUR, 25).await;
        pass(OLD_KEY_RETENTION - 8 * 24 * HOUR, 1).await;
        assert_eq!(keys().await, 2);
        pass(8 * 24 * HOUR, 1).await;
        assert_eq!(keys().await, 0, "deleted in their time");
    }
}
