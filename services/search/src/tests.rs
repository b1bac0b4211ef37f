//! The index over a real store: following it, restarting, rebuilding.

mod overtaking;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::FacetKind;
use hedgerow_proto::v1;
use hedgerow_store::contract::StoredGroup;
use hedgerow_store::{Exclude, IndexSource, Lifecycle, Moderation, Retention};
use hedgerow_testkit::hostile;
use hedgerow_testkit::samples::{listing, room, weekly};
use tantivy::collector::DocSetCollector;
use tantivy::index::SegmentId;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tokio_util::sync::CancellationToken;

use crate::config::IndexConfig;
use crate::error::IndexError;
use crate::facets::kinds::FACETS;
use crate::index::Index;
use crate::indexing::observer::CommitObserver;
use crate::indexing::rebuild::rebuild;
use crate::indexing::worker::Indexer;
use crate::query::filters::Filters;
use crate::rank::ranking::{Order, Ranking};
use crate::region_counts::RegionScheme;
use crate::schema::{VERSION, record_term};
use crate::testing::{IndexedStore, index_folder, open_index};
use crate::times::filter::TimeFilter;

/// Everything in the index, as group, name and hash.
fn all(index: &Index) -> BTreeSet<(GroupId, String, String)> {
    let ranking = Ranking {
        order: Order::Relevance,
        now: Timestamp::from_millis(0),
        after: None,
    };
    let (current, _) = index.current_snapshot();
    let results = current
        .search(&Filters::default(), ranking, 10_000, &[])
        .unwrap();
    assert_eq!(results.total, results.candidates.len() as u64);
    let distinct: BTreeSet<_> = results
        .candidates
        .iter()
        .map(|(_, one)| (one.group, one.name.to_string(), one.hash.to_string()))
        .collect();
    assert_eq!(distinct.len(), results.candidates.len(), "no duplicates");
    distinct
}

fn names(indexed: &IndexedStore) -> Vec<String> {
    let all = all(&indexed.index);
    all.into_iter().map(|(_, name, _)| name).collect()
}

async fn exclude(indexed: &IndexedStore, group: &StoredGroup) -> u64 {
    let change = Exclude {
        group_id: group.id(),
        reason: "spam".into(),
        now: indexed.now(),
    };
    indexed.store.exclude(change).await.unwrap()
}

#[tokio::test]
async fn published_records_are_indexed_and_withdrawn_ones_are_removed() {
    let indexed = IndexedStore::start().await;
    let mut group = StoredGroup::new(1);
    group.put(
        "listing",
        "l1",
        &listing("Quiet Hour", "Tea.", Some("Leeds")),
    );
    group.put("event", "e1", &weekly("Walk", "2026-09-22T18:00", "Leeds"));
    group.put("offer", "o1", &room("Back room", 12, "Leeds"));
    indexed.publish(&mut group).await;
    assert_eq!(names(&indexed), ["event/e1", "listing/l1", "offer/o1"]);

    group.withdraw("event", "e1");
    group.put("listing", "l1", &listing("Loud Hour", "Tea.", None));
    indexed.publish(&mut group).await;
    assert_eq!(names(&indexed), ["listing/l1", "offer/o1"]);
}

#[tokio::test]
async fn events_are_indexed_again_only_if_their_listings_audience_changes() {
    let indexed = IndexedStore::start().await;
    let mut group = StoredGroup::new(1);
    let listing_for = |summary: &str, community: &str| v1::Listing {
        who_for: vec![v1::WhoFor {
            communities: vec![community.into()],
            ..v1::WhoFor::default()
        }],
        ..listing("Quiet Hour", summary, Some("Leeds"))
    };
    group.put("event", "e", &weekly("Walk", "2026-09-22T18:00", "Leeds"));
    group.put("listing", "l", &listing_for("Tea.", "community:women"));
    indexed.publish(&mut group).await;
    let first = segment_of(&indexed, &group, "event", "e");
    group.put("listing", "l", &listing_for("Coffee.", "community:women"));
    indexed.publish(&mut group).await;
    assert_eq!(segment_of(&indexed, &group, "event", "e"), first);
    let listing_segment = segment_of(&indexed, &group, "listing", "l");
    assert_ne!(
        listing_segment, first,
        "each commit writes a segment of its own"
    );

    group.put("listing", "l", &listing_for("Coffee.", "community:men"));
    indexed.publish(&mut group).await;
    let second = segment_of(&indexed, &group, "event", "e");
    assert_ne!(second, first);
    group.withdraw("listing", "l");
    indexed.publish(&mut group).await;
    assert_ne!(segment_of(&indexed, &group, "event", "e"), second);
}

