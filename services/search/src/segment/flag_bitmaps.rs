//! Flags of a segment as bitmaps over documents.

use tantivy::DocId;

use crate::segment::flags::BITS;

/// One bitmap for each flag. A filter reads one flag of many documents, so this order fits a
/// processor's cache better than the flags of one document next to each other.
pub struct FlagBitmaps(Vec<Vec<u64>>);

impl FlagBitmaps {
    pub fn new(documents: u32) -> Self {
        let words = documents as usize / 64 + 1;
        Self(vec![vec![0; words]; BITS as usize])
    }

    pub fn add(&mut self, document: DocId, flags: u64) {
        for (bit, bitmap) in self.0.iter_mut().enumerate() {
            bitmap[document as usize / 64] |= (flags >> bit & 1) << (document % 64);
        }
    }

    /// Returns which of the 64 documents from `64 * word` on have any of these flags.
    pub fn word_with_any(&self, word: usize, mut flags: u64) -> u64 {
        let mut documents = 0;
        while flags != 0 {
            let bitmap = self.0.get(flags.trailing_zeros() as usize);
            documents |= bitmap.map_or(0, |bitmap| bitmap[word]);
            flags &= flags - 1;
        }
        documents
    }

    /// Whether a document has any of these flags. Stops at the first one, because searches
    /// for common words call this for most documents of the index.
    #[inline]
    pub fn has_any(&self, document: DocId, mut flags: u64) -> bool {
        let (word, bit) = (document as usize / 64, document % 64);
        while flags != 0 {
            let bitmap = self.0.get(flags.trailing_zeros() as usize);
            if bitmap.is_some_and(|bitmap| bitmap[word] >> bit & 1 == 1) {
                return true;
            }
            flags &= flags - 1;
        }
        false
    }
}
