//! The names of documents that were found of late: reading one from the engine's store
//! means to unpack a block of a hundred others.
//!
//! A document of a segment never changes, so a name that was read is good for as long as it
//! is kept. What was searched for is not kept.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use lru::LruCache;
use tantivy::DocId;
use tantivy::index::SegmentId;

use super::search::Candidate;

/// How many are kept, of about 300 bytes each.
const MOST: NonZeroUsize = NonZeroUsize::new(20_000).expect("it is not zero");

/// Names by segment and document; clones are the same.
#[derive(Clone)]
pub(super) struct Named(Arc<Mutex<LruCache<(SegmentId, DocId), Candidate>>>);

impl Default for Named {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(MOST))))
    }
}

impl Named {
    /// The document's name, which is read where it is not kept.
    pub(super) fn get<E>(
        &self,
        segment: SegmentId,
        document: DocId,
        read: impl FnOnce() -> Result<Candidate, E>,
    ) -> Result<Candidate, E> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = lock().get(&(segment, document)).cloned();
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let named = read()?;
        lock().put((segment, document), named.clone());
        Ok(named)
    }
}
