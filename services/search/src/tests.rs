//! The index over a real store.

mod bounds;
mod following;
mod overtaking;
mod rebuilding;
mod take_backs;

use std::collections::BTreeSet;

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_store::contract::StoredGroup;
use hedgerow_store::{Exclude, Moderation};
use hedgerow_testkit::samples::listing;
use tokio_util::sync::CancellationToken;

use crate::index::Index;
use crate::indexing::observer::CommitObserver;
use crate::query::filters::Filters;
use crate::rank::ranking::{Order, Ranking};
use crate::testing::IndexedStore;

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
