//! Searching over a real store and index.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_proto::directory_v1;
use hedgerow_proto::directory_v1::{
    FacetKind, Identity, SearchFilter, SearchOrder, SearchRecordsRequest, SearchRecordsResponse,
    TimeWindow,
};
use hedgerow_store::{Exclude, Lifecycle as _, Moderation as _};

use hedgerow_proto::feed_v1;

use hedgerow_proto::v1;
use hedgerow_transport::failure::Failure;

use super::{Directory, Geocoder, get_group, get_record, search_records};
use crate::config::Config;
use hedgerow_search::testing::IndexedStore;
use hedgerow_store::contract::StoredGroup;
use hedgerow_testkit::SeededRandom;
use hedgerow_testkit::samples::{listing, room, weekly};

mod audience;
mod costly;
mod coverage;
mod events;
mod facets;
mod filters;
mod matching;
mod order;
mod organisations;
mod pages;
mod places;
mod privacy;
mod records;
mod times;
mod wording;

/// A seeker who searches an index over a real store.
struct Seeker {
    indexed: IndexedStore,
    directory: Directory,
}

impl Directory {
    /// A directory with the default configuration over a store of a test.
    pub(crate) fn over(indexed: &IndexedStore) -> Self {
        Self::new(
            indexed.store.clone(),
            indexed.index.clone(),
            indexed.clock.clone(),
            &SeededRandom::new(1),
            Arc::new(Geocoder::open(&Config::default()).unwrap()),
            &Config::default(),
        )
    }
}

impl Seeker {
    async fn new() -> Self {
        Self::over(IndexedStore::start().await)
    }

    fn over(indexed: IndexedStore) -> Self {
        let directory = Directory::over(&indexed);
        Self { indexed, directory }
    }

    /// A seeker, and a group that has published nothing yet.
    async fn with_group() -> (Self, StoredGroup) {
        (Self::new().await, StoredGroup::new(1))
    }

    async fn publish(&self, group: &mut StoredGroup) {
        self.indexed.publish(group).await;
    }

    async fn search(&self, request: impl Into<SearchRecordsRequest>) -> SearchRecordsResponse {
        let search = search_records::search_records(&self.directory, request.into());
        search.await.unwrap()
    }

    async fn rejection(&self, request: impl Into<SearchRecordsRequest>) -> Failure {
        let search = search_records::search_records(&self.directory, request.into());
        search.await.unwrap_err()
    }

    async fn titles(&self, request: impl Into<SearchRecordsRequest>) -> Vec<String> {
        let response = self.search(request).await;
        assert_eq!(response.total_size, response.hits.len() as i32);
        response.hits.into_iter().map(|hit| hit.title).collect()
    }
}

/// A filter that every record passes.
fn any() -> SearchFilter {
    SearchFilter::default()
}

fn words(query: &str) -> SearchFilter {
    SearchFilter {
        query: query.into(),
        ..any()
    }
}

fn near(place: &str, radius_m: u32) -> Option<directory_v1::Near> {
    Some(directory_v1::Near {
        center: Some(directory_v1::near::Center::Place(place.into())),
        radius_m,
    })
}

