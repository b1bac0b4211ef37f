//! Precision, applied before anything is hashed: what is coarser than exact was never
//! published more finely.

use hedgerow_proto::v1;
use hedgerow_proto::v1::Precision;

use super::Findings;
use crate::gazetteer;
use crate::gazetteer::Gazetteer;
use crate::gazetteer::Resolution;
use crate::gazetteer::gazetteer;
use crate::gazetteer::normalise;
use crate::place::is_in_range;
use crate::place::neighbourhood_centre;

/// Where the nearest place has fewer people than this, neighbourhood becomes town.
const FEW_PEOPLE: u32 = 10_000;
/// Farther than this from every place, a point has no town.
const FAR_FROM_EVERYWHERE_M: f64 = 30_000.0;
/// Names of what is larger than a region.
const COUNTRIES: [&str; 6] = [
    "england",
    "scotland",
    "wales",
    "northern ireland",
    "united kingdom",
    "great britain",
];

/// Applies a place's stated precision to it, and says what is wrong or was changed.
pub(super) fn apply(path: &str, place: &mut v1::Place, findings: &mut Findings) {
    let precision = Precision::try_from(place.precision).unwrap_or_default();
    if place.point.is_some_and(|point| !is_in_range(&point)) {
        findings.refuse(
            format!("{path}.point"),
            "point_out_of_range",
            "This point is nowhere on the Earth: check latitude and longitude.",
        );
        return;
    }
    if !matches!(precision, Precision::Unspecified | Precision::Exact) {
        refuse_address(path, place, findings);
    }
    match precision {
        Precision::Unspecified => findings.refuse(
            format!("{path}.precision"),
            "precision_required",
            "Say how exactly this place may be shown: exact, neighbourhood, town, region or hidden.",
        ),
        Precision::Exact => exact(path, place, findings),
        Precision::Neighbourhood => neighbourhood(path, place, findings),
        Precision::Town => town(path, place, findings),
        Precision::Region => region(path, place, findings),
        Precision::Hidden => hidden(path, place, findings),
    }
}

/// Fields that may be filled only at exact, with their names.
pub(super) fn address_fields(place: &v1::Place) -> Vec<&'static str> {
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

fn refuse_address(path: &str, place: &v1::Place, findings: &mut Findings) {
    for field in address_fields(place) {
        findings.refuse(
            format!("{path}.{field}"),
            "address_below_exact",
            "This would give the exact place away. Leave it empty, or make the precision exact.",
        );
    }
}

fn exact(path: &str, place: &v1::Place, findings: &mut Findings) {
    let told = place.point.is_some()
        || !place.name.is_empty()
        || place.geonames_id != 0
        || !address_fields(place).is_empty();
    if !told {
        findings.refuse(
            path,
            "place_empty",
            "Say where this is: a street and postcode, or a point. Or choose another precision.",
        );
    }
    check_known_id(path, place, findings);
    check_regions(path, place, findings);
}

fn neighbourhood(path: &str, place: &mut v1::Place, findings: &mut Findings) {
    let Some(point) = place.point else {
        findings.refuse(
            format!("{path}.point"),
            "point_required",
            "Give the point of the place: it is rounded to a square of about 1 km. \
             Or choose town and name the town.",
        );
        return;
    };
    // The cell's centre decides, so that applying the rule again changes nothing.
    let centre = neighbourhood_centre(&point);
    match gazetteer().nearest(centre.latitude_e7, centre.longitude_e7) {
        Some((nearest, distance)) if distance <= FAR_FROM_EVERYWHERE_M => {
            if nearest
                .population
                .is_some_and(|people| people >= FEW_PEOPLE)
            {
                if centre != point {
                    place.point = Some(centre);
                    findings.adjusted(format!(
                        "{path}: the point was moved to the middle of a square of about 1 km."
                    ));
                }
                check_known_id(path, place, findings);
                check_regions(path, place, findings);
            } else {
                place.precision = Precision::Town as i32;
                let town = gazetteer()
                    .by_id(u64::from(place.geonames_id))
                    .unwrap_or(nearest);
                set_town(place, town);
                findings.adjusted(format!(
                    "{path}: few people live there, so that a neighbourhood would say too \
                     much; it is shown as {}.",
                    town.name
                ));
                check_regions(path, place, findings);
            }
        }
        _ => findings.refuse(
            format!("{path}.point"),
            "no_town_near",
            "No town is known near this point, so that a neighbourhood could say too much. \
             Choose region, or exact.",
        ),
    }
}

