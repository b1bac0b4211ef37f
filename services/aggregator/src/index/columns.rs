//! What nearly every search asks of nearly every document, unpacked from its segment once:
//! a look at it is one step into an array, where a look into a column is several.
//!
//! Segments never change, so what is unpacked is shared by every state of the index that
//! has the segment, and goes with the last of them. It takes about 30 bytes a document.

use std::sync::Arc;

use hedgerow_proto::v1;
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, Searcher, SegmentReader};

use super::document::FULL_STANDING;
use super::facets::{self, FacetAt};
use super::position;
use super::schema::{
    AUDIENCE, AVAILABILITY, CONFIRMED_AT, FACTS, IDENTITY, OCCURRENCE, POINT, STANDING,
};
use super::times::last_start;

/// One segment's columns.
pub(crate) struct Columns {
    plain: Vec<Plain>,
    /// Where each document's points begin, and behind the last where they end.
    points_from: Vec<u32>,
    points: Vec<v1::Point>,
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

/// What is asked of a document first.
#[derive(Clone, Copy)]
pub(crate) struct Plain {
    /// See [`super::facts`].
    pub(crate) facts: u32,
    /// Factor of its standing, from 0 to 1.
    pub(crate) standing: f32,
    /// Seconds since 1970; 0 where nobody confirmed it.
    pub(crate) confirmed_at: u32,
    /// The minute since 1970 at which it starts for the last time; 0 where it never does.
    pub(crate) last_start: u32,
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
        let mut plain = Vec::with_capacity(segment.max_doc() as usize);
        let mut points_from = Vec::with_capacity(segment.max_doc() as usize + 1);
        let mut points = Vec::new();
        for document in 0..segment.max_doc() {
            plain.push(Plain {
                facts: narrow(facts.first(document).unwrap_or_default()),
                standing: standing.first(document).unwrap_or(FULL_STANDING) as f32
                    / FULL_STANDING as f32,
                confirmed_at: confirmed_at.first(document).map_or(0, seconds),
                last_start: narrow(last_start(&occurrence, document).unwrap_or_default()),
            });
            points_from.push(narrow(points.len() as u64));
            points.extend(packed.values_for_doc(document).map(position::unpacked));
        }
        points_from.push(narrow(points.len() as u64));
        let mut facets = [const { None }; facets::COUNT];
        for (facet, column) in facets.iter_mut().zip(facets::COLUMNS) {
            *facet = fast.str(column)?;
        }
        Ok(Self {
            plain,
            points_from,
            points,
            identity: fast.u64(IDENTITY)?,
            occurrence,
            availability: fast.u64(AVAILABILITY)?,
            audience: fast.u64(AUDIENCE)?,
            facets,
        })
    }

    /// What is asked of a document first.
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
