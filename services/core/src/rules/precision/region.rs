//! Places at region precision, and the regions that a place at any precision names.

use hedgerow_proto::v1;

use super::fields::reject_directions;
use crate::gazetteer;
use crate::gazetteer::{Gazetteer, gazetteer, normalise};
use crate::rules::violations::Violations;

/// Normalised names of areas larger than a region.
const COUNTRIES: [&str; 6] = [
    "england",
    "scotland",
    "wales",
    "northern ireland",
    "united kingdom",
    "great britain",
];

pub(super) fn apply(path: &str, place: &mut v1::Place, violations: &mut Violations) {
    reject_directions(path, place, violations);
    let point = place.point.take();
    let id = std::mem::take(&mut place.geonames_id);
    if point.is_some() || id != 0 {
        violations.add_adjustment(format!(
            "{path}: the point was left out, since its precision is region."
        ));
    }
    if place.regions.is_empty() {
        let name = derive_region(point, id, &place.name);
        place.regions.extend(name.map(|name| v1::RegionName {
            scheme: "ons".into(),
            name,
        }));
    }
    check_regions(path, place, violations);
    if !is_as_coarse_as_region(place) {
        match place.regions.first() {
            Some(region) => {
                violations.add_adjustment(format!(
                    "{path}: only {} is named, since its precision is region.",
                    region.name
                ));
                place.name.clone_from(&region.name);
            }
            None => violations.add(
                format!("{path}.name"),
                "name_finer_than_region",
                "Name only the region, such as North East, or leave the name empty.",
            ),
        }
    }
    if place.name.is_empty() && place.regions.is_empty() && place.country.is_empty() {
        violations.add(
            path,
            "place_empty",
            "Name the region, such as North East, or give the country.",
        );
    }
}

/// Checks that each named region has a scheme and is a region: under `ons` one of the
/// gazetteer's, under another scheme not the name of a town.
pub(super) fn check_regions(path: &str, place: &v1::Place, violations: &mut Violations) {
    for (index, region) in place.regions.iter().enumerate() {
        let field = format!("{path}.regions[{index}]");
        if region.scheme.is_empty() || region.name.is_empty() {
            violations.add(
                field,
                "region_incomplete",
                "Give the region's name and the scheme that it belongs to, such as `ons`.",
            );
        } else if region.scheme == "ons" {
            if !gazetteer().regions().any(|name| name == region.name) {
                let names: Vec<_> = gazetteer().regions().collect();
                violations.add(
                    field,
                    "region_unknown",
                    format!("The scheme `ons` has these regions: {}.", names.join(", ")),
                );
            }
        } else if !is_region_name(&normalise(&region.name))
            && gazetteer().is_place_name(&region.name)
        {
            violations.add(
                field,
                "name_finer_than_region",
                "This is the name of a town, not of a region.",
            );
        }
    }
}

/// Derives a region from the most reliable source: the town's id, then the name, then the
/// town nearest to the point.
fn derive_region(point: Option<v1::Point>, geonames_id: u32, name: &str) -> Option<String> {
    let gazetteer = gazetteer();
    let region = |town: &gazetteer::Place| town.region.clone();
    let by_id = gazetteer.by_id(u64::from(geonames_id)).map(region);
    by_id
        .or_else(|| region_of_name(gazetteer, name))
        .or_else(|| gazetteer.town_near(&point?).map(region))
}

/// Returns the region of that name, or of every place in the county of that name.
fn region_of_name(gazetteer: &Gazetteer, name: &str) -> Option<String> {
    if let Some(region) = gazetteer.region(name) {
        return Some(region.to_owned());
    }
    let county = gazetteer.county(name)?;
    let mut inside = gazetteer
        .places()
        .iter()
        .filter(|place| place.county == county);
    let region = inside.next()?.region.clone();
    inside.all(|place| place.region == region).then_some(region)
}

/// Returns whether a place's name shows no more than a region: the name of a region, a
/// country or a county. A county with the name of a town, such as Darlington, shows more.
fn is_as_coarse_as_region(place: &v1::Place) -> bool {
    let name = normalise(&place.name);
    let is_named_region = || {
        place
            .regions
            .iter()
            .any(|region| normalise(&region.name) == name)
    };
    // The gazetteer covers one country; elsewhere the publisher's word is all there is.
    let is_abroad = !place.country.is_empty() && place.country != "GB";
    name.is_empty() || is_abroad || is_named_region() || is_region_name(&name)
}

fn is_region_name(name: &str) -> bool {
    let gazetteer = gazetteer();
    COUNTRIES.contains(&name)
        || gazetteer.region(name).is_some()
        || gazetteer.county(name).is_some()
}
