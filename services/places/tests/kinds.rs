//! Kinds of names, each with an example of its own: what people type, and what it means with
//! the embedded places alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hedgerow_core::gazetteer::gazetteer;
use hedgerow_places::{Because, Evidence, Kind, Meaning, Places};

fn resolve(typed: &str) -> Meaning {
    resolve_with(typed, &Evidence::default())
}

fn resolve_with(typed: &str, evidence: &Evidence<'_>) -> Meaning {
    Places::embedded().resolve(typed, evidence).unwrap()
}

/// The full name of what is settled, with a mark for an area.
fn settled(meaning: &Meaning) -> Option<String> {
    match meaning {
        Meaning::Place(place) => Some(place.full_name()),
        Meaning::Area(area) => Some(format!("in {}", area.full_name())),
        _ => None,
    }
}

#[test]
fn each_kind_of_name_has_its_meaning() {
    let table = [
        // A county, nation or region behind a town.
        (
            "Huddersfield, West Yorkshire",
            "Huddersfield, Kirklees, West Yorkshire",
        ),
        ("Oldham, Lancs", "Oldham, Greater Manchester"),
        (
            "Twickenham, Middx",
            "Twickenham, London, Richmond upon Thames",
        ),
        ("Wrexham, Wales", "Wrexham, Clwyd"),
        ("Swindon, UK", "Swindon, Wiltshire"),
        ("Exeter (Devon)", "Exeter, Devon"),
        ("Newport - Isle of Wight", "Newport, Isle of Wight"),
        ("Halifax W Yorks", "Halifax, Calderdale, West Yorkshire"),
        (
            "Bangor, Co Down",
            "Bangor, Ards and North Down, Northern Ireland",
        ),
        // Suburbs, with and without their town.
        (
            "Easterhouse",
            "Easterhouse, Glasgow, Glasgow City, Scotland",
        ),
        ("Headingley, Leeds", "Headingley, Leeds, West Yorkshire"),
        (
            "Southville in Bristol",
            "Southville, Bristol, City of Bristol",
        ),
        // Councils, counties, islands, nations and regions.
        ("Calderdale", "in Calderdale, West Yorkshire"),
        ("Calderdale Council", "in Calderdale, West Yorkshire"),
        ("London Borough of Newham", "in Newham, London"),
        ("Kerrier", ""),
        ("Craven", "in Craven, North Yorkshire"),
        ("Essex", "in Essex, East of England"),
        ("Herts", "in Hertfordshire, East of England"),
        ("Middlesex", "in Middlesex, London"),
        (
            "Isle of Arran",
            "in Isle of Arran, North Ayrshire, Scotland",
        ),
        ("Orkney", "in Orkney Islands, Scotland"),
        ("Scotland", "in Scotland"),
        ("Wales", "in Wales"),
        ("Northern Ireland", "in Northern Ireland"),
        ("Yorkshire & Humber", "in Yorkshire and the Humber"),
        ("Eastern", "in East of England"),
        ("the North West", "in North West"),
        ("East Anglia", "in East Anglia, East of England"),
        // Other languages and short names.
        ("Llundain", "London, Westminster"),
        ("Sir y Fflint", "in Flintshire, Clwyd"),
        ("Glaschu", "Glasgow, Glasgow City, Scotland"),
        ("Béal Feirste", "Belfast, Northern Ireland"),
        (
            "Londonderry",
            "Derry, Derry City and Strabane, Northern Ireland",
        ),
        ("Southend", "Southend-on-Sea, Essex"),
        ("Treffynnon", "Holywell, Flintshire, Clwyd"),
        ("Y Gelli", "Hay, Powys"),
        ("St. Anne’s on Sea", "Lytham St Annes, Fylde, Lancashire"),
        // Councils with commas of their own, and words before a name.
        (
            "Newry, Mourne and Down",
            "in Newry, Mourne and Down, Northern Ireland",
        ),
        (
            "Bournemouth, Christchurch and Poole",
            "in Bournemouth, Christchurch and Poole, Dorset",
        ),
        (
            "Armagh City, Banbridge & Craigavon",
            "in Armagh City, Banbridge and Craigavon, Northern Ireland",
        ),
        ("near Leeds", "Leeds, West Yorkshire"),
        ("West Belfast", "in West Belfast, Northern Ireland"),
        // The council area that the gazetteer names, not a nearer one of its county.
        ("Bangor, Gwynedd", "Bangor, Gwynedd"),
        // Saints, apostrophes, hyphens, accents and decomposed letters.
        ("Saint Albans", "St Albans, Hertfordshire"),
        (
            "Bishops Stortford",
            "Bishops Stortford, East Hertfordshire, Hertfordshire",
        ),
        ("STOKE ON TRENT", "Stoke-on-Trent, Staffordshire"),
        ("Ynys Mo\u{302}n", "in Isle of Anglesey, Gwynedd"),
        ("Newcastle-on-Tyne", "Newcastle upon Tyne, Tyne and Wear"),
    ];
    for (typed, expected) in table {
        let meaning = resolve(typed);
        let settled = settled(&meaning).unwrap_or_default();
        assert_eq!(settled, expected, "{typed}: {meaning:?}");
    }
}