#[tokio::test]
async fn words_match_tags_labels_places_and_the_groups_own_words() {
    let (seeker, mut group) = Seeker::with_group().await;
    let mut one = listing("One", "", Some("Leeds"));
    one.activities = vec!["activity:gardening".into(), "x:boat building".into()];
    one.used_terms = vec!["fellowship".into()];
    one.who_for = vec![v1::WhoFor {
        own_words: "sisters".into(),
        ..v1::WhoFor::default()
    }];
    group.put("listing", "one", &one);
    group.put("listing", "two", &listing("Two", "", Some("Bath")));
    seeker.publish(&mut group).await;
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
    let (seeker, mut group) = Seeker::with_group().await;
    let mut one = listing("One", "We sit together.", None);
    one.rejected_terms = vec!["service users".into()];
    group.put("listing", "one", &one);
    group.put("listing", "two", &listing("Service users forum", "", None));
    let mut silent = listing("Three", "", None);
    silent.rejected_terms = vec!["service users".into()];
    group.put("listing", "three", &silent);
    seeker.publish(&mut group).await;
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
    let (seeker, mut group) = Seeker::with_group().await;
    let mut network = listing("Network", "", Some("Leeds"));
    network.roles = vec![v1::Role::Network.into()];
    group.put("listing", "a", &listing("Group", "", Some("Leeds")));
    group.put("listing", "b", &network);
    group.put("event", "e", &weekly("Walk", "2026-09-22T18:00", "Leeds"));
    seeker.publish(&mut group).await;
    let with_roles = |filter: SearchFilter, roles: &[v1::Role]| {
        let roles = roles.iter().map(|&role| role.into()).collect();
        SearchFilter { roles, ..filter }
    };
    let mut found = seeker
        .titles(with_roles(words("leeds"), &[v1::Role::SupportGroup]))
        .await;
    found.sort();
    assert_eq!(found, ["Group", "Walk"], "other kinds have no role");
    let listings = SearchFilter {
        collections: vec!["listing".into()],
        ..any()
    };
    assert_eq!(seeker.titles(listings.clone()).await.len(), 2);
    let group = with_roles(listings.clone(), &[v1::Role::SupportGroup]);
    assert_eq!(seeker.titles(group).await, ["Group"]);
    let network = with_roles(listings, &[v1::Role::Network]);
    assert_eq!(seeker.titles(network).await, ["Network"]);
}

#[tokio::test]
async fn all_tags_are_required_by_id_label_or_own_word() {
    let (seeker, mut group) = Seeker::with_group().await;
    let mut both = listing("Both", "", None);
    both.activities = vec!["activity:gardening".into()];
    both.tags = vec!["x:Boat  Building".into()];
    let mut one = listing("One", "", None);
    one.activities = vec!["activity:gardening".into()];
    group.put("listing", "a", &both).put("listing", "b", &one);
    seeker.publish(&mut group).await;
    let tagged = |tags: &[&str]| SearchFilter {
        tags: tags.iter().map(ToString::to_string).collect(),
        ..any()
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
    let unknown = seeker.rejection(tagged(&["activity:garden"])).await;
    assert_eq!(unknown.violations()[0].reason, "tag_unknown");
}

#[tokio::test]
async fn an_event_shows_its_next_start() {
    let (seeker, mut group) = Seeker::with_group().await;
    group.put("event", "e", &weekly("Walk", "2026-01-06T18:00", "Leeds"));
    let mut cancelled = weekly("Run", "2026-01-06T18:00", "Leeds");
    cancelled.status = v1::EventStatus::Cancelled.into();
    group.put("event", "c", &cancelled);
    seeker.publish(&mut group).await;
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
    let (seeker, mut group) = Seeker::with_group().await;
    group.put("offer", "a", &room("Small room", 6, "Leeds"));
    group.put("offer", "b", &room("Large room", 40, "Leeds"));
    group.put(
        "event",
        "e",
        &weekly("Room to talk", "2026-01-06T18:00", "Leeds"),
    );
    seeker.publish(&mut group).await;
    let rooms = SearchFilter {
        resource_kinds: vec![v1::ResourceKind::Space.into()],
        free_of_charge: Some(true),
        ..words("room")
    };
    assert_eq!(seeker.titles(rooms.clone()).await.len(), 2);
    let for_twelve = SearchFilter {
        min_capacity: Some(12),
        ..rooms
    };
    assert_eq!(seeker.titles(for_twelve).await, ["Large room"]);
    let mine = SearchFilter {
        group_id: group.id().to_vec(),
        ..words("room")
    };
    assert_eq!(seeker.titles(mine).await.len(), 3);
    let others = SearchFilter {
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
    seeker.publish(&mut one).await;
    seeker.publish(&mut other).await;
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
    seeker.publish(&mut group).await;
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
    let (seeker, mut group) = Seeker::with_group().await;
    group.put("listing", "a", &listing("Knitting", "", None));
    seeker.publish(&mut group).await;
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
        .rejection(SearchRecordsRequest {
            filter: Some(SearchFilter {
                query: "x".repeat(401),
                collections: vec!["No Such".into()],
                roles: vec![99],
                group_id: vec![1],
                region: Some(v1::RegionName::default()),
                ..any()
            }),
            page_size: 101,
            order: SearchOrder::Distance.into(),
            facets: vec![99],
            ..SearchRecordsRequest::default()
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
