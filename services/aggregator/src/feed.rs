//! FeedService over what is held, so that anyone can follow this aggregator with the same
//! code with which it follows others.

use std::sync::Arc;

use hedgerow_core::id::Commitment;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::View;
use hedgerow_core::time::Clock;
use hedgerow_core::tree::Manifest;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::feed::FeedSource;
use hedgerow_rpc::feed::HeadRow;
use hedgerow_rpc::feed::Row;
use hedgerow_rpc::feed::Snapshot;
use hedgerow_rpc::feed::SnapshotHead;
use hedgerow_rpc::feed::WatchRow;
use hedgerow_rpc::feed::group_unknown;
use hedgerow_rpc::feed::no_head;
use hedgerow_rpc::feed::withheld;
use tokio::sync::watch;

use crate::status::is_passed_on;
use crate::status::status;
use crate::store::GroupRow;
use crate::store::Store;

/// What is held, as a feed. What is not to be shown is not passed on.
pub struct StoredFeed {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl StoredFeed {
    /// The feed of a store.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    async fn known(&self, group: &GroupId) -> Result<GroupRow, Failure> {
        self.store
            .group(group)
            .await?
            .ok_or_else(|| group_unknown(group))
    }

    fn passes_on(&self, row: &GroupRow) -> bool {
        is_passed_on(row, self.clock.now())
    }

    /// The revision in a cursor of this store's stream. One that is still to come was told
    /// before an older copy of the store was put in place: what it stands for is gone.
    async fn revision(&self, cursor: Option<&str>) -> Result<u64, Failure> {
        let Some(cursor) = cursor else { return Ok(0) };
        let stream = self.store.stream_id().await?;
        let latest = self.store.latest_revision().await?;
        cursor
            .split_once(':')
            .filter(|(of, _)| *of == stream)
            .and_then(|(_, revision)| revision.parse().ok())
            .filter(|revision| *revision <= latest)
            .ok_or_else(|| {
                Failure::out_of_range(
                    "cursor_unknown",
                    "That cursor is not of this server's present stream; begin without one.",
                )
            })
    }
}

#[tonic::async_trait]
impl FeedSource for StoredFeed {
    async fn key_log(&self, group: &GroupId) -> Result<Option<Vec<Vec<u8>>>, Failure> {
        let log = self.store.key_log(group).await?;
        Ok((!log.is_empty()).then_some(log))
    }

    async fn head(&self, group: &GroupId, _view: &View) -> Result<HeadRow, Failure> {
        let Some(row) = self.store.group(group).await? else {
            return Ok(HeadRow::GroupUnknown);
        };
        let passed_on = self.passes_on(&row);
        let status = status(&row, self.clock.now());
        Ok(match row.head {
            Some(head) if passed_on => HeadRow::Shown(head.envelope),
            None if !row.seen && row.exclusion.is_none() && !row.ended => HeadRow::NoHead,
            _ => HeadRow::Withheld(status),
        })
    }

    async fn find_group(&self, commitment: &Commitment) -> Result<Option<GroupId>, Failure> {
        Ok(self.store.find_groups(commitment, 1).await?.pop())
    }

    async fn find_groups(
        &self,
        commitment: &Commitment,
        limit: usize,
    ) -> Result<Vec<GroupId>, Failure> {
        Ok(self.store.find_groups(commitment, limit).await?)
    }

    async fn rows_after(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Vec<WatchRow>, Failure> {
        let revision = self.revision(cursor).await?;
        let stream = self.store.stream_id().await?;
        let rows = self.store.feed_after(revision, limit).await?;
        let now = self.clock.now();
        Ok(rows
            .into_iter()
            .map(|row| WatchRow {
                cursor: format!("{stream}:{}", row.revision),
                group_id: row.group_id,
                key_log_tip: row.tip,
                row: match &row.head {
                    Some(head) if is_passed_on(&row, now) => Row::Head(head.envelope.clone()),
                    _ => Row::Status(status(&row, now)),
                },
            })
            .collect())
    }

    fn changed(&self) -> watch::Receiver<u64> {
        self.store.changed()
    }

    async fn snapshot(
        &self,
        group: &GroupId,
        view: &View,
        from: Option<PayloadHash>,
    ) -> Result<Snapshot, Failure> {
        let row = self.known(group).await?;
        let key_log = self.store.key_log(group).await?;
        let rotated = row
            .head
            .as_ref()
            .is_some_and(|head| head.position.key_index != row.tip_index);
        if row.exclusion.is_none() && (row.ended || rotated) {
            return Ok(Snapshot {
                key_log,
                head: None,
            });
        }
        if row.head.is_none() && !row.seen && row.exclusion.is_none() {
            return Err(no_head(group));
        }
        if !self.passes_on(&row) {
            return Err(withheld(group, status(&row, self.clock.now())));
        }
        if let Some(from) = from
            && let Some(difference) = self.store.difference(group, view, &from).await?
        {
            let head = SnapshotHead {
                envelope: difference.head.envelope,
                basis: Some(from),
                removals: difference.removals,
                leaves: difference.puts,
            };
            return Ok(Snapshot {
                key_log,
                head: Some(head),
            });
        }
        let Some((head, manifest)) = self.store.manifest(group, view).await? else {
            return Err(no_head(group));
        };
        let head = SnapshotHead {
            envelope: head.envelope,
            basis: None,
            removals: Vec::new(),
            leaves: manifest.into_leaves(),
        };
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
        let row = self.known(group).await?;
        if !self.passes_on(&row) {
            return Ok(None);
        }
        let held = self.store.manifest(group, view).await?;
        Ok(held.map(|(head, manifest)| (head.envelope, manifest)))
    }

    async fn body(
        &self,
        group: &GroupId,
        view: &View,
        hash: &RecordHash,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let mut bodies = self.bodies(group, view, &[*hash]).await?;
        Ok(bodies.pop().flatten())
    }

    async fn bodies(
        &self,
        group: &GroupId,
        view: &View,
        hashes: &[RecordHash],
    ) -> Result<Vec<Option<Vec<u8>>>, Failure> {
        let row = self.known(group).await?;
        let mut bodies = Vec::with_capacity(hashes.len());
        for hash in hashes {
            let passed_on = self.passes_on(&row);
            bodies.push(if passed_on {
                self.store.body(group, view, hash).await?
            } else {
                None
            });
        }
        Ok(bodies)
    }
}
