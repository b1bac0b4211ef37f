//! Postcode districts by position.

use hedgerow_proto::v1;

use crate::point_grid::PointGrid;
use crate::record::Record;

/// Postcode districts sorted from south to north, with a grid for finding the nearest.
#[derive(Debug)]
pub(crate) struct Postcodes {
    records: Vec<Record>,
    grid: PointGrid,
}

impl Postcodes {
    pub(crate) fn new(mut records: Vec<Record>) -> Self {
        records.sort_by(|a, b| (a.latitude_e7, &a.name).cmp(&(b.latitude_e7, &b.name)));
        let grid = PointGrid::new(records.iter().map(Record::point).collect());
        Self { records, grid }
    }

    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }

    /// Returns the district that matches and whose middle is nearest to the point.
    pub(crate) fn nearest(
        &self,
        point: &v1::Point,
        matches: impl Fn(&Record) -> bool,
    ) -> Option<(&Record, f64)> {
        let matches = |at: usize| matches(&self.records[at]);
        let (at, distance) = self.grid.nearest(point, matches)?;
        Some((&self.records[at], distance))
    }
}
