//! A cache of the keys of documents found recently. Reading one from the engine's document
//! store searches and decodes a block of several.

use std::sync::Arc;

use quick_cache::sync::Cache;
use tantivy::DocId;
use tantivy::index::SegmentId;

use crate::candidate::Candidate;

/// Maximum number of cached keys, of about 300 bytes each.
const CAPACITY: usize = 20_000;

/// Keys by segment and document; clones share it. Documents of a segment never change, so an
/// entry never becomes stale. Contains no queries.
#[derive(Clone)]
pub struct DocKeyCache(Arc<Cache<(SegmentId, DocId), Candidate>>);

impl Default for DocKeyCache {
    fn default() -> Self {
        Self(Arc::new(Cache::new(CAPACITY)))
    }
}

impl DocKeyCache {
    /// Returns the key of a document, which `read` reads if it is not cached.
    pub fn get<E>(
        &self,
        segment: SegmentId,
        document: DocId,
        read: impl FnOnce() -> Result<Candidate, E>,
    ) -> Result<Candidate, E> {
        let key = (segment, document);
        // Most keys are cached, and `get` only takes a read lock.
        if let Some(cached) = self.0.get(&key) {
            return Ok(cached);
        }
        let candidate = read()?;
        self.0.insert(key, candidate.clone());
        Ok(candidate)
    }
}
