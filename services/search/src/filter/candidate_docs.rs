//! A set of documents as a bitmap that the engine can intersect with other matches.

use tantivy::{DocId, DocSet, TERMINATED};

/// Documents of a segment, one bit each, positioned at one of them.
pub struct CandidateDocs {
    words: Vec<u64>,
    /// The bits after the current document in its word.
    rest: u64,
    /// The position of that word.
    at: usize,
    document: DocId,
    count: u32,
}

impl CandidateDocs {
    /// Starts at the first document whose bit is set.
    pub fn new(words: Vec<u64>) -> Self {
        let mut documents = Self {
            rest: words.first().copied().unwrap_or_default(),
            count: words.iter().map(|word| word.count_ones()).sum(),
            words,
            at: 0,
            document: 0,
        };
        documents.advance();
        documents
    }
}

impl DocSet for CandidateDocs {
    fn advance(&mut self) -> DocId {
        while self.rest == 0 {
            self.at += 1;
            match self.words.get(self.at) {
                Some(word) => self.rest = *word,
                None => {
                    self.document = TERMINATED;
                    return TERMINATED;
                }
            }
        }
        // No truncation: document ids have 32 bits.
        self.document = self.at as u32 * 64 + self.rest.trailing_zeros();
        self.rest &= self.rest - 1;
        self.document
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.document {
            return self.document;
        }
        let at = target as usize / 64;
        if at > self.at {
            self.at = at.min(self.words.len());
            self.rest = self.words.get(at).copied().unwrap_or_default();
        }
        self.rest &= u64::MAX << (target % 64);
        self.advance()
    }

    fn doc(&self) -> DocId {
        self.document
    }

    fn size_hint(&self) -> u32 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENTS: [DocId; 7] = [0, 1, 63, 64, 200, 640, 999];

    fn documents() -> CandidateDocs {
        let mut words = vec![0; 16];
        for document in DOCUMENTS {
            words[document as usize / 64] |= 1 << (document % 64);
        }
        CandidateDocs::new(words)
    }

    #[test]
    fn each_document_is_visited_once_in_order() {
        let mut documents = documents();
        assert_eq!(documents.size_hint(), 7);
        let mut seen = Vec::new();
        while documents.doc() != TERMINATED {
            seen.push(documents.doc());
            documents.advance();
        }
        assert_eq!(seen, DOCUMENTS);
        assert_eq!(documents.advance(), TERMINATED);
        let mut empty = CandidateDocs::new(vec![0; 16]);
        assert_eq!((empty.doc(), empty.advance()), (TERMINATED, TERMINATED));
    }

    #[test]
    fn a_seek_stops_at_the_next_document() {
        for from in [0, 63, 200] {
            for target in (from..1_100).chain([TERMINATED]) {
                let mut documents = documents();
                documents.seek(from);
                let next = DOCUMENTS.into_iter().find(|it| *it >= target.max(from));
                let next = next.unwrap_or(TERMINATED);
                assert_eq!(documents.seek(target), next, "{from} {target}");
                assert_eq!(documents.seek(TERMINATED), TERMINATED);
            }
        }
    }
}
