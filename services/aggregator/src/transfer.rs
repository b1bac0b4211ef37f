//! Transfers, checked and committed: pushes and pulls go through the same code.
//!
//! Key events commit first, whatever follows; then admission evaluates the head against the
//! stored state; then bodies arrive, in memory if they are few and staged in the store if not;
//! then, once the root is verified, one short commit puts the head in force. A new group whose
//! head can come in at once is committed together with its key events.

mod body_sink;
mod commit;
mod counters;
mod current_state;
mod freeze;
mod group_writer;
mod key_events;
mod leaves;
mod next_step;
mod outcome;
mod places;
mod preamble;
mod shortcut;
mod staging;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures::{Stream, StreamExt, pin_mut, stream};
use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_core::sync::{SyncError, SyncReader};
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_proto::feed_v1;
use hedgerow_server::limits::Progress;
use hedgerow_server::telemetry::{TraceLinks, span};
use hedgerow_store::{Exclusion, GroupRow, Store};
use hedgerow_transport::failure::Failure;
use hedgerow_transport::transfer::{ReceiveError, receive};
use tokio::sync::Semaphore;
use tonic::Status;
use tracing::Instrument;

pub(crate) use commit::MAX_WANTED;
pub use counters::Counters;
pub(crate) use current_state::{GroupState, stored_event};
pub(crate) use group_writer::GroupWriter;
pub use outcome::{Outcome, TransferResult};

use crate::admission::{GroupDecision, NewGroup, Origin, Policy};
use crate::config::IngestConfig;
use crate::failure::OrFailure;
use body_sink::{Resources, TransferState};
use next_step::{NextStep, stale_head_error};
use places::{Place, Places, watched};
use preamble::Preamble;
use shortcut::{Shortcut, WorkQuota};
use staging::Staging;

/// The most transfers over a group's limits that are read at a time: each may occupy several
/// times the memory of another.
const MAX_OVERSIZED: usize = 4;

/// Checks and commits transfers.
pub struct TransferProcessor {
    shared: Resources,
}

