//! Writing segments again, without the words of deleted documents.

use std::time::Duration;

use hedgerow_core::time::Timestamp;
use tokio::time::Instant;

use super::Indexer;
use crate::error::IndexError;
use crate::indexing::expunge::{Expunge, REWRITE_CHECK, segments_to_rewrite};
use crate::indexing::refresh::REFRESH_INTERVAL;

/// After this, writing them has failed; the next pass tries again.
const MAX_REWRITE: Duration = Duration::from_secs(60 * 60);

impl Indexer<'_> {
    pub fn is_rewriting(&self) -> bool {
        !self.expunge.rewriting.is_empty()
    }

    /// Begins or ends the writing of segments, if it is time to. Never waits for it: changes must
    /// not wait until a large segment is written.
    pub async fn expunge(&mut self) -> Result<(), IndexError> {
        if self.is_rewriting() {
            return self.finish_rewriting().await;
        }
        let now = self.index.now();
        let is_recent = |at: Timestamp| at <= now && now.since(at) < REFRESH_INTERVAL;
        if self.expunge.searched.is_some_and(is_recent) {
            return Ok(());
        }
        self.expunge.searched = Some(now);
        let index = self.index.clone();
        let begun = self.writer.run(move |writer| {
            let due = segments_to_rewrite(index.engine(), index.folder(), now)?;
            writer.rewrite(&due);
            Ok(due)
        });
        self.expunge.rewriting = begun.await?;
        self.expunge.began = Some(Instant::now());
        Ok(())
    }

    async fn finish_rewriting(&mut self) -> Result<(), IndexError> {
        let Expunge { began, checked, .. } = &mut self.expunge;
        if checked.is_some_and(|at| at.elapsed() < REWRITE_CHECK) {
            return Ok(());
        }
        *checked = Some(Instant::now());
        let is_late = began.is_none_or(|at| at.elapsed() >= MAX_REWRITE);
        let rewriting = self.expunge.rewriting.clone();
        let index = self.index.clone();
        let finish = self.writer.run(move |writer| {
            let left = index.engine().searchable_segment_ids()?;
            if !is_late && rewriting.iter().any(|segment| left.contains(segment)) {
                return Ok(false);
            }
            // The snapshot of searches keeps the old files, and a quiet index has no commit that
            // would replace it.
            index.reload()?;
            writer.delete_unused_files()?;
            Ok(true)
        });
        if finish.await? {
            self.expunge.rewriting.clear();
        }
        Ok(())
    }
}
