//! One transfer under way: receives verified parts and keeps them until the commit.

use std::time::Duration;

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::sync::SyncReader;
use hedgerow_store::Inconsistency;
use hedgerow_transport::failure::Failure;
use hedgerow_transport::transfer::BodySink;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::current_state::GroupState;
use super::group_writer::GroupWriter;
use super::next_step::{NextStep, begin_head};
use super::outcome::Outcome;
use super::places::{Place, Places};
use super::shortcut::WorkQuota;
use super::staging::{BodyBuffer, Staging};
use crate::admission::{HeadDecision, NewGroup, Origin, Policy};
use crate::failure::{DISK_FULL, OrFailure, store_failure};

/// When a sender of an oversized head may return, if the slots for those are taken.
const OVERSIZED_RETRY: Duration = Duration::from_secs(5);

/// Dependencies and limits that all transfers share.
pub(super) struct Resources {
    pub policy: Policy,
    pub writer: GroupWriter,
    pub staging: Staging,
    pub max_record_bytes: u32,
    /// Slots for oversized heads: each may occupy several times the memory of another.
    pub oversized: Semaphore,
    pub places: Places,
    pub work: WorkQuota,
}

/// The state of one transfer.
pub(super) struct TransferState<'a> {
    pub shared: &'a Resources,
    pub group: GroupState,
    pub origin: Origin,
    pub next: Option<NextStep>,
    pub buffer: BodyBuffer,
    /// The new key events were committed together with the head.
    pub key_events_committed: bool,
    /// Bodies were dropped for lack of disk space: only what the head takes back is committed.
    pub lacks_space: bool,
    oversized: Option<SemaphorePermit<'a>>,
    /// Of a push.
    place: Option<Place>,
}

impl<'a> TransferState<'a> {
    pub(super) fn new(
        shared: &'a Resources,
        group: GroupState,
        origin: Origin,
        place: Option<Place>,
    ) -> Self {
        Self {
            shared,
            group,
            origin,
            next: None,
            buffer: BodyBuffer::default(),
            key_events_committed: false,
            lacks_space: false,
            oversized: None,
            place,
        }
    }

    /// Commits the key events of a new group alone.
    pub(super) async fn commit_new_key_log(&mut self) -> Result<(), Failure> {
        let Some(log) = self.group.new_key_log() else {
            return Ok(());
        };
        self.shared.writer.begin_group(log).await?;
        self.reload().await
    }

    /// Keeps the verified parts of a transfer that failed: the next attempt continues from there.
    pub(super) async fn keep_for_next(&mut self) -> Result<(), Failure> {
        self.commit_new_key_log().await?;
        // Ignored: the sender gets the error of the transfer itself.
        let _ = self.stage().await;
        Ok(())
    }

    async fn reload(&mut self) -> Result<(), Failure> {
        let GroupState { group_id, view, .. } = &self.group;
        let store = &self.shared.writer.store;
        let row = store.group(group_id).await.or_failure()?;
        let row = row.ok_or_else(|| missing_row(group_id))?;
        self.group = GroupState::load(store, row, view).await?;
        Ok(())
    }

    /// Stages the buffered bodies. Their group must be known: a new one begins first.
    pub(super) async fn stage(&mut self) -> Result<(), Failure> {
        self.commit_new_key_log().await?;
        let (group, now) = (&self.group.group_id, self.shared.writer.now());
        self.shared
            .staging
            .stage(group, &mut self.buffer, now)
            .await
    }

    fn evaluate(&self, head: &VerifiedHead) -> HeadDecision {
        let Resources { policy, writer, .. } = self.shared;
        policy.evaluate_head(head, self.group.known(), writer.now())
    }

    /// Returns whether bodies can be committed later: those of a frozen or an oversized group are
    /// only read to compare leaves, and are not worth staging.
    fn keeps_bodies(&self) -> bool {
        self.oversized.is_none() && self.next.as_ref().is_none_or(NextStep::keeps_bodies)
    }
}

#[tonic::async_trait]
impl BodySink for TransferState<'_> {
    async fn key_log(&mut self, log: &KeyLog) -> Result<(), Failure> {
        let Resources { policy, writer, .. } = self.shared;
        if self.group.is_known() {
            writer.commit_key_events(&self.group, log).await?;
            return self.reload().await;
        }
        // Once a transfer, although its key log may arrive in several parts.
        if self.group.new_key_log().is_none() {
            let group = NewGroup {
                group_id: self.group.group_id,
                origin: &self.origin,
                excluded: false,
            };
            // Between evaluation and here, another transfer may have used the capacity.
            if let Err(postponed) = policy.reserve_group(&group, writer.now()) {
                self.next = Some(NextStep::Finished(Outcome::OverQuota(postponed)));
                return Err(finished());
            }
        }
        // Not stored yet: if the head can come in at once, one commit serves both.
        self.group.key_log = Some(log.clone());
        Ok(())
    }

    async fn begin(&mut self, reader: &SyncReader) -> Result<(), Failure> {
        let Some(head) = reader.head() else {
            return Ok(());
        };
        let Resources { policy, writer, .. } = self.shared;
        let is_oversized = policy.is_oversized(head);
        let mut decision = self.evaluate(head);
        // Anything but a plain acceptance writes before the transfer is complete, or fails:
        // key events must be stored by then.
        let begins_at_once = matches!(decision, HeadDecision::Accept { .. }) && !is_oversized;
        if !begins_at_once && self.group.new_key_log().is_some() {
            self.commit_new_key_log().await?;
            decision = self.evaluate(head);
        }
        let next = begin_head(writer, &self.group, head, decision).await?;
        let is_finished = matches!(next, NextStep::Finished(_));
        self.next = Some(next);
        if is_finished {
            return Err(finished());
        }
        if is_oversized {
            let slot = self.shared.oversized.try_acquire();
            self.oversized = Some(slot.map_err(|_| no_oversized_slot())?);
        }
        Ok(())
    }

    async fn put(&mut self, hash: RecordHash, record: Vec<u8>) -> Result<(), Failure> {
        // In such a place, bodies of records that stay may come again, and are not needed.
        let only_removes = self.place.as_ref().is_some_and(|place| place.only_removes);
        if only_removes || self.lacks_space || !self.keeps_bodies() {
            return Ok(());
        }
        let limit = self.shared.max_record_bytes;
        self.buffer.add(&self.group.group_id, hash, record, limit);
        if !self.buffer.is_full() {
            return Ok(());
        }
        let staged = self.stage().await;
        if let Err(failure) = &staged
            && failure.reason() == DISK_FULL
            && self.group.is_known()
        {
            // Read to its end all the same: only then is it known what the head takes back.
            self.lacks_space = true;
            return Ok(());
        }
        staged
    }
}

/// Stores new key events even if the transfer is dropped in the middle: a recovery must not
/// depend on the rest of it.
impl Drop for TransferState<'_> {
    fn drop(&mut self) {
        if self.key_events_committed {
            return;
        }
        if let Some(log) = self.group.new_key_log()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(self.shared.writer.begin_group_in_background(log));
        }
    }
}

/// Ends the reading of a transfer whose outcome is known. No sender sees it.
fn finished() -> Failure {
    Failure::aborted("settled", "Nothing more is needed.")
}

fn missing_row(group: &GroupId) -> Failure {
    store_failure(Inconsistency::new("known_group", "group_id", group.to_string()).into())
}

fn no_oversized_slot() -> Failure {
    Failure::resource_exhausted(
        "too_many_transfers",
        "This aggregator is already reading several oversized groups; try again in a moment.",
        OVERSIZED_RETRY,
    )
}
