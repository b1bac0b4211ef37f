//! The source of FeedService: what the hosted groups publish. The node signs heads for
//! public views only, so only those are served.

use std::sync::Arc;

use async_trait::async_trait;
use hedgerow_core::id::{Commitment, GroupId, PayloadHash, RecordHash};
use hedgerow_core::name::View;
use hedgerow_core::tree::Manifest;
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_server::feed::{
    FeedSource, HeadRow, Row, Snapshot, SnapshotHead, WatchRow, format_cursor, group_unknown,
    no_head, parse_cursor,
};
use hedgerow_transport::failure::Failure;
use tokio::sync::watch;

use crate::shared::Shared;
use crate::store::{StoredHead, Transaction};

/// Serves the node's store as a feed.
pub(crate) struct NodeFeed(pub(crate) Arc<Shared>);

/// What a group shows, read without its key log: that was verified before it was stored, and a
/// long one takes tens of milliseconds to verify.
struct FeedState {
    ended: bool,
    /// The newest head, if it was signed under the last key event.
    head: Option<StoredHead>,
    /// A later key event than the first ended every head made before it.
    rotated: bool,
}

impl FeedState {
    /// Reads the state; `None` for a group that is not hosted here.
    async fn read(
        reading: &mut Transaction,
        group: &GroupId,
        view: &View,
    ) -> Result<Option<Self>, Failure> {
        let Some((tip_index, ended)) = reading.key_log_tip(group).await? else {
            return Ok(None);
        };
        let head = reading.head(group, view).await?;
        Ok(Some(Self {
            ended,
            rotated: tip_index > 0,
            head: head.filter(|head| head.position.key_index == tip_index),
        }))
    }

    /// The head, unless the group has ended.
    fn current_head(&self) -> Option<&StoredHead> {
        self.head.as_ref().filter(|_| !self.ended)
    }

    /// The state of the head, as `GetHead` and `WatchHeads` report it.
    fn head_row(&self) -> HeadRow {
        match self.current_head() {
            Some(head) => HeadRow::Shown(head.envelope.clone()),
            None if self.ended => HeadRow::Withheld(GroupStatus::Ended),
            None if self.rotated => HeadRow::Withheld(GroupStatus::Pending),
            None => HeadRow::NoHead,
        }
    }
}

#[async_trait]
impl FeedSource for NodeFeed {
    async fn key_log(&self, group: &GroupId) -> Result<Option<Vec<Vec<u8>>>, Failure> {
        let envelopes = self.0.store.read().await?.key_log(group).await?;
        Ok(Some(envelopes).filter(|envelopes| !envelopes.is_empty()))
    }

    async fn head(&self, group: &GroupId, view: &View) -> Result<HeadRow, Failure> {
        let mut reading = self.0.store.read().await?;
        let state = FeedState::read(&mut reading, group, view).await?;
        Ok(state.map_or(HeadRow::GroupUnknown, |state| state.head_row()))
    }

    async fn find_groups(
        &self,
        commitment: &Commitment,
        limit: usize,
    ) -> Result<Vec<GroupId>, Failure> {
        let mut reading = self.0.store.read().await?;
        let group = reading.group_by_commitment(commitment).await?;
        Ok(group.into_iter().take(limit).collect())
    }

    async fn rows_after(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Vec<WatchRow>, Failure> {
        let mut reading = self.0.store.read().await?;
        let (stream_id, last) = reading.stream().await?;
        let after = parse_cursor(cursor, &stream_id, last.unsigned_abs())?;
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let changed = reading.changed_after(after.cast_signed(), limit).await?;
        let mut rows = Vec::with_capacity(changed.len());
        for group in changed {
            let state = FeedState::read(&mut reading, &group.group_id, &View::public()).await?;
            let row = match state.map(|state| state.head_row()) {
                Some(HeadRow::Shown(head)) => Row::Head(head),
                Some(HeadRow::Withheld(status)) => Row::Status(status),
                Some(HeadRow::NoHead | HeadRow::GroupUnknown) | None => {
                    Row::Status(GroupStatus::Pending)
                }
            };
            rows.push(WatchRow {
                cursor: format_cursor(&stream_id, group.revision.unsigned_abs()),
                group_id: group.group_id,
                key_log_tip_hash: group.key_log_tip_hash,
                row,
            });
        }
        Ok(rows)
    }

    fn changed(&self) -> watch::Receiver<u64> {
        self.0.revision.subscribe()
    }

    async fn snapshot(
        &self,
        group: &GroupId,
        view: &View,
        from: Option<PayloadHash>,
    ) -> Result<Snapshot, Failure> {
        let mut reading = self.0.store.read().await?;
        let state = FeedState::read(&mut reading, group, view)
            .await?
            .ok_or_else(|| group_unknown(group))?;
        let key_log = reading.key_log(group).await?;
        let Some(head) = state.current_head() else {
            // After a rotation or an end, followers need the longer key log even without a
            // head. A log with only its first event has nothing to say yet.
            if !state.rotated {
                return Err(no_head(group));
            }
            return Ok(Snapshot {
                key_log,
                head: None,
            });
        };
        let head = snapshot_from(&mut reading, group, view, head, from).await?;
        Ok(Snapshot {
            key_log,
            head: Some(head),
        })
    }

    async fn manifest(
        &self,
        group: &GroupId,
        view: &View,
    ) -> Result<Option<(Vec<u8>, Manifest)>, Failure> {
        let mut reading = self.0.store.read().await?;
        let state = FeedState::read(&mut reading, group, view).await?;
        let Some(head) = state.as_ref().and_then(FeedState::current_head) else {
            return Ok(None);
        };
        let leaves = reading.leaves(group, view).await?;
        let manifest = Manifest::from_sorted(leaves).map_err(Failure::internal)?;
        Ok(Some((head.envelope.clone(), manifest)))
    }

    async fn bodies(
        &self,
        group: &GroupId,
        view: &View,
        hashes: &[RecordHash],
    ) -> Result<Vec<Option<Vec<u8>>>, Failure> {
        let mut reading = self.0.store.read().await?;
        let mut bodies = Vec::with_capacity(hashes.len());
        for hash in hashes {
            bodies.push(reading.body_under_head(group, view, hash).await?);
        }
        Ok(bodies)
    }
}

/// Reads what a receiver of the head `from` needs for the newest head: the difference, if
/// `from` was signed here and all removals since are still stored; otherwise the whole
/// manifest.
pub(crate) async fn snapshot_from(
    reading: &mut Transaction,
    group: &GroupId,
    view: &View,
    head: &StoredHead,
    from: Option<PayloadHash>,
) -> Result<SnapshotHead, Failure> {
    if from == Some(head.hash) {
        // Nothing has changed. The leaves are not read to find that out.
        return Ok(SnapshotHead {
            envelope: head.envelope.clone(),
            basis: from,
            removals: Vec::new(),
            leaves: Vec::new(),
        });
    }
    let mut basis = None;
    if let Some(hash) = from {
        let revision = reading.head_revision(group, view, &hash).await?;
        basis = revision
            .filter(|revision| *revision >= head.floor_revision)
            .map(|revision| (hash, revision));
    }
    let (basis, removals, leaves) = match basis {
        Some((hash, revision)) => {
            let changes = reading.changes_after(group, view, revision).await?;
            (Some(hash), changes.removals, changes.leaves)
        }
        None => (None, Vec::new(), reading.leaves(group, view).await?),
    };
    Ok(SnapshotHead {
        envelope: head.envelope.clone(),
        basis,
        removals,
        leaves,
    })
}
