//! What is counted, and what is said where nothing is found.

use super::*;

fn asked(facets: &[&str]) -> v1::SearchRequest {
    v1::SearchRequest {
        facets: facets.iter().map(ToString::to_string).collect(),
        ..v1::SearchRequest::default()
    }
}

fn counts<'a>(response: &'a v1::SearchResponse, name: &str) -> Vec<(&'a str, u64)> {
    let facet = response.facets.iter().find(|facet| facet.name == name);
    facet
        .unwrap()
        .counts
        .iter()
        .map(|count| (count.value.as_str(), count.count))
        .collect()
}

async fn seeker() -> Seeker {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    let tagged = |name: &str, place: Option<&str>, tags: &[&str]| v1::Listing {
        tags: tags.iter().map(ToString::to_string).collect(),
        languages: vec!["en".into()],
        ..listing(name, "", place)
    };
    let women = ["community:women", "activity:gardening"];
    group.put("listing", "a", &tagged("A", Some("Leeds"), &women));
    group.put(
        "listing",
        "b",
        &tagged("B", Some("York"), &["community:women"]),
    );
    group.put(
        "listing",
        "c",
        &tagged("C", Some("Bath"), &["community:men"]),
    );
    let mut hidden = tagged("D", None, &["community:men"]);
    hidden.places = vec![v1::Place {
        precision: v1::Precision::Hidden.into(),
        ..v1::Place::default()
    }];
    group.put("listing", "d", &hidden);
    group.put("event", "e", &weekly("Walk", "2026-09-22T18:00", "Leeds"));
    group.put("offer", "o", &room("Room", 12, "Leeds"));
    seeker.town.publish(&mut group).await;
    seeker
}

#[tokio::test]
async fn each_facet_is_counted_without_its_own_filter() {
    let seeker = seeker().await;
    let everything = seeker
        .ask(asked(&[
            "collection",
            "community",
            "role",
            "weekday",
            "resource_kind",
        ]))
        .await;
    assert_eq!(
        counts(&everything, "collection"),
        [("listing", 4), ("event", 1), ("offer", 1)]
    );
    assert_eq!(
        counts(&everything, "community"),
        [("community:men", 2), ("community:women", 2)]
    );
    assert_eq!(counts(&everything, "role"), [("support-group", 4)]);
    assert_eq!(counts(&everything, "weekday"), [("tuesday", 1)]);
    assert_eq!(counts(&everything, "resource_kind"), [("space", 1)]);

    let women = v1::SearchRequest {
        tags: vec!["community:women".into()],
        ..asked(&["community", "activity", "language"])
    };
    let women = seeker.ask(women).await;
    assert_eq!(women.total, 2);
    assert_eq!(
        counts(&women, "community"),
        [("community:men", 2), ("community:women", 2)],
        "without its own filter"
    );
    assert_eq!(counts(&women, "activity"), [("activity:gardening", 1)]);
    assert_eq!(counts(&women, "language"), [("en", 2)]);
}

#[tokio::test]
async fn a_hidden_place_is_counted_nowhere() {
    let seeker = seeker().await;
    let listings = v1::SearchRequest {
        collections: vec!["listing".into()],
        ..asked(&["region"])
    };
    let response = seeker.ask(listings).await;
    assert_eq!(response.total, 4);
    assert_eq!(
        counts(&response, "region"),
        [("ons:Yorkshire and the Humber", 2), ("ons:South West", 1)]
    );
}

#[tokio::test]
async fn where_nothing_is_found_it_is_said_what_to_loosen() {
    let seeker = seeker().await;
    let request = v1::SearchRequest {
        tags: vec!["community:men".into()],
        near: near("Leeds", 5_000),
        free_of_charge: Some(true),
        ..v1::SearchRequest::default()
    };
    let response = seeker.ask(request).await;
    assert_eq!(response.total, 0);
    let loosenings: Vec<_> = response
        .loosenings
        .iter()
        .map(|one| (one.filter.as_str(), one.count))
        .collect();
    assert_eq!(loosenings, [("tags", 1)], "the room");
    let found = seeker.ask(words("walk")).await;
    assert!(found.loosenings.is_empty());
}

#[tokio::test]
async fn where_not_even_one_word_is_found_the_words_are_a_filter_like_any_other() {
    let seeker = seeker().await;
    let request = v1::SearchRequest {
        tags: vec!["community:men".into()],
        ..words("zeppelin xylophone")
    };
    let response = seeker.ask(request).await;
    assert_eq!(response.total, 0);
    let loosenings: Vec<_> = response
        .loosenings
        .iter()
        .map(|one| (one.filter.as_str(), one.count))
        .collect();
    assert_eq!(loosenings, [("query", 2)], "never nothing");
}
