//! Writes changes of a group to the store.

use crate::failure::OrFailure;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_server::telemetry::TraceLinks;
use hedgerow_store::{Committed, HeadFacts, HeadOnly, Store};
use hedgerow_transport::failure::Failure;

use super::counters::Counters;
use super::current_state::GroupState;

/// Writes what transfers and announcements change. Every write names the key-log tip and the
/// head that it was computed from, and the store swaps only if they are still current: so
/// transfers need no lock, and of two at once the later one begins again.
pub(crate) struct GroupWriter {
    pub(super) store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    own: GroupId,
    pub(super) counters: Counters,
    /// Links each committed revision to the trace of its transfer.
    pub(super) trace_links: TraceLinks,
}

impl GroupWriter {
    /// Writes for the aggregator with the id `own`.
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, own: GroupId) -> Self {
        Self {
            store,
            clock,
            own,
            counters: Counters::default(),
            trace_links: TraceLinks::default(),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Links a commit to the current trace, and passes it on.
    pub(super) fn linked(&self, committed: Committed) -> Committed {
        if let Committed::At(revision) = &committed {
            self.trace_links.add(*revision);
        }
        committed
    }

    /// Stores a head, erases the records under the last one, and stores nothing in their place.
    pub(crate) async fn store_head_only(
        &self,
        group: &GroupState,
        head: &VerifiedHead,
    ) -> Result<(), Failure> {
        let is_stored = group
            .stored
            .as_ref()
            .is_some_and(|stored| stored.facts.hash == head.hash() && !stored.whole);
        if is_stored {
            return Ok(());
        }
        let committed = self
            .store
            .commit_head_only(HeadOnly {
                group_id: group.group_id,
                view: group.view.clone(),
                expected_tip: group.tip()?,
                head: self.new_head(head),
                now: self.now(),
            })
            .await
            .or_failure()?;
        check_committed(committed)
    }

    pub(super) fn new_head(&self, head: &VerifiedHead) -> HeadFacts {
        HeadFacts::new(head, head.indexing().permits(&self.own))
    }
}

/// Returns an error if another transfer was faster: the sender then begins again.
pub(super) fn check_committed(committed: Committed) -> Result<(), Failure> {
    match committed {
        Committed::At(_) => Ok(()),
        Committed::Superseded => Err(Failure::aborted(
            "superseded",
            "Another change of this group was committed meanwhile; begin again.",
        )
        .retry_after(Duration::from_secs(1))),
    }
}
