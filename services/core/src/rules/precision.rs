//! Applies precision to places before anything is hashed: a place below exact is never
//! published more exactly than its precision.

use hedgerow_proto::v1;
use hedgerow_proto::v1::Precision;

use super::violations::Violations;
use crate::gazetteer::gazetteer;
use crate::place::{is_in_range, neighbourhood_centre};

mod fields;
mod region;
#[cfg(test)]
mod tests;
mod town;

pub(super) use fields::{address_fields, finer_than_town, has_location};

/// If the nearest place has fewer people than this, neighbourhood becomes town.
const MIN_NEIGHBOURHOOD_POPULATION: u32 = 10_000;

/// Reduces a place to its stated precision. Adds a violation for each field that is more
/// exact and cannot be reduced, and an adjustment for each change.
pub(super) fn apply(path: &str, place: &mut v1::Place, violations: &mut Violations) {
    let precision = place.precision();
    if place.point.is_some_and(|point| !is_in_range(&point)) {
        violations.add(
            format!("{path}.point"),
            "point_out_of_range",
            "This point is nowhere on the Earth: check latitude and longitude.",
        );
        return;
    }
    if !matches!(precision, Precision::Unspecified | Precision::Exact) {
        fields::reject_address(path, place, violations);
    }
    match precision {
        Precision::Unspecified => violations.add(
            format!("{path}.precision"),
            "precision_missing",
            "Say how exactly this place may be shown: exact, neighbourhood, town, region or hidden.",
        ),
        Precision::Exact => check_exact(path, place, violations),
        Precision::Neighbourhood => apply_neighbourhood(path, place, violations),
        Precision::Town => town::apply(path, place, violations),
        Precision::Region => region::apply(path, place, violations),
        Precision::Hidden => apply_hidden(path, place, violations),
    }
}

fn check_exact(path: &str, place: &v1::Place, violations: &mut Violations) {
    let has_location = place.point.is_some()
        || !place.name.is_empty()
        || place.geonames_id != 0
        || !address_fields(place).is_empty();
    if !has_location {
        violations.add(
            path,
            "place_empty",
            "Say where this is: a street and postcode, or a point. Or choose another precision.",
        );
    }
    fields::check_known_id(path, place, violations);
    region::check_regions(path, place, violations);
}

fn apply_neighbourhood(path: &str, place: &mut v1::Place, violations: &mut Violations) {
    let Some(point) = place.point else {
        violations.add(
            format!("{path}.point"),
            "point_required",
            "Give the point of the place: it is rounded to a square of about 1 km. \
             Or choose town and name the town.",
        );
        return;
    };
    // The nearest place is that of the centre and not of the point, so that applying the
    // rule again changes nothing.
    let centre = neighbourhood_centre(&point);
    let Some(nearest) = gazetteer().town_near(&centre) else {
        violations.add(
            format!("{path}.point"),
            "no_town_near",
            "There is no known town near this point, so a neighbourhood could show too much. \
             Choose region, or exact.",
        );
        return;
    };
    let is_populous = nearest
        .population
        .is_some_and(|people| people >= MIN_NEIGHBOURHOOD_POPULATION);
    if is_populous {
        if centre != point {
            place.point = Some(centre);
            violations.add_adjustment(format!(
                "{path}: the point was moved to the middle of a square of about 1 km."
            ));
        }
        fields::check_known_id(path, place, violations);
    } else {
        place.precision = Precision::Town as i32;
        let town = gazetteer()
            .by_id(u64::from(place.geonames_id))
            .unwrap_or(nearest);
        // As a place named at town precision: applying the rules again changes nothing.
        let town = gazetteer().town_of(town);
        town::set_town(place, town);
        violations.add_adjustment(format!(
            "{path}: few people live there, so a neighbourhood would show too much; it is \
             shown as {}.",
            town.name
        ));
    }
    region::check_regions(path, place, violations);
}

fn apply_hidden(path: &str, place: &mut v1::Place, violations: &mut Violations) {
    fields::reject_directions(path, place, violations);
    if has_location(place) {
        violations.add_adjustment(format!(
            "{path}: everything that shows where it is was left out, since the place is hidden."
        ));
    }
    place.point = None;
    place.geonames_id = 0;
    place.name.clear();
    place.regions.clear();
    place.country.clear();
}
