//! Limits delay additions, but never removals.

use hedgerow_core::name::View;

use super::*;
use hedgerow_testkit::transfer;

fn few_creates() -> IngestConfig {
    IngestConfig {
        creates: 10,
        creates_per_second: 1,
        ..IngestConfig::default()
    }
}

#[tokio::test]
async fn a_throttled_groups_removals_apply_at_once_and_its_additions_when_the_limit_lifts() {
    let bench = Bench::with(few_creates()).await;
    let mut publisher = FakeGroup::new(1, now());
    add_many(&mut publisher, "old", 10);
    bench.publish(&mut publisher).await;

    let secret = publisher.first_record();
    publisher.withdraw_record(&secret);
    add_many(&mut publisher, "new", 5);
    let head = publisher.sign();
    let push = publisher.whole(&head);
    let result = bench.push(push.clone()).await.unwrap();
    assert_eq!(result.outcome, Outcome::Throttled);
    assert_eq!(
        bench.status(&publisher).await,
        feed_v1::GroupStatus::Throttled
    );
    let shown = bench.shown(&publisher).await;
    assert_eq!(shown.len(), 9);
    assert!(!shown.contains(&"old-0".to_owned()));
    let row = bench.row(&publisher).await;
    let throttle = row.throttle.unwrap();
    assert_eq!(throttle.limit, "ingest.creates");
    assert!(throttle.until.unwrap() > now());

    assert!(
        status::is_in_feed(&bench.row(&publisher).await, now()),
        "the last head is served"
    );

    bench.clock.advance(throttle.until.unwrap().since(now()));
    // The limit ends by itself, before the delayed head comes again.
    assert_eq!(bench.status(&publisher).await, feed_v1::GroupStatus::Active);
    let result = bench.push(push).await.unwrap();
    assert!(matches!(result.outcome, Outcome::Stored(_)), "{result:?}");
    assert_eq!(bench.shown(&publisher).await.len(), 14);
    assert_eq!(bench.status(&publisher).await, feed_v1::GroupStatus::Active);
    bench.assert_consistent(&publisher).await;
}

#[tokio::test]
async fn removals_alone_are_not_throttled() {
    let bench = Bench::with(few_creates()).await;
    let mut publisher = FakeGroup::new(1, now());
    add_many(&mut publisher, "old", 10);
    bench.publish(&mut publisher).await;
    while publisher.records.len() > 3 {
        publisher.records.pop_last();
    }
    let result = bench.publish(&mut publisher).await;
    assert!(matches!(result.outcome, Outcome::Stored(_)));
    assert_eq!(bench.shown(&publisher).await.len(), 3);
}

#[tokio::test]
async fn a_view_with_too_many_records_is_throttled_by_that_limit() {
    let config = IngestConfig {
        max_records: 3,
        ..IngestConfig::default()
    };
    let bench = Bench::with(config).await;
    let mut publisher = pushed(&bench, 1).await;
    let gone = publisher.first_record();
    publisher.withdraw_record(&gone);
    add_many(&mut publisher, "new", 3);
    assert_eq!(
        bench.publish(&mut publisher).await.outcome,
        Outcome::Throttled
    );
    let row = bench.row(&publisher).await;
    assert_eq!(row.throttle.unwrap().limit, "ingest.max_records");
    assert_eq!(bench.shown(&publisher).await, ["two"]);
}

#[tokio::test]
async fn a_view_with_too_many_bytes_is_throttled_by_that_limit() {
    let config = IngestConfig {
        max_view_bytes: 10_000,
        ..IngestConfig::default()
    };
    let bench = Bench::with(config).await;
    let mut publisher = pushed(&bench, 1).await;
    publisher.add("large", &vec![0; 9_900]);
    assert_eq!(
        bench.publish(&mut publisher).await.outcome,
        Outcome::Throttled
    );
    let row = bench.row(&publisher).await;
    assert_eq!(row.throttle.unwrap().limit, "ingest.max_view_bytes");
}