/// The segment that has a record's only document.
fn segment_of(
    indexed: &IndexedStore,
    group: &StoredGroup,
    collection: &str,
    key: &str,
) -> SegmentId {
    let (current, _) = indexed.index.current_snapshot();
    let name = RecordName::parse(collection, key).unwrap();
    let term = record_term(&current.fields, &group.id(), &name);
    let query = TermQuery::new(term, IndexRecordOption::Basic);
    let found = current.searcher.search(&query, &DocSetCollector).unwrap();
    let [address]: [_; 1] = Vec::from_iter(found).try_into().unwrap();
    current
        .searcher
        .segment_reader(address.segment_ord)
        .segment_id()
}

#[tokio::test]
async fn a_record_of_an_unknown_kind_is_not_indexed() {
    let indexed = IndexedStore::start().await;
    let mut group = StoredGroup::new(1);
    group.put("listing", "l1", &listing("Quiet Hour", "Tea.", None));
    group.put("recipe", "r1", &listing("Not a listing", "Soup.", None));
    indexed.publish(&mut group).await;
    assert_eq!(names(&indexed), ["listing/l1"]);
}

#[tokio::test]
async fn an_excluded_group_is_removed() {
    let indexed = IndexedStore::start().await;
    let (mut one, mut other) = (StoredGroup::new(1), StoredGroup::new(2));
    one.put("listing", "l1", &listing("Quiet Hour", "Tea.", None));
    other.put("listing", "l2", &listing("Loud Hour", "Tea.", None));
    indexed.publish(&mut one).await;
    indexed.publish(&mut other).await;
    let revision = exclude(&indexed, &one).await;
    indexed.wait_for(revision).await;
    assert_eq!(names(&indexed), ["listing/l2"]);
}

#[tokio::test]
async fn a_lapsed_group_returns_completely_with_a_fresh_head() {
    let indexed = IndexedStore::start().await;
    let mut group = StoredGroup::new(1);
    group.put("listing", "l1", &listing("Quiet Hour", "Tea.", None));
    group.put("listing", "l2", &listing("Loud Hour", "Tea.", None));
    indexed.publish(&mut group).await;
    indexed.clock.advance(Duration::from_secs(300 * 86_400));
    let now = indexed.now();
    indexed.store.lapse(&group.id(), now).await.unwrap();
    indexed.wait_for_latest().await;
    assert!(names(&indexed).is_empty());
    indexed.publish(&mut group).await;
    assert_eq!(names(&indexed), ["listing/l1", "listing/l2"]);
}

#[tokio::test]
async fn after_a_restart_the_index_resumes_where_it_stopped() {
    let mut indexed = IndexedStore::start().await;
    let mut group = StoredGroup::new(1);
    group.put("listing", "l1", &listing("Quiet Hour", "Tea.", None));
    group.put("event", "e1", &weekly("Walk", "2026-09-22T18:00", "Leeds"));
    indexed.publish(&mut group).await;
    indexed.stop_indexer().await;
    group.withdraw("event", "e1");
    group.put("event", "e2", &weekly("Run", "2026-09-22T18:00", "Leeds"));
    let revision = group.publish(indexed.store.as_ref(), indexed.now()).await;
    assert_eq!(names(&indexed), ["event/e1", "listing/l1"], "no indexer");

    indexed.restart().await;
    assert!(
        *indexed.index.searchable_revision().borrow() > 0,
        "not rebuilt"
    );
    indexed.wait_for(revision).await;
    assert_eq!(names(&indexed), ["event/e2", "listing/l1"]);
}

