//! The columns that nearly every search reads, as flat arrays: an array access is cheaper than
//! a lookup in a compressed column.
//!
//! Segments never change, so all states of the index that have a segment share its arrays. They
//! take about 40 bytes a document, and 16 for each organisation key of a listing.

use std::sync::Arc;

use hedgerow_proto::directory_v1::FacetKind;
use hedgerow_proto::v1;
use tantivy::columnar::{Column, StrColumn};
use tantivy::index::SegmentId;
use tantivy::{DocId, Searcher, SegmentReader};

use crate::facets::kinds::{FACET_COLUMNS, FACET_COUNT, facet_index};
use crate::geo::grid::{IndexedPoint, PointGrid};
use crate::geo::packed_point;
use crate::organisations::listings::SegmentListings;
use crate::schema::{
    AREA, AUDIENCE, AVAILABILITY, CONFIRM_TIME, FLAGS, FULL_STATIC_RANK, IDENTITY, OCCURRENCE,
    OVER_MINUTE, POINT, STATIC_RANK,
};
use crate::segment::flag_bitmaps::FlagBitmaps;

/// The columns of one segment.
pub struct SegmentColumns {
    segment: SegmentId,
    flags: FlagBitmaps,
    rank_inputs: Vec<RankInputs>,
    /// The position of each document's first point, then the number of points.
    point_offsets: Vec<u32>,
    points: Vec<v1::Point>,
    /// The same points by position on earth.
    pub grid: PointGrid,
    listings: SegmentListings,
    pub identity: Column<u64>,
    pub occurrence: Column<u64>,
    pub availability: Column<u64>,
    pub audience: Column<u64>,
    pub area: Column<u64>,
    /// `None` for a facet without values in the segment.
    facets: [Option<StrColumn>; FACET_COUNT],
}

/// The properties of a document that determine its rank.
#[derive(Clone, Copy)]
pub struct RankInputs {
    /// A factor from 0 to 1.
    pub static_rank: f32,
    /// Seconds since 1970; 0 if nobody has confirmed the record.
    pub confirm_time: u32,
    /// The first minute since 1970 at which the record is over; the maximum if it has no end.
    pub over_minute: u32,
}

/// The columns of all segments of a state of the index, by segment ordinal.
pub type AllColumns = Arc<[Arc<SegmentColumns>]>;

/// Reads the columns of all segments of a searcher, except those that an older one has too.
pub fn read_columns(
    searcher: &Searcher,
    older: Option<(&Searcher, &AllColumns)>,
) -> tantivy::Result<AllColumns> {
    let existing = |segment: &SegmentReader| {
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
        .map(|segment| match existing(segment) {
            Some(columns) => Ok(columns),
            None => Ok(Arc::new(SegmentColumns::read(segment)?)),
        })
        .collect()
}

impl SegmentColumns {
    fn read(segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        let (flags, static_rank) = (fast.u64(FLAGS)?, fast.u64(STATIC_RANK)?);
        let (confirm_time, occurrence) = (fast.i64(CONFIRM_TIME)?, fast.u64(OCCURRENCE)?);
        let (packed, over_minute) = (fast.u64(POINT)?, fast.u64(OVER_MINUTE)?);
        let mut bitmaps = FlagBitmaps::new(segment.max_doc());
        let mut rank_inputs = Vec::with_capacity(segment.max_doc() as usize);
        let mut point_offsets = Vec::with_capacity(segment.max_doc() as usize + 1);
        let (mut points, mut indexed_points) = (Vec::new(), Vec::new());
        for document in 0..segment.max_doc() {
            let flags = flags.first(document).unwrap_or_default();
            bitmaps.add(document, flags);
            let static_rank = static_rank.first(document).unwrap_or(FULL_STATIC_RANK);
            rank_inputs.push(RankInputs {
                static_rank: static_rank as f32 / FULL_STATIC_RANK as f32,
                confirm_time: confirm_time.first(document).map_or(0, confirm_seconds),
                over_minute: over_minute.first(document).map_or(u32::MAX, saturate),
            });
            point_offsets.push(saturate(points.len() as u64));
            for point in packed.values_for_doc(document).map(packed_point::unpack) {
                points.push(point);
                indexed_points.push(IndexedPoint { point, document });
            }
        }
        point_offsets.push(saturate(points.len() as u64));
        let mut facets = [const { None }; FACET_COUNT];
        for (facet, column) in facets.iter_mut().zip(FACET_COLUMNS) {
            *facet = fast.str(column)?;
        }
        Ok(Self {
            segment: segment.segment_id(),
            flags: bitmaps,
            rank_inputs,
            point_offsets,
            points,
            grid: PointGrid::new(indexed_points),
            listings: SegmentListings::read(segment)?,
            identity: fast.u64(IDENTITY)?,
            occurrence,
            availability: fast.u64(AVAILABILITY)?,
            audience: fast.u64(AUDIENCE)?,
            area: fast.u64(AREA)?,
            facets,
        })
    }

    pub fn segment(&self) -> SegmentId {
        self.segment
    }

    pub fn flags(&self) -> &FlagBitmaps {
        &self.flags
    }

    /// The organisation keys of its listings.
    pub fn listings(&self) -> &SegmentListings {
        &self.listings
    }

    pub fn rank_inputs(&self, document: DocId) -> RankInputs {
        self.rank_inputs[document as usize]
    }

    /// The points of a document that are not hidden.
    pub fn points(&self, document: DocId) -> &[v1::Point] {
        let at = document as usize;
        &self.points[self.point_offsets[at] as usize..self.point_offsets[at + 1] as usize]
    }

    /// The values of a facet; `None` if no document of the segment has one.
    pub fn facet(&self, facet: FacetKind) -> Option<&StrColumn> {
        self.facets[facet_index(facet)?].as_ref()
    }
}

fn saturate(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// A confirmation before 1970 is as stale as one in that year. 0 means none.
fn confirm_seconds(at: i64) -> u32 {
    u32::try_from(at.max(1)).unwrap_or(u32::MAX)
}
