//! Fields of a place that precision allows or forbids.

use hedgerow_proto::v1;
use hedgerow_proto::v1::Precision;

use crate::gazetteer::gazetteer;
use crate::rules::violations::Violations;

/// Returns the names of the filled fields that only an exact place may have.
pub(in crate::rules) fn address_fields(place: &v1::Place) -> Vec<&'static str> {
    let fields = [
        ("street", !place.street.is_empty()),
        ("postcode", !place.postcode.is_empty()),
        ("plus_code", !place.plus_code.is_empty()),
        ("map_link", !place.map_link.is_empty()),
        ("venue", place.venue.is_some()),
    ];
    fields
        .into_iter()
        .filter(|(_, filled)| *filled)
        .map(|(name, _)| name)
        .collect()
}

/// The precisions of those places of a list that are finer than a town.
pub(in crate::rules) fn finer_than_town(list: &str, places: &[v1::Place]) -> Vec<String> {
    let is_fine = |place: &v1::Place| {
        matches!(
            place.precision(),
            Precision::Exact | Precision::Neighbourhood
        )
    };
    let fine = places.iter().enumerate().filter(|(_, it)| is_fine(it));
    fine.map(|(index, _)| format!("{list}[{index}].precision"))
        .collect()
}

/// Returns whether a place has a field, other than the address fields, that shows where
/// it is.
pub(in crate::rules) fn has_location(place: &v1::Place) -> bool {
    place.point.is_some()
        || place.geonames_id != 0
        || !place.name.is_empty()
        || !place.regions.is_empty()
        || !place.country.is_empty()
}

pub(super) fn reject_address(path: &str, place: &v1::Place, violations: &mut Violations) {
    for field in address_fields(place) {
        violations.add(
            format!("{path}.{field}"),
            "address_below_exact",
            "This would give the exact place away. Leave it empty, or make the precision exact.",
        );
    }
}

pub(super) fn reject_directions(path: &str, place: &v1::Place, violations: &mut Violations) {
    if !place.directions.is_empty() {
        violations.add(
            format!("{path}.directions"),
            "directions_without_place",
            "Directions would show where the place is. Leave them out, and say in words how \
             people learn where it is.",
        );
    }
}

pub(super) fn check_known_id(path: &str, place: &v1::Place, violations: &mut Violations) {
    if place.geonames_id != 0 && gazetteer().by_id(u64::from(place.geonames_id)).is_none() {
        violations.add(
            format!("{path}.geonames_id"),
            "town_unknown",
            "There is no known town with this id. Leave it out.",
        );
    }
}
