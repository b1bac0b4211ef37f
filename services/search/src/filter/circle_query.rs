//! A query restricted to the documents in a circle.
//!
//! The [grid](crate::geo::grid) yields the documents of a circle without opening a posting
//! list. If they are few, the query skips from one to the next. If the query itself matches
//! fewer, it runs alone: the collector checks the circle of each document anyway.

use std::fmt;
use std::sync::Arc;

use tantivy::query::{
    BooleanQuery, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight,
    intersect_scorers,
};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet as _, Score, SegmentReader, TERMINATED, Term};

use crate::filter::candidate_docs::CandidateDocs;
use crate::geo::circle::{Circle, FlatCircle, MAX_FLAT_RADIUS_M};
use crate::geo::grid::{BoundingBox, IndexedPoint};
use crate::query::filters::Filters;
use crate::schema::AREA;
use crate::segment::columns::{AllColumns, SegmentColumns};

/// Number of points that are tested in the time in which a query advances by one document.
const POINTS_PER_DOCUMENT: u64 = 4;

/// Restricts a query to the documents in the circle of the filters, if they have one. A circle
/// too wide for a flat map is left to the collector: each of its points costs an exact
/// distance, which would be computed twice.
pub fn restrict_to_circle(
    query: BooleanQuery,
    filters: &Filters,
    columns: &AllColumns,
) -> Box<dyn Query> {
    let is_narrow = |circle: &Circle| circle.radius_m <= MAX_FLAT_RADIUS_M;
    let Some(circle) = filters.circle.filter(is_narrow) else {
        return Box::new(query);
    };
    Box::new(CircleQuery {
        query,
        area: Area {
            circle: FlatCircle::new(circle),
            bounds: BoundingBox::new(&circle),
            areas: filters.areas.clone(),
            flags: filters.flags(),
            columns: Arc::clone(columns),
        },
    })
}

#[derive(Clone)]
struct CircleQuery {
    query: BooleanQuery,
    area: Area,
}

/// The circle, and the flags that its documents need.
#[derive(Clone)]
struct Area {
    circle: FlatCircle,
    bounds: BoundingBox,
    /// Areas whose documents belong to it without a point.
    areas: Vec<u64>,
    flags: Vec<u64>,
    columns: AllColumns,
}

/// Without the query: a seeker's query is never written anywhere.
impl fmt::Debug for CircleQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CircleQuery")
    }
}

impl Query for CircleQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(CircleWeight {
            query: self.query.weight(scoring)?,
            area: self.area.clone(),
        }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.query.query_terms(visitor);
    }
}

struct CircleWeight {
    query: Box<dyn Weight>,
    area: Area,
}

impl Weight for CircleWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut columns = self.area.columns.iter();
        let Some(columns) = columns.find(|columns| columns.segment() == segment.segment_id())
        else {
            return self.query.scorer(segment, boost);
        };
        let runs = columns.grid.within(&self.area.bounds);
        let without_point = self.area.stated_in(segment)?;
        if runs.is_empty() && without_point.is_empty() {
            return Ok(Box::new(EmptyScorer));
        }
        let matching = self.query.scorer(segment, boost)?;
        let points: usize = runs.iter().map(|run| run.len()).sum();
        let points = points + without_point.len();
        if points as u64 > matching.cost() * POINTS_PER_DOCUMENT {
            return Ok(matching);
        }
        let in_area = self
            .area
            .documents(segment.max_doc(), columns, &runs, &without_point);
        let both = vec![matching, Box::new(ConstScorer::new(in_area, 0.0))];
        Ok(intersect_scorers(both, segment.num_docs()))
    }

    fn explain(&self, segment: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        self.query.explain(segment, document)
    }
}

impl Area {
    /// Returns the documents of a segment that state one of the areas.
    fn stated_in(&self, segment: &SegmentReader) -> tantivy::Result<Vec<DocId>> {
        let mut documents = Vec::new();
        if self.areas.is_empty() {
            return Ok(documents);
        }
        let field = segment.schema().get_field(AREA)?;
        let index = segment.inverted_index(field)?;
        for area in &self.areas {
            let term = Term::from_field_u64(field, *area);
            let Some(mut postings) = index.read_postings(&term, IndexRecordOption::Basic)? else {
                continue;
            };
            while postings.doc() != TERMINATED {
                documents.push(postings.doc());
                postings.advance();
            }
        }
        Ok(documents)
    }

    /// Returns the documents with a point in the circle, or without one in the area, and with the
    /// flags.
    fn documents(
        &self,
        max_doc: u32,
        columns: &SegmentColumns,
        runs: &[&[IndexedPoint]],
        without_point: &[DocId],
    ) -> CandidateDocs {
        let mut words = vec![0_u64; max_doc as usize / 64 + 1];
        for document in without_point {
            words[*document as usize / 64] |= 1 << (document % 64);
        }
        for run in runs {
            // Documents often share a point, because published points are rounded.
            for same in run.chunk_by(|a, b| a.point == b.point) {
                if self.circle.contains(&same[0].point) {
                    for IndexedPoint { document, .. } in same {
                        words[*document as usize / 64] |= 1 << (document % 64);
                    }
                }
            }
        }
        for (at, word) in words.iter_mut().enumerate().filter(|(_, word)| **word != 0) {
            for flags in &self.flags {
                *word &= columns.flags().word_with_any(at, *flags);
            }
        }
        CandidateDocs::new(words)
    }
}
