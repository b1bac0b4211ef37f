//! An index that cannot be continued is rebuilt.

use std::sync::Arc;

use hedgerow_store::contract::StoredGroup;
use hedgerow_store::{IndexSource, Lifecycle};
use hedgerow_testkit::samples::{listing, weekly};

use crate::config::IndexConfig;
use crate::indexing::rebuild::rebuild;
use crate::schema::VERSION;
use crate::testing::{IndexedStore, index_folder, open_index};
use crate::tests::{all, exclude, names};

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
