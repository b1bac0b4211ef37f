//! Searching over a real store and index.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;

use super::Directory;
use super::get_group;
use super::get_record;
use super::search;
use crate::index::tests::Town;
use crate::index::tests::group::TestGroup;
use crate::index::tests::place::listing;
use crate::index::tests::place::room;
use crate::index::tests::place::weekly;
use crate::store::Exclude;
use crate::store::Store;
use crate::tests::Dice;

mod covering;
mod events;
mod facets;
mod filters;
mod matching;
mod pages;
mod privacy;
mod records;
mod wording;

/// A town with some groups, and what seekers ask.
struct Seeker {
    town: Town,
    directory: Directory,
}

impl Seeker {
    async fn new() -> Self {
        Self::over(Town::start().await)
    }

    fn over(town: Town) -> Self {
        let directory = Directory::new(
            town.store.clone(),
            town.index.clone(),
            town.clock.clone(),
            &Dice::new(1),
        );
        Self { town, directory }
    }

    async fn ask(&self, request: v1::SearchRequest) -> v1::SearchResponse {
        search::search(&self.directory, request).await.unwrap()
    }

    async fn refused(&self, request: v1::SearchRequest) -> Failure {
        search::search(&self.directory, request).await.unwrap_err()
    }

    async fn titles(&self, request: v1::SearchRequest) -> Vec<String> {
        let response = self.ask(request).await;
        assert_eq!(response.total, response.hits.len() as u64);
        response.hits.into_iter().map(|hit| hit.title).collect()
    }
}

fn words(query: &str) -> v1::SearchRequest {
    v1::SearchRequest {
        query: query.into(),
        ..v1::SearchRequest::default()
    }
}

fn near(place: &str, distance_m: u32) -> Option<v1::Near> {
    Some(v1::Near {
        r#where: Some(v1::near::Where::Place(place.into())),
        distance_m,
    })
}

#[tokio::test]
async fn every_word_must_be_there_if_anything_has_them_and_a_title_counts_most() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
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
    seeker.town.publish(&mut group).await;
    assert_eq!(
        seeker.titles(words("depressed tea")).await,
        ["Depression support", "Tea and chat"]
    );
    let partly = seeker.ask(words("knitting BISCUITS")).await;
    assert_eq!(partly.total, 2);
    assert_eq!(partly.loosenings[0].filter, "query", "none has both words");
    assert_eq!(seeker.titles(words("?!")).await, [""; 0]);
    assert_eq!(seeker.titles(words("")).await.len(), 3);
}

#[tokio::test]
async fn words_are_found_in_tags_labels_places_and_the_groups_own_words() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    let mut one = listing("One", "", Some("Leeds"));
    one.activities = vec!["activity:gardening".into(), "x:boat building".into()];
    one.used_terms = vec!["fellowship".into()];
    one.who_for = vec![v1::WhoFor {
        own_words: "sisters".into(),
        ..v1::WhoFor::default()
    }];
    group.put("listing", "one", &one);
    group.put("listing", "two", &listing("Two", "", Some("Bath")));
    seeker.town.publish(&mut group).await;
    for query in [
        "gardening",
        "boat",
        "fellowship",
        "sisters",
        "Leeds",
        "yorkshire",
    ] {
        assert_eq!(seeker.titles(words(query)).await, ["One"], "{query}");
    }
}

#[tokio::test]
async fn rejected_words_find_a_group_and_are_not_shown() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    let mut one = listing("One", "We sit together.", None);
    one.rejected_terms = vec!["service users".into()];
    group.put("listing", "one", &one);
    group.put("listing", "two", &listing("Service users forum", "", None));
    let mut silent = listing("Three", "", None);
    silent.rejected_terms = vec!["service users".into()];
    group.put("listing", "three", &silent);
    seeker.town.publish(&mut group).await;
    let hits = seeker.ask(words("service users")).await.hits;
    assert_eq!(hits[0].title, "Service users forum", "it says so of itself");
    assert_eq!(hits.len(), 3);
    for hit in &hits[1..] {
        let shown = format!("{hit:?}").to_lowercase();
        assert!(!shown.contains("service"), "{shown}");
        assert!(hit.highlights.is_empty());
    }
    let one = hits.iter().find(|hit| hit.title == "One").unwrap();
    assert_eq!(one.snippet, "We sit together.");
}

