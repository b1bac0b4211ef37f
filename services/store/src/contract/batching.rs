//! New groups committed in one step, bodies in the command, and concurrent changes.

use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt, TryFutureExt};
use hedgerow_core::record::record_hash;

use super::fixtures::{change, commit, commit_group, commit_keys, now, public, shown, stage};
use crate::{
    Bodies, Committed, Exclude, Fill, HeadCommit, IndexChangeKind, KeyEventPut, LeafState,
    SourceRow, Store,
};
use hedgerow_testkit::FakeGroup;

/// The group's records, as bodies of a command.
fn bodies(publisher: &FakeGroup) -> Bodies {
    let records = publisher.records.values();
    records
        .map(|record| (record_hash(record), record.clone()))
        .collect()
}

/// The group's key log, as part of a command.
fn key_log(publisher: &FakeGroup) -> Vec<KeyEventPut> {
    publisher.log.events().iter().map(Into::into).collect()
}

/// A new group, with the commit of a head over two records.
async fn new_group(store: &Arc<dyn Store>, number: u8) -> (FakeGroup, HeadCommit) {
    let mut publisher = FakeGroup::new(number.into(), now());
    publisher.add("one", b"first");
    publisher.add("two", b"second");
    let head = publisher.sign();
    let change = HeadCommit {
        new_key_log: key_log(&publisher),
        bodies: bodies(&publisher),
        ..change(store, &publisher, &head).await
    };
    (publisher, change)
}

fn is_done(committed: &Committed) -> bool {
    matches!(committed, Committed::At(_))
}

pub async fn a_new_group_committed_at_once_equals_one_committed_in_steps(store: Arc<dyn Store>) {
    let (publisher, change) = new_group(&store, 1).await;
    let from = store.latest_revision().await.unwrap();
    let head = change.head.clone();
    let Committed::At(revision) = store.commit_head(change).await.unwrap() else {
        panic!("there is nothing to conflict with");
    };
    let id = publisher.id();
    assert_eq!(store.latest_revision().await.unwrap(), revision);
    assert_eq!(store.key_log(&id).await.unwrap(), publisher.log.envelopes());
    let (held, manifest) = store.manifest(&id, &public()).await.unwrap().unwrap();
    assert_eq!(
        (held.facts.hash, held.facts.root),
        (head.hash, manifest.root())
    );
    assert_eq!(manifest, publisher.manifest());
    assert_eq!(shown(&store, &id).await, ["one", "two"]);
    let state = store.view_state(&id, &public()).await.unwrap();
    assert_eq!(state.highest, Some(head.envelope));
    assert_eq!(state.tokens.unwrap().thousandths, 5);
    let row = store.group(&id).await.unwrap().unwrap();
    assert!(row.shown && row.seen && row.revision == revision);

    let changes = store.changes_after(from, 100).await.unwrap().changes;
    let shows = |change: &crate::IndexChange| matches!(change.kind, IndexChangeKind::GroupShown(_));
    assert!(changes.iter().any(shows), "{changes:?}");

    // Later commits work as for any other group.
    let mut publisher = publisher;
    let basis = publisher.previous.unwrap();
    publisher.add("three", b"third");
    let head = publisher.sign();
    assert!(is_done(&commit(&store, &publisher, &head).await));
    let difference = store.difference(&id, &public(), &basis).await.unwrap();
    assert_eq!(difference.unwrap().puts.len(), 1);
}

pub async fn a_known_group_is_not_inserted_again(store: Arc<dyn Store>) {
    let (publisher, change) = new_group(&store, 1).await;
    assert!(is_done(&store.commit_head(change.clone()).await.unwrap()));
    let revision = store.latest_revision().await.unwrap();
    assert_eq!(
        store.commit_head(change).await.unwrap(),
        Committed::Superseded
    );
    assert_eq!(store.latest_revision().await.unwrap(), revision);
    assert_eq!(shown(&store, &publisher.id()).await, ["one", "two"]);
}

pub async fn an_incomplete_new_group_is_rejected(store: Arc<dyn Store>) {
    let (publisher, change) = new_group(&store, 1).await;
    let no_body = HeadCommit {
        bodies: Bodies::new(),
        ..change.clone()
    };
    assert_eq!(
        store.commit_head(no_body).await.unwrap(),
        Committed::Superseded
    );
    let other_tip = HeadCommit {
        expected_tip: hedgerow_core::id::PayloadHash::from_bytes([1; 32]),
        ..change.clone()
    };
    assert_eq!(
        store.commit_head(other_tip).await.unwrap(),
        Committed::Superseded
    );
    let mut no_leaf = change;
    no_leaf.puts.pop();
    assert!(store.commit_head(no_leaf).await.is_err());
    assert_eq!(store.group(&publisher.id()).await.unwrap(), None);
}