fn town(path: &str, place: &mut v1::Place, findings: &mut Findings) {
    let before = (place.point, place.geonames_id, place.name.clone());
    let Some(town) = resolve_town(path, place, findings) else {
        return;
    };
    set_town(place, town);
    if before.0.is_some_and(|point| point != town.point()) {
        findings.adjusted(format!(
            "{path}: the point was replaced by that of {}, since its precision is town.",
            town.name
        ));
    } else if !before.2.is_empty() && before.2 != place.name {
        findings.adjusted(format!(
            "{path}: `{}` is shown as {}.",
            before.2,
            town.full_name()
        ));
    }
    check_regions(path, place, findings);
}

/// The town that a place names, by id or by name: never by its point.
fn resolve_town(
    path: &str,
    place: &v1::Place,
    findings: &mut Findings,
) -> Option<&'static gazetteer::Place> {
    let id = u64::from(place.geonames_id);
    if id != 0 {
        let found = gazetteer().by_id(id);
        if found.is_none() {
            findings.refuse(
                format!("{path}.geonames_id"),
                "town_unknown",
                "No town with this id is known here. Name the town instead, or choose region.",
            );
        }
        return found;
    }
    match gazetteer().resolve(&place.name) {
        Resolution::One(town) => Some(town),
        Resolution::Several(towns) => {
            let choices: Vec<_> = towns.iter().take(8).map(|town| town.full_name()).collect();
            findings.refuse(
                format!("{path}.name"),
                "town_ambiguous",
                format!(
                    "Several places have this name. Write one of: {}.",
                    choices.join("; ")
                ),
            );
            None
        }
        Resolution::None => {
            let message = if place.name.is_empty() {
                "Name the town.".to_owned()
            } else {
                format!(
                    "No town called `{}` is known here. Name a larger town near it, or choose region.",
                    place.name
                )
            };
            findings.refuse(format!("{path}.name"), "town_unknown", message);
            None
        }
    }
}

fn set_town(place: &mut v1::Place, town: &gazetteer::Place) {
    place.geonames_id = u32::try_from(town.geonames_id).unwrap_or_default();
    place.point = Some(town.point());
    place.name.clone_from(&town.name);
}

fn region(path: &str, place: &mut v1::Place, findings: &mut Findings) {
    refuse_directions(path, place, findings);
    let point = place.point.take();
    let id = std::mem::take(&mut place.geonames_id);
    if point.is_some() || id != 0 {
        findings.adjusted(format!(
            "{path}: the point was left out, since its precision is region."
        ));
    }
    if place.regions.is_empty() {
        let by_id = gazetteer()
            .by_id(u64::from(id))
            .map(|town| town.region.clone());
        let derived = by_id
            .or_else(|| region_of_name(gazetteer(), &place.name))
            .or_else(|| {
                let (nearest, distance) = point
                    .and_then(|point| gazetteer().nearest(point.latitude_e7, point.longitude_e7))?;
                (distance <= FAR_FROM_EVERYWHERE_M).then(|| nearest.region.clone())
            });
        place.regions.extend(derived.map(|name| v1::RegionName {
            scheme: "ons".into(),
            name,
        }));
    }
    check_regions(path, place, findings);
    if !is_as_coarse_as_region(place) {
        match place.regions.first() {
            Some(region) => {
                findings.adjusted(format!(
                    "{path}: only {} is named, since its precision is region.",
                    region.name
                ));
                place.name.clone_from(&region.name);
            }
            None => findings.refuse(
                format!("{path}.name"),
                "name_finer_than_region",
                "Name only the region, such as North East, or leave the name empty.",
            ),
        }
    }
    if place.name.is_empty() && place.regions.is_empty() && place.country.is_empty() {
        findings.refuse(
            path,
            "place_empty",
            "Name the region, such as North East, or give the country.",
        );
    }
}

/// The one region in which every place of a name lies.
fn region_of_name(gazetteer: &Gazetteer, name: &str) -> Option<String> {
    if let Some(region) = gazetteer.region(name) {
        return Some(region.to_owned());
    }
    if let Resolution::One(town) = gazetteer.resolve(name) {
        return Some(town.region.clone());
    }
    let county = gazetteer.county(name)?;
    let mut inside = gazetteer
        .places()
        .iter()
        .filter(|place| place.county == county);
    let region = inside.next()?.region.clone();
    inside.all(|place| place.region == region).then_some(region)
}

