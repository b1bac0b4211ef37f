//! The index over a real store: following it, restarting, rebuilding.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_store::contract::StoredGroup;
use hedgerow_store::{Exclude, IndexSource, Lifecycle, Moderation, Retention};
use hedgerow_testkit::samples::{listing, room, weekly};
use tantivy::collector::DocSetCollector;
use tantivy::index::SegmentId;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;

use crate::config::IndexConfig;
use crate::index::Index;
use crate::indexing::rebuild::rebuild;
use crate::query::filters::Filters;
use crate::rank::ranking::{Order, Ranking};
use crate::schema::{VERSION, record_term};
use crate::testing::{IndexedStore, index_folder, open_index};

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
    let listings = snapshot.own_listings(&group.id()).unwrap();
    let keys: Vec<String> = listings
        .iter()
        .map(|one| one.name.key.to_string())
        .collect();
    assert_eq!(keys.len(), 4);
    assert_eq!(keys[0], "z");
}
