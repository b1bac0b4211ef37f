//! Two records at one location, and records that still show what another one hides.

use hedgerow_proto::v1::Voice;
use prost::Message as _;

use super::*;
use crate::gazetteer::gazetteer;
use crate::place::neighbourhood_centre;
use crate::rules::violations::Violation;

const POINT: v1::Point = v1::Point {
    latitude_e7: 549_783_123,
    longitude_e7: -16_178_456,
};
const NEWCASTLE: u32 = 2_641_673;
const LEEDS: u32 = 2_644_688;

fn place(precision: Precision) -> v1::Place {
    let town = gazetteer().by_id(u64::from(NEWCASTLE)).unwrap();
    let place = match precision {
        Precision::Exact => v1::Place {
            point: Some(POINT),
            ..Default::default()
        },
        Precision::Neighbourhood => v1::Place {
            point: Some(neighbourhood_centre(&POINT)),
            ..Default::default()
        },
        Precision::Town => v1::Place {
            point: Some(town.point()),
            geonames_id: NEWCASTLE,
            ..Default::default()
        },
        _ => v1::Place::default(),
    };
    v1::Place {
        precision: precision as i32,
        ..place
    }
}

fn hall() -> v1::Place {
    v1::Place {
        name: "Example Hall".into(),
        street: "12 Example Road".into(),
        postcode: "NE1 4ST".into(),
        ..place(Precision::Exact)
    }
}

fn event_at(place: Option<v1::Place>, summary: &str) -> v1::Event {
    v1::Event {
        title: "Craft table".into(),
        summary: summary.into(),
        place,
        ..Default::default()
    }
}

fn listing_at(places: Vec<v1::Place>, summary: &str) -> v1::Listing {
    v1::Listing {
        name: "Our listing".into(),
        voice: Voice::Itself as i32,
        summary: summary.into(),
        places,
        ..Default::default()
    }
}

fn event_neighbour(key: &str, place: Option<v1::Place>, summary: &str) -> Neighbour {
    let body = event_at(place, summary).encode_to_vec();
    Neighbour::own(format!("event/{key}"), "event", &body).unwrap()
}

fn listing_neighbour(place: v1::Place) -> Neighbour {
    let body = listing_at(vec![place], "").encode_to_vec();
    Neighbour::own("listing/1".into(), "listing", &body).unwrap()
}

fn confirmations(violations: &[Violation]) -> Vec<String> {
    violations.iter().map(Violation::confirmation).collect()
}

/// Applies the rule to an event, and returns its precision and the open violations.
fn applied(
    place: v1::Place,
    neighbours: &[Neighbour],
    confirmed: &[&str],
) -> (Precision, Vec<String>, usize) {
    let mut body = RecordBody::Event(Box::new(event_at(Some(place), "")));
    let mut violations = Violations::default();
    let confirmed: Vec<_> = confirmed.iter().map(|&it| it.to_owned()).collect();
    apply("event", &mut body, neighbours, &confirmed, &mut violations);
    violations.list.retain(|it| !it.is_confirmed(&confirmed));
    let precision = body.places()[0].2.precision();
    let adjustments = violations.adjustments.len();
    (precision, confirmations(&violations.list), adjustments)
}