#[tokio::test]
async fn listings_are_of_support_groups_unless_asked_otherwise() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    let mut network = listing("Network", "", Some("Leeds"));
    network.roles = vec![v1::Role::Network.into()];
    group.put("listing", "a", &listing("Group", "", Some("Leeds")));
    group.put("listing", "b", &network);
    group.put("event", "e", &weekly("Walk", "2026-09-22T18:00", "Leeds"));
    seeker.town.publish(&mut group).await;
    let mut found = seeker.titles(words("leeds")).await;
    found.sort();
    assert_eq!(found, ["Group", "Walk"], "other kinds have no role");
    let listings = |roles: Vec<i32>, any_role| v1::SearchRequest {
        collections: vec!["listing".into()],
        roles,
        any_role,
        ..v1::SearchRequest::default()
    };
    assert_eq!(seeker.titles(listings(vec![], false)).await, ["Group"]);
    assert_eq!(seeker.titles(listings(vec![], true)).await.len(), 2);
    assert_eq!(
        seeker
            .titles(listings(vec![v1::Role::Network.into()], false))
            .await,
        ["Network"]
    );
}

#[tokio::test]
async fn every_tag_must_be_there_by_id_or_label_or_own_word() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    let mut both = listing("Both", "", None);
    both.activities = vec!["activity:gardening".into()];
    both.tags = vec!["x:Boat  Building".into()];
    let mut one = listing("One", "", None);
    one.activities = vec!["activity:gardening".into()];
    group.put("listing", "a", &both).put("listing", "b", &one);
    seeker.town.publish(&mut group).await;
    let tagged = |tags: &[&str]| v1::SearchRequest {
        tags: tags.iter().map(ToString::to_string).collect(),
        ..v1::SearchRequest::default()
    };
    assert_eq!(
        seeker.titles(tagged(&["activity:gardening"])).await.len(),
        2
    );
    assert_eq!(
        seeker
            .titles(tagged(&["activity:gardening", "boat building"]))
            .await,
        ["Both"]
    );
    assert_eq!(seeker.titles(tagged(&["activity:garden"])).await, [""; 0]);
}

#[tokio::test]
async fn nearest_first_and_nothing_beyond_the_distance() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    for place in ["York", "Leeds", "Bradford", "Newcastle upon Tyne"] {
        group.put(
            "listing",
            &place.to_lowercase()[..4],
            &listing(place, "", Some(place)),
        );
    }
    seeker.town.publish(&mut group).await;
    let request = |distance_m| v1::SearchRequest {
        near: near("Leeds", distance_m),
        order: v1::SearchOrder::Distance.into(),
        ..v1::SearchRequest::default()
    };
    let response = seeker.ask(request(50_000)).await;
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
async fn an_order_that_is_asked_for_goes_before_how_well_the_words_fit() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    // The farther and later one fits best.
    for (key, title, start, place) in [
        ("a", "Company", "2026-09-22T18:00", "Leeds"),
        ("b", "Knitting", "2026-09-24T18:00", "York"),
        ("c", "Tea", "2026-09-23T18:00", "Bradford"),
    ] {
        let mut event = weekly(title, start, place);
        event.description = "We meet for knitting.".into();
        group.put("event", key, &event);
    }
    seeker.town.publish(&mut group).await;
    let ordered = |order: v1::SearchOrder| v1::SearchRequest {
        near: near("Leeds", 100_000),
        order: order.into(),
        ..words("knitting")
    };
    let best = seeker.titles(ordered(v1::SearchOrder::Relevance)).await;
    assert_eq!(best[0], "Knitting");
    assert_eq!(
        seeker.titles(ordered(v1::SearchOrder::Distance)).await,
        ["Company", "Tea", "Knitting"]
    );
    assert_eq!(
        seeker.titles(ordered(v1::SearchOrder::NextTime)).await,
        ["Company", "Tea", "Knitting"]
    );
}