/// Whether a place's name tells no more than a region: a region's, a country's or a
/// county's name. A county that is called as a town is (Darlington) tells more.
fn is_as_coarse_as_region(place: &v1::Place) -> bool {
    let name = normalise(&place.name);
    let is_named = || {
        place
            .regions
            .iter()
            .any(|region| normalise(&region.name) == name)
    };
    let abroad = !place.country.is_empty() && place.country != "GB";
    name.is_empty() || abroad || is_named() || is_region_name(&name)
}

fn is_region_name(name: &str) -> bool {
    let gazetteer = gazetteer();
    COUNTRIES.contains(&name)
        || gazetteer.region(name).is_some()
        || (gazetteer.county(name).is_some() && gazetteer.find(name).is_empty())
}

fn hidden(path: &str, place: &mut v1::Place, findings: &mut Findings) {
    refuse_directions(path, place, findings);
    let told = place.point.is_some()
        || place.geonames_id != 0
        || !place.name.is_empty()
        || !place.regions.is_empty()
        || !place.country.is_empty();
    if told {
        findings.adjusted(format!(
            "{path}: everything that says where it is was left out, since the place is hidden."
        ));
    }
    place.point = None;
    place.geonames_id = 0;
    place.name.clear();
    place.regions.clear();
    place.country.clear();
}

fn refuse_directions(path: &str, place: &v1::Place, findings: &mut Findings) {
    if !place.directions.is_empty() {
        findings.refuse(
            format!("{path}.directions"),
            "directions_without_place",
            "There are no directions to a place that is not told. Say in words how people \
             learn where it is.",
        );
    }
}

fn check_known_id(path: &str, place: &v1::Place, findings: &mut Findings) {
    if place.geonames_id != 0 && gazetteer().by_id(u64::from(place.geonames_id)).is_none() {
        findings.refuse(
            format!("{path}.geonames_id"),
            "town_unknown",
            "No town with this id is known here. Leave it out.",
        );
    }
}

