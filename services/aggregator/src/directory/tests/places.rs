//! Searches near places as people name them.

use hedgerow_proto::directory_v1::{AreaMatch, PlaceKind};
use hedgerow_testkit::samples::town;

use super::*;

fn near_only(place: &str) -> SearchFilter {
    SearchFilter {
        near: near(place, 0),
        ..any()
    }
}

/// A group each in four towns, and one that meets in three.
async fn seeker() -> Seeker {
    let (seeker, mut group) = Seeker::with_group().await;
    for place in ["Bolton", "Stockport", "Huddersfield", "Canterbury"] {
        group.put(
            "listing",
            &place.to_lowercase(),
            &listing(place, "", Some(place)),
        );
    }
    let mut three = listing("Walkers of three towns", "", None);
    three.places = ["Penzance", "Lerwick", "Aberystwyth"].map(town).to_vec();
    group.put("listing", "three", &three);
    seeker.publish(&mut group).await;
    seeker
}

#[tokio::test]
async fn an_area_is_searched_inside() {
    let seeker = seeker().await;
    let titles = async |place: &str| {
        let mut titles = seeker.titles(near_only(place)).await;
        titles.sort();
        titles
    };
    assert_eq!(titles("Greater Manchester").await, ["Bolton", "Stockport"]);
    assert_eq!(titles("Kent").await, ["Canterbury"]);
    assert_eq!(titles("West Yorkshire").await, ["Huddersfield"]);
    assert_eq!(titles("Ceredigion").await, ["Walkers of three towns"]);
    assert_eq!(titles("Rutland").await, [""; 0]);
    let all = titles("United Kingdom").await;
    assert_eq!(all.len(), 5, "{all:?}");
    let response = seeker.search(near_only("Tameside Council")).await;
    let resolved = response.near.unwrap();
    assert_eq!(resolved.kind(), PlaceKind::Area);
    assert!(resolved.is_inside_area && !resolved.is_uncertain);
}

#[tokio::test]
async fn the_place_shown_is_the_one_that_the_distance_is_of() {
    let seeker = seeker().await;
    for place in ["Lerwick", "Penzance", "Aberystwyth"] {
        let response = seeker.search(near_only(place)).await;
        let hit = &response.hits[0];
        assert_eq!(hit.place, place);
        assert!(hit.distance_m.unwrap() < 100);
    }
}

#[tokio::test]
async fn places_are_found_by_what_people_call_them() {
    let seeker = seeker().await;
    for (typed, title) in [
        ("Bolton, Lancs", "Bolton"),
        ("Huddersfield W Yorks", "Huddersfield"),
        ("Edgeley, Stockport", "Stockport"),
        ("Caergaint", "Canterbury"),
        ("Brigadoon", ""),
        ("HD1", "Huddersfield"),
    ] {
        let mut filter = near_only(typed);
        filter.near.as_mut().unwrap().radius_m = 8_000;
        if title.is_empty() {
            let failure = seeker.rejection(filter).await;
            assert_eq!(failure.reason(), "place_unknown", "{typed}");
        } else {
            assert_eq!(seeker.titles(filter).await, [title], "{typed}");
        }
    }
}

#[tokio::test]
async fn a_place_among_the_words_is_offered() {
    let seeker = seeker().await;
    let response = seeker.search(words("walkers in Bolton")).await;
    let offer = response.place_offer.unwrap();
    assert_eq!(offer.place, "Bolton, Greater Manchester");
    assert_eq!(offer.query, "walkers");
    let near = SearchFilter {
        near: near("Leeds", 0),
        ..words("walkers in Bolton")
    };
    assert_eq!(seeker.search(near).await.place_offer, None);
}

#[tokio::test]
async fn a_region_is_found_by_its_usual_names_and_an_unknown_one_is_an_error() {
    let seeker = seeker().await;
    let region = |name: &str| SearchFilter {
        region: Some(v1::RegionName {
            scheme: "ons".into(),
            name: name.into(),
        }),
        ..any()
    };
    for name in [
        "Yorkshire and the Humber",
        "yorkshire and humber",
        "Yorks & Humber",
    ] {
        assert_eq!(
            seeker.titles(region(name)).await,
            ["Huddersfield"],
            "{name}"
        );
    }
    for name in ["England", "Midlands", "Narnia"] {
        let failure = seeker.rejection(region(name)).await;
        assert_eq!(failure.violations()[0].reason, "region_unknown", "{name}");
    }
}

/// Groups that state only an area, and one with a place in Huddersfield.
async fn seeker_with_areas() -> Seeker {
    let (seeker, mut group) = Seeker::with_group().await;
    let area = |name: &str| v1::Place {
        precision: v1::Precision::Region.into(),
        name: name.to_owned(),
        country: "GB".to_owned(),
        ..v1::Place::default()
    };
    group.put(
        "listing",
        "town",
        &listing("Walkers of a town", "", Some("Huddersfield")),
    );
    for (key, title, served) in [
        ("region", "Walkers of a region", "Yorkshire and the Humber"),
        ("nation", "Walkers of a nation", "England"),
        ("east", "Walkers of the east", "Eastern"),
    ] {
        let mut serves = listing(title, "", None);
        serves.areas_served = vec![area(served)];
        group.put("listing", key, &serves);
    }
    let mut somewhere = listing("Walkers somewhere", "", None);
    somewhere.places = vec![area("West Yorkshire")];
    group.put("listing", "county", &somewhere);
    seeker.publish(&mut group).await;
    seeker
}

#[tokio::test]
async fn who_states_only_an_area_is_found_in_it_after_those_with_a_place_inside() {
    use AreaMatch::{Serves, Unspecified, Within};
    let seeker = seeker_with_areas().await;
    let town = ("Walkers of a town", "Huddersfield", Unspecified);
    let region = ("Walkers of a region", "Yorkshire and the Humber", Serves);
    let nation = ("Walkers of a nation", "England", Serves);
    let county = ("Walkers somewhere", "West Yorkshire", Within);
    let east = ("Walkers of the east", "Eastern", Serves);
    for (typed, expected) in [
        ("West Yorkshire", vec![town, region, nation, county]),
        ("Kirklees", vec![town, region, nation, county]),
        (
            "Yorkshire and the Humber",
            vec![town, region, nation, county],
        ),
        ("England", vec![town, region, nation, county, east]),
        ("East of England", vec![nation, east]),
        ("Suffolk", vec![nation, east]),
        ("North Yorkshire", vec![region, nation]),
        ("Wales", vec![]),
        // A town is not an area: only a place near it counts.
        ("Huddersfield", vec![town]),
    ] {
        for words in ["", "walkers"] {
            let mut filter = near_only(typed);
            filter.query = words.to_owned();
            let response = seeker.search(filter).await;
            assert_eq!(response.total_size as usize, expected.len(), "{typed}");
            let mut found: Vec<_> = response
                .hits
                .iter()
                .map(|hit| (hit.title.as_str(), hit.place.as_str(), hit.area_match()))
                .collect();
            let has_town = expected.first() == Some(&town);
            assert_eq!(found.first() == Some(&town), has_town, "{typed}: {found:?}");
            let mut expected = expected.clone();
            found.sort_unstable_by_key(|hit| hit.0);
            expected.sort_unstable_by_key(|hit| hit.0);
            assert_eq!(found, expected, "{typed} {words}");
            let stated = response.hits.iter().filter(|hit| hit.area_match != 0);
            assert!(
                stated.map(|hit| hit.distance_m).all(|it| it.is_none()),
                "{typed}"
            );
        }
    }
}
