//! Letting later changes pass while costly ones are applied: first additions of other groups,
//! then everything that was taken back.

use std::pin::Pin;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_store::{IndexChange, IndexChangeKind, PendingKind};

use super::{Indexer, Phase};
use crate::error::IndexError;
use crate::indexing::overtaking::PendingChange;

impl Indexer<'_> {
    /// Applies later changes that may not wait for those in progress, and commits them.
    pub(super) async fn make_way(&mut self) -> Result<(), IndexError> {
        match self.phase {
            Phase::Rebuilding | Phase::Overtaking => return Ok(()),
            Phase::Applying => self.overtake().await?,
            Phase::Other => {}
        }
        // After the additions, which were read earlier.
        let is_committed = self.hide_ahead().await?;
        if self.has_overtaken && !is_committed && self.is_commit_due() {
            self.commit().await?;
        }
        Ok(())
    }

    /// Applies small changes of other groups. Boxed, because it is called while changes are
    /// applied, and applies changes itself.
    fn overtake(&mut self) -> Pin<Box<dyn Future<Output = Result<(), IndexError>> + Send + '_>> {
        Box::pin(async {
            let store = self.index.store();
            self.overtaking.read(store, self.cursor.revision).await?;
            let taken = self.overtaking.take(self.in_progress.as_ref());
            if taken.is_empty() {
                return Ok(());
            }
            let changes = self.read_records(taken).await?;
            let interrupted = self.in_progress;
            self.phase = Phase::Overtaking;
            self.apply_changes(changes).await?;
            self.phase = Phase::Applying;
            self.in_progress = interrupted;
            self.has_overtaken = true;
            self.flush().await
        })
    }

    /// Reads the records of changes. A record that is no longer shown is left out: a later
    /// change removes it.
    async fn read_records(
        &self,
        pending: Vec<PendingChange>,
    ) -> Result<Vec<IndexChange>, IndexError> {
        let names: Vec<(GroupId, RecordName)> = pending
            .iter()
            .filter_map(|change| match &change.kind {
                PendingKind::Put { name, .. } => Some((change.group_id, name.clone())),
                _ => None,
            })
            .collect();
        let records = self.index.store().shown_records(&names).await?;
        let mut records = records.into_iter();
        let changes = pending.into_iter().filter_map(|change| {
            let kind = match change.kind {
                PendingKind::Put { .. } => IndexChangeKind::Put(records.next().flatten()?.record),
                PendingKind::Removed(name) => IndexChangeKind::Removed(name),
                PendingKind::GroupHidden => IndexChangeKind::GroupHidden,
                PendingKind::GroupShown { records, .. } => IndexChangeKind::GroupShown(records),
            };
            Some(IndexChange {
                revision: change.revision,
                group_id: change.group_id,
                kind,
            })
        });
        Ok(changes.collect())
    }

    /// Commits removals that come later than the changes in progress, and returns whether there
    /// were any.
    async fn hide_ahead(&mut self) -> Result<bool, IndexError> {
        let store = self.index.store();
        let hidden = self.hidden_ahead.read(store, self.cursor.revision).await?;
        if hidden.is_empty() {
            return Ok(false);
        }
        for operation in hidden {
            self.writer.push(operation);
        }
        self.flush().await?;
        self.hides_records = true;
        self.commit().await?;
        Ok(true)
    }
}
