//! Places at each precision.

use hedgerow_proto::v1;
use hedgerow_proto::v1::Precision;

use super::apply;
use crate::gazetteer;
use crate::gazetteer::gazetteer;
use crate::rules::violations::Violations;

fn applied(mut place: v1::Place) -> (v1::Place, Violations) {
    let mut violations = Violations::default();
    apply("place", &mut place, &mut violations);
    (place, violations)
}

fn reasons(violations: &Violations) -> Vec<&'static str> {
    violations
        .list
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
    let (place, violations) = applied(at(Precision::Neighbourhood, 549_783_123, -16_178_456));
    assert!(violations.list.is_empty());
    assert_eq!(
        place.point,
        Some(v1::Point {
            latitude_e7: 549_750_000,
            longitude_e7: -16_240_000
        })
    );
    assert_eq!(violations.adjustments.len(), 1);
    let (again, violations) = applied(place.clone());
    assert_eq!(again, place);
    assert!(violations.adjustments.is_empty());
}

#[test]
fn a_neighbourhood_with_few_people_becomes_a_town() {
    // Near Zeals, Dorset, 658 people.
    let (place, violations) = applied(at(Precision::Neighbourhood, 510_860_001, -23_120_001));
    assert!(violations.list.is_empty());
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
    let (_, violations) = applied(at(Precision::Neighbourhood, 400_000_000, -300_000_000));
    assert_eq!(reasons(&violations), ["no_town_near"]);
}

#[test]
fn a_town_is_resolved_by_its_id_and_never_by_a_point() {
    let mut leeds = at(Precision::Town, 538_000_000, -15_000_000);
    leeds.name = "leeds, england".into();
    leeds.geonames_id = 2_644_688;
    let (place, violations) = applied(leeds);
    assert!(violations.list.is_empty(), "{violations:?}");
    assert_eq!(
        place.point,
        gazetteer().by_id(2_644_688).map(gazetteer::Place::point)
    );
    assert_eq!(place.name, "Leeds");

    let (_, violations) = applied(at(Precision::Town, 538_000_000, -15_000_000));
    assert_eq!(reasons(&violations), ["town_unknown"]);
}

#[test]
fn a_region_does_not_name_a_town() {
    let mut place = at(Precision::Region, 549_783_123, -16_178_456);
    place.name = "Whitley Bay".into();
    let (place, violations) = applied(place);
    assert!(violations.list.is_empty(), "{violations:?}");
    assert_eq!(place.point, None);
    assert_eq!(place.name, "North East");
    assert_eq!(place.regions[0].name, "North East");

    let kent = v1::Place {
        precision: Precision::Region as i32,
        name: "Kent".into(),
        ..Default::default()
    };
    let (kent, violations) = applied(kent);
    assert!(violations.adjustments.is_empty(), "{violations:?}");
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
fn a_hidden_place_shows_nothing() {
    let mut place = at(Precision::Hidden, 549_783_123, -16_178_456);
    place.name = "Whitley Bay".into();
    place.country = "GB".into();
    place.words = "We send the address once you have been in touch.".into();
    let (place, violations) = applied(place);
    assert!(violations.list.is_empty());
    let expected = v1::Place {
        precision: Precision::Hidden as i32,
        words: place.words.clone(),
        ..Default::default()
    };
    assert_eq!(place, expected);
}

#[test]
fn an_address_below_exact_is_rejected_field_by_field() {
    for precision in [
        Precision::Neighbourhood,
        Precision::Town,
        Precision::Region,
        Precision::Hidden,
    ] {
        let mut place = at(precision, 549_783_123, -16_178_456);
        place.name = "Newcastle upon Tyne".into();
        place.geonames_id = 2_641_673;
        place.street = "12 High Street".into();
        place.postcode = "NE1 4ST".into();
        place.plus_code = "9C6WX9CV+2G".into();
        place.map_link = "https://maps.example.org/".into();
        place.venue = Some(v1::VenueReference::default());
        let found = reasons(&applied(place).1);
        assert_eq!(found, ["address_below_exact"; 5], "{precision:?}");
    }
}
