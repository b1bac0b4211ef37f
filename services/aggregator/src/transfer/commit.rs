//! The end of a transfer: its root was verified, and it is committed as a whole or not at all.

use std::collections::BTreeSet;

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::sync::Transfer;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::{Difference, Leaf, Manifest};
use hedgerow_store::{
    Committed, Fill, HeadCommit, LeafState, StoreError, Throttle, ThrottledHead, Tokens,
};
use hedgerow_transport::failure::Failure;

use crate::admission::ViewChange;
use crate::failure::{DISK_FULL, DISK_FULL_RETRY, OrFailure, store_failure};

use super::body_sink::TransferState;
use super::current_state::GroupState;
use super::freeze::absent_from;
use super::group_writer::check_committed;
use super::key_events::all_events;
use super::leaves::ResolvedLeaves;
use super::next_step::NextStep;
use super::outcome::{GroupSummary, Outcome, TransferResult};

/// The most missing bodies that one response names.
pub(crate) const MAX_WANTED: usize = 1_000;

impl TransferState<'_> {
    /// Commits a complete transfer, as its evaluated head requires.
    pub(super) async fn commit(mut self, transfer: Transfer) -> Result<TransferResult, Failure> {
        let result = self.try_commit(transfer).await;
        if result.is_err() {
            self.keep_for_next().await?;
        }
        result
    }

    async fn try_commit(&mut self, transfer: Transfer) -> Result<TransferResult, Failure> {
        let Some(head) = &transfer.head else {
            self.commit_new_key_log().await?;
            return Ok(self.without_records(Outcome::KeyLog));
        };
        let (writer, manifest) = (&self.shared.writer, &transfer.manifest);
        match self.next.take() {
            Some(NextStep::Finished(outcome)) => Ok(self.without_records(outcome)),
            Some(NextStep::FreezeHeads { accepted, rival }) => {
                writer
                    .freeze_heads(&self.group, accepted, rival, Some(manifest))
                    .await?;
                Ok(self.without_records(Outcome::Frozen))
            }
            Some(NextStep::HideAbsent) => {
                writer.hide_absent(&self.group, manifest).await?;
                Ok(self.without_records(Outcome::Frozen))
            }
            Some(NextStep::FillMissing) => self.fill_missing(head).await,
            Some(NextStep::PutInForce) | None => self.put_in_force(head, manifest).await,
        }
    }

    fn without_records(&self, outcome: Outcome) -> TransferResult {
        TransferResult::without_records(self.group.group_id, outcome)
    }

    /// Stores bodies that were missing under the stored head and came with it this time.
    async fn fill_missing(&mut self, head: &VerifiedHead) -> Result<TransferResult, Failure> {
        let writer = &self.shared.writer;
        let (store, GroupState { group_id, view, .. }) = (&writer.store, &self.group);
        let wanted = self.wanted().await?;
        let leaves = self.group.manifest.leaves().iter();
        let leaves: Vec<_> = leaves
            .filter(|leaf| wanted.contains(&leaf.record_hash))
            .collect();
        let resolved = self.resolve(&leaves).await?;
        let (kept, refused) = resolved.counts();
        let arrived: Vec<_> = resolved
            .puts
            .into_iter()
            .filter(|put| put.state != LeafState::Wanted)
            .map(|put| (put.leaf.name, put.leaf.record_hash, put.state))
            .collect();
        if !arrived.is_empty() {
            let fill = Fill {
                group_id: *group_id,
                view: view.clone(),
                expected_head: head.hash(),
                leaves: arrived,
                bodies: self.buffer.accepted(),
            };
            check_committed(writer.linked(store.fill(fill).await.or_failure()?))?;
        }
        store
            .confirm(group_id, view, &head.hash())
            .await
            .or_failure()?;
        Ok(TransferResult {
            kept,
            refused,
            ..self.without_records(Outcome::Stored(head.hash()))
        })
    }

    /// Puts a head in force. If there is no disk space for what it adds, hides at least what it
    /// takes back: that must not wait until an operator has made room.
    async fn put_in_force(
        &mut self,
        head: &VerifiedHead,
        manifest: &Manifest,
    ) -> Result<TransferResult, Failure> {
        let result = self.try_put_in_force(head, manifest).await;
        if let Err(failure) = &result
            && failure.reason() == DISK_FULL
        {
            self.hide_without_space(head, manifest).await?;
        }
        result
    }

    /// Puts a head in force if it is within the group's limits and its bodies are there.
    async fn try_put_in_force(
        &mut self,
        head: &VerifiedHead,
        manifest: &Manifest,
    ) -> Result<TransferResult, Failure> {
        if self.lacks_space {
            return Err(store_failure(StoreError::DiskFull));
        }
        let (policy, writer) = (&self.shared.policy, &self.shared.writer);
        let now = writer.now();
        let difference = Manifest::difference(&self.group.manifest, manifest);
        let puts = difference.puts.iter();
        let created = puts.filter(|leaf| self.group.manifest.get(&leaf.name).is_none());
        let stored_tokens = self.group.view_state.tokens;
        let change = ViewChange {
            group: &self.group.group_id,
            origin: &self.origin,
            manifest,
            stored_bytes: self.group.manifest.record_bytes(),
            created: created.count(),
        };
        let tokens = match policy.check_limits(&change, stored_tokens, now) {
            Ok(tokens) => tokens,
            Err(limit) => return self.throttle(head, manifest, limit).await,
        };
        let growth = change.growth();
        let change = (difference, tokens, now);
        let result = self.commit_change(head, manifest, change).await;
        let is_stored = |result: &TransferResult| matches!(result.outcome, Outcome::Stored(_));
        if !result.as_ref().is_ok_and(is_stored) {
            // Nothing was stored: the next attempt counts.
            self.shared.policy.return_growth(&self.origin, growth, now);
        }
        result
    }

    /// Commits a head within the limits, unless bodies of its records are missing.
    async fn commit_change(
        &mut self,
        head: &VerifiedHead,
        manifest: &Manifest,
        (difference, tokens, now): (Difference, Tokens, Timestamp),
    ) -> Result<TransferResult, Failure> {
        let writer = &self.shared.writer;
        let mut leaves: Vec<&Leaf> = difference.puts.iter().collect();
        let unchanged = self
            .unchanged_without_body(manifest, &difference.puts)
            .await?;
        leaves.extend(&unchanged);
        let resolved = self.resolve(&leaves).await?;
        if !resolved.missing.is_empty() && !self.origin.may_lack_bodies() {
            self.stage().await?;
            let mut wanted = resolved.missing;
            wanted.truncate(MAX_WANTED);
            return Ok(self.without_records(Outcome::Wanted(wanted)));
        }
        let (kept, refused) = resolved.counts();
        let group = &self.group;
        let change = HeadCommit {
            group_id: group.group_id,
            view: group.view.clone(),
            new_key_log: group.new_key_log().map(all_events).unwrap_or_default(),
            expected_tip: group.tip()?,
            expected_head: group.stored_hash(),
            head: writer.new_head(head),
            removals: difference.removals,
            puts: resolved.puts,
            bodies: self.buffer.accepted(),
            bytes: manifest.record_bytes(),
            tokens,
            now,
        };
        let mut summary = GroupSummary::of_new_group(&change);
        let committed = writer.store.commit_head(change).await.or_failure()?;
        check_committed(writer.linked(committed))?;
        self.key_events_committed = true;
        if let (Some(summary), Committed::At(revision)) = (&mut summary, committed) {
            summary.row.revision = revision;
        }
        Ok(TransferResult {
            kept,
            refused,
            summary,
            ..self.without_records(Outcome::Stored(head.hash()))
        })
    }

    /// Hides at once the records that a throttled head removes or replaces; its new ones wait.
    async fn throttle(
        &mut self,
        head: &VerifiedHead,
        manifest: &Manifest,
        limit: Throttle,
    ) -> Result<TransferResult, Failure> {
        self.commit_new_key_log().await?;
        self.shared.writer.counters.count_throttled(&limit);
        let hide = absent_from(&self.group.manifest, manifest);
        self.record_delayed(head, hide, limit).await?;
        // Afterwards, because there may be no space for the new records.
        self.stage().await?;
        Ok(self.without_records(Outcome::Throttled))
    }

    /// Hides the records that a head removes or replaces, unless an earlier attempt did.
    async fn hide_without_space(
        &self,
        head: &VerifiedHead,
        manifest: &Manifest,
    ) -> Result<(), Failure> {
        let group = &self.group;
        let hide = absent_from(&group.manifest, manifest);
        let is_delayed = group.row.as_ref().is_some_and(|row| row.throttle.is_some())
            && group.view_state.highest_hash == Some(head.hash());
        if hide.is_empty() || is_delayed {
            return Ok(());
        }
        let limit = Throttle {
            limit: DISK_FULL.to_owned(),
            until: Some(self.shared.writer.now().plus(DISK_FULL_RETRY)),
        };
        self.record_delayed(head, hide, limit).await
    }

    async fn record_delayed(
        &self,
        head: &VerifiedHead,
        hide: Vec<RecordName>,
        limit: Throttle,
    ) -> Result<(), Failure> {
        let group = &self.group;
        let change = ThrottledHead {
            group_id: group.group_id,
            view: group.view.clone(),
            expected_tip: group.tip()?,
            expected_head: group.stored_hash(),
            envelope: head.envelope().to_vec(),
            hash: head.hash(),
            position: head.position(),
            hide,
            limit,
        };
        let store = &self.shared.writer.store;
        check_committed(store.throttle(change).await.or_failure()?)
    }

    /// Returns unchanged leaves without a body, which may have come this time.
    async fn unchanged_without_body(
        &self,
        manifest: &Manifest,
        puts: &[Leaf],
    ) -> Result<Vec<Leaf>, Failure> {
        if !self.group.is_whole() {
            return Ok(Vec::new());
        }
        let wanted = self.wanted().await?;
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let put: BTreeSet<&RecordName> = puts.iter().map(|leaf| &leaf.name).collect();
        let is_missing =
            |leaf: &&Leaf| wanted.contains(&leaf.record_hash) && !put.contains(&leaf.name);
        Ok(manifest
            .leaves()
            .iter()
            .filter(is_missing)
            .cloned()
            .collect())
    }

    /// Returns the hashes of all missing bodies under the stored head.
    async fn wanted(&self) -> Result<BTreeSet<RecordHash>, Failure> {
        let (store, group) = (&self.shared.writer.store, &self.group);
        let wanted = store.list_wanted(&group.group_id, &group.view, usize::MAX);
        Ok(wanted.await.or_failure()?.into_iter().collect())
    }

    async fn resolve(&self, leaves: &[&Leaf]) -> Result<ResolvedLeaves, Failure> {
        ResolvedLeaves::resolve(
            &self.shared.writer.store,
            &self.group,
            &self.buffer,
            leaves,
            self.shared.max_record_bytes,
        )
        .await
    }
}
