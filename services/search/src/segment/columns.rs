//! What nearly every search asks of nearly every document, unpacked from its segment once:
//! a look at it is one step into an array, where a look into a column is several.
//!
//! Segments never change, so what is unpacked is shared by every state of the index that
//! has the segment, and goes with the last of them. It takes about 40 bytes a document.

use std::sync::Arc;

use hedgerow_proto::v1;
use tantivy::DocId;
use tantivy::Searcher;
use tantivy::SegmentReader;
use tantivy::columnar::Column;
use tantivy::columnar::StrColumn;
use tantivy::index::SegmentId;

use super::document::FULL_STANDING;
use super::facets;
use super::facets::FacetAt;
use super::facts;
use super::facts::EVENT;
use super::grid::Grid;
use super::grid::Spot;
use super::position;
use super::schema::AUDIENCE;
use super::schema::AVAILABILITY;
use super::schema::CONFIRMED_AT;
use super::schema::FACTS;
use super::schema::IDENTITY;
use super::schema::OCCURRENCE;
use super::schema::POINT;
use super::schema::STANDING;
use super::times::last_start;

/// One segment's columns.
pub(crate) struct Columns {
    segment: SegmentId,
    facts: Facts,
    plain: Vec<Plain>,
    /// Where each document's points begin, and behind the last where they end.
    points_from: Vec<u32>,
    points: Vec<v1::Point>,
    /// The same points by where they lie.
    pub(crate) grid: Grid,
    /// Breaks ties.
    pub(crate) identity: Column<u64>,
    /// See [`super::times`].
    pub(crate) occurrence: Column<u64>,
    /// See [`super::times`].
    pub(crate) availability: Column<u64>,
    /// See [`super::audience`].
    pub(crate) audience: Column<u64>,
    /// By facet; `None` where no document of the segment has a value.
    facets: [Option<StrColumn>; facets::COUNT],
}

/// What a document that may be among the first is asked.
#[derive(Clone, Copy)]
pub(crate) struct Plain {
    /// Factor of its standing, from 0 to 1.
    pub(crate) standing: f32,
    /// Seconds since 1970; 0 where nobody confirmed it.
    pub(crate) confirmed_at: u32,
    /// The minute since 1970 at which an event starts for the last time; 0 where it never
    /// does. What is no event is never over.
    pub(crate) last_start: u32,
}

/// The facts of [`super::facts`], each as one bit a document: all documents' bits of one
/// fact fit into a processor's cache.
struct Facts(Vec<Vec<u64>>);

impl Facts {
    fn none(documents: u32) -> Self {
        let words = documents as usize / 64 + 1;
        Self(vec![vec![0; words]; facts::BITS as usize])
    }

    fn add(&mut self, document: DocId, facts: u64) {
        for (bit, documents) in self.0.iter_mut().enumerate() {
            documents[document as usize / 64] |= (facts >> bit & 1) << (document % 64);
        }
    }

    /// Which of the 64 documents of a word have any of these.
    fn word_of_any(&self, word: usize, mut any: u64) -> u64 {
        let mut documents = 0;
        while any != 0 {
            let bit = self.0.get(any.trailing_zeros() as usize);
            documents |= bit.map_or(0, |bit| bit[word]);
            any &= any - 1;
        }
        documents
    }

    /// Whether a document has any of these.
    fn has_any(&self, document: DocId, mut any: u64) -> bool {
        while any != 0 {
            let bit = any.trailing_zeros() as usize;
            let documents = self.0.get(bit);
            if documents.is_some_and(|it| it[document as usize / 64] >> (document % 64) & 1 == 1) {
                return true;
            }
            any &= any - 1;
        }
        false
    }
}

/// The columns of all segments of a state of the index, by their place in it.
pub(crate) type AllColumns = Arc<[Arc<Columns>]>;

/// Unpacks the segments of a searcher that are not among those of an older one.
pub(crate) fn unpack(
    searcher: &Searcher,
    older: Option<(&Searcher, &AllColumns)>,
) -> tantivy::Result<AllColumns> {
    let kept = |segment: &SegmentReader| {
        let (searcher, columns) = older?;
        let segments = searcher.segment_readers();
        let at = segments
            .iter()
            .position(|other| other.segment_id() == segment.segment_id())?;
        columns.get(at).map(Arc::clone)
    };
    searcher
        .segment_readers()
        .iter()
        .map(|segment| match kept(segment) {
            Some(columns) => Ok(columns),
            None => Ok(Arc::new(Columns::of(segment)?)),
        })
        .collect()
}

impl Columns {
    fn of(segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        let (facts, standing) = (fast.u64(FACTS)?, fast.u64(STANDING)?);
        let (confirmed_at, occurrence) = (fast.i64(CONFIRMED_AT)?, fast.u64(OCCURRENCE)?);
        let packed = fast.u64(POINT)?;
        let mut all_facts = Facts::none(segment.max_doc());
        let mut plain = Vec::with_capacity(segment.max_doc() as usize);
        let mut points_from = Vec::with_capacity(segment.max_doc() as usize + 1);
        let (mut points, mut spots) = (Vec::new(), Vec::new());
        for document in 0..segment.max_doc() {
            let facts = facts.first(document).unwrap_or_default();
            all_facts.add(document, facts);
            let last_start = match facts & EVENT {
                0 => u32::MAX,
                _ => narrow(last_start(&occurrence, document).unwrap_or_default()),
            };
            plain.push(Plain {
                standing: standing.first(document).unwrap_or(FULL_STANDING) as f32
                    / FULL_STANDING as f32,
                confirmed_at: confirmed_at.first(document).map_or(0, seconds),
                last_start,
            });
            points_from.push(narrow(points.len() as u64));
            for point in packed.values_for_doc(document).map(position::unpacked) {
                points.push(point);
                spots.push(Spot { point, document });
            }
        }
        points_from.push(narrow(points.len() as u64));
        let mut facets = [const { None }; facets::COUNT];
        for (facet, column) in facets.iter_mut().zip(facets::COLUMNS) {
            *facet = fast.str(column)?;
        }
        Ok(Self {
            segment: segment.segment_id(),
            facts: all_facts,
            plain,
            points_from,
            points,
            grid: Grid::of(spots),
            identity: fast.u64(IDENTITY)?,
            occurrence,
            availability: fast.u64(AVAILABILITY)?,
            audience: fast.u64(AUDIENCE)?,
            facets,
        })
    }

    /// Whose columns they are.
    pub(crate) fn segment(&self) -> SegmentId {
        self.segment
    }

    /// Whether a document has any of these facts.
    pub(crate) fn has_any(&self, document: DocId, facts: u64) -> bool {
        self.facts.has_any(document, facts)
    }

    /// Which of the 64 documents from `64 * word` on have any of these facts.
    pub(crate) fn word_of_any(&self, word: usize, facts: u64) -> u64 {
        self.facts.word_of_any(word, facts)
    }

    /// What a document that may be among the first is asked.
    pub(crate) fn plain(&self, document: DocId) -> Plain {
        self.plain[document as usize]
    }

    /// A document's open points.
    pub(crate) fn points(&self, document: DocId) -> &[v1::Point] {
        let at = document as usize;
        &self.points[self.points_from[at] as usize..self.points_from[at + 1] as usize]
    }

    /// The values of a facet.
    pub(crate) fn facet(&self, facet: FacetAt) -> Option<&StrColumn> {
        self.facets[facet].as_ref()
    }
}

fn narrow(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// A confirmation of before 1970 is as stale as one of that year.
fn seconds(at: i64) -> u32 {
    u32::try_from(at.max(1)).unwrap_or(u32::MAX)
}