#[test]
fn an_event_in_the_square_of_the_listing_gets_its_precision() {
    let other = [listing_neighbour(place(Precision::Neighbourhood))];
    let (precision, open, adjustments) = applied(place(Precision::Exact), &other, &[]);
    assert_eq!((precision, adjustments), (Precision::Neighbourhood, 1));
    assert!(open.is_empty(), "{open:?}");
    let confirmed = ["finer_than_other_record:listing/1"];
    let (precision, open, adjustments) = applied(place(Precision::Exact), &other, &confirmed);
    assert_eq!((precision, adjustments), (Precision::Exact, 0));
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn an_address_is_never_dropped_silently_but_must_be_confirmed() {
    let other = [listing_neighbour(place(Precision::Neighbourhood))];
    let (precision, open, _) = applied(hall(), &other, &[]);
    assert_eq!(precision, Precision::Exact);
    assert_eq!(open, ["finer_than_other_record:listing/1"]);
}

#[test]
fn a_possible_overlap_must_be_confirmed_by_naming_the_record() {
    for coarse in [Precision::Town, Precision::Region, Precision::Hidden] {
        let other = [listing_neighbour(place(coarse))];
        let named = "finer_than_other_record:listing/1";
        let (kept, open, _) = applied(place(Precision::Exact), &other, &[]);
        assert_eq!(
            (kept, open),
            (Precision::Exact, vec![named.into()]),
            "{coarse:?}"
        );
        // Neither the bare reason nor another record's name is enough.
        for blanket in [
            "finer_than_other_record",
            "finer_than_other_record:listing/2",
        ] {
            let (_, open, _) = applied(place(Precision::Exact), &other, &[blanket]);
            assert_eq!(open, [named], "{coarse:?}");
        }
        let listed = "finer_than_other_record:event/9, listing/1";
        let (_, open, _) = applied(place(Precision::Exact), &other, &[listed]);
        assert!(open.is_empty(), "{coarse:?}");
    }
}

#[test]
fn another_town_is_another_place() {
    let mut leeds = place(Precision::Town);
    leeds.geonames_id = LEEDS;
    leeds.point = gazetteer()
        .by_id(u64::from(LEEDS))
        .map(crate::gazetteer::Place::point);
    let (_, open, _) = applied(place(Precision::Exact), &[listing_neighbour(leeds)], &[]);
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn equal_precision_needs_no_confirmation() {
    for precision in [Precision::Exact, Precision::Neighbourhood, Precision::Town] {
        let (_, open, _) = applied(
            place(precision),
            &[listing_neighbour(place(precision))],
            &[],
        );
        assert!(open.is_empty(), "{precision:?}");
    }
}

#[test]
fn hiding_a_place_names_every_record_that_shows_more_at_any_distance() {
    let far = |metres: i32| v1::Place {
        point: Some(v1::Point {
            latitude_e7: POINT.latitude_e7 + metres * 90,
            ..POINT
        }),
        ..place(Precision::Exact)
    };
    let no_point = v1::Place {
        point: None,
        ..hall()
    };
    let others = [
        event_neighbour("1", Some(hall()), ""),
        event_neighbour("2", Some(far(300)), ""),
        event_neighbour("3", Some(far(5_000)), ""),
        event_neighbour("4", Some(no_point), ""),
        event_neighbour("5", Some(place(Precision::Hidden)), "At 12 Example Road."),
        event_neighbour("6", None, "Postcode NE1 4ST"),
        event_neighbour("7", Some(place(Precision::Hidden)), "Come in."),
    ];
    for coarse in [Precision::Town, Precision::Region, Precision::Hidden] {
        let (_, open, _) = applied(place(coarse), &others, &[]);
        let named: Vec<_> = open
            .iter()
            .filter(|it| it.starts_with("other_record_is_finer:"))
            .collect();
        let expected: Vec<_> = (1..=6)
            .map(|key| format!("other_record_is_finer:event/{key}"))
            .collect();
        assert_eq!(named, expected.iter().collect::<Vec<_>>(), "{coarse:?}");
        let (_, open, _) = applied(place(coarse), &others, &[expected[0].as_str()]);
        assert!(!open.contains(&expected[0]) && open.contains(&expected[1]));
    }
}

#[test]
fn an_address_in_a_text_is_compared_with_hidden_places() {
    let body = event_at(None, "At 12 Example Road.");
    let mut body = RecordBody::Event(Box::new(body));
    let mut violations = Violations::default();
    let hidden = [listing_neighbour(place(Precision::Hidden))];
    apply("event", &mut body, &hidden, &[], &mut violations);
    assert_eq!(
        confirmations(&violations.list),
        ["finer_than_other_record:listing/1"]
    );
}

#[test]
fn a_catalogued_listing_is_no_neighbour() {
    let mut listing = listing_at(vec![place(Precision::Town)], "");
    let parse = |listing: &v1::Listing| {
        Neighbour::own("listing/1".into(), "listing", &listing.encode_to_vec())
    };
    assert_eq!(parse(&listing).unwrap().places.len(), 1);
    listing.voice = Voice::Catalogued as i32;
    assert!(parse(&listing).is_none());
}

#[test]
fn a_hidden_venue_is_found_in_other_records_and_in_own_texts() {
    let before = listing_at(vec![hall()], "").encode_to_vec();
    let after = listing_at(vec![place(Precision::Hidden)], "We are in Example Hall.");
    let body = RecordBody::Listing(Box::new(after.clone()));
    let concealed = Concealed::by_edit("listing", "1", &before, &body).unwrap();
    let others = [
        event_neighbour("1", None, "In the example hall, as ever."),
        event_neighbour("2", None, "Ring at Example Road."),
        event_neighbour("3", None, "NE14ST"),
        event_neighbour("4", Some(hall()), ""),
        event_neighbour("5", None, "Come in."),
    ];
    let found = concealed.still_shown("", others.iter());
    let expected: Vec<_> = (1..=4)
        .map(|key| format!("other_record_is_finer:event/{key}"))
        .collect();
    assert_eq!(confirmations(&found), expected);
    let own = concealed.in_own_texts("listing", &after.encode_to_vec());
    assert_eq!(
        (own.len(), own[0].field.as_str(), own[0].reason),
        (1, "summary", "text_shows_hidden_place")
    );
}

#[test]
fn a_place_that_moves_or_stays_hides_nothing() {
    let before = listing_at(vec![hall()], "").encode_to_vec();
    let mut moved = hall();
    moved.street = "3 Other Lane".into();
    for places in [vec![hall()], vec![moved]] {
        let body = RecordBody::Listing(Box::new(listing_at(places, "")));
        assert!(Concealed::by_edit("listing", "1", &before, &body).is_none());
    }
    let both = vec![hall(), place(Precision::Hidden)];
    let body = RecordBody::Listing(Box::new(listing_at(both, "")));
    assert!(Concealed::by_edit("listing", "1", &before, &body).is_none());
}

#[test]
fn a_record_that_becomes_private_must_not_be_repeated() {
    let words = "We have met in the same warm room every week since the spring of last year.";
    let before = event_at(Some(hall()), words).encode_to_vec();
    let concealed = Concealed::by_narrowing("event", "9", &before).unwrap();
    let others = [
        event_neighbour("1", Some(hall()), ""),
        event_neighbour("2", None, words),
        event_neighbour("3", None, "We have met."),
    ];
    assert_eq!(
        confirmations(&concealed.still_shown("audience", others.iter())),
        [
            "other_record_is_finer:event/1",
            "other_record_repeats_it:event/2"
        ]
    );
}

#[test]
fn a_withdrawn_listing_and_its_events() {
    let now = "2026-03-01T12:00:00Z".parse().unwrap();
    let listing = listing_at(vec![hall()], "").encode_to_vec();
    let concealed = Concealed::by_withdrawal("listing", "1", &listing, now).unwrap();
    let others = [event_neighbour("1", Some(hall()), "")];
    assert_eq!(
        confirmations(&concealed.still_shown("", others.iter())),
        ["other_record_is_finer:event/1"]
    );
    // An event may go while the listing shows its place, or after it is over.
    let at = |start: &str| {
        let schedule = v1::Schedule {
            start: start.into(),
            duration_minutes: 60,
            time_zone: "Europe/London".into(),
            ..Default::default()
        };
        let event = v1::Event {
            schedule: Some(schedule),
            ..event_at(Some(hall()), "")
        };
        Concealed::by_withdrawal("event", "2", &event.encode_to_vec(), now)
    };
    assert!(at("2026-02-01T19:00").is_none());
    let future = at("2026-04-01T19:00").unwrap();
    let shown = [listing_neighbour(hall()), others[0].clone()];
    assert!(future.still_shown("", shown.iter()).is_empty());
    assert_eq!(future.still_shown("", others.iter()).len(), 1);
}

#[test]
fn other_groups_and_venues_are_named_once_a_group() {
    let before = listing_at(vec![hall()], "").encode_to_vec();
    let concealed = Concealed::by_narrowing("listing", "abc", &before).unwrap();
    let other = |place: v1::Place| {
        let body = event_at(Some(place), "").encode_to_vec();
        Neighbour::of_another_group("group/07".into(), "event", &body).unwrap()
    };
    let venue = v1::Place {
        venue: Some(v1::VenueReference {
            offer_key: "abc".into(),
            ..Default::default()
        }),
        point: None,
        ..place(Precision::Exact)
    };
    let others = [other(hall()), other(venue), other(place(Precision::Town))];
    let found = concealed.still_shown("", others.iter());
    assert_eq!(confirmations(&found), ["other_record_is_finer:group/07"]);
    assert!(
        found[0].message.contains("and 1 more"),
        "{}",
        found[0].message
    );
}

#[test]
fn a_town_that_is_only_named_is_compared_as_that_town() {
    let hall = [event_neighbour("1", Some(hall()), "")];
    // As names are resolved before.
    let named = |name: &str| {
        let town = gazetteer().places().iter().find(|town| town.name == name);
        v1::Place {
            precision: Precision::Town as i32,
            name: name.into(),
            geonames_id: town.map_or(0, |town| town.geonames_id.try_into().unwrap()),
            ..Default::default()
        }
    };
    let (_, open, _) = applied(named("Newcastle upon Tyne"), &hall, &[]);
    assert_eq!(open, ["other_record_is_finer:event/1"]);
    for elsewhere in ["Penzance", "Aberystwyth"] {
        let (_, open, _) = applied(named(elsewhere), &hall, &[]);
        assert!(open.is_empty(), "{elsewhere}: {open:?}");
    }
    // A name that cannot be resolved may be anywhere.
    let (_, open, _) = applied(named("Nowhere-in-the-Marsh"), &hall, &[]);
    assert_eq!(open, ["other_record_is_finer:event/1"]);
}

#[test]
fn a_town_with_an_exact_point_is_compared_by_that_point() {
    let hall = [event_neighbour("1", Some(hall()), "")];
    let place = v1::Place {
        precision: Precision::Town as i32,
        name: "Leeds".into(),
        point: Some(POINT),
        ..Default::default()
    };
    let (_, open, _) = applied(place, &hall, &[]);
    assert_eq!(open, ["other_record_is_finer:event/1"]);
}