pub async fn a_new_group_that_is_excluded_stays_hidden(store: Arc<dyn Store>) {
    let (publisher, change) = new_group(&store, 1).await;
    let exclude = Exclude {
        group_id: publisher.id(),
        reason: "no".into(),
        now: now(),
    };
    store.exclude(exclude).await.unwrap();
    let (row, exclusion) = store.group_or_exclusion(&publisher.id()).await.unwrap();
    assert!(row.is_none() && exclusion.unwrap().reason == "no");
    store.commit_head(change).await.unwrap();
    let row = store.group(&publisher.id()).await.unwrap().unwrap();
    assert!(!row.shown && row.exclusion.is_some());
    let changes = store.changes_after(0, 100).await.unwrap().changes;
    let puts = |change: &crate::IndexChange| {
        matches!(
            change.kind,
            IndexChangeKind::Put(_) | IndexChangeKind::GroupShown(_)
        )
    };
    assert!(!changes.iter().any(puts), "{changes:?}");
}

pub async fn bodies_in_the_command_need_no_staging(store: Arc<dyn Store>) {
    let mut publisher = commit_group(&store, 1).await;
    let id = publisher.id();
    let given = publisher.add("three", b"third");
    publisher.add("four", b"fourth");
    let head = publisher.sign();
    // One is in the command, the other is staged.
    stage(&store, &publisher).await;
    let mut newer = change(&store, &publisher, &head).await;
    newer.bodies = Bodies::from([(record_hash(&given), given)]);
    assert!(is_done(&store.commit_head(newer).await.unwrap()));
    assert_eq!(shown(&store, &id).await, ["four", "one", "three", "two"]);

    let missing = publisher.add("five", b"fifth");
    let head = publisher.sign();
    let mut pulled = change(&store, &publisher, &head).await;
    pulled.puts[0].state = LeafState::Wanted;
    let (leaf, expected_head) = (pulled.puts[0].leaf.clone(), pulled.head.hash);
    assert!(is_done(&store.commit_head(pulled).await.unwrap()));
    let fill = Fill {
        group_id: id,
        view: public(),
        expected_head,
        leaves: vec![(leaf.name, leaf.record_hash, LeafState::Held)],
        bodies: Bodies::from([(leaf.record_hash, missing)]),
    };
    assert!(is_done(&store.fill(fill).await.unwrap()));
    assert_eq!(shown(&store, &id).await.len(), 5);
}

pub async fn a_failed_change_does_not_affect_concurrent_ones(store: Arc<dyn Store>) {
    let mut known = commit_group(&store, 1).await;
    let (first, good) = new_group(&store, 2).await;
    let (second, other) = new_group(&store, 3).await;
    known.add("three", b"third");
    let head = known.sign();
    // Its body is missing, which is detected after its leaves were written.
    let incomplete = change(&store, &known, &head).await;
    let (_, mut wrong) = new_group(&store, 4).await;
    wrong.puts.pop();
    let (good, incomplete, again, wrong, other) = tokio::join!(
        store.commit_head(good.clone()),
        store.commit_head(incomplete),
        store.commit_head(good),
        store.commit_head(wrong),
        store.commit_head(other),
    );
    let (good, other) = (good.unwrap(), other.unwrap());
    assert!(is_done(&good) && is_done(&other));
    assert_ne!(good, other, "each has its own revisions");
    assert_eq!(incomplete.unwrap(), Committed::Superseded);
    assert_eq!(again.unwrap(), Committed::Superseded);
    assert!(wrong.is_err());
    for publisher in [&first, &second] {
        assert_eq!(shown(&store, &publisher.id()).await, ["one", "two"]);
    }
    assert_eq!(shown(&store, &known.id()).await, ["one", "two"]);
    assert_eq!(store.list_groups(None, 10).await.unwrap().len(), 3);
}