#[tokio::test]
async fn a_rebuild_gives_the_same_index_as_following_every_change() {
    let mut indexed = IndexedStore::start().await;
    for seed in 1..6 {
        let mut group = StoredGroup::new(seed);
        for round in 0..4 {
            let key = format!("l{round}");
            group.put(
                "listing",
                &key,
                &listing(&format!("Group {seed}"), "Tea.", Some("Leeds")),
            );
            group.put("event", "e", &weekly("Walk", "2026-09-22T18:00", "Leeds"));
            if round == 2 {
                group.withdraw("listing", "l1");
            }
            indexed.publish(&mut group).await;
        }
        if seed == 3 {
            exclude(&indexed, &group).await;
        }
    }
    indexed.wait_for_latest().await;
    let followed = all(&indexed.index);
    assert_eq!(followed.len(), 4 * 4);
    indexed.stop_indexer().await;

    let store: Arc<dyn IndexSource> = indexed.store.clone();
    let folder = index_folder(&indexed.folder);
    // Closes the index in the folder.
    indexed.index = {
        let scratch = tempfile::tempdir().unwrap();
        open_index(&scratch, &indexed.store, &indexed.clock)
    };
    let clock = indexed.clock.clone();
    let read = rebuild(&folder, store, clock, IndexConfig::default())
        .await
        .unwrap();
    assert_eq!(read, 16);
    let rebuilt = open_index(&indexed.folder, &indexed.store, &indexed.clock);
    assert_eq!(all(&rebuilt), followed);
}

