//! Limits hold additions back, and never what is taken back.

use hedgerow_core::name::View;

use super::*;
use crate::tests::items;

fn few() -> IngestConfig {
    IngestConfig {
        creates: 10,
        creates_per_second: 1,
        ..IngestConfig::default()
    }
}

#[tokio::test]
async fn a_throttled_group_takes_back_at_once_and_is_filled_in_when_the_limit_lifts() {
    let bench = Bench::with(few()).await;
    let mut publisher = Publisher::new(1, now());
    for number in 0..10 {
        publisher.add(&format!("old-{number}"), b"old");
    }
    let head = publisher.sign();
    bench.push(publisher.whole(&head)).await.unwrap();

    let secret = publisher.records[0].clone();
    publisher.take_back(&secret);
    for number in 0..5 {
        publisher.add(&format!("new-{number}"), b"new");
    }
    let head = publisher.sign();
    let push = publisher.whole(&head);
    let applied = bench.push(push.clone()).await.unwrap();
    assert_eq!(applied.outcome, Outcome::HeldBack);
    assert_eq!(bench.status(&publisher).await, v1::GroupStatus::Throttled);
    let shown = bench.shown(&publisher).await;
    assert_eq!(shown.len(), 9);
    assert!(!shown.contains(&"old-0".to_owned()));
    let row = bench.store().group(&publisher.id()).await.unwrap().unwrap();
    let held_back = row.held_back.unwrap();
    assert_eq!(held_back.limit, "ingest.creates");
    assert!(held_back.until.unwrap() > now());

    bench.clock.advance(held_back.until.unwrap().since(now()));
    let applied = bench.push(push).await.unwrap();
    assert!(matches!(applied.outcome, Outcome::Held(_)), "{applied:?}");
    assert_eq!(bench.shown(&publisher).await.len(), 14);
    assert_eq!(bench.status(&publisher).await, v1::GroupStatus::Active);
    bench.assert_sound(&publisher).await;
}

#[tokio::test]
async fn a_throttled_group_that_only_takes_back_passes() {
    let bench = Bench::with(few()).await;
    let mut publisher = Publisher::new(1, now());
    for number in 0..10 {
        publisher.add(&format!("old-{number}"), b"old");
    }
    let head = publisher.sign();
    bench.push(publisher.whole(&head)).await.unwrap();
    publisher.records.truncate(3);
    let head = publisher.sign();
    let applied = bench.push(publisher.whole(&head)).await.unwrap();
    assert!(matches!(applied.outcome, Outcome::Held(_)));
    assert_eq!(bench.shown(&publisher).await.len(), 3);
}

#[tokio::test]
async fn a_view_over_its_budget_is_held_back_by_that_limits_name() {
    let config = IngestConfig {
        max_records: 3,
        ..IngestConfig::default()
    };
    let bench = Bench::with(config).await;
    let mut publisher = pushed(&bench, 1).await;
    let gone = publisher.records[0].clone();
    publisher.take_back(&gone);
    for number in 0..3 {
        publisher.add(&format!("new-{number}"), b"new");
    }
    let head = publisher.sign();
    let applied = bench.push(publisher.whole(&head)).await.unwrap();
    assert_eq!(applied.outcome, Outcome::HeldBack);
    let row = bench.store().group(&publisher.id()).await.unwrap().unwrap();
    assert_eq!(row.held_back.unwrap().limit, "ingest.max_records");
    assert_eq!(bench.shown(&publisher).await, ["two"]);
}

#[tokio::test]
async fn bytes_are_a_budget_too() {
    let config = IngestConfig {
        max_view_bytes: 10_000,
        ..IngestConfig::default()
    };
    let bench = Bench::with(config).await;
    let mut publisher = pushed(&bench, 1).await;
    publisher.add("large", &vec![0; 9_900]);
    let head = publisher.sign();
    let applied = bench.push(publisher.whole(&head)).await.unwrap();
    assert_eq!(applied.outcome, Outcome::HeldBack);
    let row = bench.store().group(&publisher.id()).await.unwrap().unwrap();
    assert_eq!(row.held_back.unwrap().limit, "ingest.max_view_bytes");
}

#[tokio::test]
async fn a_head_between_the_held_one_and_the_held_back_one_is_a_replay() {
    let bench = Bench::with(few()).await;
    let mut publisher = Publisher::new(1, now());
    for number in 0..10 {
        publisher.add(&format!("old-{number}"), b"old");
    }
    let head = publisher.sign();
    bench.push(publisher.whole(&head)).await.unwrap();
    let between = publisher.sign();
    let replay = publisher.whole(&between);
    publisher.records.remove(0);
    publisher.add("new", b"new");
    let head = publisher.sign();
    bench.push(publisher.whole(&head)).await.unwrap();
    assert_eq!(bench.refused(replay).await, "head_superseded");
    assert_eq!(bench.shown(&publisher).await.len(), 9);
}