/// A task that polls several futures may stop polling one while it waits for another. If a caller
/// held a resource of the writing task, 300 sources would block all writes.
pub async fn stalled_callers_do_not_block_writers(store: Arc<dyn Store>) {
    let row = |number: usize| SourceRow {
        address: format!("https://source-{number}.example:1"),
        cursor: Some("s1.5".to_owned()),
        listed_at: None,
        missed: false,
        answered_at: None,
        failures: 0,
    };
    let rows: Vec<_> = (0..300).map(row).collect();
    let mut changes = Vec::new();
    for number in 1..=20 {
        changes.push(new_group(&store, number).await.1);
    }
    let commits = changes.into_iter().map(|change| {
        let commit = store.commit_head(change).map_ok(drop);
        commit.boxed()
    });
    let mut stalled: Vec<_> = commits.collect();
    stalled.extend(rows.iter().map(|row| store.save_source(row).boxed()));
    // Each is stopped at another point of its progress.
    for (number, one) in stalled.iter_mut().enumerate() {
        for _ in 0..=number % 4 {
            if futures::poll!(&mut *one).is_ready() {
                *one = futures::future::pending().boxed();
            }
            tokio::task::yield_now().await;
        }
    }
    let last = row(300);
    let saved = tokio::time::timeout(Duration::from_secs(20), store.save_source(&last));
    saved
        .await
        .expect("stalled callers block no writer")
        .unwrap();
    drop(stalled);
    assert_eq!(store.source(&last.address).await.unwrap(), Some(last));
}

pub async fn a_follower_sees_each_concurrent_change_once(store: Arc<dyn Store>) {
    let mut changes = Vec::new();
    for number in 1..=40 {
        changes.push(new_group(&store, number).await.1);
    }
    let commits = changes.into_iter().map(|change| store.commit_head(change));
    let mut revisions = Vec::new();
    for committed in futures::future::join_all(commits).await {
        let Committed::At(revision) = committed.unwrap() else {
            panic!("there is nothing to conflict with");
        };
        revisions.push(revision);
    }
    let latest = revisions.iter().max().copied();
    assert_eq!(Some(store.latest_revision().await.unwrap()), latest);
    revisions.sort_unstable();
    revisions.dedup();
    assert_eq!(revisions.len(), 40);
    let feed = store.list_feed(0, 100).await.unwrap();
    let seen: Vec<_> = feed.iter().map(|row| row.revision).collect();
    assert_eq!(seen, revisions);
}

pub async fn concurrent_new_groups_equal_groups_committed_alone(store: Arc<dyn Store>) {
    let from = store.latest_revision().await.unwrap();
    let (known, excluded, missing) = (7, 11, 13);
    let mut groups = Vec::new();
    for number in 1..30 {
        groups.push(new_group(&store, number).await);
    }
    // One has more records than fit into a batch.
    let mut large = FakeGroup::new(30, now());
    for number in 0..40 {
        large.add(&format!("record-{number}"), &[number]);
    }
    let head = large.sign();
    let change = HeadCommit {
        new_key_log: key_log(&large),
        bodies: bodies(&large),
        ..change(&store, &large, &head).await
    };
    groups.insert(3, (large, change));
    commit_keys(&store, &groups[known].0).await;
    let exclude = Exclude {
        group_id: groups[excluded].0.id(),
        reason: "spam".into(),
        now: now(),
    };
    store.exclude(exclude).await.unwrap();
    groups[missing].1.bodies.clear();

    let changes = groups
        .iter()
        .map(|(_, change)| store.commit_head(change.clone()));
    let committed = futures::future::join_all(changes).await;
    let mut revisions = Vec::new();
    for (at, ((publisher, change), committed)) in groups.iter().zip(committed).enumerate() {
        let id = publisher.id();
        let row = store.group(&id).await.unwrap();
        let Committed::At(revision) = committed.unwrap() else {
            assert!(at == known || at == missing, "{at}");
            assert_eq!(row.is_some(), at == known);
            continue;
        };
        let row = row.unwrap();
        assert_eq!(row.revision, revision);
        assert_eq!(row.shown, at != excluded);
        assert_eq!(store.key_log(&id).await.unwrap(), publisher.log.envelopes());
        let (held, manifest) = store.manifest(&id, &public()).await.unwrap().unwrap();
        assert_eq!(held.facts.hash, change.head.hash);
        assert_eq!(manifest, publisher.manifest());
        assert_eq!(shown(&store, &id).await.len(), publisher.records.len());
        revisions.push(revision);
    }
    assert_eq!(revisions.len(), 28);
    revisions.sort_unstable();
    revisions.dedup();
    assert_eq!(revisions.len(), 28, "no revision is used twice");
    let changes = store.changes_after(from, 1_000).await.unwrap().changes;
    let shown = changes
        .iter()
        .filter(|change| matches!(change.kind, IndexChangeKind::GroupShown(_)));
    assert_eq!(shown.count(), 27);
}
