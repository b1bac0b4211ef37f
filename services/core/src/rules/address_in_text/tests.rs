//! Texts that show a location, and texts that do not.

use super::*;

/// Sentences that show a location, one a line, as stewards in all parts of these islands
/// would write it and as people would hide it.
const REVEALING: &str = include_str!("revealing.txt");
/// Sentences that show none: templates, notices, and texts of real listings (from Trafford
/// Council's list of mental health services, Open Government Licence 3.0).
const HARMLESS: &str = include_str!("harmless.txt");
/// Hits among the harmless sentences that are accepted, in per cent.
const MAX_FALSE_HITS_PERCENT: usize = 2;

fn reasons(text: &str) -> Vec<AddressKind> {
    find_addresses(text, TextUse::Other)
        .into_iter()
        .map(|(kind, _)| kind)
        .collect()
}

#[test]
fn postcodes_are_found_however_they_are_spaced() {
    for text in [
        "We are at NE1 4ST.",
        "ne14st",
        "LS6-2AB",
        "bt7  1nn",
        "W1A 0AX, upstairs",
        "post to SW1A.1AA please",
        "ＬＳ６ ２ＡＢ",
        "LS6\u{200b}2AB",
        "LS6\n2AB",
    ] {
        assert!(reasons(text).contains(&AddressKind::Postcode), "{text}");
    }
    assert_eq!(
        reasons("https://example.org/find-us/ne1-4st"),
        [AddressKind::Postcode]
    );
    assert_eq!(
        reasons("https://example.org/12-high-street"),
        [AddressKind::Street]
    );
    assert_eq!(reasons("https://example.org/2024/05/news?id=12"), []);
    for text in [
        "near LS6",
        "Q1 2AB",
        "from 18 to 25",
        "room B12",
        "COVID19 safe",
        "12 steps",
    ] {
        assert!(!reasons(text).contains(&AddressKind::Postcode), "{text}");
    }
}

#[test]
fn street_addresses_are_found() {
    for text in [
        "12 High Street",
        "at 12a, high st.",
        "221b Baker Street",
        "Flat 3, 14 Elm Rd",
        "4 The Avenue",
        "7 Church Close",
        "meets on Chapel Street",
        "1 St. John's Road",
        "10 Acorn House",
        "33 Old Mill Lane",
    ] {
        assert!(reasons(text).contains(&AddressKind::Street), "{text}");
    }
    for text in [
        "24 hours a day",
        "a 12 step way of working",
        "3 groups in the street",
        "open to people aged 18 to 25 on the road to recovery",
        "10 minutes from the road",
        "walk 2 miles with us",
        "a place to be",
        "St Helens",
        "100 local self-help groups",
    ] {
        assert_eq!(reasons(text), [], "{text}");
    }
}

#[test]
fn coordinates_plus_codes_and_map_links_are_found() {
    for text in [
        "54.97783, -1.61780",
        "54.978 N 1.617 W",
        "54°58'40\"",
        "NZ 246 641",
        "NZ246641",
    ] {
        assert_eq!(reasons(text), [AddressKind::Coordinates], "{text}");
    }
    assert_eq!(reasons("9C6WX9CV+2G"), [AddressKind::PlusCode]);
    assert_eq!(reasons("X9CV+2G Newcastle"), [AddressKind::PlusCode]);
    for text in [
        "https://maps.app.goo.gl/abc",
        "https://www.google.co.uk/maps/place/x",
        "https://www.openstreetmap.org/node/1",
        "///filled.count.soap",
    ] {
        assert!(reasons(text).contains(&AddressKind::MapLink), "{text}");
    }
    for text in [
        "1.5, 2.5 hours",
        "SC012345",
        "LGBTQIA+ people",
        "ring 0191 496 0000",
        "2+2",
    ] {
        assert_eq!(reasons(text), [], "{text}");
    }
}

#[test]
fn every_revealing_sentence_is_found() {
    let missed: Vec<_> = REVEALING
        .lines()
        .filter(|text| reasons(text).is_empty())
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
    assert!(REVEALING.lines().count() >= 100);
}

#[test]
fn few_harmless_sentences_are_found() {
    let found: Vec<_> = HARMLESS
        .lines()
        .map(|text| (text, find_addresses(text, TextUse::Other)))
        .filter(|(_, found)| !found.is_empty())
        .collect();
    let total = HARMLESS.lines().count();
    assert!(total >= 150, "{total}");
    assert!(
        found.len() * 100 <= total * MAX_FALSE_HITS_PERCENT,
        "{} of {total}: {found:#?}",
        found.len()
    );
}

#[test]
fn no_harmless_sentence_is_certainly_an_address() {
    for text in HARMLESS.lines() {
        assert_eq!(find_certain_address(text), None, "{text}");
    }
}

#[test]
fn postcodes_codes_positions_and_map_sites_are_certain_and_streets_are_not() {
    for text in [
        "NE1 4ST",
        "at ne1 4st",
        "N E 1 4 S T",
        "ＬＳ６ ２ＡＢ",
        "LЅ6 2АВ",
        "BT7 1NN",
        "9C6WX9CV+2G",
        "54.97783, -1.61780",
        "https://maps.app.goo.gl/abc",
        "///filled.count.soap",
    ] {
        assert!(find_certain_address(text).is_some(), "{text}");
    }
    for text in [
        "12 High Street",
        "room B1, 1st floor",
        "ZZ1 1ZZ",
        "https://bit.ly/x",
        "opposite no. 4",
        "B12 2nd floor",
    ] {
        assert_eq!(find_certain_address(text), None, "{text}");
    }
}

#[test]
fn an_organisation_may_be_called_after_a_street() {
    for name in [
        "Wood Street Mission",
        "High Street Library",
        "42nd Street",
        "Heol Fawr Library",
    ] {
        assert_eq!(find_addresses(name, TextUse::Name), [], "{name}");
    }
    for name in ["12 Wood Street", "Wood Street Mission, LS6 2AB"] {
        assert_ne!(find_addresses(name, TextUse::Name), [], "{name}");
    }
}
