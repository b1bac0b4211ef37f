//! The keys of the listings of one segment.

use tantivy::columnar::Column;
use tantivy::{DocId, SegmentReader};

use crate::schema::{LISTER, ORGANISATION};

/// The organisation keys of a segment's documents.
pub struct SegmentListings {
    /// Each key with a document that has it, in order.
    by_key: Box<[(u64, DocId)]>,
    keys: Column<u64>,
    lister: Column<u64>,
}

impl SegmentListings {
    pub fn read(segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        let keys = fast.u64(ORGANISATION)?;
        let mut by_key = Vec::new();
        for document in 0..segment.max_doc() {
            let of_document = keys.values_for_doc(document);
            by_key.extend(of_document.map(|key| (key, document)));
        }
        by_key.sort_unstable();
        Ok(Self {
            by_key: by_key.into(),
            keys,
            lister: fast.u64(LISTER)?,
        })
    }

    /// Every key with a document that has it, in order.
    pub fn by_key(&self) -> &[(u64, DocId)] {
        &self.by_key
    }

    /// The documents with a key.
    pub fn documents(&self, key: u64) -> impl Iterator<Item = DocId> {
        let first = self.by_key.partition_point(|(other, _)| *other < key);
        let from = self.by_key[first..].iter();
        from.take_while(move |(other, _)| *other == key)
            .map(|(_, document)| *document)
    }

    /// The keys of a document.
    pub fn keys(&self, document: DocId) -> impl Iterator<Item = u64> {
        self.keys.values_for_doc(document)
    }

    /// Who lists a document, see [`lister`](super::keys::lister).
    pub fn lister(&self, document: DocId) -> u64 {
        self.lister.first(document).unwrap_or_default()
    }
}