#[tokio::test]
async fn what_is_more_hidden_than_town_is_never_near() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
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
    seeker.town.publish(&mut group).await;
    let everywhere = v1::SearchRequest {
        near: near("Leeds", 1_000_000),
        ..words("")
    };
    assert_eq!(seeker.titles(everywhere).await, ["Open"]);
    let hits = seeker.ask(words("hidden")).await.hits;
    assert_eq!((hits[0].place.as_str(), hits[0].distance_m), ("", None));
}

#[tokio::test]
async fn a_catalogued_listing_ranks_below_the_groups_own_and_names_its_source() {
    let seeker = Seeker::new().await;
    let (mut own, mut cataloguer) = (TestGroup::new(1), TestGroup::new(2));
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
    seeker.town.publish(&mut cataloguer).await;
    seeker.town.publish(&mut own).await;
    let hits = seeker.ask(words("hearing voices")).await.hits;
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
            .all(|hit| hit.identity() == v1::Identity::Unconfirmed)
    );
}

#[tokio::test]
async fn what_nobody_confirmed_for_a_year_ranks_a_little_lower() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    let now = seeker.town.now();
    let confirmed = |name: &str, days: u64| v1::Listing {
        confirmed_at: Some(now.minus(Duration::from_secs(days * 86_400)).into()),
        ..listing(name, "Knitting.", None)
    };
    // Several of each: chance does not put them in this order.
    for at in 0..8 {
        let (name, days) = if at % 2 == 0 {
            ("Old", 400)
        } else {
            ("New", 20)
        };
        group.put("listing", &format!("l{at}"), &confirmed(name, days));
    }
    seeker.town.publish(&mut group).await;
    let expected = ["New", "New", "New", "New", "Old", "Old", "Old", "Old"];
    assert_eq!(seeker.titles(words("knitting")).await, expected);
    let within = |days: i64| v1::SearchRequest {
        confirmed_within: Some(prost_types::Duration {
            seconds: days * 86_400,
            nanos: 0,
        }),
        ..words("knitting")
    };
    assert_eq!(seeker.titles(within(100)).await, ["New"; 4]);
}

#[tokio::test]
async fn an_event_says_when_it_is_next() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    group.put("event", "e", &weekly("Walk", "2026-01-06T18:00", "Leeds"));
    let mut cancelled = weekly("Run", "2026-01-06T18:00", "Leeds");
    cancelled.status = v1::EventStatus::Cancelled.into();
    group.put("event", "c", &cancelled);
    seeker.town.publish(&mut group).await;
    let hits = seeker.ask(words("walk")).await.hits;
    let next = hits[0].next_start.unwrap().seconds;
    let now = seeker.town.now().as_seconds();
    assert!((now..now + 7 * 86_400).contains(&next));
    assert_eq!(seeker.ask(words("run")).await.hits[0].next_start, None);
}

#[tokio::test]
async fn rooms_are_found_by_kind_capacity_and_price() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    group.put("offer", "a", &room("Small room", 6, "Leeds"));
    group.put("offer", "b", &room("Large room", 40, "Leeds"));
    group.put(
        "event",
        "e",
        &weekly("Room to talk", "2026-01-06T18:00", "Leeds"),
    );
    seeker.town.publish(&mut group).await;
    let rooms = v1::SearchRequest {
        resource_kinds: vec![v1::ResourceKind::Space.into()],
        free_of_charge: Some(true),
        ..words("room")
    };
    assert_eq!(seeker.titles(rooms.clone()).await.len(), 2);
    let for_twelve = v1::SearchRequest {
        min_capacity: Some(12),
        ..rooms
    };
    assert_eq!(seeker.titles(for_twelve).await, ["Large room"]);
    let mine = v1::SearchRequest {
        group_id: group.id().to_vec(),
        ..words("room")
    };
    assert_eq!(seeker.titles(mine).await.len(), 3);
    let others = v1::SearchRequest {
        group_id: TestGroup::new(9).id().to_vec(),
        ..words("room")
    };
    assert_eq!(seeker.titles(others).await.len(), 0);
}

