//! The index follows what groups publish, and resumes after a restart.

use std::time::Duration;

use hedgerow_core::name::RecordName;
use hedgerow_proto::v1;
use hedgerow_store::Retention;
use hedgerow_store::contract::StoredGroup;
use hedgerow_testkit::samples::{listing, room, weekly};
use tantivy::collector::DocSetCollector;
use tantivy::index::SegmentId;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;

use crate::schema::record_term;
use crate::testing::IndexedStore;
use crate::tests::{exclude, names};

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
