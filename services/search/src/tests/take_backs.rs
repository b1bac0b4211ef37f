//! Records that are taken back disappear before costly ones are indexed.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_store::contract::StoredGroup;
use hedgerow_testkit::hostile;
use hedgerow_testkit::samples::listing;
use tokio_util::sync::CancellationToken;

use crate::testing::IndexedStore;
use crate::tests::{Commits, index_all};

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
