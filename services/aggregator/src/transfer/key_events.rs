//! Key events commit at once, whatever becomes of the rest of their transfer.

use crate::failure::OrFailure;
use std::sync::Arc;

use hedgerow_core::key_log::{KeyLog, MAX_LOG_BYTES};
use hedgerow_store::{KeyEventCommit, KeyEventPut};
use hedgerow_transport::failure::Failure;

use super::current_state::GroupState;
use super::group_writer::{GroupWriter, check_committed};

/// The most bytes of rival events that are stored: more would prove nothing more.
pub(super) const MAX_RIVAL_BYTES: usize = MAX_LOG_BYTES;

impl GroupWriter {
    /// Commits those events of a verified log that are not stored.
    pub(super) async fn commit_key_events(
        &self,
        before: &GroupState,
        log: &KeyLog,
    ) -> Result<(), Failure> {
        let from = match &before.key_log {
            Some(stored) if stored.tip_hash() == log.tip_hash() => return Ok(()),
            Some(stored) => stored.fork_index(log).unwrap_or(stored.tip_index() + 1),
            None => 0,
        };
        let new = log.events().iter().filter(|event| event.index >= from);
        let events: Vec<_> = new.map(Into::into).collect();
        if events.is_empty() {
            return Ok(());
        }
        // If this log replaces the stored one, it sets that one aside.
        let forked = before
            .rivals
            .iter()
            .any(|rival| rival.fork_index(log).is_some() && !log.sets_aside(rival));
        let replaces = before
            .key_log
            .as_ref()
            .is_some_and(|stored| stored.fork_index(log).is_some());
        // The group stays frozen either way, so nothing is lost by storing no more.
        if forked && replaces && rival_bytes(log, &before.rivals) > MAX_RIVAL_BYTES {
            return Err(Failure::failed_precondition(
                "key_log_forked",
                "The key log has more rival branches than this aggregator stores.",
            ));
        }
        let committed = self
            .store
            .commit_key_events(KeyEventCommit {
                group_id: log.group_id(),
                expected_tip: before.key_log.as_ref().map(KeyLog::tip_hash),
                events,
                ends: log.is_ended(),
                forked,
                now: self.now(),
            })
            .await
            .or_failure()?;
        check_committed(committed)
    }

    /// Begins a group with its key log alone.
    pub(super) async fn begin_group(&self, log: &KeyLog) -> Result<(), Failure> {
        check_committed(
            self.store
                .commit_key_events(self.beginning(log))
                .await
                .or_failure()?,
        )
    }

    /// Returns the same as a future that borrows nothing, for a task that outlives its transfer.
    pub(super) fn begin_group_in_background(
        &self,
        log: &KeyLog,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (store, change) = (Arc::clone(&self.store), self.beginning(log));
        async move {
            if let Err(error) = store.commit_key_events(change).await {
                tracing::error!(%error, "cannot store the key events of an interrupted transfer");
            }
        }
    }

    fn beginning(&self, log: &KeyLog) -> KeyEventCommit {
        KeyEventCommit {
            group_id: log.group_id(),
            expected_tip: None,
            events: all_events(log),
            ends: log.is_ended(),
            forked: false,
            now: self.now(),
        }
    }
}

/// Returns the bytes of the rivals' events that the log does not share.
pub(super) fn rival_bytes<'a>(log: &KeyLog, rivals: impl IntoIterator<Item = &'a KeyLog>) -> usize {
    let unshared = |rival: &'a KeyLog| {
        let fork = log.fork_index(rival).unwrap_or(u32::MAX);
        let events = rival.events().iter();
        let after = events.filter(move |event| event.index >= fork);
        after.map(|event| event.envelope.len()).sum::<usize>()
    };
    rivals.into_iter().map(unshared).sum()
}

pub(super) fn all_events(log: &KeyLog) -> Vec<KeyEventPut> {
    log.events().iter().map(Into::into).collect()
}
