//! The one way in: what a push brings and what a pull fetches is checked and committed
//! here, by the same code.
//!
//! Key events first, which commit at once; then the head, judged against what is held; then
//! bodies, kept at hand while they are few and staged where they are many; then, with the
//! root proved, one short commit. A group that begins with this transfer, and whose head can
//! come in at once, is committed with its key events in one.

mod arrivals;
mod bodies;
mod counters;
mod held;
mod judge;
mod keys;
mod opening;
mod settle;
mod tokens;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures::Stream;
use futures::StreamExt;
use futures::pin_mut;
use futures::stream;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::View;
use hedgerow_core::sync::SyncError;
use hedgerow_core::sync::SyncLimits;
use hedgerow_core::sync::SyncReader;
use hedgerow_core::time::Clock;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::telemetry::Causes;
use hedgerow_rpc::telemetry::span;
use hedgerow_rpc::transfer::ReceiveError;
use hedgerow_rpc::transfer::receive;
use tokio::sync::Semaphore;
use tonic::Status;
use tracing::Instrument;

pub use arrivals::Arrivals;
pub use arrivals::Origin;
pub use counters::Counters;
pub(crate) use held::Holding;
pub(crate) use held::stored_event;
pub(crate) use judge::Standing;
pub(crate) use judge::standing;
pub(crate) use settle::MAX_WANTED;

use crate::config::IngestConfig;
use crate::store::Committed;
use crate::store::GroupRow;
use crate::store::RefusalRow;
use crate::store::Store;
use bodies::Taking;
use opening::Opening;

/// How far over a group's limits a transfer may go and still be read, so that what it
/// takes back can be seen.
const READ_OVER_LIMIT: u32 = 4;
/// How many transfers over a group's limits are read at once: each may hold several times
/// the leaves in memory that any other does.
const OVERSIZED: usize = 4;

/// Checks and commits transfers.
pub struct Apply {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    /// The aggregator's own id: whom `indexing` names.
    own: GroupId,
    config: IngestConfig,
    arrivals: Arrivals,
    oversized: Semaphore,
    counters: Counters,
    causes: Causes,
}

/// What became of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The group that it was about.
    pub group_id: GroupId,
    /// What became of it.
    pub outcome: Outcome,
    /// How many records of it were kept.
    pub kept: u32,
    /// How many were refused.
    pub refused: u32,
    /// Where the group stands since, where the commit alone tells.
    pub stands: Option<Box<Stands>>,
}

/// Where a group stands after its first head was put in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stands {
    /// The group, with that head: the highest ever accepted.
    pub row: GroupRow,
    /// Records refused, in order of name.
    pub refusals: Vec<RefusalRow>,
}

impl Applied {
    /// An outcome without records.
    fn simple(group_id: GroupId, outcome: Outcome) -> Self {
        Self {
            group_id,
            outcome,
            kept: 0,
            refused: 0,
            stands: None,
        }
    }
}

/// What became of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The head is held, durably.
    Held(PayloadHash),
    /// It carried key events only.
    KeyLog,
    /// Nothing was committed: these bodies are wanted first.
    Wanted(Vec<RecordHash>),
    /// A limit holds it back; what it takes back is hidden.
    HeldBack,
    /// There are rivals; nothing is added, and what either lacks is hidden.
    Frozen,
    /// The head does not permit this aggregator: it is held, and nothing under it.
    NotInvited(PayloadHash),
    /// The operator excluded the group.
    Excluded,
    /// Its sender has brought enough new groups for a day.
    TooManyNewGroups,
}