#[tokio::test]
async fn an_index_of_another_version_is_rebuilt() {
    let mut indexed = IndexedStore::start().await;
    let mut group = StoredGroup::new(1);
    group.put("listing", "l1", &listing("Quiet Hour", "Tea.", None));
    indexed.publish(&mut group).await;
    indexed.stop_indexer().await;
    let meta = index_folder(&indexed.folder).join("meta.json");
    let written = std::fs::read_to_string(&meta).unwrap();
    let version = |version: u32| format!(r#"\"version\":{version}"#);
    let older = written.replace(&version(VERSION), &version(0));
    assert_ne!(older, written, "{written}");
    std::fs::write(&meta, older).unwrap();

    indexed.restart().await;
    indexed.wait_for_latest().await;
    assert_eq!(names(&indexed), ["listing/l1"]);
}

#[tokio::test]
async fn a_damaged_index_is_rebuilt() {
    let mut indexed = IndexedStore::start().await;
    let mut group = StoredGroup::new(1);
    group.put("listing", "l1", &listing("Quiet Hour", "Tea.", None));
    indexed.publish(&mut group).await;
    indexed.stop_indexer().await;
    std::fs::write(index_folder(&indexed.folder).join("meta.json"), "{").unwrap();
    indexed.restart().await;
    indexed.wait_for_latest().await;
    assert_eq!(names(&indexed), ["listing/l1"]);
}

#[tokio::test]
async fn a_store_restored_from_backup_causes_a_rebuild() {
    let indexed = IndexedStore::start().await;
    let mut group = StoredGroup::new(1);
    group.put("listing", "l1", &listing("Quiet Hour", "Tea.", None));
    indexed.publish(&mut group).await;
    indexed.store.begin_stream("s2").await.unwrap();
    group.put("listing", "l2", &listing("Loud Hour", "Tea.", None));
    group.publish(indexed.store.as_ref(), indexed.now()).await;
    indexed.wait_for_latest().await;
    assert_eq!(names(&indexed), ["listing/l1", "listing/l2"]);
}

#[tokio::test]
async fn few_of_a_groups_own_listings_are_returned_and_its_own_voice_first() {
    let indexed = IndexedStore::start().await;
    let mut group = StoredGroup::new(1);
    for at in 0..100 {
        let on_behalf = v1::Listing {
            voice: v1::Voice::OnBehalf.into(),
            ..listing("A branch", "", None)
        };
        group.put("listing", &format!("a{at:03}"), &on_behalf);
    }
    group.put("listing", "z", &listing("The group", "", None));
    indexed.publish(&mut group).await;
    let (snapshot, _) = indexed.index.current_snapshot();
    let listings = snapshot.own_listings(&[group.id()]).unwrap();
    let keys: Vec<String> = listings[&group.id()]
        .iter()
        .map(|one| one.name.key.to_string())
        .collect();
    assert_eq!(keys.len(), 4);
    assert_eq!(keys[0], "z");
}

/// Records at each commit which of two groups searches find.
struct Commits {
    index: Index,
    groups: [GroupId; 2],
    found: parking_lot::Mutex<Vec<[usize; 2]>>,
    too_costly: std::sync::atomic::AtomicU64,
}

impl Commits {
    fn count(&self) -> [usize; 2] {
        let all = all(&self.index);
        self.groups
            .map(|group| all.iter().filter(|(owner, _, _)| *owner == group).count())
    }
}

impl CommitObserver for Commits {
    fn commit_started(&self, _revision: u64) -> tracing::Span {
        tracing::Span::none()
    }

    fn commit_finished(&self, _revision: u64) {
        self.found.lock().push(self.count());
    }

    fn schedules_too_costly(&self, records: u64) {
        self.too_costly
            .fetch_add(records, std::sync::atomic::Ordering::Relaxed);
    }
}

/// Runs the indexer until searches see everything, and returns its observer.
async fn index_all(indexed: &IndexedStore, groups: [GroupId; 2]) -> Commits {
    let observer = Commits {
        index: indexed.index.clone(),
        groups,
        found: parking_lot::Mutex::default(),
        too_costly: std::sync::atomic::AtomicU64::default(),
    };
    tokio::select! {
        () = indexed.index.run(CancellationToken::new(), &observer) => {}
        () = indexed.wait_for_latest() => {}
    }
    observer
}

#[tokio::test]
async fn a_take_back_is_committed_before_earlier_costly_records() {
    let mut indexed = IndexedStore::start().await;
    let mut honest = StoredGroup::new(1);
    honest.put("listing", "l1", &listing("Kept", "Tea.", None));
    honest.put("listing", "l2", &listing("Taken back", "Tea.", None));
    indexed.publish(&mut honest).await;
    indexed.stop_indexer().await;
    let mut costly = StoredGroup::new(2);
    for number in 0..60 {
        let key = format!("l{number}");
        costly.put("listing", &key, &hostile::repeated_word("cat"));
    }
    costly.publish(indexed.store.as_ref(), indexed.now()).await;
    honest.withdraw("listing", "l2");
    honest.publish(indexed.store.as_ref(), indexed.now()).await;

    let commits = index_all(&indexed, [honest.id(), costly.id()]).await;
    let found = commits.found.lock().clone();
    let [honest_first, costly_first] = found[0];
    assert_eq!(honest_first, 1, "{found:?}");
    assert!(costly_first < 60, "the batch is not complete: {found:?}");
    assert_eq!(commits.count(), [1, 60]);
}

#[tokio::test]
async fn a_record_that_was_removed_ahead_does_not_come_back_from_an_older_batch() {
    let mut indexed = IndexedStore::start().await;
    let mut group = StoredGroup::new(1);
    group.put("listing", "first", &listing("First", "", None));
    indexed.publish(&mut group).await;
    // A new index would be committed as a whole.
    indexed.stop_indexer().await;
    for number in 0..60 {
        let key = format!("l{number:02}");
        group.put("listing", &key, &hostile::repeated_word("cat"));
    }
    group.publish(indexed.store.as_ref(), indexed.now()).await;
    let (store, now, id) = (Arc::clone(&indexed.store), indexed.now(), group.id());
    let withdrawn = tokio::spawn(async move {
        // While the batch is indexed.
        tokio::time::sleep(Duration::from_millis(30)).await;
        for number in (0..60).step_by(2) {
            group.withdraw("listing", &format!("l{number:02}"));
        }
        group.publish(store.as_ref(), now).await
    });
    let observer = Commits {
        index: indexed.index.clone(),
        groups: [id, id],
        found: parking_lot::Mutex::default(),
        too_costly: std::sync::atomic::AtomicU64::default(),
    };
    tokio::select! {
        () = indexed.index.run(CancellationToken::new(), &observer) => {}
        () = async { indexed.wait_for(withdrawn.await.unwrap()).await } => {}
    }
    assert_eq!(observer.count(), [31, 31]);
    let counts: Vec<usize> = observer
        .found
        .lock()
        .iter()
        .map(|[count, _]| *count)
        .collect();
    // At most the removed records that were committed before their removal disappear, once.
    let drops = counts.windows(2).filter(|pair| pair[1] < pair[0]).count();
    assert!(drops <= 1, "{counts:?}");
}

#[tokio::test]
async fn records_with_costly_schedules_are_found_without_times_and_counted() {
    let indexed = IndexedStore::stopped().await;
    let mut group = StoredGroup::new(1);
    for number in 0..3 {
        let key = format!("l{number}");
        group.put("listing", &key, &hostile::costly_schedules());
    }
    group.put("event", "e", &weekly("Walk", "2026-09-20T10:30", "Leeds"));
    group.publish(indexed.store.as_ref(), indexed.now()).await;
    let observer = index_all(&indexed, [group.id(), group.id()]).await;
    assert_eq!(observer.count(), [4, 4]);
    let too_costly = observer.too_costly.into_inner();
    assert_eq!(too_costly, 3);
    let filters = Filters {
        times: TimeFilter::from_now(indexed.now()),
        ..Filters::default()
    };
    let (current, _) = indexed.index.current_snapshot();
    let occurrences = current.occurrences(&filters, None, 1_000).unwrap();
    let events = occurrences
        .iter()
        .filter(|(_, one)| one.name.collection.as_str() == "event");
    assert_eq!(
        events.count(),
        occurrences.len(),
        "only the honest event has times"
    );
}

#[tokio::test]
async fn indexing_stops_within_one_record() {
    let indexed = IndexedStore::stopped().await;
    let mut group = StoredGroup::new(1);
    for number in 0..60 {
        let key = format!("l{number}");
        group.put("listing", &key, &hostile::repeated_word("cat"));
    }
    group.publish(indexed.store.as_ref(), indexed.now()).await;
    let stop = CancellationToken::new();
    stop.cancel();
    // A new index is built from all records before anything else.
    let stopped = Indexer::resume(&indexed.index, &(), stop).await.err();
    assert!(matches!(stopped, Some(IndexError::Stopping)));
    assert_eq!(all(&indexed.index).len(), 0);
}

#[tokio::test]
async fn only_known_regions_and_tags_are_counted() {
    let indexed = IndexedStore::start().await;
    let mut group = StoredGroup::new(1);
    for number in 0..4 {
        let key = format!("r{number}");
        group.put("listing", &key, &hostile::invented_regions(number));
        group.put(
            "listing",
            &format!("t{number}"),
            &hostile::many_tags(number),
        );
    }
    indexed.publish(&mut group).await;
    let (current, _) = indexed.index.current_snapshot();
    let (_, facets) = current.count(&Filters::default(), &FACETS).unwrap();
    let values = |facet: FacetKind| {
        let counts = facets.iter().find(|(kind, _)| *kind == facet);
        let mut values: Vec<&String> = counts.into_iter().flat_map(|(_, it)| it.keys()).collect();
        values.sort_unstable();
        values
    };
    for facet in [
        FacetKind::Community,
        FacetKind::Activity,
        FacetKind::Approach,
    ] {
        assert_eq!(values(facet), Vec::<&String>::new(), "{facet:?}");
    }
    let regions = values(FacetKind::Region);
    let of_ons: Vec<_> = regions.iter().filter(|it| it.starts_with("ons:")).collect();
    assert_eq!(
        of_ons,
        [&"ons:Yorkshire and the Humber"],
        "that of the tags' place"
    );
    let councils: Vec<_> = regions
        .iter()
        .filter(|it| it.starts_with("council:"))
        .collect();
    assert_eq!(councils, [&"council:Leeds"], "that of its point");
    assert!(regions.len() <= 4 * 50 + 2, "{}", regions.len());
    let scheme = |name: &str, names: Option<&[&str]>| RegionScheme {
        name: name.into(),
        names: names.map(|names| names.iter().map(ToString::to_string).collect()),
        gazetteer_names: Vec::new(),
        gazetteer_scheme: "ons",
    };
    let count = |scheme: RegionScheme| {
        let counts = current.count_by_region(&Filters::default(), &scheme, &[]);
        let counts = counts.unwrap();
        (counts.regions.len(), counts.elsewhere, counts.total)
    };
    // 200 invented regions: those that most listings name, and at most a hundred.
    assert_eq!(count(scheme("mine", None)).0, 100);
    assert_eq!(count(scheme("mine", Some(&["Region 1-1"]))), (1, 7, 8));
}