impl TransferProcessor {
    /// Makes a processor for the aggregator with the id `own`.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        own: GroupId,
        config: &IngestConfig,
    ) -> Self {
        let writer = GroupWriter::new(Arc::clone(&store), clock, own);
        Self {
            shared: Resources {
                policy: Policy::new(own, config),
                staging: Staging::new(store, config),
                max_record_bytes: config.max_record_bytes,
                oversized: Semaphore::new(MAX_OVERSIZED),
                places: Places::new(config, writer.counters.memory.clone()),
                writer,
                work: WorkQuota::new(config),
            },
        }
    }

    /// Records for each committed revision the trace of its transfer.
    #[must_use]
    pub fn with_trace_links(mut self, links: TraceLinks) -> Self {
        self.shared.writer.trace_links = links;
        self
    }

    /// Returns the store that transfers are committed to.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.shared.writer.store
    }

    /// Returns the counts of processed and refused transfers.
    pub fn counters(&self) -> &Counters {
        &self.shared.writer.counters
    }

    /// Returns the admission rules, shared with announcements and the crawler.
    pub fn policy(&self) -> &Policy {
        &self.shared.policy
    }

    pub(crate) fn writer(&self) -> &GroupWriter {
        &self.shared.writer
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.shared.writer.now()
    }

    /// Reads a transfer and commits as much of it as is proved and admitted.
    pub async fn process<S>(&self, items: S, origin: Origin) -> Result<TransferResult, Failure>
    where
        S: Stream<Item = Result<feed_v1::SyncItem, Status>> + Send,
    {
        self.process_call(items, origin, Arc::new(Progress::begin()))
            .await
    }

    /// Does the same for a call, which ends early if it makes no progress.
    pub async fn process_call<S>(
        &self,
        items: S,
        origin: Origin,
        progress: Arc<Progress>,
    ) -> Result<TransferResult, Failure>
    where
        S: Stream<Item = Result<feed_v1::SyncItem, Status>> + Send,
    {
        async {
            let result = self.try_process(items, origin, &progress).await;
            match &result {
                Ok(result) => {
                    self.counters().count_transfer(result);
                    span::record_outcome(result.outcome.name());
                }
                Err(failure) => {
                    self.counters().count_refused(failure.reason());
                    span::record_outcome("failed");
                }
            }
            result
        }
        .instrument(span::apply())
        .await
    }

    async fn try_process<S>(
        &self,
        items: S,
        origin: Origin,
        progress: &Arc<Progress>,
    ) -> Result<TransferResult, Failure>
    where
        S: Stream<Item = Result<feed_v1::SyncItem, Status>> + Send,
    {
        let items = watched(items, &self.shared.places, progress);
        pin_mut!(items);
        let preamble = Preamble::read(&mut items).await?;
        progress.opened();
        let group_id = preamble.group_id;
        span::record_group(&group_id);
        let store = self.store();
        let (row, exclusion) = store.group_or_exclusion(&group_id).await.or_failure()?;
        // Before anything that costs more than a few rows.
        let shortcut = Shortcut::find(store, row.as_ref(), &preamble).await?;
        if let Shortcut::Settled(outcome) = shortcut {
            return Ok(TransferResult::without_records(group_id, outcome));
        }
        let place = self.take_place(origin, progress, row.as_ref(), &shortcut)?;
        let group = match self
            .load_or_turn_away(group_id, row, exclusion, origin)
            .await?
        {
            Ok(group) => group,
            Err(outcome) => return Ok(TransferResult::without_records(group_id, outcome)),
        };
        let reader = SyncReader::new(
            self.policy().read_limits(),
            group.receiver_state(preamble.is_whole()),
            Some(group_id),
        );
        let mut transfer = TransferState::new(&self.shared, group, origin, place);
        let all = stream::iter(preamble.items.into_iter().map(Ok)).chain(items);
        match receive(all, reader, &mut transfer).await {
            Ok(received) => transfer.commit(received.transfer).await,
            Err(error) => self.finish_incomplete(transfer, error).await,
        }
    }

    /// Takes the place of a push, and charges the work that it begins with to its sender. Heads
    /// that only remove are not charged: taking back never waits.
    fn take_place(
        &self,
        origin: Origin,
        progress: &Arc<Progress>,
        row: Option<&GroupRow>,
        shortcut: &Shortcut,
    ) -> Result<Option<Place>, Failure> {
        let Origin::Push(peer) = origin else {
            return Ok(None);
        };
        let only_removes = matches!(shortcut, Shortcut::OnlyRemoves);
        let place = self.shared.places.take(peer, progress, only_removes)?;
        if !only_removes {
            let stored = row.and_then(|row| row.head.as_ref());
            let leaves = stored.map_or(0, |head| head.facts.count);
            self.shared.work.charge(peer, leaves)?;
        }
        Ok(Some(place))
    }

    /// Loads the stored state of a group, or returns the outcome for one that may not begin here.
    async fn load_or_turn_away(
        &self,
        group_id: GroupId,
        row: Option<GroupRow>,
        exclusion: Option<Exclusion>,
        origin: Origin,
    ) -> Result<Result<GroupState, Outcome>, Failure> {
        let store = self.store();
        if let Some(row) = row {
            // Even if it is excluded: its key events and its highest head are still stored.
            return Ok(Ok(GroupState::load(store, row, &View::public()).await?));
        }
        let group = NewGroup {
            group_id,
            origin: &origin,
            excluded: exclusion.is_some(),
        };
        Ok(match self.policy().evaluate_group(&group, self.now()) {
            GroupDecision::Accept => Ok(GroupState::unknown(group_id, View::public())),
            GroupDecision::Excluded => Err(Outcome::Excluded),
            GroupDecision::OverQuota(postponed) => Err(Outcome::OverQuota(postponed)),
        })
    }

    /// Finishes a transfer that did not reach its end.
    async fn finish_incomplete(
        &self,
        mut transfer: TransferState<'_>,
        error: ReceiveError,
    ) -> Result<TransferResult, Failure> {
        transfer.keep_for_next().await?;
        let next = transfer.next.take();
        let (writer, group) = (self.writer(), &transfer.group);
        let result = |outcome| TransferResult::without_records(group.group_id, outcome);
        if let Some(NextStep::Finished(outcome)) = next {
            return Ok(result(outcome));
        }
        match error {
            ReceiveError::Rules(SyncError::Equivocation { held, rival }) => {
                writer.freeze_heads(group, held, rival, None).await?;
                Ok(result(Outcome::Frozen))
            }
            ReceiveError::Rules(SyncError::Fork(fork)) => {
                writer.freeze_key_log(group, &fork).await?;
                Ok(result(Outcome::Frozen))
            }
            ReceiveError::Rules(SyncError::HeadOlder { .. }) => Err(stale_head_error()),
            error => {
                // Two rival heads are proof even if the rival's leaves did not arrive.
                if let Some(NextStep::FreezeHeads { accepted, rival }) = next {
                    writer.freeze_heads(group, accepted, rival, None).await?;
                }
                Err(error.into())
            }
        }
    }
}
