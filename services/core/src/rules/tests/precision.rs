//! A prepared record never reveals more than its precision allows.

use proptest::prelude::*;

use super::*;
use crate::gazetteer::gazetteer;
use crate::place::is_on_grid;

const STREET: &str = "Zeppelin Street";
const POSTCODE: &str = "ZE1 0AA";
const MAP: &str = "https://maps.example.org/zeppelin";

#[derive(Debug, Clone)]
struct Case {
    kind: &'static str,
    place: v1::Place,
    free_text: String,
}

fn body(case: &Case) -> Vec<u8> {
    let place = case.place.clone();
    match case.kind {
        "listing" => v1::Listing {
            places: vec![place],
            description: case.free_text.clone(),
            ..listing()
        }
        .encode_to_vec(),
        "event" => v1::Event {
            place: Some(place),
            how_to_join_words: case.free_text.clone(),
            ..event()
        }
        .encode_to_vec(),
        _ => {
            let mut offer = room();
            offer.how_to_ask.clone_from(&case.free_text);
            offer.resource.as_mut().unwrap().place = Some(place);
            offer.encode_to_vec()
        }
    }
}

fn place_of(body: &RecordBody) -> v1::Place {
    body.places()[0].2.clone()
}

fn cases() -> impl Strategy<Value = Case> {
    let names = vec![
        "",
        "Leeds",
        "Newport",
        "Zeals",
        "Whitley Bay",
        "Kent",
        "Zeppelin House",
        "North East",
    ];
    let precision = prop::sample::select(vec![
        Precision::Neighbourhood,
        Precision::Town,
        Precision::Region,
        Precision::Hidden,
    ]);
    let point = prop::option::of((499_000_000i32..600_000_000, -70_000_000i32..17_000_000));
    let rarely = || prop::bool::weighted(0.1);
    let place = (
        precision,
        point,
        prop::sample::select(names),
        rarely(),
        rarely(),
        rarely(),
        rarely(),
    );
    let place = place.prop_map(|(precision, point, name, street, postcode, map, venue)| {
        let when = |given: bool, text: &str| {
            if given {
                text.to_owned()
            } else {
                String::new()
            }
        };
        v1::Place {
            precision: precision as i32,
            point: point.map(|(latitude_e7, longitude_e7)| v1::Point {
                latitude_e7,
                longitude_e7,
            }),
            name: name.into(),
            street: when(street, STREET),
            postcode: when(postcode, POSTCODE),
            map_link: when(map, MAP),
            venue: venue.then(|| v1::VenueReference {
                name: "Zeppelin House".into(),
                ..Default::default()
            }),
            ..Default::default()
        }
    });
    let kinds = prop::sample::select(vec!["listing", "event", "offer"]);
    let texts = vec![
        "",
        "Come in.",
        "12 Zeppelin Street",
        "We are at ZE1 0AA",
        "54.97783, -1.61780",
    ];
    (kinds, place, prop::sample::select(texts)).prop_map(|(kind, place, text)| Case {
        kind,
        place,
        free_text: text.to_owned(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_prepared_record_never_reveals_more_than_its_precision(case in cases()) {
        let Ok(prepared) = prepared_bytes(case.kind, &body(&case), None, &[]) else { return Ok(()) };
        let place = place_of(&prepared.decoded);
        prop_assert!(place.precision >= case.place.precision, "never finer than in the draft");
        for secret in [STREET, POSTCODE, MAP, "Zeppelin"] {
            let found = prepared.body.windows(secret.len()).any(|part| part == secret.as_bytes());
            prop_assert!(!found || (secret == "Zeppelin" && place.name == "Zeppelin House"), "{}", secret);
        }
        match place.precision() {
            Precision::Neighbourhood => prop_assert!(is_on_grid(&place.point.unwrap())),
            Precision::Town => {
                let town = gazetteer().by_id(u64::from(place.geonames_id)).unwrap();
                prop_assert_eq!(place.point, Some(town.point()));
                prop_assert_eq!(&place.name, &town.name);
            }
            Precision::Region => {
                prop_assert_eq!((place.point, place.geonames_id), (None, 0));
                prop_assert!(place.name != "Leeds" && place.name != "Whitley Bay");
            }
            Precision::Hidden => {
                let nothing = v1::Place { precision: place.precision, ..Default::default() };
                prop_assert_eq!(&place, &nothing);
            }
            _ => prop_assert!(false, "{:?}", place),
        }
        // A published record can be published again, unchanged.
        let again = prepared_bytes(case.kind, &prepared.body, None, &[]);
        let again = again.map_err(|violations| TestCaseError::fail(format!("{violations:?}")))?;
        prop_assert_eq!(again.body, prepared.body);
        prop_assert!(again.adjustments.is_empty(), "{:?}", again.adjustments);
    }
}

#[test]
fn free_text_with_an_address_must_be_confirmed_in_every_field() {
    let text = "The old chapel, 12 High Street, NE1 4ST";
    let mut body = v1::Listing {
        summary: text.into(),
        first_time: text.into(),
        ..listing()
    };
    body.places[0].words = text.into();
    body.accessibility = Some(v1::Accessibility {
        text: text.into(),
        ..Default::default()
    });
    let mut expected: Vec<_> = ["accessibility.text", "first_time", "summary"]
        .iter()
        .flat_map(|field| ["address", "postcode"].map(|it| format!("{field}: looks_like_{it}")))
        .collect();
    // A postcode in the words about the place itself cannot be confirmed.
    expected.insert(4, "places[0].words: address_below_exact".to_owned());
    assert_eq!(violations_of("listing", &body), expected);
    body.places[0].words = "12 High Street".into();
    let one = prepared("listing", &body, None, &["looks_like_address"]).unwrap_err();
    assert!(
        one.iter()
            .all(|it| it.reason == "looks_like_postcode" && it.confirmable)
    );
    let both = ["looks_like_address", "looks_like_postcode"];
    assert!(prepared("listing", &body, None, &both).is_ok());
}

#[test]
fn an_exact_place_may_show_its_address() {
    let mut body = v1::Listing {
        summary: "At 12 High Street.".into(),
        ..listing()
    };
    body.places = vec![v1::Place {
        precision: Precision::Exact as i32,
        street: "12 High Street".into(),
        postcode: "NE1 4ST".into(),
        ..Default::default()
    }];
    assert!(prepared("listing", &body, None, &[]).is_ok());
    // With a second, hidden place, only the fields of the exact place are exempt.
    body.places.push(v1::Place {
        precision: Precision::Hidden as i32,
        ..Default::default()
    });
    assert_eq!(
        violations_of("listing", &body),
        ["summary: looks_like_address"]
    );
}

#[test]
fn an_address_field_cannot_be_confirmed() {
    let mut body = listing();
    body.places[0].postcode = "LS6 2AB".into();
    let violations = prepared(
        "listing",
        &body,
        None,
        &["address_below_exact", "looks_like_postcode"],
    )
    .unwrap_err();
    assert_eq!(violations.len(), 1);
    assert_eq!(
        (violations[0].reason, violations[0].confirmable),
        ("address_below_exact", false)
    );
}

#[test]
fn a_postal_contact_below_exact_is_rejected() {
    let post = v1::ContactChannel {
        kind: ContactKind::Post as i32,
        value: "c/o the library".into(),
        ..Default::default()
    };
    let body = v1::Listing {
        contacts: vec![post],
        ..listing()
    };
    assert_eq!(
        violations_of("listing", &body),
        ["contacts[0]: address_below_exact"]
    );
}

#[test]
fn a_second_record_in_the_same_square_gets_its_precision() {
    let point = v1::Point {
        latitude_e7: 549_783_123,
        longitude_e7: -16_178_456,
    };
    let place = |precision: Precision| v1::Place {
        precision: precision as i32,
        point: Some(point),
        ..Default::default()
    };
    let body = v1::Listing {
        places: vec![place(Precision::Neighbourhood)],
        ..listing()
    };
    let first = prepared("listing", &body, None, &[]).unwrap();
    let neighbour = Neighbour::own("listing/1".into(), "listing", &first.body);
    let neighbours = [neighbour.unwrap()];
    let body = v1::Event {
        place: Some(place(Precision::Exact)),
        ..event()
    }
    .encode_to_vec();
    let draft = Draft {
        group_id: &group(),
        collection: &Collection::parse("event").unwrap(),
        body: &body,
        language: "en",
        subject: None,
        confirmed: &[],
        now: now(),
    };
    let second = prepare(&draft, &neighbours, &named_place).unwrap();
    assert_eq!(
        place_of(&second.decoded).point,
        place_of(&first.decoded).point
    );
    assert!(
        second.adjustments[0].contains("Quiet Corner"),
        "{:?}",
        second.adjustments
    );
    let confirmed = ["finer_than_other_record:listing/1".to_owned()];
    let finer = prepare(
        &Draft {
            confirmed: &confirmed,
            ..draft
        },
        &neighbours,
        &named_place,
    )
    .unwrap();
    assert_eq!(place_of(&finer.decoded).point, Some(point));
}

#[test]
fn a_town_may_have_the_name_of_a_street() {
    let mut body = listing();
    body.places[0].name = "Church Street".into();
    assert!(prepared("listing", &body, None, &[]).is_ok());
}

#[test]
fn a_name_of_several_towns_is_rejected_once_with_the_choices() {
    let mut body = listing();
    body.places[0].name = "Newport".into();
    let violations = prepared("listing", &body, None, &[]).unwrap_err();
    let [violation] = violations.as_slice() else {
        panic!("{violations:?}");
    };
    assert_eq!(violation.reason, "town_ambiguous");
    assert!(violation.message.contains("Newport, "), "{violation:?}");
}

#[test]
fn an_unknown_name_is_rejected_once() {
    let mut body = listing();
    body.places[0].name = "Nowhere At All".into();
    let violations = prepared("listing", &body, None, &[]).unwrap_err();
    let [violation] = violations.as_slice() else {
        panic!("{violations:?}");
    };
    assert_eq!(violation.reason, "town_unknown");
    assert!(
        violation.message.contains("Nowhere At All"),
        "{violation:?}"
    );
}

#[test]
fn a_town_at_region_precision_leads_to_its_region() {
    let mut body = listing();
    body.places[0].name = "Whitley Bay".into();
    body.places[0].precision = Precision::Region as i32;
    let prepared = prepared("listing", &body, None, &[]).unwrap();
    let place = place_of(&prepared.decoded);
    assert_eq!((place.name.as_str(), place.point), ("North East", None));
    assert_eq!(place.regions[0].name, "North East");
}