#[test]
fn a_name_of_several_places_is_never_settled_alone() {
    for typed in [
        "Newcastle",
        "Kingston",
        "Richmond",
        "St Ives",
        "Ashton",
        "Clapham",
        "Everton",
        "Cheadle",
        "Hyde Park",
        "Bangor",
        "Stratford",
        "Chorlton",
        "Ashford",
        "Broughton",
        "Norton",
    ] {
        assert!(matches!(resolve(typed), Meaning::Ask { .. }), "{typed}");
    }
}

#[test]
fn a_side_of_a_city_is_probably_that_city() {
    for (typed, city) in [
        ("south Bristol", "Bristol, City of Bristol"),
        ("North Leeds", "Leeds, West Yorkshire"),
    ] {
        let Meaning::Ask {
            likely,
            others,
            because: Because::Doubtful,
        } = resolve(typed)
        else {
            panic!("{typed}: {:?}", resolve(typed));
        };
        assert_eq!((likely.full_name().as_str(), others.len()), (city, 0));
    }
    assert!(matches!(resolve("South Skipton"), Meaning::Unknown { .. }));
}

#[test]
fn similar_names_are_offered_once() {
    for typed in ["Sheffeild", "Cambridge, Glos", "Plymoth"] {
        let Meaning::Unknown { nearest } = resolve(typed) else {
            panic!("{typed}: {:?}", resolve(typed));
        };
        let mut names: Vec<_> = nearest
            .iter()
            .map(hedgerow_places::Record::full_name)
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert!(all > 0 && names.len() == all, "{typed}: {names:?}");
    }
}

#[test]
fn evidence_decides_between_places_of_one_name() {
    let evidence = |postcode, own_area, within| Evidence {
        postcode,
        own_area,
        within,
    };
    for (typed, evidence, district) in [
        ("Clapham", evidence(Some("SW4 7AA"), None, None), "Lambeth"),
        ("Cheadle", evidence(Some("SK8"), None, None), "Stockport"),
        (
            "Cheadle",
            evidence(None, Some("Greater Manchester"), None),
            "Stockport",
        ),
        (
            "Easton",
            evidence(None, None, Some("Bristol")),
            "City of Bristol",
        ),
        (
            "Handsworth",
            evidence(None, Some("Sheffield"), None),
            "Sheffield",
        ),
        ("Newport", evidence(None, None, Some("Wales")), "Newport"),
    ] {
        match resolve_with(typed, &evidence) {
            Meaning::Place(place) => assert_eq!(place.district, district, "{typed}"),
            other => panic!("{typed}: {other:?}"),
        }
    }
    // A postcode elsewhere contradicts the name.
    let elsewhere = evidence(Some("TR18"), None, None);
    let meaning = resolve_with("Didsbury", &elsewhere);
    let is_contradiction = matches!(
        meaning,
        Meaning::Ask {
            because: Because::Elsewhere,
            ..
        }
    );
    assert!(is_contradiction, "{meaning:?}");
    // A small place far outside the own area is doubtful, a city is not.
    let own = evidence(None, Some("Greater Manchester"), None);
    assert!(matches!(resolve_with("Portree", &own), Meaning::Ask { .. }));
    assert!(matches!(resolve_with("Leeds", &own), Meaning::Place(_)));
}

#[test]
fn a_contradiction_names_what_exists() {
    let Meaning::Unknown { nearest } = resolve("Clapham, Cornwall") else {
        panic!("not unknown");
    };
    assert!(nearest.iter().any(|place| place.district == "Lambeth"));
    let Meaning::Unknown { nearest } = resolve("Huddersfeild") else {
        panic!("not unknown");
    };
    assert_eq!(nearest[0].name, "Huddersfield");
    assert_eq!(
        resolve("qqqqqq"),
        Meaning::Unknown {
            nearest: Vec::new()
        }
    );
    assert_eq!(
        resolve(&"x".repeat(1_000)),
        Meaning::Unknown {
            nearest: Vec::new()
        }
    );
}

#[test]
fn short_postcodes_mean_their_parts_together() {
    for (typed, parts) in [
        ("W1", 10),
        ("ec1", 5),
        ("BT43", 1),
        ("IM1", 1),
        ("LS6 2AB", 1),
    ] {
        match resolve(typed) {
            Meaning::Districts { districts, .. } => assert!(districts.len() >= parts, "{typed}"),
            other => panic!("{typed}: {other:?}"),
        }
    }
    assert!(matches!(resolve("ZZ9"), Meaning::Unknown { .. }));
}

