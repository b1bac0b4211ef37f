//! Refreshing due documents between changes.

use hedgerow_core::name::View;
use hedgerow_core::record::record_hash;
use hedgerow_store::StoredRecord;

use super::{BATCH, Indexer, Progress};
use crate::candidate::Candidate;
use crate::error::IndexError;
use crate::indexing::buffered_writer::MAX_BUFFERED_BYTES;
use crate::indexing::inherited_audience::AudienceCache;
use crate::indexing::refresh::{REFRESH_INTERVAL, due_for_refresh};
use crate::indexing::writer::Operation;

impl Indexer<'_> {
    /// Expands occurrences of a batch of due documents again.
    pub async fn refresh_due(&mut self) -> Result<Progress, IndexError> {
        let now = self.index.now();
        // A clock that was set back makes the time of the last search meaningless.
        if self
            .none_due_at
            .is_some_and(|at| at <= now && now.since(at) < REFRESH_INTERVAL)
        {
            return Ok(Progress::CaughtUp);
        }
        let current = self.index.current();
        let due = tokio::task::spawn_blocking(move || due_for_refresh(&current, now, BATCH));
        let due = due.await??;
        if due.is_empty() {
            self.none_due_at = Some(now);
            return Ok(Progress::CaughtUp);
        }
        let mut audiences = AudienceCache::default();
        let mut bytes = 0;
        for candidate in due {
            bytes += self.refresh(candidate, &mut audiences).await?;
            // Changes do not wait until all costly documents are refreshed.
            if bytes >= MAX_BUFFERED_BYTES {
                break;
            }
        }
        self.flush().await?;
        self.commit().await?;
        Ok(Progress::More)
    }

    /// Indexes a record again, and returns its bytes.
    async fn refresh(
        &mut self,
        candidate: Candidate,
        audiences: &mut AudienceCache,
    ) -> Result<usize, IndexError> {
        let Candidate { group, name, .. } = candidate;
        let store = self.index.store();
        let Some(record) = store.record(&group, &View::public(), &name).await? else {
            self.push(Operation::Remove(group, name)).await?;
            return Ok(0);
        };
        let bytes = record.len();
        let record = StoredRecord {
            name,
            record_hash: record_hash(&record),
            record,
        };
        self.put(group, record, audiences).await?;
        Ok(bytes)
    }
}
