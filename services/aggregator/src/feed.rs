//! FeedService over the store, so that this aggregator can be followed in the same way as it
//! follows others.

use std::sync::Arc;

use hedgerow_core::id::{Commitment, GroupId, PayloadHash, RecordHash};
use hedgerow_core::name::View;
use hedgerow_core::time::Clock;
use hedgerow_core::tree::Manifest;
use hedgerow_server::feed::{
    FeedSource, HeadRow, Rivals, Row, Snapshot, SnapshotHead, WatchRow, format_cursor,
    group_unknown, no_head, parse_cursor, withheld,
};
use hedgerow_store::{GroupRow, Store};
use hedgerow_transport::failure::Failure;
use tokio::sync::watch;

use crate::admission::status;
use crate::admission::status::group_status;
use crate::failure::OrFailure;

/// The store as a feed. Groups that are not shown are left out.
pub struct StoredFeed {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl StoredFeed {
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    async fn known_group(&self, group: &GroupId) -> Result<GroupRow, Failure> {
        self.store
            .group(group)
            .await
            .or_failure()?
            .ok_or_else(|| group_unknown(group))
    }

    /// Reads the stored head with its whole manifest.
    async fn whole_head(&self, group: &GroupId, view: &View) -> Result<SnapshotHead, Failure> {
        let stored = self.store.manifest(group, view).await.or_failure()?;
        let (head, manifest) = stored.ok_or_else(|| no_head(group))?;
        Ok(SnapshotHead {
            envelope: head.facts.envelope,
            basis: None,
            removals: Vec::new(),
            leaves: manifest.into_leaves(),
        })
    }

    fn is_in_feed(&self, row: &GroupRow) -> bool {
        status::is_in_feed(row, self.clock.now())
    }
}

/// Returns whether the group has only its first key event, and nothing else to serve yet.
fn is_new(row: &GroupRow) -> bool {
    row.head.is_none() && !row.seen && row.tip_index == 0 && row.exclusion.is_none() && !row.ended
}

#[tonic::async_trait]
impl FeedSource for StoredFeed {
    async fn key_log(&self, group: &GroupId) -> Result<Option<Vec<Vec<u8>>>, Failure> {
        let log = self.store.key_log(group).await.or_failure()?;
        Ok((!log.is_empty()).then_some(log))
    }

    async fn head(&self, group: &GroupId, _view: &View) -> Result<HeadRow, Failure> {
        let Some(row) = self.store.group(group).await.or_failure()? else {
            return Ok(HeadRow::GroupUnknown);
        };
        let in_feed = self.is_in_feed(&row);
        let status = group_status(&row, self.clock.now());
        Ok(match row.head {
            Some(head) if in_feed => HeadRow::Shown(head.facts.envelope),
            None if is_new(&row) => HeadRow::NoHead,
            _ => HeadRow::Withheld(status),
        })
    }

    async fn find_groups(
        &self,
        commitment: &Commitment,
        limit: usize,
    ) -> Result<Vec<GroupId>, Failure> {
        self.store.find_groups(commitment, limit).await.or_failure()
    }

