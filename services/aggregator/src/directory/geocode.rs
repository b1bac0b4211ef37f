//! Resolves `near` to a circle, with the embedded gazetteer alone.

use std::cmp::Reverse;

use hedgerow_core::gazetteer::{Place, Resolution, gazetteer, normalise};
use hedgerow_core::place::is_in_range;
use hedgerow_core::postcode::Postcode;
use hedgerow_proto::directory_v1::near::Center;
use hedgerow_proto::{directory_v1, v1};
use hedgerow_search::Circle;
use hedgerow_transport::failure::Failure;

/// 20 miles.
const DEFAULT_DISTANCE_M: u32 = 32_187;
const MAX_DISTANCE_M: u32 = 1_000_000;
/// Characters of a place's name with the county or region after it.
const MAX_NAME: usize = 120;
/// Suggestions for an unknown name.
const MAX_SUGGESTIONS: usize = 3;
/// Other places of the same name.
const MAX_OTHERS: usize = 20;

/// A resolved `near`.
pub(super) struct Geocoded {
    pub(super) circle: Circle,
    pub(super) resolved: directory_v1::ResolvedPlace,
}

/// Resolves the centre and checks the distance.
pub(super) fn geocode(near: &directory_v1::Near) -> Result<Geocoded, Failure> {
    if near.radius_m > MAX_DISTANCE_M {
        return Err(invalid(
            "radius_m",
            "distance_too_long",
            &format!("at most {MAX_DISTANCE_M} metres; leave `near` out to search everywhere"),
        ));
    }
    let radius_m = match near.radius_m {
        0 => DEFAULT_DISTANCE_M,
        radius_m => radius_m,
    };
    let resolved = match &near.center {
        Some(Center::Place(name)) => place(name)?,
        Some(Center::District(code)) => district(code)?,
        Some(Center::Point(point)) => at(*point)?,
        None => {
            return Err(invalid(
                "center",
                "missing",
                "name a place, a postcode district or a point",
            ));
        }
    };
    let centre = resolved.point.unwrap_or_default();
    Ok(Geocoded {
        circle: Circle {
            center: centre,
            radius_m: radius_m.into(),
        },
        resolved,
    })
}

fn invalid(field: &str, reason: &'static str, message: &str) -> Failure {
    Failure::invalid_field(format!("filter.near.{field}"), reason, message)
}

fn place(name: &str) -> Result<directory_v1::ResolvedPlace, Failure> {
    reject_full_postcode("place", name)?;
    if name.chars().count() > MAX_NAME {
        return Err(unknown_place(&[]));
    }
    match gazetteer().resolve(name) {
        Resolution::One(place) => Ok(resolved(place, &[])),
        Resolution::Several(places) => match places.split_first() {
            Some((largest, others)) => Ok(resolved(largest, others)),
            None => Err(unknown_place(&[])),
        },
        // People also type a district into the field for a place.
        Resolution::None => district_named(name).ok_or_else(|| unknown_place(&suggestions(name))),
    }
}

fn resolved(place: &Place, others: &[&Place]) -> directory_v1::ResolvedPlace {
    directory_v1::ResolvedPlace {
        name: place.full_name(),
        point: Some(place.point()),
        others: others
            .iter()
            .take(MAX_OTHERS)
            .map(|other| other.full_name())
            .collect(),
    }
}

fn district(code: &str) -> Result<directory_v1::ResolvedPlace, Failure> {
    reject_full_postcode("district", code)?;
    district_named(code).ok_or_else(|| {
        invalid(
            "district",
            "place_unknown",
            "unknown postcode district: expected the first half of a postcode, such as LS6",
        )
    })
}

fn district_named(code: &str) -> Option<directory_v1::ResolvedPlace> {
    let district = gazetteer().district(code)?;
    Some(directory_v1::ResolvedPlace {
        name: format!("{}, {}", district.code, district.nearest_place),
        point: Some(district.point()),
        others: Vec::new(),
    })
}

fn at(point: v1::Point) -> Result<directory_v1::ResolvedPlace, Failure> {
    if !is_in_range(&point) {
        return Err(invalid(
            "point",
            "point_out_of_range",
            "expected a point in 10⁻⁷ degrees, within ±90° and ±180°",
        ));
    }
    Ok(directory_v1::ResolvedPlace {
        point: Some(point),
        ..directory_v1::ResolvedPlace::default()
    })
}