#[tokio::test]
async fn what_is_taken_back_is_absent_at_once_even_before_the_index_knows() {
    let mut seeker = Seeker::new().await;
    let (mut one, mut other) = (TestGroup::new(1), TestGroup::new(2));
    one.put("listing", "a", &listing("Knitting one", "", None));
    one.put("listing", "b", &listing("Knitting two", "", None));
    other.put("listing", "c", &listing("Knitting three", "", None));
    seeker.town.publish(&mut one).await;
    seeker.town.publish(&mut other).await;
    seeker.town.stop_following().await;

    one.take_back("listing", "a");
    one.publish(seeker.town.store.as_ref(), seeker.town.now())
        .await;
    let mut left = seeker.titles(words("knitting")).await;
    left.sort();
    assert_eq!(left, ["Knitting three", "Knitting two"]);

    let change = Exclude {
        group_id: other.id(),
        reason: "spam".into(),
        now: seeker.town.now(),
    };
    seeker.town.store.exclude(change).await.unwrap();
    assert_eq!(seeker.titles(words("knitting")).await, ["Knitting two"]);
}

#[tokio::test]
async fn what_a_command_excludes_is_absent_from_the_next_search() {
    let mut seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    group.put("listing", "a", &listing("Knitting", "", None));
    seeker.town.publish(&mut group).await;
    seeker.town.stop_following().await;
    for _ in 0..2 {
        // The second time nothing is read.
        assert_eq!(seeker.titles(words("knitting")).await, ["Knitting"]);
    }
    let beside = seeker.town.store_beside().await;
    let change = Exclude {
        group_id: group.id(),
        reason: "spam".into(),
        now: seeker.town.now(),
    };
    beside.exclude(change).await.unwrap();
    assert_eq!(seeker.titles(words("knitting")).await, [""; 0]);
    seeker.town.store.refresh().await.unwrap();
    assert_eq!(seeker.titles(words("knitting")).await, [""; 0]);
}

#[tokio::test]
async fn a_lapsed_group_is_absent_before_anybody_swept() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    group.put("listing", "a", &listing("Knitting", "", None));
    seeker.town.publish(&mut group).await;
    seeker.town.clock.advance(Duration::from_secs(30 * 86_400));
    let hits = seeker.ask(words("knitting")).await.hits;
    assert_eq!(hits[0].status(), v1::GroupStatus::Stale);
    seeker.town.clock.advance(Duration::from_secs(180 * 86_400));
    assert_eq!(seeker.titles(words("knitting")).await, [""; 0]);
}

#[tokio::test]
async fn everything_wrong_with_a_request_is_told_at_once() {
    let seeker = Seeker::new().await;
    let failure = seeker
        .refused(v1::SearchRequest {
            query: "x".repeat(401),
            collections: vec!["No Such".into()],
            roles: vec![99],
            group_id: vec![1],
            page_size: 101,
            order: v1::SearchOrder::Distance.into(),
            region: Some(v1::RegionName::default()),
            facets: vec!["shoe-size".into()],
            ..v1::SearchRequest::default()
        })
        .await;
    let mut fields: Vec<_> = failure
        .violations()
        .iter()
        .map(|one| one.field.as_str())
        .collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "collections[0]",
            "facets[0]",
            "group_id",
            "order",
            "page_size",
            "query",
            "region",
            "roles"
        ]
    );
}
