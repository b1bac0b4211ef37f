//! Rival heads and rival key logs: both are stored as proof, and the group is frozen.

use crate::failure::OrFailure;
use hedgerow_core::head;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::RecordName;
use hedgerow_core::sync::Fork;
use hedgerow_core::tree::Manifest;
use hedgerow_store::{Freeze, Rival};
use hedgerow_transport::failure::Failure;

use super::current_state::GroupState;
use super::group_writer::{GroupWriter, check_committed};
use super::key_events::{MAX_RIVAL_BYTES, rival_bytes};

impl GroupWriter {
    /// Stores two heads as proof and freezes the view under their key index. `manifest` is the
    /// rival's, if it is known: records that it lacks are hidden.
    pub(crate) async fn freeze_heads(
        &self,
        group: &GroupState,
        accepted: Vec<u8>,
        rival: Vec<u8>,
        manifest: Option<&Manifest>,
    ) -> Result<(), Failure> {
        self.counters.count_refused("head_equivocation");
        let key_index = head::peek(&rival)?.position.key_index;
        tracing::warn!(group = %group.group_id, key_index, "a group signed two rival heads");
        let rival = Rival::Head {
            key_index,
            held: accepted,
            rival,
        };
        let hide = manifest.map(|manifest| absent_from(&group.manifest, manifest));
        self.freeze(group, rival, hide.unwrap_or_default()).await
    }

    /// Hides the records that a further head of a frozen group lacks.
    pub(super) async fn hide_absent(
        &self,
        group: &GroupState,
        manifest: &Manifest,
    ) -> Result<(), Failure> {
        let hide = absent_from(&group.manifest, manifest);
        self.freeze(group, Rival::None, hide).await
    }

    /// Stores a rival branch of the key log as proof.
    pub(super) async fn freeze_key_log(
        &self,
        group: &GroupState,
        fork: &Fork,
    ) -> Result<(), Failure> {
        self.counters.count_refused("key_log_forked");
        tracing::warn!(group = %group.group_id, index = fork.index, "a group forked its key log");
        let Some(from) = first_index_to_store(group, fork) else {
            return Ok(());
        };
        let events = fork.rival.events().iter();
        let events = events.filter(|event| event.index >= from).map(Into::into);
        self.freeze(group, Rival::KeyEvents(events.collect()), Vec::new())
            .await
    }

    async fn freeze(
        &self,
        group: &GroupState,
        rival: Rival,
        hide: Vec<RecordName>,
    ) -> Result<(), Failure> {
        let committed = self
            .store
            .freeze(Freeze {
                group_id: group.group_id,
                view: group.view.clone(),
                rival,
                expected_head: group.stored_hash(),
                hide,
                now: self.now(),
            })
            .await
            .or_failure()?;
        check_committed(committed)
    }
}

/// Returns the index from which on a rival's events are stored; `None` if they prove nothing new.
///
/// One rival proves a fork, and no further one thaws the group. So of further ones only those
/// that begin earlier are stored, and those that extend a known one, because its length decides
/// what sets it aside.
fn first_index_to_store(group: &GroupState, fork: &Fork) -> Option<u32> {
    let log = &fork.held;
    let live: Vec<&KeyLog> = group
        .rivals
        .iter()
        .filter(|rival| !log.sets_aside(rival))
        .collect();
    if rival_bytes(log, live.iter().copied()) > MAX_RIVAL_BYTES {
        return None;
    }
    let known = live
        .iter()
        .find(|known| known.fork_index(&fork.rival).is_none());
    if let Some(known) = known {
        let next = known.tip_index() + 1;
        return (fork.rival.tip_index() >= next).then_some(next);
    }
    let first = live.iter().filter_map(|known| log.fork_index(known)).min();
    first
        .is_none_or(|first| fork.index < first)
        .then_some(fork.index)
}

/// Returns the names of leaves that the other manifest lacks or has with other content.
pub(super) fn absent_from(stored: &Manifest, other: &Manifest) -> Vec<RecordName> {
    let leaves = stored.leaves().iter();
    leaves
        .filter(|leaf| other.get(&leaf.name) != Some(leaf))
        .map(|leaf| leaf.name.clone())
        .collect()
}