/// A full postcode can name a single house. Clients cut it to its district; rejecting it
/// here as well keeps people from getting used to sending it.
fn reject_full_postcode(field: &str, text: &str) -> Result<(), Failure> {
    if Postcode::parse(text).is_some_and(|postcode| postcode.is_full()) {
        return Err(invalid(
            field,
            "postcode_too_precise",
            "send only the first half of the postcode, such as LS6",
        ));
    }
    Ok(())
}

fn unknown_place(suggestions: &[String]) -> Failure {
    let message = if suggestions.is_empty() {
        "unknown place: try the nearest town".to_owned()
    } else {
        format!("unknown place; did you mean {}?", suggestions.join(", or "))
    };
    invalid("place", "place_unknown", &message).with("suggestions", suggestions.join("; "))
}

/// Places whose names begin with the typed text or are spelt nearly like it, best first.
fn suggestions(name: &str) -> Vec<String> {
    let typed = normalise(name.split(',').next().unwrap_or_default());
    let length = typed.chars().count();
    if length < 3 {
        return Vec::new();
    }
    let max_edits = if length < 6 { 1 } else { 2 };
    let mut near: Vec<(usize, Reverse<Option<u32>>, &Place)> = gazetteer()
        .places()
        .iter()
        .filter_map(|place| {
            let known = normalise(&place.name);
            let edits = if known.starts_with(&typed) {
                0
            } else {
                strsim::osa_distance(&known, &typed)
            };
            (edits <= max_edits).then_some((edits, Reverse(place.population), place))
        })
        .collect();
    near.sort_by_key(|(edits, population, place)| (*edits, *population, place.geonames_id));
    near.into_iter()
        .take(MAX_SUGGESTIONS)
        .map(|(_, _, place)| place.full_name())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(place: Center) -> Result<Geocoded, Failure> {
        geocode(&directory_v1::Near {
            center: Some(place),
            radius_m: 0,
        })
    }

    fn reason(place: Center) -> &'static str {
        near(place).err().unwrap().reason()
    }

    #[test]
    fn a_name_of_several_places_means_the_largest_and_names_the_others() {
        let newport = near(Center::Place("Newport".into())).unwrap().resolved;
        assert!(!newport.others.is_empty());
        let narrowed = near(Center::Place(newport.others[0].clone()))
            .unwrap()
            .resolved;
        assert_eq!(narrowed.name, newport.others[0]);
    }

    #[test]
    fn the_default_distance_is_twenty_miles() {
        let leeds = near(Center::Place("leeds".into())).unwrap();
        assert!(leeds.resolved.others.is_empty());
        assert!((leeds.circle.radius_m - 32_187.0).abs() < 1.0);
    }

    #[test]
    fn a_district_is_accepted_and_a_full_postcode_is_not() {
        assert!(
            near(Center::District("ls6".into()))
                .unwrap()
                .resolved
                .name
                .starts_with("LS6")
        );
        assert!(
            near(Center::Place("LS6".into()))
                .unwrap()
                .resolved
                .name
                .starts_with("LS6")
        );
        for postcode in ["LS6 2AB", "ls62ab", " M1 1AE ", "EC1A 1BB", "W1A0AX"] {
            assert_eq!(
                reason(Center::District(postcode.into())),
                "postcode_too_precise"
            );
            assert_eq!(
                reason(Center::Place(postcode.into())),
                "postcode_too_precise"
            );
        }
        for name in ["Leeds", "Ware", "Hove", "Newport, Wales"] {
            assert!(near(Center::Place(name.into())).is_ok());
        }
    }

    #[test]
    fn an_unknown_place_gets_suggestions() {
        let failure = near(Center::Place("Sheffeild".into())).err().unwrap();
        assert_eq!(failure.reason(), "place_unknown");
        assert!(failure.to_string().contains("Sheffield"), "{failure}");
        assert_eq!(reason(Center::Place("qqqqqqqq".into())), "place_unknown");
        assert_eq!(reason(Center::District("ZZ99".into())), "place_unknown");
    }

    #[test]
    fn a_point_off_the_globe_is_rejected() {
        let point = v1::Point {
            latitude_e7: 910_000_000,
            longitude_e7: 0,
        };
        assert_eq!(reason(Center::Point(point)), "point_out_of_range");
    }
}