    async fn rows_after(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Vec<WatchRow>, Failure> {
        let stream = self.store.stream_id().await.or_failure()?;
        let latest = self.store.latest_revision().await.or_failure()?;
        let revision = parse_cursor(cursor, &stream, latest)?;
        let rows = self.store.list_feed(revision, limit).await.or_failure()?;
        let now = self.clock.now();
        Ok(rows
            .into_iter()
            .map(|row| WatchRow {
                cursor: format_cursor(&stream, row.revision),
                group_id: row.group_id,
                key_log_tip_hash: row.tip,
                row: match &row.head {
                    Some(head) if status::is_in_feed(&row, now) => {
                        Row::Head(head.facts.envelope.clone())
                    }
                    _ => Row::Status(group_status(&row, now)),
                },
            })
            .collect())
    }

    async fn rivals(&self, group: &GroupId, view: &View) -> Result<Rivals, Failure> {
        let row = self.known_group(group).await?;
        let key_events = self.store.rival_key_events(group).await.or_failure()?;
        let heads = self
            .store
            .equivocation(group, view, row.tip_index)
            .await
            .or_failure()?;
        Ok(Rivals { key_events, heads })
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
        let row = self.known_group(group).await?;
        let key_log = self.store.key_log(group).await.or_failure()?;
        let rotated = match &row.head {
            Some(head) => head.facts.position.key_index != row.tip_index,
            None => !row.seen && row.tip_index > 0,
        };
        // The key log alone, from which followers see that they must drop the head.
        if row.exclusion.is_none() && (row.ended || rotated) {
            return Ok(Snapshot {
                key_log,
                head: None,
            });
        }
        if is_new(&row) {
            return Err(no_head(group));
        }
        if !self.is_in_feed(&row) {
            return Err(withheld(group, group_status(&row, self.clock.now())));
        }
        if let Some(head) = row.head.as_ref().filter(|head| head.whole)
            && from == Some(head.facts.hash)
        {
            // Nothing has changed. The leaves are not read to find that out.
            return Ok(Snapshot {
                key_log,
                head: Some(SnapshotHead {
                    envelope: head.facts.envelope.clone(),
                    basis: from,
                    removals: Vec::new(),
                    leaves: Vec::new(),
                }),
            });
        }
        let difference = match &from {
            Some(from) => self
                .store
                .difference(group, view, from)
                .await
                .or_failure()?,
            None => None,
        };
        let head = if let Some(difference) = difference {
            SnapshotHead {
                envelope: difference.head.facts.envelope,
                basis: from,
                removals: difference.removals,
                leaves: difference.puts,
            }
        } else {
            self.whole_head(group, view).await?
        };
        Ok(Snapshot {
            key_log,
            head: Some(head),
        })
    }

    async fn shown_snapshot(&self, group: &GroupId, view: &View) -> Result<Snapshot, Failure> {
        let row = self.known_group(group).await?;
        if self.is_in_feed(&row) || !status::is_recoverable(&row, self.clock.now()) {
            return self.snapshot(group, view, None).await;
        }
        Ok(Snapshot {
            key_log: self.store.key_log(group).await.or_failure()?,
            head: Some(self.whole_head(group, view).await?),
        })
    }

    async fn shown_bodies(
        &self,
        group: &GroupId,
        view: &View,
        hashes: &[RecordHash],
    ) -> Result<Vec<Option<Vec<u8>>>, Failure> {
        let row = self.known_group(group).await?;
        let mut bodies = Vec::with_capacity(hashes.len());
        for hash in hashes {
            // The store leaves out the records that a rival head hides.
            bodies.push(if status::is_recoverable(&row, self.clock.now()) {
                self.store.body(group, view, hash).await.or_failure()?
            } else {
                None
            });
        }
        Ok(bodies)
    }

    async fn manifest(
        &self,
        group: &GroupId,
        view: &View,
    ) -> Result<Option<(Vec<u8>, Manifest)>, Failure> {
        let row = self.known_group(group).await?;
        if !self.is_in_feed(&row) {
            return Ok(None);
        }
        let stored = self.store.manifest(group, view).await.or_failure()?;
        Ok(stored.map(|(head, manifest)| (head.facts.envelope, manifest)))
    }

    async fn bodies(
        &self,
        group: &GroupId,
        view: &View,
        hashes: &[RecordHash],
    ) -> Result<Vec<Option<Vec<u8>>>, Failure> {
        let row = self.known_group(group).await?;
        let mut bodies = Vec::with_capacity(hashes.len());
        for hash in hashes {
            // For each body again: the group may lapse while many are read.
            bodies.push(if self.is_in_feed(&row) {
                self.store.body(group, view, hash).await.or_failure()?
            } else {
                None
            });
        }
        Ok(bodies)
    }
}
