//! Staging, sources, and reading in pages.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::id::RecordHash;
use hedgerow_core::record::record_hash;

use super::fixtures::{change, commit, commit_group, commit_keys, now, public, stage};
use crate::{Exclude, KeyEventCommit, Refusal, SourceRow, Staged, Store, Verdict};
use hedgerow_testkit::FakeGroup;

pub async fn staged_bodies_are_counted_and_expire(store: Arc<dyn Store>) {
    let mut publisher = FakeGroup::new(1, now());
    let record = publisher.add("one", b"first");
    let id = publisher.id();
    stage(&store, &publisher).await;
    stage(&store, &publisher).await;
    let refused = Staged {
        record_hash: RecordHash::from_bytes([5; 32]),
        name: None,
        verdict: Verdict::Refuse(Refusal {
            reason: "record_malformed".into(),
            detail: "no".into(),
        }),
    };
    store.stage(&id, vec![refused], now()).await.unwrap();
    let hashes = [record_hash(&record), RecordHash::from_bytes([5; 32])];
    let mut rows = store.staged(&id, &hashes).await.unwrap();
    rows.sort_by_key(|row| row.refused.is_some());
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].length, u32::try_from(record.len()).ok());
    assert_eq!(rows[0].name.as_ref().unwrap().key.as_str(), "one");
    assert_eq!(rows[1].refused.as_ref().unwrap().reason, "record_malformed");
    let (own, all) = store.staged_bytes(&id).await.unwrap();
    assert!(own >= record.len() as u64 && own == all);
    assert_eq!(store.expire_staged(now()).await.unwrap(), 0);
    assert_eq!(
        store
            .expire_staged(now().plus(Duration::from_secs(1)))
            .await
            .unwrap(),
        2
    );
    assert_eq!(store.staged_bytes(&id).await.unwrap(), (0, 0));
}

pub async fn the_groups_with_most_staged_are_evicted_first(store: Arc<dyn Store>) {
    let mut bytes = Vec::new();
    for (number, length) in [(1, 100), (2, 5_000), (3, 9_000)] {
        let mut publisher = FakeGroup::new(number, now());
        publisher.add("one", &vec![0; length]);
        stage(&store, &publisher).await;
        let (own, _) = store.staged_bytes(&publisher.id()).await.unwrap();
        bytes.push((publisher.id(), own));
    }
    let [(small, _), (middle, held), (large, most)] = bytes[..] else {
        panic!("three groups")
    };
    let all = || async { store.staged_bytes(&small).await.unwrap().1 };
    let before = all().await;
    assert!(!store.evict_staged(&small, most, 0).await.unwrap());
    assert_eq!(
        all().await,
        before,
        "nothing is evicted if that is not enough"
    );
    let room = before - 1;
    assert!(store.evict_staged(&small, 200, room).await.unwrap());
    assert_eq!(store.staged_bytes(&large).await.unwrap().0, 0);
    assert_eq!(store.staged_bytes(&middle).await.unwrap().0, held);
    assert!(store.evict_staged(&small, 200, room).await.unwrap());
    assert_eq!(store.staged_bytes(&middle).await.unwrap().0, held);
}

pub async fn staging_a_body_again_does_not_extend_its_time(store: Arc<dyn Store>) {
    let mut publisher = FakeGroup::new(1, now());
    let record = publisher.add("one", b"first");
    stage(&store, &publisher).await;
    let again = Staged {
        record_hash: record_hash(&record),
        name: None,
        verdict: Verdict::Keep(record),
    };
    let later = now().plus(Duration::from_secs(60));
    store
        .stage(&publisher.id(), vec![again], later)
        .await
        .unwrap();
    assert_eq!(store.expire_staged(later).await.unwrap(), 1);
}

pub async fn sources_are_stored_with_their_cursor(store: Arc<dyn Store>) {
    let address = "https://node.example:1#sha256=ab";
    assert_eq!(store.source(address).await.unwrap(), None);
    let mut row = SourceRow {
        address: address.to_owned(),
        cursor: Some("s:1".to_owned()),
        listed_at: Some(now().minus(Duration::from_secs(9))),
        missed: false,
        answered_at: Some(now()),
        failures: 0,
    };
    store.save_source(&row).await.unwrap();
    row.cursor = Some("s:2".to_owned());
    row.failures = 3;
    store.save_source(&row).await.unwrap();
    assert_eq!(store.source(address).await.unwrap(), Some(row));
}

