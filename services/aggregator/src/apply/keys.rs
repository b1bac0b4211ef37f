//! Key events: they commit at once, whatever follows; rival branches freeze the group.

use std::sync::Arc;

use hedgerow_core::id::PayloadHash;
use hedgerow_core::key_log::KeyEventEntry;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::key_log::MAX_LOG_BYTES;
use hedgerow_core::sync::Fork;
use hedgerow_core::sync::SyncError;
use hedgerow_rpc::failure::Failure;

use super::Apply;
use super::held::Holding;
use super::overtaken;
use crate::store::Freeze;
use crate::store::KeyEventCommit;
use crate::store::KeyEventPut;
use crate::store::Rival;

/// The most bytes of rival events that count: more prove nothing more.
const MOST_RIVAL_BYTES: usize = MAX_LOG_BYTES;

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
        let replaces = before
            .key_log
            .as_ref()
            .is_some_and(|held| held.fork_index(log).is_some());
        // The group stays frozen either way.
        if forked && replaces && rival_bytes(log, &before.rivals) > MOST_RIVAL_BYTES {
            return Err(Failure::failed_precondition(
                "key_log_forked",
                "The key log is forked in more ways than are kept here.",
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
            .await?;
        overtaken(committed)
    }

    /// Begins a group with its key log alone.
    pub(super) async fn begin_with_keys(&self, log: &KeyLog) -> Result<(), Failure> {
        overtaken(self.store.commit_key_events(self.beginning(log)).await?)
    }

    /// The same, where nobody is left to wait for it.
    pub(super) fn begin_with_keys_later(
        &self,
        log: &KeyLog,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (store, change) = (Arc::clone(&self.store), self.beginning(log));
        async move {
            if let Err(error) = store.commit_key_events(change).await {
                tracing::error!(%error, "the key events of a transfer that broke off are lost");
            }
        }
    }

    fn beginning(&self, log: &KeyLog) -> KeyEventCommit {
        KeyEventCommit {
            group_id: log.group_id(),
            expected_tip: None,
            events: puts(log),
            ends: log.is_ended(),
            forked: false,
            now: self.now(),
        }
    }

    /// Keeps a rival branch as proof.
    pub(super) async fn freeze_keys(&self, before: &Holding, fork: &Fork) -> Result<(), Failure> {
        self.counters.count("key_log_forked");
        tracing::warn!(group = %before.group_id, index = fork.index, "a key log is forked");
        let Some(from) = worth_keeping(before, fork) else {
            return Ok(());
        };
        let events = fork
            .rival
            .events()
            .iter()
            .filter(|event| event.index >= from);
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

/// From which index on a rival's events are kept. One rival proves a fork, and nothing that
/// comes after thaws the group: of further ones only those that begin earlier are kept, and
/// what lets a known one grow, because that changes what sets it aside.
fn worth_keeping(before: &Holding, fork: &Fork) -> Option<u32> {
    let held = &fork.held;
    let live: Vec<&KeyLog> = before
        .rivals
        .iter()
        .filter(|rival| !held.sets_aside(rival))
        .collect();
    if rival_bytes(held, live.iter().copied()) > MOST_RIVAL_BYTES {
        return None;
    }
    let known = live
        .iter()
        .find(|known| known.fork_index(&fork.rival).is_none());
    if let Some(known) = known {
        let next = known.tip_index() + 1;
        return (fork.rival.tip_index() >= next).then_some(next);
    }
    let first = live.iter().filter_map(|known| held.fork_index(known)).min();
    first
        .is_none_or(|first| fork.index < first)
        .then_some(fork.index)
}

/// The bytes of rivals' events that the log does not share.
fn rival_bytes<'a>(log: &KeyLog, rivals: impl IntoIterator<Item = &'a KeyLog>) -> usize {
    let own = |rival: &'a KeyLog| {
        let fork = log.fork_index(rival).unwrap_or(u32::MAX);
        let after = rival
            .events()
            .iter()
            .filter(move |event| event.index >= fork);
        after.map(|event| event.envelope.len()).sum::<usize>()
    };
    rivals.into_iter().map(own).sum()
}

/// All events of a log.
pub(super) fn puts(log: &KeyLog) -> Vec<KeyEventPut> {
    log.events().iter().map(put).collect()
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
    let read = holding.key_log.as_ref().map(KeyLog::tip_hash);
    read.or_else(|| holding.row.as_ref().map(|row| row.tip))
        .ok_or_else(|| SyncError::KeyLogMissing.into())
}
