//! Towns of the gazetteer that are parts of a larger town.

use std::collections::{BTreeSet, HashMap};

use hedgerow_core::gazetteer::{District, Place, gazetteer};
use hedgerow_core::place::distance_m;

use super::suburbs;
use crate::built_up::{MAX_PART_M, population, radius_m};

/// A listed part of a town belongs to it up to this many of the town's radii away, and up to five
/// miles: Chapel Allerton is Leeds; Woolwich is not shown as Charing Cross.
const PART_RADII: f64 = 1.2;
/// A town is at least this many times larger than its part: Halesowen is not a part of Dudley.
const PART_FACTOR: u32 = 4;
/// The table places a part at the middle of its postcode district.
const SAME_PART_M: f64 = 5_000.0;

/// Returns the GeoNames ids of the towns that the table of suburbs lists as parts of a larger town
/// nearby. `None` if the table is malformed.
pub(super) fn parts() -> Option<BTreeSet<u64>> {
    let mut by_name: HashMap<&str, Vec<&Place>> = HashMap::new();
    for place in gazetteer().places().iter().filter(|place| place.is_town()) {
        by_name.entry(&place.name).or_default().push(place);
    }
    let named = |name: &str| by_name.get(name).into_iter().flatten().copied();
    let mut parts = BTreeSet::new();
    for [name, whole, code] in suburbs()? {
        let Some(middle) = gazetteer().district(&code).map(District::point) else {
            continue;
        };
        for place in named(&name) {
            if distance_m(&place.point(), &middle) > SAME_PART_M {
                continue;
            }
            let is_whole = |whole: &Place| {
                let reach = MAX_PART_M.min(PART_RADII * radius_m(whole));
                population(whole) >= PART_FACTOR.saturating_mul(population(place))
                    && distance_m(&place.point(), &whole.point()) <= reach
            };
            if named(&whole).any(is_whole) {
                parts.insert(place.geonames_id);
            }
        }
    }
    Some(parts)
}
