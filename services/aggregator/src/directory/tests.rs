//! Searching over a real store and index.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_proto::directory_v1;
use hedgerow_store::{Exclude, Lifecycle as _, Moderation as _};

use hedgerow_proto::feed_v1;

use hedgerow_proto::v1;
use hedgerow_transport::failure::Failure;

use super::{Directory, get_group, get_record, search_records};
use crate::config::Config;
use hedgerow_search::testing::IndexedStore;
use hedgerow_store::contract::StoredGroup;
use hedgerow_testkit::SeededRandom;
use hedgerow_testkit::samples::{listing, room, weekly};

mod coverage;
mod events;
mod facets;
mod filters;
mod matching;
mod pages;
mod privacy;
mod records;
mod wording;

/// A seeker who searches an index over a real store.
struct Seeker {
    indexed: IndexedStore,
    directory: Directory,
}

impl Seeker {
    async fn new() -> Self {
        Self::over(IndexedStore::start().await)
    }

    fn over(indexed: IndexedStore) -> Self {
        let directory = Directory::new(
            indexed.store.clone(),
            indexed.index.clone(),
            indexed.clock.clone(),
            &SeededRandom::new(1),
            &Config::default(),
        );
        Self { indexed, directory }
    }

    async fn search(
        &self,
        request: impl Into<directory_v1::SearchRecordsRequest>,
    ) -> directory_v1::SearchRecordsResponse {
        let search = search_records::search_records(&self.directory, request.into());
        search.await.unwrap()
    }

    async fn rejection(&self, request: impl Into<directory_v1::SearchRecordsRequest>) -> Failure {
        let search = search_records::search_records(&self.directory, request.into());
        search.await.unwrap_err()
    }

    async fn titles(&self, request: impl Into<directory_v1::SearchRecordsRequest>) -> Vec<String> {
        let response = self.search(request).await;
        assert_eq!(response.total_size, response.hits.len() as i32);
        response.hits.into_iter().map(|hit| hit.title).collect()
    }
}

fn words(query: &str) -> directory_v1::SearchFilter {
    directory_v1::SearchFilter {
        query: query.into(),
        ..directory_v1::SearchFilter::default()
    }
}

fn near(place: &str, distance_m: u32) -> Option<directory_v1::Near> {
    Some(directory_v1::Near {
        center: Some(directory_v1::near::Center::Place(place.into())),
        distance_m,
    })
}

