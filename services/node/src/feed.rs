//! What this node's groups publish, for FeedService: public views only.

use std::sync::Arc;

use async_trait::async_trait;
use hedgerow_core::id::Commitment;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::id::RecordHash;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::View;
use hedgerow_core::tree::Manifest;
use hedgerow_proto::v1::GroupStatus;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::feed::FeedSource;
use hedgerow_rpc::feed::HeadRow;
use hedgerow_rpc::feed::Row;
use hedgerow_rpc::feed::Snapshot;
use hedgerow_rpc::feed::SnapshotHead;
use hedgerow_rpc::feed::WatchRow;
use hedgerow_rpc::feed::group_unknown;
use hedgerow_rpc::feed::no_head;
use tokio::sync::watch;

use crate::node::Shared;
use crate::store::KeptHead;
use crate::store::Transaction;

/// The node's store as a feed.
pub(crate) struct NodeFeed(pub(crate) Arc<Shared>);

/// A group's key log with its newest head, if that still counts.
struct Standing {
    envelopes: Vec<Vec<u8>>,
    ended: bool,
    head: Option<KeptHead>,
}

impl Standing {
    async fn read(
        reading: &mut Transaction,
        group: &GroupId,
        view: &View,
    ) -> Result<Option<Self>, Failure> {
        let envelopes = reading.key_log(group).await?;
        if envelopes.is_empty() {
            return Ok(None);
        }
        let log = KeyLog::verify(&envelopes).map_err(Failure::internal)?;
        let head = reading.head(group, view).await?;
        Ok(Some(Self {
            ended: log.is_ended(),
            // A key event ends every head made under an earlier one.
            head: head.filter(|head| head.position.key_index == log.tip_index()),
            envelopes,
        }))
    }

    fn shown(&self) -> Option<&KeptHead> {
        self.head.as_ref().filter(|_| !self.ended)
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
        let Some(standing) = Standing::read(&mut reading, group, view).await? else {
            return Ok(HeadRow::GroupUnknown);
        };
        if standing.ended {
            return Ok(HeadRow::Withheld(GroupStatus::Ended));
        }
        Ok(match standing.head {
            Some(head) => HeadRow::Shown(head.envelope),
            None => HeadRow::NoHead,
        })
    }

    async fn find_group(&self, commitment: &Commitment) -> Result<Option<GroupId>, Failure> {
        let mut reading = self.0.store.read().await?;
        Ok(reading.group_by_commitment(commitment).await?)
    }

    async fn rows_after(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Vec<WatchRow>, Failure> {
        let mut reading = self.0.store.read().await?;
        let (stream_id, last) = reading.stream().await?;
        let after = match cursor {
            None => 0,
            Some(cursor) => revision_of(cursor, &stream_id)
                .filter(|revision| (0..=last).contains(revision))
                .ok_or_else(cursor_unknown)?,
        };
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let changed = reading.changed_after(after, limit).await?;
        let mut rows = Vec::with_capacity(changed.len());
        for publisher in changed {
            let standing =
                Standing::read(&mut reading, &publisher.group_id, &View::public()).await?;
            let row = match &standing {
                Some(Standing { ended: true, .. }) => Row::Status(GroupStatus::Ended),
                Some(Standing {
                    head: Some(head), ..
                }) => Row::Head(head.envelope.clone()),
                _ => Row::Status(GroupStatus::Pending),
            };
            rows.push(WatchRow {
                cursor: format!("{stream_id}:{}", publisher.revision),
                group_id: publisher.group_id,
                key_log_tip: publisher.key_log_tip,
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
        let standing = Standing::read(&mut reading, group, view)
            .await?
            .ok_or_else(|| group_unknown(group))?;
        let Some(head) = standing.shown() else {
            // What ended travels as key log alone; what never began is nothing yet.
            if standing.envelopes.len() == 1 {
                return Err(no_head(group));
            }
            return Ok(Snapshot {
                key_log: standing.envelopes,
                head: None,
            });
        };
        let head = leading_to(&mut reading, group, view, head, from).await?;
        Ok(Snapshot {
            key_log: standing.envelopes,
            head: Some(head),
        })
    }

    async fn manifest(
        &self,
        group: &GroupId,
        view: &View,
    ) -> Result<Option<(Vec<u8>, Manifest)>, Failure> {
        let mut reading = self.0.store.read().await?;
        let standing = Standing::read(&mut reading, group, view).await?;
        let Some(head) = standing.as_ref().and_then(Standing::shown) else {
            return Ok(None);
        };
        let leaves = reading.leaves(group, view).await?;
        let manifest = Manifest::from_sorted(leaves).map_err(Failure::internal)?;
        Ok(Some((head.envelope.clone(), manifest)))
    }

    async fn body(
        &self,
        group: &GroupId,
        view: &View,
        hash: &RecordHash,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let mut reading = self.0.store.read().await?;
        Ok(reading.body_under_head(group, view, hash).await?)
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

/// What leads from a head that another server holds to the newest one: the difference
/// where that head is remembered with all removals since, else the whole manifest.
pub(crate) async fn leading_to(
    reading: &mut Transaction,
    group: &GroupId,
    view: &View,
    head: &KeptHead,
    from: Option<PayloadHash>,
) -> Result<SnapshotHead, Failure> {
    let remembered = match &from {
        Some(hash) => reading.remembered(group, view, hash).await?,
        None => None,
    };
    let basis = remembered.filter(|basis| basis.revision >= head.floor_revision);
    let (basis, removals, leaves) = match basis {
        Some(basis) => {
            let changes = reading.changes_after(group, view, basis.revision).await?;
            (Some(basis.hash), changes.removals, changes.leaves)
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

fn revision_of(cursor: &str, stream_id: &str) -> Option<i64> {
    cursor
        .strip_prefix(stream_id)?
        .strip_prefix(':')?
        .parse()
        .ok()
}

fn cursor_unknown() -> Failure {
    Failure::out_of_range(
        "cursor_unknown",
        "this cursor is not of this node as it now is: begin again without one",
    )
}
