//! Key events: they commit at once, whatever follows; rival branches freeze the group.

use hedgerow_core::id::PayloadHash;
use hedgerow_core::key_log::{KeyEventEntry, KeyLog};
use hedgerow_core::sync::{Fork, SyncError};
use hedgerow_rpc::failure::Failure;

use super::held::Holding;
use super::{Apply, overtaken};
use crate::store::{Freeze, KeyEventCommit, KeyEventPut, Rival};

impl Apply {
    /// Commits the part of a verified log that is not held yet.
    pub(super) async fn commit_keys(&self, before: &Holding, log: &KeyLog) -> Result<(), Failure> {
        let from = match &before.key_log {
            Some(held) if held.tip_hash() == log.tip_hash() => return Ok(()),
            Some(held) => held.fork_index(log).unwrap_or(held.tip_index() + 1),
            None => 0,
        };
        let events: Vec<_> = log
            .events()
            .iter()
            .filter(|event| event.index >= from)
            .map(put)
            .collect();
        if events.is_empty() {
            return Ok(());
        }
        // Where this log takes the place of the one held, that one was set aside.
        let forked = before
            .rivals
            .iter()
            .any(|rival| rival.fork_index(log).is_some() && !log.sets_aside(rival));
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
            .await?;
        overtaken(committed)
    }

    /// Keeps a rival branch as proof.
    pub(super) async fn freeze_keys(&self, before: &Holding, fork: &Fork) -> Result<(), Failure> {
        self.counters.count("key_log_forked");
        tracing::warn!(group = %before.group_id, index = fork.index, "a key log is forked");
        let events = fork
            .rival
            .events()
            .iter()
            .filter(|event| event.index >= fork.index);
        let committed = self
            .store
            .freeze(Freeze {
                group_id: before.group_id,
                view: before.view.clone(),
                rival: Rival::KeyEvents(events.map(put).collect()),
                expected_head: before.stored.as_ref().map(|stored| stored.hash),
                hide: Vec::new(),
                now: self.now(),
            })
            .await?;
        overtaken(committed)
    }
}

fn put(event: &KeyEventEntry) -> KeyEventPut {
    KeyEventPut {
        index: event.index,
        hash: event.hash,
        envelope: event.envelope.clone(),
        commitment: event.commitment,
    }
}

/// The tip under which a holding's heads are verified.
pub(super) fn tip(holding: &Holding) -> Result<PayloadHash, Failure> {
    holding
        .key_log
        .as_ref()
        .map(KeyLog::tip_hash)
        .ok_or_else(|| SyncError::KeyLogMissing.into())
}
