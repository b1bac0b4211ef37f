//! Facets, and relaxations when nothing matches.

use super::*;

/// A search that counts facets.
fn counting(filter: SearchFilter, facets: &[FacetKind]) -> SearchRecordsRequest {
    SearchRecordsRequest {
        facets: facets.iter().map(|&facet| facet.into()).collect(),
        ..filter.into()
    }
}

fn counts(response: &SearchRecordsResponse, kind: FacetKind) -> Vec<(&str, u64)> {
    let facet = response.facets.iter().find(|facet| facet.kind() == kind);
    facet
        .unwrap()
        .counts
        .iter()
        .map(|count| (count.value.as_str(), count.count))
        .collect()
}

async fn seeker() -> Seeker {
    let (seeker, mut group) = Seeker::with_group().await;
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
    seeker.publish(&mut group).await;
    seeker
}

#[tokio::test]
async fn each_facet_is_counted_without_its_own_filter() {
    let seeker = seeker().await;
    let everything = seeker
        .search(counting(
            any(),
            &[
                FacetKind::Collection,
                FacetKind::Community,
                FacetKind::Role,
                FacetKind::Weekday,
                FacetKind::ResourceKind,
            ],
        ))
        .await;
    assert_eq!(
        counts(&everything, FacetKind::Collection),
        [("listing", 4), ("event", 1), ("offer", 1)]
    );
    assert_eq!(
        counts(&everything, FacetKind::Community),
        [("community:men", 2), ("community:women", 2)]
    );
    assert_eq!(counts(&everything, FacetKind::Role), [("support-group", 4)]);
    assert_eq!(counts(&everything, FacetKind::Weekday), [("tuesday", 1)]);
    assert_eq!(counts(&everything, FacetKind::ResourceKind), [("space", 1)]);

    let online = counting(
        SearchFilter {
            free_of_charge: Some(true),
            ..any()
        },
        &[FacetKind::Property],
    );
    let free = seeker.search(online).await;
    let all = counting(any(), &[FacetKind::Property]);
    let all = seeker.search(all).await;
    let count = |response: &SearchRecordsResponse, value: &str| {
        let counts = counts(response, FacetKind::Property);
        let found = counts.iter().find(|(name, _)| *name == value);
        found.map_or(0, |(_, count)| *count)
    };
    assert_eq!(count(&free, "free"), 1, "that of the room");
    assert_eq!(free.total_size, 1);
    assert_eq!(count(&all, "free"), 1);
    assert_eq!(count(&all, "in-person") + count(&all, "online"), 6);

    let women = SearchFilter {
        tags: vec!["community:women".into()],
        ..any()
    };
    let facets = [
        FacetKind::Community,
        FacetKind::Activity,
        FacetKind::Language,
    ];
    let women = seeker.search(counting(women, &facets)).await;
    assert_eq!(women.total_size, 2);
    assert_eq!(
        counts(&women, FacetKind::Community),
        [("community:men", 2), ("community:women", 2)],
        "without its own filter"
    );
    assert_eq!(
        counts(&women, FacetKind::Activity),
        [("activity:gardening", 1)]
    );
    assert_eq!(counts(&women, FacetKind::Language), [("en", 2)]);
}

#[tokio::test]
async fn a_hidden_place_is_not_counted_by_region() {
    let seeker = seeker().await;
    let listings = SearchFilter {
        collections: vec!["listing".into()],
        ..any()
    };
    let response = seeker
        .search(counting(listings, &[FacetKind::Region]))
        .await;
    assert_eq!(response.total_size, 4);
    assert_eq!(
        counts(&response, FacetKind::Region),
        [("ons:Yorkshire and the Humber", 2), ("ons:South West", 1)]
    );
}

#[tokio::test]
async fn without_a_match_the_filters_to_leave_out_are_suggested() {
    let seeker = seeker().await;
    let request = SearchFilter {
        tags: vec!["community:men".into()],
        near: near("Leeds", 5_000),
        free_of_charge: Some(true),
        ..any()
    };
    let response = seeker.search(request).await;
    assert_eq!(response.total_size, 0);
    let relaxations: Vec<_> = response
        .relaxations
        .iter()
        .map(|one| (one.filter.as_str(), one.count))
        .collect();
    assert_eq!(relaxations, [("tags", 1)], "the room");
    let found = seeker.search(words("walk")).await;
    assert!(found.relaxations.is_empty());
}

#[tokio::test]
async fn words_that_match_nothing_are_a_filter_to_leave_out() {
    let seeker = seeker().await;
    let request = SearchFilter {
        tags: vec!["community:men".into()],
        ..words("zeppelin xylophone")
    };
    let response = seeker.search(request).await;
    assert_eq!(response.total_size, 0);
    let relaxations: Vec<_> = response
        .relaxations
        .iter()
        .map(|one| (one.filter.as_str(), one.count))
        .collect();
    assert_eq!(relaxations, [("query", 2)], "never nothing");
}
