//! Names of towns and areas, as the node's own gazetteer understands them.

use hedgerow_proto::v1;
use hedgerow_proto::v1::Precision;

use super::body::{PlaceUse, RecordBody};
use super::violations::Violations;
use crate::gazetteer::gazetteer;

/// The scheme of areas that are not regions, such as counties.
const AREA_SCHEME: &str = "area";

/// The meaning of a place's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedPlace {
    /// The GeoNames id of the town to publish.
    Town(u64),
    /// An area larger than a town, by its usual name.
    Area {
        /// Its usual name.
        name: String,
        /// The region of the protocol's gazetteer that it lies in, if it lies in one.
        region: Option<String>,
        /// Whether it is a county or larger. The name of a smaller area shows more than a
        /// region does, so only areas that a group serves are called by it.
        is_wide: bool,
    },
    /// Several places; their full names.
    Several(Vec<String>),
    /// No place; the full names of similar ones.
    Unknown(Vec<String>),
}

/// Resolves the names of towns without an id, and of areas, before the rules apply. A name of
/// several places is a violation: the steward must choose.
pub(super) fn apply(
    decoded: &mut RecordBody,
    resolve: &dyn Fn(&str) -> NamedPlace,
    violations: &mut Violations,
) {
    for (path, place_use, place) in decoded.places_mut() {
        if place.name.is_empty() || (!place.country.is_empty() && place.country != "GB") {
            continue;
        }
        match place.precision() {
            Precision::Town if place.geonames_id == 0 => {
                name_town(&path, place, resolve, violations);
            }
            Precision::Region if gazetteer().region(&place.name).is_none() => {
                name_region(place, place_use, resolve);
            }
            _ => {}
        }
    }
}

fn name_town(
    path: &str,
    place: &mut v1::Place,
    resolve: &dyn Fn(&str) -> NamedPlace,
    violations: &mut Violations,
) {
    let name = &place.name;
    let (reason, message) = match resolve(name) {
        NamedPlace::Town(id) => {
            place.geonames_id = u32::try_from(id).unwrap_or_default();
            return;
        }
        NamedPlace::Several(names) => (
            "town_ambiguous",
            format!(
                "`{name}` could be several places. Write one of: {}.",
                names.join("; ")
            ),
        ),
        NamedPlace::Area { .. } => (
            "town_unknown",
            format!("`{name}` is an area. Name a town in it, or choose region."),
        ),
        NamedPlace::Unknown(names) if names.is_empty() => return,
        NamedPlace::Unknown(names) => (
            "town_unknown",
            format!(
                "There is no known town called `{name}`. Did you mean {}? Or name a larger town \
                 near it, or choose region.",
                names.join("; or ")
            ),
        ),
    };
    violations.add(format!("{path}.name"), reason, message);
}

/// Names the area and its region, so that the area's name is not replaced by the region's. A
/// town or a smaller area only leads to its region.
fn name_region(place: &mut v1::Place, place_use: PlaceUse, resolve: &dyn Fn(&str) -> NamedPlace) {
    match resolve(&place.name) {
        NamedPlace::Area {
            name,
            region,
            is_wide,
        } if is_wide || place_use == PlaceUse::Area => {
            place.name.clone_from(&name);
            add_region(place, "ons", region);
            add_region(place, AREA_SCHEME, Some(name));
        }
        // An id says more than a name.
        _ if place.geonames_id != 0 || !place.regions.is_empty() => {}
        NamedPlace::Area { region, .. } => add_region(place, "ons", region),
        NamedPlace::Town(id) => {
            let region = gazetteer().by_id(id).map(|town| town.region.clone());
            add_region(place, "ons", region);
        }
        NamedPlace::Several(_) | NamedPlace::Unknown(_) => {}
    }
}

fn add_region(place: &mut v1::Place, scheme: &str, name: Option<String>) {
    let region = name.map(|name| v1::RegionName {
        scheme: scheme.to_owned(),
        name,
    });
    if let Some(region) = region
        && !place.regions.contains(&region)
    {
        place.regions.push(region);
    }
}