#[test]
fn full_names_resolve_to_their_place_again() {
    let places = Places::embedded();
    for typed in [
        "Clapham", "Newport", "Richmond", "Ashton", "Norton", "Kingston",
    ] {
        let Meaning::Ask { likely, others, .. } = resolve(typed) else {
            panic!("{typed}");
        };
        for place in std::iter::once(&*likely).chain(&others) {
            let again = places.resolve(&place.full_name(), &Evidence::default());
            let again = again.unwrap();
            let is_it = match &again {
                Meaning::Place(found) | Meaning::Area(found) => found.id == place.id,
                // Two of one name in one county.
                Meaning::Ask { likely, others, .. } => std::iter::once(&**likely)
                    .chain(others)
                    .any(|one| one.id == place.id),
                _ => false,
            };
            assert!(is_it, "{}: {again:?}", place.full_name());
        }
    }
}

#[test]
fn every_full_name_resolves_to_its_place() {
    let places = Places::embedded();
    let mut wrong = Vec::new();
    for town in gazetteer().places().iter().step_by(5) {
        let id = format!("geonames:{}", town.geonames_id);
        // As earlier versions and the protocol's gazetteer write it.
        let typed = town.full_name();
        let meaning = places.resolve(&typed, &Evidence::default()).unwrap();
        let is_it = match &meaning {
            Meaning::Place(found) => found.id == id,
            Meaning::Ask { likely, others, .. } => std::iter::once(&**likely)
                .chain(others)
                .any(|one| one.id == id),
            _ => false,
        };
        if !is_it {
            wrong.push(typed);
        }
    }
    // The gazetteer's counties and regions are those of the nearest place for a few places at
    // borders.
    let share = wrong.len() as f64 / (gazetteer().places().len() as f64 / 5.0);
    assert!(share < 0.02, "{} wrong: {wrong:?}", wrong.len());
}

#[test]
fn an_area_contains_its_places_and_not_its_neighbours() {
    let places = Places::embedded();
    let area = |name: &str| match resolve(name) {
        Meaning::Area(area) => area,
        other => panic!("{name}: {other:?}"),
    };
    let place = |name: &str| match resolve(name) {
        Meaning::Place(place) => place,
        other => panic!("{name}: {other:?}"),
    };
    for (name, inside, outside) in [
        ("Greater Manchester", "Bolton", "Huddersfield"),
        ("Kent", "Canterbury", "Hastings"),
        ("Cornwall", "Penzance", "Plymouth"),
        ("Wales", "Aberystwyth", "Shrewsbury"),
        ("Isle of Wight", "Sandown", "Portsmouth"),
    ] {
        let mask = places.mask(&area(name)).unwrap();
        assert!(mask.contains(&place(inside).point()), "{inside} in {name}");
        assert!(
            !mask.contains(&place(outside).point()),
            "{outside} not in {name}"
        );
        assert!(mask.reach_m() > 5_000.0);
    }
}

#[test]
fn a_suburb_is_published_as_a_town_of_the_protocols_gazetteer() {
    let places = Places::embedded();
    for (typed, town) in [
        ("Leith", "Edinburgh"),
        ("Moss Side, Manchester", "Manchester"),
        ("Leeds", "Leeds"),
    ] {
        let Meaning::Place(place) = resolve(typed) else {
            panic!("{typed}");
        };
        assert_eq!(places.town(&place).unwrap().name, town, "{typed}");
        assert!(place.kind == Kind::Suburb || place.kind == Kind::Town);
    }
}

#[test]
fn a_place_among_the_words_of_a_search_is_offered() {
    let places = Places::embedded();
    let offer = |words: &str| {
        let offer = places.offer(words, &Evidence::default())?;
        Some(format!("{} | {}", offer.words, offer.place))
    };
    for (words, expected) in [
        (
            "anxiety group in Manchester",
            "anxiety group | Manchester, Greater Manchester",
        ),
        (
            "choir near Hebden Bridge",
            "choir | Hebden Bridge, Calderdale, West Yorkshire",
        ),
        (
            "befriending Bolton Lancs",
            "befriending | Bolton, Greater Manchester",
        ),
        ("menopause Kent", "menopause | Kent, South East"),
        ("food bank M21", "food bank | M21"),
    ] {
        assert_eq!(offer(words).as_deref(), Some(expected), "{words}");
    }
    for words in [
        "Manchester",
        "someone to talk to",
        "walking group",
        "in",
        "help in a crisis",
    ] {
        assert_eq!(offer(words), None, "{words}");
    }
}

#[test]
fn a_title_behind_a_name_is_read_as_before_it() {
    for (typed, usual) in [
        ("Bristol, City of", "Bristol"),
        ("Bristol, City and County of", "Bristol"),
        ("Herefordshire, County of", "Herefordshire"),
        ("Kingston upon Hull, City of", "Kingston upon Hull"),
        ("Southwark, London Borough of", "Southwark"),
    ] {
        // The city or the council that is named after it.
        let found = Places::embedded().resolve(typed, &Evidence::default());
        let meaning = format!("{:?}", found.unwrap());
        assert!(!meaning.starts_with("Unknown"), "{typed}: {meaning}");
        assert!(meaning.contains(usual), "{typed}: {meaning}");
    }
}