#[tokio::test]
async fn a_head_between_the_stored_and_the_throttled_one_is_a_replay() {
    let bench = Bench::with(few_creates()).await;
    let mut publisher = FakeGroup::new(1, now());
    add_many(&mut publisher, "old", 10);
    bench.publish(&mut publisher).await;
    let between = publisher.sign();
    let replay = publisher.whole(&between);
    publisher.records.pop_first();
    publisher.add("new", b"new");
    bench.publish(&mut publisher).await;
    assert_eq!(bench.push_error(replay).await, "head_superseded");
    assert_eq!(bench.shown(&publisher).await.len(), 9);
}

#[tokio::test]
async fn new_groups_over_the_daily_quota_wait_and_are_not_stored() {
    let config = IngestConfig {
        daily_new_groups: 1,
        ..IngestConfig::default()
    };
    let bench = Bench::with(config).await;
    let mut known = pushed(&bench, 1).await;
    let mut second = FakeGroup::new(2, now());
    second.add("one", b"first");
    let Outcome::OverQuota(postponed) = bench.publish(&mut second).await.outcome else {
        panic!("the second group waits");
    };
    assert_eq!(postponed.limit, "ingest.daily_new_groups");
    assert_eq!(postponed.until, now().plus(DAY));
    assert_eq!(bench.processor.counters().refused("daily_new_groups"), 1);
    assert_eq!(bench.store().group(&second.id()).await.unwrap(), None);
    // The quota does not apply to known groups and to configured sources.
    bench.publish(&mut known).await;
    let head = second.sign();
    bench.pull(second.whole(&head)).await.unwrap();
    assert_eq!(bench.shown(&second).await, ["one"]);
    bench.clock.advance(DAY);
    let mut third = FakeGroup::new(3, now());
    let result = bench.publish(&mut third).await;
    assert!(
        matches!(result.outcome, Outcome::Stored(_)),
        "a day later: {result:?}"
    );
}

#[tokio::test]
async fn the_largest_occupant_of_the_staging_area_makes_room_for_others() {
    let config = IngestConfig {
        staged_bytes: 10_000,
        ..IngestConfig::default()
    };
    let bench = Bench::with(config).await;
    let mut hoarder = FakeGroup::new(2, now());
    hoarder.add("large", &vec![0; 9_000]);
    let head = hoarder.sign();
    let mut broken = hoarder.whole(&head);
    broken.pop();
    assert_eq!(bench.push_error(broken).await, "sync_incomplete");
    let (staged, _) = bench.store().staged_bytes(&hoarder.id()).await.unwrap();
    assert!(staged > 9_000);

    let mut honest = FakeGroup::new(1, now());
    honest.add("one", &vec![0; 2_000]);
    let head = honest.sign();
    let whole = honest.whole(&head);
    let mut broken = whole.clone();
    broken.pop();
    assert_eq!(bench.push_error(broken).await, "sync_incomplete");
    let (staged, _) = bench.store().staged_bytes(&hoarder.id()).await.unwrap();
    assert_eq!(staged, 0);
    let (staged, _) = bench.store().staged_bytes(&honest.id()).await.unwrap();
    assert!(staged > 2_000);
    let result = bench.push(whole).await.unwrap();
    assert!(matches!(result.outcome, Outcome::Stored(_)), "{result:?}");
    let staged = bench.store().staged_bytes(&honest.id()).await.unwrap();
    assert_eq!(staged, (0, 0), "staged bodies are committed or deleted");

    let mut waiting = FakeGroup::new(3, now());
    waiting.add("one", &vec![0; 2_000]);
    let head = waiting.sign();
    let mut unfinished = waiting.whole(&head);
    unfinished.pop();
    assert_eq!(bench.push_error(unfinished).await, "sync_incomplete");
    let large: Vec<_> = hoarder.records.values().cloned().collect();
    hoarder.add("missing", b"which does not arrive");
    let head = hoarder.sign();
    let lacking = transfer(&hoarder.log, Some(&head), None, &hoarder.manifest(), &large);
    assert_eq!(bench.push_error(lacking).await, "staging_full");
}

