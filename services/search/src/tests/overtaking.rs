//! Small changes are applied before costly ones of other groups, with the same end.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_store::contract::StoredGroup;
use hedgerow_store::{Exclude, Moderation};
use hedgerow_testkit::samples::{listing, weekly};
use hedgerow_testkit::{SeededRandom, hostile};
use tokio_util::sync::CancellationToken;

use crate::audience::{AudienceFilter, AudienceTag};
use crate::index::Index;
use crate::indexing::worker::Indexer;
use crate::query::filters::Filters;
use crate::testing::{IndexedStore, open_index};
use crate::tests::{all, index_all};

/// Publishes records that take long to index.
async fn publish_costly(indexed: &IndexedStore, group: &mut StoredGroup, records: usize) {
    for number in 0..records {
        let key = format!("l{number}");
        group.put("listing", &key, &hostile::repeated_word("cat"));
    }
    group.publish(indexed.store.as_ref(), indexed.now()).await;
}

#[tokio::test]
async fn an_addition_is_committed_before_earlier_costly_records_of_another_group() {
    let mut indexed = IndexedStore::start().await;
    let mut known = StoredGroup::new(1);
    known.put("listing", "l1", &listing("Known", "Tea.", None));
    indexed.publish(&mut known).await;
    // A new index would be committed as a whole.
    indexed.stop_indexer().await;
    let mut costly = StoredGroup::new(2);
    publish_costly(&indexed, &mut costly, 60).await;
    let mut new = StoredGroup::new(3);
    new.put("listing", "l1", &listing("New", "Tea.", None));
    new.publish(indexed.store.as_ref(), indexed.now()).await;
    known.put("listing", "l2", &listing("Added", "Tea.", None));
    known.publish(indexed.store.as_ref(), indexed.now()).await;

    let commits = index_all(&indexed, [known.id(), costly.id()]).await;
    let found = commits.found.lock().clone();
    assert_eq!(found[0][0], 2, "{found:?}");
    assert!(found[0][1] < 60, "the batch is not complete: {found:?}");
    assert_eq!(commits.count(), [2, 60]);
    assert_eq!(all(&indexed.index).len(), 63, "also the new group");
}

#[tokio::test]
async fn a_group_with_costly_records_does_not_overtake_its_own() {
    let mut indexed = IndexedStore::start().await;
    let mut other = StoredGroup::new(1);
    other.put("listing", "l1", &listing("Other", "Tea.", None));
    indexed.publish(&mut other).await;
    indexed.stop_indexer().await;
    let mut costly = StoredGroup::new(2);
    publish_costly(&indexed, &mut costly, 30).await;
    let mut second = StoredGroup::new(3);
    publish_costly(&indexed, &mut second, 30).await;
    second.put("listing", "small", &listing("Small", "Tea.", None));
    second.publish(indexed.store.as_ref(), indexed.now()).await;

    let commits = index_all(&indexed, [costly.id(), second.id()]).await;
    let found = commits.found.lock().clone();
    let mixed = found
        .iter()
        .any(|[first, second]| *first < 30 && *second > 0);
    assert!(!mixed, "{found:?}");
    assert_eq!(commits.count(), [30, 31]);
}

/// Every group publishes, takes back, and changes whom its events are for, while costly records
/// are indexed; the program is killed in between. The index ends like one that is rebuilt.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_that_overtake_lead_to_the_same_index_as_a_rebuild() {
    let random = SeededRandom::new(7);
    for round in 0..2 {
        let mut indexed = IndexedStore::start().await;
        let mut groups: Vec<StoredGroup> = (1..7).map(StoredGroup::new).collect();
        for group in &mut groups {
            change(group, &random);
            indexed.publish(group).await;
        }
        indexed.stop_indexer().await;
        let mut costly = StoredGroup::new(9);
        publish_costly(&indexed, &mut costly, 20).await;
        let store = Arc::clone(&indexed.store);
        let (now, draws) = (indexed.now(), SeededRandom::new(round));
        let publisher = tokio::spawn(async move {
            for step in 0..40_u64 {
                let at = draw(&draws, groups.len());
                let group = &mut groups[at];
                if step % 9 == 8 {
                    toggle(store.as_ref(), group, now).await;
                } else {
                    change(group, &draws);
                    group.publish(store.as_ref(), now).await;
                }
                if step % 10 == 5 {
                    let key = format!("again{step}");
                    for part in 0..8 {
                        let key = format!("{key}-{part}");
                        costly.put("listing", &key, &hostile::repeated_word("cat"));
                    }
                    costly.publish(store.as_ref(), now).await;
                }
                tokio::time::sleep(Duration::from_millis(15)).await;
            }
        });
        // Cancelled in the middle of a batch, as by a crash, then resumed from the last commit.
        for _ in 0..4 {
            let some_time = Duration::from_millis(80 + draw(&random, 200) as u64);
            let run = indexed.index.run(CancellationToken::new(), &());
            let _ = tokio::time::timeout(some_time, run).await;
        }
        publisher.await.unwrap();
        indexed.start_indexer();
        indexed.wait_for_latest().await;
        let followed = (all(&indexed.index), audiences(&indexed.index));
        indexed.stop_indexer().await;
        let scratch = tempfile::tempdir().unwrap();
        let rebuilt = open_index(&scratch, &indexed.store, &indexed.clock);
        let mut indexer = Indexer::open(&rebuilt, &(), CancellationToken::new())
            .await
            .unwrap();
        indexer.rebuild().await.unwrap();
        let expected = all(&rebuilt);
        let differing: Vec<_> = expected.symmetric_difference(&followed.0).collect();
        assert!(differing.is_empty(), "round {round}: {differing:?}");
        assert_eq!(audiences(&rebuilt), followed.1, "round {round}");
    }
}

fn draw(random: &SeededRandom, below: usize) -> usize {
    usize::try_from(random.below(below as u64)).unwrap()
}

const COMMUNITIES: [&str; 2] = ["community:women", "community:men"];

/// Changes one record of a group, or its audience.
fn change(group: &mut StoredGroup, random: &SeededRandom) {
    let key = format!("e{}", draw(random, 3));
    match draw(random, 4) {
        0 => {
            let who_for = v1::WhoFor {
                communities: vec![COMMUNITIES[draw(random, 2)].into()],
                ..v1::WhoFor::default()
            };
            let listing = v1::Listing {
                who_for: vec![who_for],
                ..listing("Quiet Hour", "Tea.", Some("Leeds"))
            };
            group.put("listing", "l", &listing);
        }
        1 => group.withdraw("event", &key),
        _ => {
            let title = format!("Walk {}", draw(random, 1_000));
            group.put("event", &key, &weekly(&title, "2026-09-22T18:00", "Leeds"));
        }
    }
}

/// Excludes a group, or includes it again.
async fn toggle(store: &hedgerow_store_sqlite::SqliteStore, group: &StoredGroup, now: Timestamp) {
    if store.include(&group.id()).await.unwrap() {
        return;
    }
    let change = Exclude {
        group_id: group.id(),
        reason: "spam".into(),
        now,
    };
    store.exclude(change).await.unwrap();
}

/// The number of records for each community.
fn audiences(index: &Index) -> Vec<u64> {
    let (current, _) = index.current_snapshot();
    let count = |community: &&str| {
        let filters = Filters {
            audience: AudienceFilter {
                tags: AudienceTag::new(community).into_iter().collect(),
                ..AudienceFilter::default()
            },
            ..Filters::default()
        };
        current.count(&filters, &[]).unwrap().0
    };
    COMMUNITIES.iter().map(count).collect()
}
