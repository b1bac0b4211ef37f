//! An import in progress, and the forms of files that it reads.

use std::collections::BTreeMap;
use std::path::Path;

use crate::chain::Areas;
use crate::collection::Collection;
use crate::postcodes::Postcodes;
use crate::record::Record;

/// Records that are being collected, with what is needed to complete them.
pub(super) struct Import {
    pub(super) collection: Collection,
    pub(super) postcodes: Postcodes,
    pub(super) areas: Areas,
    pub(super) rows: BTreeMap<&'static str, usize>,
}

/// A form of source file, with how to recognise it by its first line.
pub(super) struct Form {
    pub(super) name: &'static str,
    pub(super) notice: &'static str,
    /// Read in this order: names refer to places and areas.
    pub(super) read: fn(&mut Import, &str) -> Result<usize, String>,
    pub(super) matches: fn(&Path, &str) -> bool,
}

impl Import {
    /// Completes a settlement by its nearest postcode district, and adds it.
    pub(super) fn add(&mut self, mut record: Record, district: &str) -> usize {
        let point = record.point();
        let nation = record.nation.clone();
        let near = self
            .postcodes
            .nearest(&point, |code| nation.is_empty() || nation == code.nation);
        if let Some((code, distance)) = near
            && distance < MAX_POSTCODE_DISTANCE_M
        {
            if record.outcodes.is_empty() {
                record.outcodes = vec![code.name.clone()];
            }
            let named = self.areas.district_like(district);
            let area = named.or_else(|| self.areas.district(&code.district));
            if let Some(area) = area {
                self.areas.set_chain(&mut record, area);
            } else if record.nation.is_empty() {
                record.nation.clone_from(&code.nation);
            }
        }
        self.collection.add(record)
    }
}

/// The middle of a postcode district is at most this far from its places, in the Highlands.
const MAX_POSTCODE_DISTANCE_M: f64 = 40_000.0;