#[tokio::test]
async fn the_number_of_oversized_transfers_is_bounded() {
    let config = IngestConfig {
        max_records: 1,
        ..IngestConfig::default()
    };
    let bench = Bench::with(config).await;
    let mut publisher = FakeGroup::new(1, now());
    publisher.add("one", b"first");
    publisher.add("two", b"second");
    let head = publisher.sign();
    let push = publisher.whole(&head);
    let permits = bench
        .processor
        .shared
        .oversized
        .acquire_many(4)
        .await
        .unwrap();
    assert_eq!(bench.push_error(push.clone()).await, "too_many_transfers");
    drop(permits);
    let result = bench.push(push).await.unwrap();
    assert_eq!(result.outcome, Outcome::Throttled);
    assert_eq!(bench.processor.shared.oversized.available_permits(), 4);
}

#[tokio::test]
async fn staging_is_bounded_by_group() {
    let config = IngestConfig {
        max_view_bytes: 1_000,
        staged_bytes_per_group: 1_000,
        ..IngestConfig::default()
    };
    let bench = Bench::with(config).await;
    let mut publisher = FakeGroup::new(1, now());
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

fn little_growth() -> IngestConfig {
    IngestConfig {
        // A group counts for 4,096 bytes.
        source_daily_bytes: 10_000,
        ..IngestConfig::default()
    }
}

#[tokio::test]
async fn groups_of_a_source_over_its_daily_bytes_wait_but_their_removals_do_not() {
    let bench = Bench::with(little_growth()).await;
    let mut publisher = FakeGroup::new(1, now());
    add_many(&mut publisher, "old", 10);
    let head = publisher.sign();
    bench.pull(publisher.whole(&head)).await.unwrap();
    assert_eq!(bench.shown(&publisher).await.len(), 10);

    let secret = publisher.first_record();
    publisher.withdraw_record(&secret);
    publisher.add("large", &[b'x'; 9_000]);
    let head = publisher.sign();
    let whole = publisher.whole(&head);
    let result = bench.pull(whole.clone()).await.unwrap();
    assert_eq!(result.outcome, Outcome::Throttled);
    let throttle = bench.row(&publisher).await.throttle.unwrap();
    assert_eq!(throttle.limit, "ingest.source_daily_bytes");
    assert!(throttle.until.unwrap() <= now().plus(DAY));
    assert_eq!(bench.shown(&publisher).await.len(), 9);
    // What the group pushes itself does not depend on the source.
    let result = bench.push(whole).await.unwrap();
    assert!(matches!(result.outcome, Outcome::Stored(_)), "{result:?}");
    assert_eq!(bench.shown(&publisher).await.len(), 10);
    bench.assert_consistent(&publisher).await;
}

#[tokio::test]
async fn new_groups_of_a_source_over_its_daily_bytes_wait_and_removals_pass() {
    let bench = Bench::with(little_growth()).await;
    let mut publishers: Vec<_> = (1..=2)
        .map(|number| FakeGroup::new(number, now()))
        .collect();
    for publisher in &mut publishers {
        add_many(publisher, "old", 2);
        let head = publisher.sign();
        bench.pull(publisher.whole(&head)).await.unwrap();
    }
    let mut third = FakeGroup::new(3, now());
    third.add("one", b"one");
    let head = third.sign();
    let whole = third.whole(&head);
    let Outcome::OverQuota(postponed) = bench.pull(whole.clone()).await.unwrap().outcome else {
        panic!("the third group waits");
    };
    assert_eq!(postponed.limit, "ingest.source_daily_bytes");
    assert_eq!(bench.store().group(&third.id()).await.unwrap(), None);
    let first = &mut publishers[0];
    let gone = first.first_record();
    first.withdraw_record(&gone);
    let head = first.sign();
    let result = bench.pull(first.whole(&head)).await.unwrap();
    assert!(matches!(result.outcome, Outcome::Stored(_)), "{result:?}");
    assert_eq!(bench.shown(first).await.len(), 1);

    assert!(postponed.until <= now().plus(DAY));
    bench.clock.advance(DAY);
    bench.pull(whole).await.unwrap();
    assert_eq!(bench.shown(&third).await, ["one"]);
}