#[tokio::test]
async fn new_groups_beyond_the_daily_number_wait_and_are_not_stored() {
    let config = IngestConfig {
        daily_new_groups: 1,
        ..IngestConfig::default()
    };
    let bench = Bench::with(config).await;
    let known = pushed(&bench, 1).await;
    let mut second = Publisher::new(2, now());
    second.add("one", b"first");
    let head = second.sign();
    let applied = bench.push(second.whole(&head)).await.unwrap();
    assert_eq!(applied.outcome, Outcome::TooManyNewGroups);
    assert_eq!(bench.store().group(&second.id()).await.unwrap(), None);
    // A known group goes on, and so do the servers that the operator follows.
    let mut known = known;
    let head = known.sign();
    bench.push(known.whole(&head)).await.unwrap();
    let head = second.sign();
    bench.pull(second.whole(&head)).await.unwrap();
    assert_eq!(bench.shown(&second).await, ["one"]);
    bench.clock.advance(DAY);
    let mut third = Publisher::new(3, now());
    let head = third.sign();
    let applied = bench.push(third.whole(&head)).await.unwrap();
    assert!(
        matches!(applied.outcome, Outcome::Held(_)),
        "a day later: {applied:?}"
    );
}

#[tokio::test]
async fn whoever_fills_the_staging_makes_room_for_others() {
    let config = IngestConfig {
        staged_bytes: 10_000,
        ..IngestConfig::default()
    };
    let bench = Bench::with(config).await;
    let mut hoarder = Publisher::new(2, now());
    hoarder.add("large", &vec![0; 9_000]);
    let head = hoarder.sign();
    let mut broken = hoarder.whole(&head);
    broken.pop();
    assert_eq!(bench.refused(broken).await, "sync_incomplete");
    let (held, _) = bench.store().staged_bytes(&hoarder.id()).await.unwrap();
    assert!(held > 9_000);

    let mut honest = Publisher::new(1, now());
    honest.add("one", &vec![0; 2_000]);
    let head = honest.sign();
    let whole = honest.whole(&head);
    let mut broken = whole.clone();
    broken.pop();
    assert_eq!(bench.refused(broken).await, "sync_incomplete");
    let (held, _) = bench.store().staged_bytes(&hoarder.id()).await.unwrap();
    assert_eq!(held, 0);
    let (held, _) = bench.store().staged_bytes(&honest.id()).await.unwrap();
    assert!(held > 2_000);
    let applied = bench.push(whole).await.unwrap();
    assert!(matches!(applied.outcome, Outcome::Held(_)), "{applied:?}");
    let staged = bench.store().staged_bytes(&honest.id()).await.unwrap();
    assert_eq!(staged, (0, 0), "what waited is taken or forgotten");

    let mut waiting = Publisher::new(3, now());
    waiting.add("one", &vec![0; 2_000]);
    let head = waiting.sign();
    let mut unfinished = waiting.whole(&head);
    unfinished.pop();
    assert_eq!(bench.refused(unfinished).await, "sync_incomplete");
    let large = hoarder.records.clone();
    hoarder.add("missing", b"which does not come");
    let head = hoarder.sign();
    let lacking = items(&hoarder.log, Some(&head), None, &hoarder.manifest(), &large);
    assert_eq!(bench.refused(lacking).await, "staging_full");
}

#[tokio::test]
async fn few_transfers_over_the_limit_are_read_at_once() {
    let config = IngestConfig {
        max_records: 1,
        ..IngestConfig::default()
    };
    let bench = Bench::with(config).await;
    let mut publisher = Publisher::new(1, now());
    publisher.add("one", b"first");
    publisher.add("two", b"second");
    let head = publisher.sign();
    let push = publisher.whole(&head);
    let places = bench.apply.oversized.acquire_many(4).await.unwrap();
    assert_eq!(bench.refused(push.clone()).await, "too_many_transfers");
    drop(places);
    let applied = bench.push(push).await.unwrap();
    assert_eq!(applied.outcome, Outcome::HeldBack);
    assert_eq!(bench.apply.oversized.available_permits(), 4);
}

#[tokio::test]
async fn staging_is_bounded_and_asks_to_come_back() {
    let config = IngestConfig {
        max_view_bytes: 1_000,
        staged_bytes_per_group: 1_000,
        ..IngestConfig::default()
    };
    let bench = Bench::with(config).await;
    let mut publisher = Publisher::new(1, now());
    publisher.add("large", &vec![0; 2_000]);
    let head = publisher.sign();
    let failure = bench.push(publisher.whole(&head)).await.unwrap_err();
    assert_eq!(failure.reason(), "staging_full");
    let staged = bench.store().staged_bytes(&publisher.id()).await.unwrap();
    assert_eq!(staged, (0, 0));
    assert_eq!(
        bench
            .store()
            .head(&publisher.id(), &View::public())
            .await
            .unwrap(),
        None
    );
}
