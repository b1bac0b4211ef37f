//! The order of hits, and distances.

use super::*;

#[tokio::test]
async fn all_words_are_required_if_any_record_has_them_and_a_title_weighs_most() {
    let (seeker, mut group) = Seeker::with_group().await;
    group.put(
        "listing",
        "a",
        &listing("Tea and chat", "For anyone with depression.", None),
    );
    group.put(
        "listing",
        "b",
        &listing("Depression support", "Tea, biscuits.", None),
    );
    group.put("listing", "c", &listing("Knitting", "Tea.", None));
    seeker.publish(&mut group).await;
    assert_eq!(
        seeker.titles(words("depressed tea")).await,
        ["Depression support", "Tea and chat"]
    );
    let partly = seeker.search(words("knitting BISCUITS")).await;
    assert_eq!(partly.total_size, 2);
    assert_eq!(partly.relaxations[0].filter, "query", "none has both words");
    assert_eq!(seeker.titles(words("?!")).await, [""; 0]);
    assert_eq!(seeker.titles(words("")).await.len(), 3);
}

#[tokio::test]
async fn nearest_first_and_nothing_beyond_the_distance() {
    let (seeker, mut group) = Seeker::with_group().await;
    for place in ["York", "Leeds", "Bradford", "Newcastle upon Tyne"] {
        group.put(
            "listing",
            &place.to_lowercase()[..4],
            &listing(place, "", Some(place)),
        );
    }
    seeker.publish(&mut group).await;
    let request = |radius_m| SearchRecordsRequest {
        filter: Some(SearchFilter {
            near: near("Leeds", radius_m),
            ..any()
        }),
        order: SearchOrder::Distance.into(),
        ..SearchRecordsRequest::default()
    };
    let response = seeker.search(request(50_000)).await;
    let found: Vec<_> = response.hits.iter().map(|hit| hit.title.as_str()).collect();
    assert_eq!(found, ["Leeds", "Bradford", "York"]);
    assert_eq!(response.hits[0].distance_m, Some(0));
    assert!((10_000..20_000).contains(&response.hits[1].distance_m.unwrap()));
    assert!(response.near.unwrap().name.starts_with("Leeds"));
    assert_eq!(seeker.titles(request(1_000)).await, ["Leeds"]);
    assert_eq!(seeker.titles(request(1_000_000)).await.len(), 4);
    assert_eq!(
        seeker.titles(words("york")).await,
        ["York"],
        "no distance without a place"
    );
}

#[tokio::test]
async fn a_requested_order_takes_precedence_over_relevance() {
    let (seeker, mut group) = Seeker::with_group().await;
    // The farther and later one is the most relevant, for a word of no need: among records for a
    // need, the nearer is first.
    for (key, title, start, place) in [
        ("a", "Company", "2026-09-22T18:00", "Leeds"),
        ("b", "Marbling", "2026-09-24T18:00", "York"),
        ("c", "Tea", "2026-09-23T18:00", "Bradford"),
    ] {
        let mut event = weekly(title, start, place);
        event.description = "We meet for marbling.".into();
        group.put("event", key, &event);
    }
    seeker.publish(&mut group).await;
    let ordered = |order: SearchOrder| SearchRecordsRequest {
        filter: Some(SearchFilter {
            near: near("Leeds", 100_000),
            ..words("marbling")
        }),
        order: order.into(),
        ..SearchRecordsRequest::default()
    };
    let best = seeker.titles(ordered(SearchOrder::Relevance)).await;
    assert_eq!(best[0], "Marbling");
    assert_eq!(
        seeker.titles(ordered(SearchOrder::Distance)).await,
        ["Company", "Tea", "Marbling"]
    );
    assert_eq!(
        seeker.titles(ordered(SearchOrder::NextTime)).await,
        ["Company", "Tea", "Marbling"]
    );
}

#[tokio::test]
async fn records_more_hidden_than_town_are_never_near() {
    let (seeker, mut group) = Seeker::with_group().await;
    let mut hidden = listing("Hidden", "", None);
    hidden.places = vec![v1::Place {
        precision: v1::Precision::Hidden.into(),
        ..v1::Place::default()
    }];
    let mut regional = listing("Regional", "", None);
    regional.places = vec![v1::Place {
        precision: v1::Precision::Region.into(),
        name: "Yorkshire and the Humber".into(),
        country: "GB".into(),
        ..v1::Place::default()
    }];
    group
        .put("listing", "a", &hidden)
        .put("listing", "b", &regional);
    group.put("listing", "c", &listing("Open", "", Some("Leeds")));
    seeker.publish(&mut group).await;
    let everywhere = SearchFilter {
        near: near("Leeds", 1_000_000),
        ..words("")
    };
    assert_eq!(seeker.titles(everywhere).await, ["Open"]);
    let hits = seeker.search(words("hidden")).await.hits;
    assert_eq!((hits[0].place.as_str(), hits[0].distance_m), ("", None));
}

#[tokio::test]
async fn a_catalogued_listing_ranks_below_the_groups_own_and_names_its_source() {
    let seeker = Seeker::new().await;
    let (mut own, mut cataloguer) = (StoredGroup::new(1), StoredGroup::new(2));
    own.put("listing", "l", &listing("Hearing voices", "We meet.", None));
    let mut catalogued = listing("Hearing voices", "We meet.", None);
    catalogued.voice = v1::Voice::Catalogued.into();
    catalogued.source = Some(v1::Source {
        title: "A survey".into(),
        recorded_year: 2013,
        ..v1::Source::default()
    });
    cataloguer.put_catalogued("survey", "hv", &catalogued);
    let mut itself = listing("A list of groups", "", None);
    itself.roles = vec![v1::Role::Network.into()];
    cataloguer.put("listing", "self", &itself);
    seeker.publish(&mut cataloguer).await;
    seeker.publish(&mut own).await;
    let hits = seeker.search(words("hearing voices")).await.hits;
    assert_eq!(hits.len(), 2);
    assert_eq!(hits[0].voice(), v1::Voice::Itself);
    assert_eq!(hits[0].publisher_name, "Hearing voices");
    assert_eq!(hits[1].voice(), v1::Voice::Catalogued);
    assert_eq!(
        hits[1].publisher_name, "A list of groups",
        "the cataloguer's own"
    );
    assert_eq!(hits[1].source.as_ref().unwrap().recorded_year, 2013);
    assert!(
        hits.iter()
            .all(|hit| hit.identity() == Identity::Unconfirmed)
    );
}

#[tokio::test]
async fn records_unconfirmed_for_a_year_rank_a_little_lower() {
    let (seeker, mut group) = Seeker::with_group().await;
    let now = seeker.indexed.now();
    let confirmed = |name: &str, days: u64| v1::Listing {
        confirm_time: Some(now.minus(Duration::from_secs(days * 86_400)).into()),
        ..listing(name, "Knitting.", None)
    };
    // Several of each, so that the order is not by chance.
    for at in 0..8 {
        let (name, days) = if at % 2 == 0 {
            ("Old", 400)
        } else {
            ("New", 20)
        };
        group.put("listing", &format!("l{at}"), &confirmed(name, days));
    }
    seeker.publish(&mut group).await;
    let expected = ["New", "New", "New", "New", "Old", "Old", "Old", "Old"];
    assert_eq!(seeker.titles(words("knitting")).await, expected);
    let within = |days: i64| SearchFilter {
        confirmed_within: Some(prost_types::Duration {
            seconds: days * 86_400,
            nanos: 0,
        }),
        ..words("knitting")
    };
    assert_eq!(seeker.titles(within(100)).await, ["New"; 4]);
}