pub async fn a_source_stays_marked_as_missed_until_its_next_listing(store: Arc<dyn Store>) {
    let address = "https://node.example:1";
    let mut row = SourceRow {
        address: address.to_owned(),
        cursor: Some("s:1".to_owned()),
        listed_at: Some(now()),
        missed: false,
        answered_at: None,
        failures: 0,
    };
    store.save_source(&row).await.unwrap();
    let group = FakeGroup::new(1, now()).id();
    let exclude = Exclude {
        group_id: group,
        reason: "spam".to_owned(),
        now: now(),
    };
    store.exclude(exclude).await.unwrap();
    store.include(&group).await.unwrap();
    // The crawler saves a row that it read before.
    store.save_source(&row).await.unwrap();
    let missed = || async { store.source(address).await.unwrap().unwrap().missed };
    assert!(missed().await, "the crawler skipped the group until then");
    row.listed_at = Some(now().plus(Duration::from_secs(1)));
    store.save_source(&row).await.unwrap();
    assert!(!missed().await);
}

pub async fn sources_that_are_no_longer_followed_are_deleted(store: Arc<dyn Store>) {
    let row = |address: &str| SourceRow {
        address: address.to_owned(),
        cursor: None,
        listed_at: None,
        missed: false,
        answered_at: None,
        failures: 1,
    };
    for address in ["https://one.example:1", "https://two.example:1"] {
        store.save_source(&row(address)).await.unwrap();
    }
    let followed = HashSet::from(["https://two.example:1".to_owned()]);
    store.retain_sources(&followed).await.unwrap();
    assert_eq!(store.source("https://one.example:1").await.unwrap(), None);
    assert!(
        store
            .source("https://two.example:1")
            .await
            .unwrap()
            .is_some()
    );
}

pub async fn announced_endpoints_are_distinct_and_those_that_respond_come_first(
    store: Arc<dyn Store>,
) {
    commit_group(&store, 1).await;
    commit_group(&store, 2).await;
    let mut late = FakeGroup::new(3, now());
    let first = &late.log.events()[0];
    let keys = KeyEventCommit {
        group_id: late.id(),
        expected_tip: None,
        events: vec![first.into()],
        ends: false,
        forked: false,
        now: now().plus(Duration::from_secs(1)),
    };
    store.commit_key_events(keys).await.unwrap();
    let head = late.sign();
    stage(&store, &late).await;
    let mut change = change(&store, &late, &head).await;
    change.head.endpoint = Some("https://a.example:1".to_owned());
    store.commit_head(change).await.unwrap();
    let (old, new) = ("https://node.example:1", "https://a.example:1");
    let row = |address: &str, answered: bool, failures| SourceRow {
        address: address.to_owned(),
        cursor: None,
        listed_at: None,
        missed: false,
        answered_at: answered.then(now),
        failures,
    };
    for (old_row, new_row, expected) in [
        // Of two that respond, the older one; then the one that responds before one that does
        // not, and one that was not tried before one that never responded.
        (Some((true, 0)), Some((true, 1)), [old, new]),
        (Some((false, 3)), Some((true, 0)), [new, old]),
        (Some((true, 100)), Some((true, 0)), [new, old]),
        (Some((false, 3)), None, [new, old]),
        (Some((true, 0)), None, [old, new]),
    ] {
        store.retain_sources(&HashSet::new()).await.unwrap();
        for (address, state) in [(old, old_row), (new, new_row)] {
            if let Some((answered, failures)) = state {
                let row = row(address, answered, failures);
                store.save_source(&row).await.unwrap();
            }
        }
        let endpoints = store.announced_endpoints(10).await.unwrap();
        assert_eq!(endpoints, expected, "{old_row:?} and {new_row:?}");
        assert_eq!(store.announced_endpoints(1).await.unwrap(), expected[..1]);
    }
}

pub async fn pages_join_without_gap_or_overlap(store: Arc<dyn Store>) {
    let mut publisher = FakeGroup::new(1, now());
    for number in 0..7 {
        publisher.add(&format!("key-{number}"), &[number]);
    }
    commit_keys(&store, &publisher).await;
    let head = publisher.sign();
    commit(&store, &publisher, &head).await;
    let id = publisher.id();
    let mut names = Vec::new();
    while let Some(last) = {
        let page = store
            .list_records(&id, &public(), names.last(), 3)
            .await
            .unwrap();
        names.extend(page.iter().map(|record| record.name.clone()));
        page.last().map(|record| record.name.clone())
    } {
        assert_eq!(names.last(), Some(&last));
    }
    let manifest = publisher.manifest();
    let expected: Vec<_> = manifest
        .leaves()
        .iter()
        .map(|leaf| leaf.name.clone())
        .collect();
    assert_eq!(names, expected);
    commit_group(&store, 2).await;
    let first = store.list_groups(None, 1).await.unwrap();
    let second = store.list_groups(first.first(), 1).await.unwrap();
    assert!(first[0] < second[0]);
    assert!(
        store
            .list_groups(second.first(), 1)
            .await
            .unwrap()
            .is_empty()
    );
}
