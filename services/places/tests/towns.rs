//! The town that is published for a postcode district, a position or a part of a town.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Instant;

use hedgerow_core::gazetteer::gazetteer;
use hedgerow_core::place::distance_m;
use hedgerow_places::{Evidence, Meaning, Places, Record};

/// Ten miles.
const MAX_DISTANCE_M: f64 = 16_093.0;

/// Districts with the towns that people there name. Several are right where a suburb of thousands
/// has a point of its own.
const TOWNS: &[(&str, &[&str])] = &[
    ("Leeds", &["LS1", "LS6", "LS7", "LS8", "LS12", "LS17"]),
    ("Pudsey", &["LS28"]),
    ("Morley", &["LS27"]),
    ("Otley", &["LS21"]),
    ("Manchester", &["M1", "M14", "M20", "M21"]),
    ("Manchester|Wythenshawe", &["M22"]),
    ("Sale", &["M33"]),
    ("Stretford", &["M32"]),
    ("Salford", &["M6"]),
    ("Edinburgh", &["EH3", "EH6", "EH16"]),
    ("Musselburgh", &["EH21"]),
    ("Livingston", &["EH54"]),
    ("Cardiff", &["CF5", "CF10", "CF14", "CF24"]),
    ("Penarth", &["CF64"]),
    ("Aberdare", &["CF44"]),
    ("Belfast", &["BT1", "BT7", "BT15"]),
    ("Derry", &["BT48"]),
    ("Sheffield", &["S2", "S6", "S10", "S11"]),
    ("Rotherham", &["S60"]),
    ("Barnsley", &["S70"]),
    ("Bradford", &["BD1", "BD5", "BD7"]),
    ("Shipley", &["BD18"]),
    ("Keighley", &["BD21"]),
    ("Liverpool", &["L1", "L4", "L8", "L15", "L18"]),
    ("Liverpool|Garston", &["L19"]),
    ("Bootle", &["L20"]),
    ("Formby", &["L37"]),
    ("Stockport", &["SK1", "SK3"]),
    ("Macclesfield", &["SK10"]),
    ("Nottingham", &["NG1", "NG3", "NG7"]),
    // The gazetteer does not have Beeston in Nottinghamshire.
    ("Beeston|Stapleford|Nottingham", &["NG9"]),
    ("London|Brixton", &["SW9"]),
    ("London", &["WC1A", "SE1", "EC1A"]),
    ("Eltham", &["SE9"]),
    ("Croydon", &["CR0"]),
    ("Enfield|Enfield Town", &["EN1"]),
    ("Twickenham", &["TW1"]),
    ("Aberdeen", &["AB10", "AB24", "AB25"]),
    ("Stonehaven", &["AB39"]),
    ("Glasgow", &["G12", "G20", "G31", "G41"]),
    ("Bearsden", &["G61"]),
    ("Paisley", &["PA1"]),
    ("Dundee", &["DD1", "DD2"]),
    ("Birmingham", &["B13", "B15", "B21", "B29"]),
    ("Halesowen", &["B62"]),
    ("West Bromwich", &["B70"]),
    ("Coventry", &["CV1", "CV5"]),
    ("Bristol", &["BS3", "BS5", "BS7"]),
    ("Bath", &["BA1"]),
    ("Exeter", &["EX4"]),
    ("Newcastle upon Tyne", &["NE1", "NE4", "NE6"]),
    ("Gateshead", &["NE8"]),
    ("Kingston upon Hull", &["HU1", "HU5"]),
    ("York", &["YO10", "YO24"]),
    ("Leicester", &["LE2", "LE5"]),
    ("Oxford", &["OX1", "OX4"]),
    ("Brighton", &["BN1", "BN2"]),
    ("Hove", &["BN3"]),
    ("Norwich", &["NR2", "NR3"]),
    ("Swansea", &["SA1", "SA2"]),
    ("Hebden Bridge", &["HX7"]),
    ("Aberystwyth", &["SY23"]),
];

fn district(code: &str) -> Record {
    let meaning = Places::embedded().resolve(code, &Evidence::default());
    match meaning.unwrap() {
        Meaning::Districts { mut districts, .. } => districts.remove(0),
        other => panic!("{code}: {other:?}"),
    }
}

#[test]
fn a_postcode_district_is_published_as_the_town_that_it_belongs_to() {
    let places = Places::embedded();
    let mut wrong = Vec::new();
    let mut count = 0;
    for (names, codes) in TOWNS {
        for code in *codes {
            count += 1;
            let town = places.town(&district(code)).unwrap();
            if !names.split('|').any(|name| name == town.name) {
                wrong.push(format!("{code}: {} and not {names}", town.full_name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}: {wrong:#?}", wrong.len());
    assert!(count >= 100, "{count}");
}

#[test]
fn a_position_is_published_as_the_town_of_its_postcode_district() {
    let places = Places::embedded();
    for (names, codes) in TOWNS {
        for code in *codes {
            let town = places.town_at(&district(code).point()).unwrap();
            assert!(names.split('|').any(|name| name == town.name), "{code}");
        }
    }
    // The middle of the North Sea.
    let sea = hedgerow_proto::v1::Point {
        latitude_e7: 560_000_000,
        longitude_e7: 30_000_000,
    };
    assert_eq!(places.town_at(&sea), None);
}

#[test]
fn a_district_is_shown_with_its_town() {
    assert_eq!(district("LS6").full_name(), "LS6, Leeds");
    assert_eq!(district("BT7").full_name(), "BT7, Belfast");
}

#[test]
fn every_town_may_be_published_and_none_is_far() {
    let places = Places::embedded();
    let start = Instant::now();
    let (mut none, mut count) = (0, 0_u32);
    for district in gazetteer().districts() {
        count += 1;
        match places.town_at(&district.point()) {
            Some(town) => {
                assert!(town.is_town(), "{}: {}", district.code, town.name);
                let distance = distance_m(&district.point(), &town.point());
                assert!(distance <= MAX_DISTANCE_M, "{}: {distance}", district.code);
            }
            None => none += 1,
        }
    }
    println!("{count} towns of districts in {:?}", start.elapsed());
    // The Highlands and Islands.
    assert!(none < 60, "{none} districts have no town");
}

/// A person who names a part of a town that has a point of its own is shown there.
#[test]
fn a_part_of_a_town_that_is_named_stays_itself() {
    let places = Places::embedded();
    for (typed, shown) in [
        ("Chapel Allerton, Leeds", "Chapel Allerton"),
        ("Didsbury", "Didsbury"),
        ("Headingley, Leeds", "Leeds"),
        ("Moss Side, Manchester", "Manchester"),
        ("Leith", "Edinburgh"),
    ] {
        let meaning = places.resolve(typed, &Evidence::default()).unwrap();
        let Meaning::Place(place) = meaning else {
            panic!("{typed}: {meaning:?}");
        };
        assert_eq!(places.town(&place).unwrap().name, shown, "{typed}");
    }
}