/// Regions are named by a scheme, and are regions: under `ons` the gazetteer's, under
/// another scheme nothing that is a town's name.
fn check_regions(path: &str, place: &v1::Place, findings: &mut Findings) {
    for (index, region) in place.regions.iter().enumerate() {
        let field = format!("{path}.regions[{index}]");
        if region.scheme.is_empty() || region.name.is_empty() {
            findings.refuse(
                field,
                "region_incomplete",
                "Give the region's name and the scheme that it belongs to, such as `ons`.",
            );
        } else if region.scheme == "ons" {
            if !gazetteer().regions().any(|known| known == region.name) {
                let known: Vec<_> = gazetteer().regions().collect();
                findings.refuse(
                    field,
                    "region_unknown",
                    format!("The scheme `ons` has these regions: {}.", known.join(", ")),
                );
            }
        } else if !is_region_name(&normalise(&region.name))
            && !gazetteer().find(&region.name).is_empty()
        {
            findings.refuse(
                field,
                "name_finer_than_region",
                "This is the name of a town, not of a region.",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(mut place: v1::Place) -> (v1::Place, Findings) {
        let mut findings = Findings::default();
        apply("place", &mut place, &mut findings);
        (place, findings)
    }

    fn reasons(findings: &Findings) -> Vec<&'static str> {
        findings
            .violations
            .iter()
            .map(|violation| violation.reason)
            .collect()
    }

    fn at(precision: Precision, latitude_e7: i32, longitude_e7: i32) -> v1::Place {
        v1::Place {
            precision: precision as i32,
            point: Some(v1::Point {
                latitude_e7,
                longitude_e7,
            }),
            ..Default::default()
        }
    }

    #[test]
    fn a_neighbourhood_in_a_city_is_its_square() {
        let (place, findings) = applied(at(Precision::Neighbourhood, 549_783_123, -16_178_456));
        assert!(findings.violations.is_empty());
        assert_eq!(
            place.point,
            Some(v1::Point {
                latitude_e7: 549_750_000,
                longitude_e7: -16_240_000
            })
        );
        assert_eq!(findings.adjustments.len(), 1);
        let (again, findings) = applied(place.clone());
        assert_eq!(again, place);
        assert!(findings.adjustments.is_empty());
    }

    #[test]
    fn a_neighbourhood_where_few_people_live_becomes_a_town() {
        // Near Zeals, Dorset, 658 people.
        let (place, findings) = applied(at(Precision::Neighbourhood, 510_860_001, -23_120_001));
        assert!(findings.violations.is_empty());
        assert_eq!(place.precision, Precision::Town as i32);
        assert_eq!(
            (place.geonames_id, place.name.as_str()),
            (2_633_326, "Zeals")
        );
        assert_eq!(
            place.point,
            gazetteer().by_id(2_633_326).map(gazetteer::Place::point)
        );
    }

    #[test]
    fn the_middle_of_the_sea_has_no_neighbourhood() {
        let (_, findings) = applied(at(Precision::Neighbourhood, 400_000_000, -300_000_000));
        assert_eq!(reasons(&findings), ["no_town_near"]);
    }

    #[test]
    fn a_town_is_found_by_its_name_never_by_a_point() {
        let mut leeds = at(Precision::Town, 538_000_000, -15_000_000);
        leeds.name = "leeds, england".into();
        let (place, findings) = applied(leeds);
        assert!(findings.violations.is_empty(), "{findings:?}");
        assert_eq!(place.geonames_id, 2_644_688);
        assert_eq!(
            place.point,
            gazetteer().by_id(2_644_688).map(gazetteer::Place::point)
        );
        assert_eq!(place.name, "Leeds");

        let (_, findings) = applied(at(Precision::Town, 538_000_000, -15_000_000));
        assert_eq!(reasons(&findings), ["town_unknown"]);
    }

    #[test]
    fn a_name_of_several_towns_is_asked_back_with_the_choices() {
        let mut place = at(Precision::Town, 0, 0);
        place.name = "Newport".into();
        let (_, findings) = applied(place);
        assert_eq!(reasons(&findings), ["town_ambiguous"]);
        let message = &findings.violations[0].message;
        for choice in message
            .trim_end_matches('.')
            .split(": ")
            .nth(1)
            .unwrap()
            .split("; ")
        {
            assert!(!gazetteer().find(choice).is_empty(), "{choice}");
        }
    }

    #[test]
    fn a_region_names_no_town() {
        let mut place = at(Precision::Region, 549_783_123, -16_178_456);
        place.name = "Whitley Bay".into();
        let (place, findings) = applied(place);
        assert!(findings.violations.is_empty(), "{findings:?}");
        assert_eq!(place.point, None);
        assert_eq!(place.name, "North East");
        assert_eq!(place.regions[0].name, "North East");

        let kent = v1::Place {
            precision: Precision::Region as i32,
            name: "Kent".into(),
            ..Default::default()
        };
        let (kent, findings) = applied(kent);
        assert!(findings.adjustments.is_empty(), "{findings:?}");
        assert_eq!(
            (kent.name.as_str(), kent.regions[0].name.as_str()),
            ("Kent", "South East")
        );

        let lane = v1::Place {
            precision: Precision::Region as i32,
            name: "12 High Street".into(),
            ..Default::default()
        };
        assert_eq!(reasons(&applied(lane).1), ["name_finer_than_region"]);
        let smuggled = v1::Place {
            precision: Precision::Region as i32,
            regions: vec![v1::RegionName {
                scheme: "mine".into(),
                name: "Whitley Bay".into(),
            }],
            ..Default::default()
        };
        assert_eq!(reasons(&applied(smuggled).1), ["name_finer_than_region"]);
    }

    #[test]
    fn a_hidden_place_says_nothing() {
        let mut place = at(Precision::Hidden, 549_783_123, -16_178_456);
        place.name = "Whitley Bay".into();
        place.country = "GB".into();
        place.words = "We send the address once you have been in touch.".into();
        let (place, findings) = applied(place);
        assert!(findings.violations.is_empty());
        let expected = v1::Place {
            precision: Precision::Hidden as i32,
            words: place.words.clone(),
            ..Default::default()
        };
        assert_eq!(place, expected);
    }

    #[test]
    fn an_address_below_exact_is_refused_field_by_field() {
        for precision in [
            Precision::Neighbourhood,
            Precision::Town,
            Precision::Region,
            Precision::Hidden,
        ] {
            let mut place = at(precision, 549_783_123, -16_178_456);
            place.name = "Newcastle upon Tyne".into();
            place.street = "12 High Street".into();
            place.postcode = "NE1 4ST".into();
            place.plus_code = "9C6WX9CV+2G".into();
            place.map_link = "https://maps.example.org/".into();
            place.venue = Some(v1::VenueReference::default());
            let found = reasons(&applied(place).1);
            assert_eq!(found, ["address_below_exact"; 5], "{precision:?}");
        }
    }
}
