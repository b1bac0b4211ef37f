//! Postcode districts by position.

use hedgerow_core::place::distance_m;
use hedgerow_proto::v1;

use crate::record::Record;

/// Metres in 10⁻⁷ degree of latitude.
const METRES_PER_E7: f64 = 0.011_119_5;

/// Postcode districts sorted from south to north, for finding the nearest.
#[derive(Debug)]
pub(crate) struct Postcodes {
    records: Vec<Record>,
}

impl Postcodes {
    pub(crate) fn new(mut records: Vec<Record>) -> Self {
        records.sort_by(|a, b| (a.latitude_e7, &a.name).cmp(&(b.latitude_e7, &b.name)));
        Self { records }
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
        let start = self
            .records
            .partition_point(|record| record.latitude_e7 < point.latitude_e7);
        let mut best: Option<(&Record, f64)> = None;
        let mut consider = |record: &'_ usize| -> bool {
            let record = &self.records[*record];
            let gap = f64::from(record.latitude_e7.abs_diff(point.latitude_e7)) * METRES_PER_E7;
            if best.is_some_and(|(_, nearest)| gap > nearest) {
                return false;
            }
            if matches(record) {
                let distance = distance_m(point, &record.point());
                if best.is_none_or(|(_, nearest)| distance < nearest) {
                    best = Some((record, distance));
                }
            }
            true
        };
        // Every later one differs more in latitude alone.
        let _ = (start..self.records.len())
            .take_while(&mut consider)
            .count();
        let _ = (0..start).rev().take_while(&mut consider).count();
        best
    }
}
