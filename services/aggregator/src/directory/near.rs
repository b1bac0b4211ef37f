//! Where "near" is, from the embedded gazetteer alone.

use std::cmp::Reverse;

use hedgerow_core::gazetteer::Place;
use hedgerow_core::gazetteer::Resolution;
use hedgerow_core::gazetteer::gazetteer;
use hedgerow_core::gazetteer::normalise;
use hedgerow_core::place::is_in_range;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use v1::near::Where;

use crate::index::criteria::Around;

/// 20 miles.
const USUAL_DISTANCE_M: u32 = 32_187;
const LONGEST_DISTANCE_M: u32 = 1_000_000;
/// Characters of a place's name with what narrows it.
const LONGEST_NAME: usize = 120;
/// Places suggested for a name that is not known, and others named for one that is.
const MOST_SUGGESTIONS: usize = 3;
const MOST_OTHERS: usize = 20;

/// A resolved `near`.
pub(super) struct Near {
    pub(super) around: Around,
    pub(super) resolved: v1::ResolvedPlace,
}

/// Finds the circle that is meant.
pub(super) fn resolve(near: &v1::Near) -> Result<Near, Failure> {
    if near.distance_m > LONGEST_DISTANCE_M {
        return Err(Failure::invalid_field(
            "near.distance_m",
            "distance_too_long",
            format!("at most {LONGEST_DISTANCE_M} metres; leave `near` out to search everywhere"),
        ));
    }
    let distance_m = if near.distance_m == 0 {
        USUAL_DISTANCE_M
    } else {
        near.distance_m
    };
    let resolved = match &near.r#where {
        Some(Where::Place(name)) => place(name)?,
        Some(Where::District(code)) => district(code)?,
        Some(Where::Point(point)) => at(*point)?,
        None => {
            return Err(Failure::invalid_field(
                "near.where",
                "near_missing",
                "name a place, a postcode district or a point",
            ));
        }
    };
    let centre = resolved.point.unwrap_or_default();
    Ok(Near {
        around: Around {
            centre,
            radius_m: distance_m.into(),
        },
        resolved,
    })
}

fn place(name: &str) -> Result<v1::ResolvedPlace, Failure> {
    refuse_postcode("near.place", name)?;
    if name.chars().count() > LONGEST_NAME {
        return Err(unknown_place(&[]));
    }
    match gazetteer().resolve(name) {
        Resolution::One(place) => Ok(resolved(place, &[])),
        Resolution::Several(places) => match places.split_first() {
            Some((largest, others)) => Ok(resolved(largest, others)),
            None => Err(unknown_place(&[])),
        },
        // Whoever types a district into the place's field means it.
        Resolution::None => district_named(name).ok_or_else(|| unknown_place(&suggestions(name))),
    }
}

fn resolved(place: &Place, others: &[&Place]) -> v1::ResolvedPlace {
    v1::ResolvedPlace {
        name: place.full_name(),
        point: Some(place.point()),
        others: others
            .iter()
            .take(MOST_OTHERS)
            .map(|other| other.full_name())
            .collect(),
    }
}

fn district(code: &str) -> Result<v1::ResolvedPlace, Failure> {
    refuse_postcode("near.district", code)?;
    district_named(code).ok_or_else(|| {
        Failure::invalid_field(
            "near.district",
            "place_unknown",
            "no such postcode district is known; a district is the first half of a postcode, \
             such as LS6",
        )
    })
}

fn district_named(code: &str) -> Option<v1::ResolvedPlace> {
    let district = gazetteer().district(code)?;
    Some(v1::ResolvedPlace {
        name: format!("{}, {}", district.code, district.nearest_place),
        point: Some(district.point()),
        others: Vec::new(),
    })
}

fn at(point: v1::Point) -> Result<v1::ResolvedPlace, Failure> {
    if !is_in_range(&point) {
        return Err(Failure::invalid_field(
            "near.point",
            "point_malformed",
            "a point is in 10⁻⁷ degrees, within ±90° and ±180°",
        ));
    }
    Ok(v1::ResolvedPlace {
        point: Some(point),
        ..v1::ResolvedPlace::default()
    })
}

/// A full postcode can name a single house. Clients cut it; here it is not taken, so that
/// nobody gets used to sending it.
fn refuse_postcode(field: &str, text: &str) -> Result<(), Failure> {
    if is_full_postcode(text) {
        return Err(Failure::invalid_field(
            field,
            "postcode_too_precise",
            "send only the first half of the postcode, such as LS6",
        ));
    }
    Ok(())
}

