//! An import in progress, and the forms of files that it reads.

use std::collections::BTreeMap;
use std::path::Path;

use crate::boundaries::Boundaries;
use crate::collection::Collection;
use crate::known_areas::KnownAreas;
use crate::postcodes::Postcodes;
use crate::record::Record;

/// Records that are being collected, with what is needed to complete them.
pub(super) struct Import {
    pub(super) collection: Collection,
    pub(super) postcodes: Postcodes,
    pub(super) areas: KnownAreas,
    pub(super) boundaries: Boundaries,
    pub(super) rows: BTreeMap<&'static str, usize>,
}

/// A form of source file, with how to recognise it by its first line.
pub(super) struct Form {
    pub(super) name: &'static str,
    pub(super) notice: &'static str,
    pub(super) read: fn(&mut Import, &str) -> Result<usize, String>,
    pub(super) matches: fn(&Path, &str) -> bool,
}

impl Import {
    /// Completes a settlement by the boundaries around it and its nearest postcode district, and
    /// adds it. A council that the source names counts more than both.
    pub(super) fn add(&mut self, mut record: Record, district: &str) -> usize {
        let point = record.point();
        let inside = self.boundaries.containing(&point, &record.nation);
        let nearest = |region: Option<&Record>| {
            let nearest = self.postcodes.nearest(&point, |code| {
                (record.nation.is_empty() || record.nation == code.nation)
                    && region.is_none_or(|region| region.name == code.region)
            });
            let near = nearest.filter(|(_, distance)| *distance < MAX_POSTCODE_DISTANCE_M);
            near.map(|(code, _)| code)
        };
        let near = nearest(None);
        let by_source = near.and_then(|_| self.areas.district(district));
        let area = by_source.or_else(|| match inside.district {
            Some(district) => self.areas.district(&district.name),
            // The nearest one of all may lie across the border of the region.
            None => self.areas.district(&nearest(inside.region)?.district),
        });
        if record.outcodes.is_empty()
            && let Some(code) = near
        {
            record.outcodes = vec![code.name.clone()];
        }
        match area {
            Some(area) => record.set_chain(area),
            // A council that is younger than the embedded areas.
            None => inside.complete(&mut record),
        }
        if let Some(code) = near
            && record.nation.is_empty()
        {
            record.nation.clone_from(&code.nation);
        }
        self.collection.add(record)
    }
}

/// The middle of a postcode district is at most this far from its places, in the Highlands.
pub(super) const MAX_POSTCODE_DISTANCE_M: f64 = 40_000.0;