impl Apply {
    /// Takes transfers into a store, for the aggregator with this id.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        own: GroupId,
        config: IngestConfig,
    ) -> Self {
        let arrivals = Arrivals::new(config.daily_new_groups);
        Self {
            store,
            clock,
            own,
            config,
            arrivals,
            oversized: Semaphore::new(OVERSIZED),
            counters: Counters::default(),
            causes: Causes::default(),
        }
    }

    /// Notes here which transfer caused which revision of the store.
    #[must_use]
    pub fn noting(mut self, causes: Causes) -> Self {
        self.causes = causes;
        self
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// What was refused, by reason.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Whether this sender may bring one more group that was never seen.
    pub fn welcomes_new_group(&self, origin: &Origin) -> bool {
        self.arrivals.welcomes(origin, self.now())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Reads a transfer and does what it asks, as far as it can be proved and is allowed.
    pub async fn take<S>(&self, items: S, origin: &Origin) -> Result<Applied, Failure>
    where
        S: Stream<Item = Result<v1::SyncItem, Status>> + Send,
    {
        async {
            let taken = self.take_counted(items, origin).await;
            match &taken {
                Ok(applied) => {
                    self.counters.applied(applied);
                    span::applied(applied.outcome.name());
                }
                Err(failure) => {
                    self.counters.count(failure.reason());
                    span::applied("failed");
                }
            }
            taken
        }
        .instrument(span::apply())
        .await
    }

    async fn take_counted<S>(&self, items: S, origin: &Origin) -> Result<Applied, Failure>
    where
        S: Stream<Item = Result<v1::SyncItem, Status>> + Send,
    {
        pin_mut!(items);
        let opening = Opening::read(&mut items).await?;
        let group = opening.group_id;
        span::applied_group(&group);
        let (known, exclusion) = self.store.group_or_exclusion(&group).await?;
        let holding = match known {
            Some(row) => Holding::load(&self.store, row, &View::public()).await?,
            None if exclusion.is_some() => {
                return Ok(Applied::simple(group, Outcome::Excluded));
            }
            None if !self.arrivals.welcomes(origin, self.now()) => {
                self.counters.count("daily_new_groups");
                return Ok(Applied::simple(group, Outcome::TooManyNewGroups));
            }
            None => Holding::nothing(group, View::public()),
        };
        let reader = SyncReader::new(
            self.limits(),
            holding.as_basis(opening.is_whole()),
            Some(group),
        );
        let mut taking = Taking::new(self, holding, origin);
        let all = stream::iter(opening.items.into_iter().map(Ok)).chain(items);
        match receive(all, reader, &mut taking).await {
            Ok(received) => taking.settle(received.transfer).await,
            Err(error) => {
                taking.keep_for_next().await?;
                let judged = std::mem::take(&mut taking.judged);
                self.broken_off(&taking.holding, judged, error).await
            }
        }
    }

    fn limits(&self) -> SyncLimits {
        SyncLimits {
            max_records: self.config.max_records.saturating_mul(READ_OVER_LIMIT),
            max_view_bytes: self
                .config
                .max_view_bytes
                .saturating_mul(READ_OVER_LIMIT.into()),
            max_record_bytes: self.config.max_record_bytes,
            ..SyncLimits::default()
        }
    }

    /// What is left to do of a transfer that did not reach its end.
    async fn broken_off(
        &self,
        holding: &Holding,
        judged: judge::Judged,
        error: ReceiveError,
    ) -> Result<Applied, Failure> {
        let applied = |outcome| Applied::simple(holding.group_id, outcome);
        if let Some(outcome) = judged.outcome {
            return Ok(applied(outcome));
        }
        match error {
            ReceiveError::Rules(SyncError::Equivocation { held, rival }) => {
                self.freeze_heads(holding, held, rival, None).await?;
                Ok(applied(Outcome::Frozen))
            }
            ReceiveError::Rules(SyncError::Fork(fork)) => {
                self.freeze_keys(holding, &fork).await?;
                Ok(applied(Outcome::Frozen))
            }
            ReceiveError::Rules(SyncError::HeadOlder { .. }) => Err(superseded()),
            error => {
                // A rival's proof stands even where its leaves did not arrive.
                if let Some(rivals) = judged.rivals {
                    self.freeze_heads(holding, rivals.held, rivals.rival, None)
                        .await?;
                }
                Err(error.into())
            }
        }
    }
}

/// What the sender of a replayed head is told.
pub(crate) fn superseded() -> Failure {
    Failure::failed_precondition(
        "head_superseded",
        "A later head of this group is held here; an older one is not taken.",
    )
}

impl Apply {
    /// Notes what caused a commit, and passes it on.
    fn noted(&self, committed: Committed) -> Committed {
        if let Committed::At(revision) = &committed {
            self.causes.note(*revision);
        }
        committed
    }
}

/// What a sender is told when another transfer of the group was faster.
pub(crate) fn overtaken(committed: Committed) -> Result<(), Failure> {
    match committed {
        Committed::At(_) => Ok(()),
        Committed::Superseded => Err(Failure::aborted(
            "superseded",
            "Something else of this group was committed meanwhile; begin again.",
        )
        .retry_after(std::time::Duration::from_secs(1))),
    }
}