/// Whether the text has the shape of a full postcode: `LS6 2AB`, however spaced.
fn is_full_postcode(text: &str) -> bool {
    let compact: Vec<u8> = text.bytes().filter(u8::is_ascii_alphanumeric).collect();
    if text
        .chars()
        .any(|c| !c.is_ascii_alphanumeric() && !c.is_whitespace())
    {
        return false;
    }
    let Some((outward, [digit, first, second])) = compact.split_last_chunk() else {
        return false;
    };
    let letters = outward
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let shape = |rest: &[u8]| match rest {
        [a] => a.is_ascii_digit(),
        [a, b] => a.is_ascii_digit() && b.is_ascii_alphanumeric(),
        _ => false,
    };
    digit.is_ascii_digit()
        && first.is_ascii_alphabetic()
        && second.is_ascii_alphabetic()
        && (1..=2).contains(&letters)
        && shape(&outward[letters..])
}

fn unknown_place(suggestions: &[String]) -> Failure {
    let message = if suggestions.is_empty() {
        "no place of that name is known here; try the nearest town".to_owned()
    } else {
        format!(
            "no place of that name is known here; perhaps {}?",
            suggestions.join(", or ")
        )
    };
    Failure::invalid_field("near.place", "place_unknown", message)
        .with("suggestions", suggestions.join("; "))
}

/// Places that begin so or are spelt nearly so, the best first.
fn suggestions(name: &str) -> Vec<String> {
    let typed = normalise(name.split(',').next().unwrap_or_default());
    if typed.chars().count() < 3 {
        return Vec::new();
    }
    let slips = if typed.chars().count() < 6 { 1 } else { 2 };
    let mut near: Vec<(usize, Reverse<Option<u32>>, &Place)> = gazetteer()
        .places()
        .iter()
        .filter_map(|place| {
            let known = normalise(&place.name);
            let distance = if known.starts_with(&typed) {
                0
            } else {
                strsim::osa_distance(&known, &typed)
            };
            (distance <= slips).then_some((distance, Reverse(place.population), place))
        })
        .collect();
    near.sort_by_key(|(distance, population, place)| (*distance, *population, place.geonames_id));
    near.into_iter()
        .take(MOST_SUGGESTIONS)
        .map(|(_, _, place)| place.full_name())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(place: Where) -> Result<Near, Failure> {
        resolve(&v1::Near {
            r#where: Some(place),
            distance_m: 0,
        })
    }

    fn refusal(place: Where) -> &'static str {
        near(place).err().unwrap().reason()
    }

    #[test]
    fn a_name_of_several_places_means_the_largest_and_names_the_others() {
        let newport = near(Where::Place("Newport".into())).unwrap().resolved;
        assert!(!newport.others.is_empty());
        let narrowed = near(Where::Place(newport.others[0].clone()))
            .unwrap()
            .resolved;
        assert_eq!(narrowed.name, newport.others[0]);
    }

    #[test]
    fn twenty_miles_unless_said() {
        let leeds = near(Where::Place("leeds".into())).unwrap();
        assert!(leeds.resolved.others.is_empty());
        assert!((leeds.around.radius_m - 32_187.0).abs() < 1.0);
    }

    #[test]
    fn a_district_is_enough_and_a_postcode_too_much() {
        assert!(
            near(Where::District("ls6".into()))
                .unwrap()
                .resolved
                .name
                .starts_with("LS6")
        );
        assert!(
            near(Where::Place("LS6".into()))
                .unwrap()
                .resolved
                .name
                .starts_with("LS6")
        );
        for postcode in ["LS6 2AB", "ls62ab", " M1 1AE ", "EC1A 1BB", "W1A0AX"] {
            assert_eq!(
                refusal(Where::District(postcode.into())),
                "postcode_too_precise"
            );
            assert_eq!(
                refusal(Where::Place(postcode.into())),
                "postcode_too_precise"
            );
        }
        for name in ["Leeds", "Ware", "Hove", "Newport, Wales"] {
            assert!(!is_full_postcode(name));
        }
    }

    #[test]
    fn an_unknown_place_gets_suggestions() {
        let failure = near(Where::Place("Sheffeild".into())).err().unwrap();
        assert_eq!(failure.reason(), "place_unknown");
        assert!(failure.to_string().contains("Sheffield"), "{failure}");
        assert_eq!(refusal(Where::Place("qqqqqqqq".into())), "place_unknown");
        assert_eq!(refusal(Where::District("ZZ99".into())), "place_unknown");
    }

    #[test]
    fn a_point_off_the_globe_is_refused() {
        let point = v1::Point {
            latitude_e7: 910_000_000,
            longitude_e7: 0,
        };
        assert_eq!(refusal(Where::Point(point)), "point_malformed");
    }
}