#[tokio::test]
async fn all_words_are_required_if_any_record_has_them_and_a_title_weighs_most() {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
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
    seeker.indexed.publish(&mut group).await;
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
async fn words_match_tags_labels_places_and_the_groups_own_words() {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    let mut one = listing("One", "", Some("Leeds"));
    one.activities = vec!["activity:gardening".into(), "x:boat building".into()];
    one.used_terms = vec!["fellowship".into()];
    one.who_for = vec![v1::WhoFor {
        own_words: "sisters".into(),
        ..v1::WhoFor::default()
    }];
    group.put("listing", "one", &one);
    group.put("listing", "two", &listing("Two", "", Some("Bath")));
    seeker.indexed.publish(&mut group).await;
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
    let mut group = StoredGroup::new(1);
    let mut one = listing("One", "We sit together.", None);
    one.rejected_terms = vec!["service users".into()];
    group.put("listing", "one", &one);
    group.put("listing", "two", &listing("Service users forum", "", None));
    let mut silent = listing("Three", "", None);
    silent.rejected_terms = vec!["service users".into()];
    group.put("listing", "three", &silent);
    seeker.indexed.publish(&mut group).await;
    let hits = seeker.search(words("service users")).await.hits;
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
async fn listings_of_every_role_match_unless_roles_are_named() {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    let mut network = listing("Network", "", Some("Leeds"));
    network.roles = vec![v1::Role::Network.into()];
    group.put("listing", "a", &listing("Group", "", Some("Leeds")));
    group.put("listing", "b", &network);
    group.put("event", "e", &weekly("Walk", "2026-09-22T18:00", "Leeds"));
    seeker.indexed.publish(&mut group).await;
    let with_roles = |filter: directory_v1::SearchFilter, roles: &[v1::Role]| {
        let roles = roles.iter().map(|&role| role.into()).collect();
        directory_v1::SearchFilter { roles, ..filter }
    };
    let mut found = seeker
        .titles(with_roles(words("leeds"), &[v1::Role::SupportGroup]))
        .await;
    found.sort();
    assert_eq!(found, ["Group", "Walk"], "other kinds have no role");
    let listings = directory_v1::SearchFilter {
        collections: vec!["listing".into()],
        ..directory_v1::SearchFilter::default()
    };
    assert_eq!(seeker.titles(listings.clone()).await.len(), 2);
    let group = with_roles(listings.clone(), &[v1::Role::SupportGroup]);
    assert_eq!(seeker.titles(group).await, ["Group"]);
    let network = with_roles(listings, &[v1::Role::Network]);
    assert_eq!(seeker.titles(network).await, ["Network"]);
}

#[tokio::test]
async fn all_tags_are_required_by_id_label_or_own_word() {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    let mut both = listing("Both", "", None);
    both.activities = vec!["activity:gardening".into()];
    both.tags = vec!["x:Boat  Building".into()];
    let mut one = listing("One", "", None);
    one.activities = vec!["activity:gardening".into()];
    group.put("listing", "a", &both).put("listing", "b", &one);
    seeker.indexed.publish(&mut group).await;
    let tagged = |tags: &[&str]| directory_v1::SearchFilter {
        tags: tags.iter().map(ToString::to_string).collect(),
        ..directory_v1::SearchFilter::default()
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
    let mut group = StoredGroup::new(1);
    for place in ["York", "Leeds", "Bradford", "Newcastle upon Tyne"] {
        group.put(
            "listing",
            &place.to_lowercase()[..4],
            &listing(place, "", Some(place)),
        );
    }
    seeker.indexed.publish(&mut group).await;
    let request = |distance_m| directory_v1::SearchRecordsRequest {
        filter: Some(directory_v1::SearchFilter {
            near: near("Leeds", distance_m),
            ..directory_v1::SearchFilter::default()
        }),
        order: directory_v1::SearchOrder::Distance.into(),
        ..directory_v1::SearchRecordsRequest::default()
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
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    // The farther and later one is the most relevant.
    for (key, title, start, place) in [
        ("a", "Company", "2026-09-22T18:00", "Leeds"),
        ("b", "Knitting", "2026-09-24T18:00", "York"),
        ("c", "Tea", "2026-09-23T18:00", "Bradford"),
    ] {
        let mut event = weekly(title, start, place);
        event.description = "We meet for knitting.".into();
        group.put("event", key, &event);
    }
    seeker.indexed.publish(&mut group).await;
    let ordered = |order: directory_v1::SearchOrder| directory_v1::SearchRecordsRequest {
        filter: Some(directory_v1::SearchFilter {
            near: near("Leeds", 100_000),
            ..words("knitting")
        }),
        order: order.into(),
        ..directory_v1::SearchRecordsRequest::default()
    };
    let best = seeker
        .titles(ordered(directory_v1::SearchOrder::Relevance))
        .await;
    assert_eq!(best[0], "Knitting");
    assert_eq!(
        seeker
            .titles(ordered(directory_v1::SearchOrder::Distance))
            .await,
        ["Company", "Tea", "Knitting"]
    );
    assert_eq!(
        seeker
            .titles(ordered(directory_v1::SearchOrder::NextTime))
            .await,
        ["Company", "Tea", "Knitting"]
    );
}

#[tokio::test]
async fn records_more_hidden_than_town_are_never_near() {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
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
    seeker.indexed.publish(&mut group).await;
    let everywhere = directory_v1::SearchFilter {
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
    seeker.indexed.publish(&mut cataloguer).await;
    seeker.indexed.publish(&mut own).await;
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
            .all(|hit| hit.identity() == directory_v1::Identity::Unconfirmed)
    );
}

#[tokio::test]
async fn records_unconfirmed_for_a_year_rank_a_little_lower() {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
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
    seeker.indexed.publish(&mut group).await;
    let expected = ["New", "New", "New", "New", "Old", "Old", "Old", "Old"];
    assert_eq!(seeker.titles(words("knitting")).await, expected);
    let within = |days: i64| directory_v1::SearchFilter {
        confirmed_within: Some(prost_types::Duration {
            seconds: days * 86_400,
            nanos: 0,
        }),
        ..words("knitting")
    };
    assert_eq!(seeker.titles(within(100)).await, ["New"; 4]);
}

#[tokio::test]
async fn an_event_shows_its_next_start() {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    group.put("event", "e", &weekly("Walk", "2026-01-06T18:00", "Leeds"));
    let mut cancelled = weekly("Run", "2026-01-06T18:00", "Leeds");
    cancelled.status = v1::EventStatus::Cancelled.into();
    group.put("event", "c", &cancelled);
    seeker.indexed.publish(&mut group).await;
    let hits = seeker.search(words("walk")).await.hits;
    let next = hits[0].next_start_time.unwrap().seconds;
    let now = seeker.indexed.now().as_seconds();
    assert!((now..now + 7 * 86_400).contains(&next));
    assert_eq!(
        seeker.search(words("run")).await.hits[0].next_start_time,
        None
    );
}

#[tokio::test]
async fn rooms_are_found_by_kind_capacity_and_price() {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    group.put("offer", "a", &room("Small room", 6, "Leeds"));
    group.put("offer", "b", &room("Large room", 40, "Leeds"));
    group.put(
        "event",
        "e",
        &weekly("Room to talk", "2026-01-06T18:00", "Leeds"),
    );
    seeker.indexed.publish(&mut group).await;
    let rooms = directory_v1::SearchFilter {
        resource_kinds: vec![v1::ResourceKind::Space.into()],
        free_of_charge: Some(true),
        ..words("room")
    };
    assert_eq!(seeker.titles(rooms.clone()).await.len(), 2);
    let for_twelve = directory_v1::SearchFilter {
        min_capacity: Some(12),
        ..rooms
    };
    assert_eq!(seeker.titles(for_twelve).await, ["Large room"]);
    let mine = directory_v1::SearchFilter {
        group_id: group.id().to_vec(),
        ..words("room")
    };
    assert_eq!(seeker.titles(mine).await.len(), 3);
    let others = directory_v1::SearchFilter {
        group_id: StoredGroup::new(9).id().to_vec(),
        ..words("room")
    };
    assert_eq!(seeker.titles(others).await.len(), 0);
}

#[tokio::test]
async fn a_withdrawn_record_is_absent_at_once_even_while_the_index_lags() {
    let mut seeker = Seeker::new().await;
    let (mut one, mut other) = (StoredGroup::new(1), StoredGroup::new(2));
    one.put("listing", "a", &listing("Knitting one", "", None));
    one.put("listing", "b", &listing("Knitting two", "", None));
    other.put("listing", "c", &listing("Knitting three", "", None));
    seeker.indexed.publish(&mut one).await;
    seeker.indexed.publish(&mut other).await;
    seeker.indexed.stop_indexer().await;

    one.withdraw("listing", "a");
    one.publish(seeker.indexed.store.as_ref(), seeker.indexed.now())
        .await;
    let mut left = seeker.titles(words("knitting")).await;
    left.sort();
    assert_eq!(left, ["Knitting three", "Knitting two"]);

    let change = Exclude {
        group_id: other.id(),
        reason: "spam".into(),
        now: seeker.indexed.now(),
    };
    seeker.indexed.store.exclude(change).await.unwrap();
    assert_eq!(seeker.titles(words("knitting")).await, ["Knitting two"]);
}

#[tokio::test]
async fn a_group_excluded_by_a_command_is_absent_from_the_next_search() {
    let mut seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    group.put("listing", "a", &listing("Knitting", "", None));
    seeker.indexed.publish(&mut group).await;
    seeker.indexed.stop_indexer().await;
    for _ in 0..2 {
        // The second time nothing is read from the store.
        assert_eq!(seeker.titles(words("knitting")).await, ["Knitting"]);
    }
    let second = seeker.indexed.open_store_again().await;
    let change = Exclude {
        group_id: group.id(),
        reason: "spam".into(),
        now: seeker.indexed.now(),
    };
    second.exclude(change).await.unwrap();
    assert_eq!(seeker.titles(words("knitting")).await, [""; 0]);
    seeker.indexed.store.refresh().await.unwrap();
    assert_eq!(seeker.titles(words("knitting")).await, [""; 0]);
}

#[tokio::test]
async fn a_lapsed_group_is_absent_before_retention_runs() {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    group.put("listing", "a", &listing("Knitting", "", None));
    seeker.indexed.publish(&mut group).await;
    seeker
        .indexed
        .clock
        .advance(Duration::from_secs(30 * 86_400));
    let hits = seeker.search(words("knitting")).await.hits;
    assert_eq!(hits[0].status(), feed_v1::GroupStatus::Stale);
    seeker
        .indexed
        .clock
        .advance(Duration::from_secs(180 * 86_400));
    assert_eq!(seeker.titles(words("knitting")).await, [""; 0]);
}

#[tokio::test]
async fn everything_wrong_with_a_request_is_reported_at_once() {
    let seeker = Seeker::new().await;
    let failure = seeker
        .rejection(directory_v1::SearchRecordsRequest {
            filter: Some(directory_v1::SearchFilter {
                query: "x".repeat(401),
                collections: vec!["No Such".into()],
                roles: vec![99],
                group_id: vec![1],
                region: Some(v1::RegionName::default()),
                ..directory_v1::SearchFilter::default()
            }),
            page_size: 101,
            order: directory_v1::SearchOrder::Distance.into(),
            facets: vec![99],
            ..directory_v1::SearchRecordsRequest::default()
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
            "facets[0]",
            "filter.collections[0]",
            "filter.group_id",
            "filter.query",
            "filter.region",
            "filter.roles",
            "order",
            "page_size",
        ]
    );
}
