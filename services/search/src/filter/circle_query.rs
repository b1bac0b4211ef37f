//! A query of which only what lies in a circle is wanted.
//!
//! Which documents lie there is known from the [grid](super::grid) before any list of terms
//! is opened. Where they are few, the query is asked of them alone. Where the query itself
//! finds fewer, it goes alone: whoever collects asks each document for the circle anyway.

use std::fmt;
use std::sync::Arc;

use tantivy::DocId;
use tantivy::DocSet;
use tantivy::Score;
use tantivy::SegmentReader;
use tantivy::TERMINATED;
use tantivy::Term;
use tantivy::query::BooleanQuery;
use tantivy::query::ConstScorer;
use tantivy::query::EmptyScorer;
use tantivy::query::EnableScoring;
use tantivy::query::Explanation;
use tantivy::query::Query;
use tantivy::query::Scorer;
use tantivy::query::Weight;
use tantivy::query::intersect_scorers;

use super::checks::Circle;
use super::checks::FLAT_UP_TO_M;
use super::columns::AllColumns;
use super::columns::Columns;
use super::criteria::Around;
use super::criteria::Criteria;
use super::grid::Reach;
use super::grid::Spot;

/// How many points are looked at in the time in which a query goes on by one document.
const POINTS_A_STEP: u64 = 4;

/// A query within a circle.
#[derive(Clone)]
pub(crate) struct Within {
    query: BooleanQuery,
    near: Near,
}

/// What is asked of each point and its document.
#[derive(Clone)]
struct Near {
    circle: Circle,
    reach: Reach,
    facts: Vec<u64>,
    columns: AllColumns,
}

impl Within {
    /// What of a query may meet the criteria, as far as they ask for a circle. One so wide
    /// that each of its points costs an exact distance is not gone through twice.
    pub(crate) fn of(
        query: BooleanQuery,
        criteria: &Criteria,
        columns: &AllColumns,
    ) -> Box<dyn Query> {
        let narrow = |around: &Around| around.radius_m <= FLAT_UP_TO_M;
        let Some(around) = criteria.around.filter(narrow) else {
            return Box::new(query);
        };
        Box::new(Self {
            query,
            near: Near {
                circle: Circle::of(around),
                reach: Reach::of(&around),
                facts: criteria.facts.clone(),
                columns: Arc::clone(columns),
            },
        })
    }
}

/// What a seeker asks is not written anywhere.
impl fmt::Debug for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Within")
    }
}

impl Query for Within {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(WithinWeight {
            query: self.query.weight(scoring)?,
            near: self.near.clone(),
        }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.query.query_terms(visitor);
    }
}

struct WithinWeight {
    query: Box<dyn Weight>,
    near: Near,
}

impl Weight for WithinWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut columns = self.near.columns.iter();
        let Some(columns) = columns.find(|columns| columns.segment() == segment.segment_id())
        else {
            return self.query.scorer(segment, boost);
        };
        let runs = columns.grid.within(&self.near.reach);
        if runs.is_empty() {
            return Ok(Box::new(EmptyScorer));
        }
        let found = self.query.scorer(segment, boost)?;
        let points: usize = runs.iter().map(|run| run.len()).sum();
        if points as u64 > found.cost() * POINTS_A_STEP {
            return Ok(found);
        }
        let near = self.near.chosen(segment.max_doc(), columns, &runs);
        let both = vec![found, Box::new(ConstScorer::new(near, 0.0))];
        Ok(intersect_scorers(both, segment.num_docs()))
    }

    fn explain(&self, segment: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        self.query.explain(segment, document)
    }
}

impl Near {
    /// The documents of these points that lie in the circle and have the facts.
    fn chosen(&self, of_how_many: u32, columns: &Columns, runs: &[&[Spot]]) -> Chosen {
        let mut words = vec![0_u64; of_how_many as usize / 64 + 1];
        for run in runs {
            // What is published is rounded, so that many share a point.
            for same in run.chunk_by(|a, b| a.point == b.point) {
                if self.circle.holds(&same[0].point) {
                    for Spot { document, .. } in same {
                        words[*document as usize / 64] |= 1 << (document % 64);
                    }
                }
            }
        }
        for (at, word) in words.iter_mut().enumerate().filter(|(_, word)| **word != 0) {
            for any in &self.facts {
                *word &= columns.word_of_any(at, *any);
            }
        }
        Chosen::of(words)
    }
}

/// Some documents of a segment, one bit each.
struct Chosen {
    words: Vec<u64>,
    /// What is left of the word that the document stands in.
    left: u64,
    at: usize,
    document: DocId,
    count: u32,
}

impl Chosen {
    /// Those whose bits are set.
    fn of(words: Vec<u64>) -> Self {
        let mut chosen = Self {
            left: words.first().copied().unwrap_or_default(),
            count: words.iter().map(|word| word.count_ones()).sum(),
            words,
            at: 0,
            document: 0,
        };
        chosen.advance();
        chosen
    }
}

impl DocSet for Chosen {
    fn advance(&mut self) -> DocId {
        while self.left == 0 {
            self.at += 1;
            match self.words.get(self.at) {
                Some(word) => self.left = *word,
                None => {
                    self.document = TERMINATED;
                    return TERMINATED;
                }
            }
        }
        // Documents have numbers of 32 bits.
        self.document = self.at as u32 * 64 + self.left.trailing_zeros();
        self.left &= self.left - 1;
        self.document
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.document {
            return self.document;
        }
        let at = target as usize / 64;
        if at > self.at {
            self.at = at.min(self.words.len());
            self.left = self.words.get(at).copied().unwrap_or_default();
        }
        self.left &= u64::MAX << (target % 64);
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

    fn chosen() -> Chosen {
        let mut words = vec![0; 16];
        for document in DOCUMENTS {
            words[document as usize / 64] |= 1 << (document % 64);
        }
        Chosen::of(words)
    }

    #[test]
    fn documents_are_gone_through_in_order_and_once() {
        let mut chosen = chosen();
        assert_eq!(chosen.size_hint(), 7);
        let mut seen = Vec::new();
        while chosen.doc() != TERMINATED {
            seen.push(chosen.doc());
            chosen.advance();
        }
        assert_eq!(seen, DOCUMENTS);
        assert_eq!(chosen.advance(), TERMINATED);
        let mut none = Chosen::of(vec![0; 16]);
        assert_eq!((none.doc(), none.advance()), (TERMINATED, TERMINATED));
    }

    #[test]
    fn a_seek_lands_on_the_next_document_that_there_is() {
        for from in [0, 63, 200] {
            for target in (from..1_100).chain([TERMINATED]) {
                let mut chosen = chosen();
                chosen.seek(from);
                let next = DOCUMENTS.into_iter().find(|it| *it >= target.max(from));
                let next = next.unwrap_or(TERMINATED);
                assert_eq!(chosen.seek(target), next, "{from} {target}");
                assert_eq!(chosen.seek(TERMINATED), TERMINATED);
            }
        }
    }
}
