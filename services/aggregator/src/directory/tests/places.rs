//! Searches near places as people name them.

use hedgerow_proto::directory_v1::PlaceKind;
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
