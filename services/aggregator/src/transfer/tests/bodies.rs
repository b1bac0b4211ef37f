//! Bodies: a push must be complete, a pull need not be.

use hedgerow_core::name::View;
use hedgerow_core::record::record_hash;

use super::*;
use hedgerow_testkit::transfer;

#[tokio::test]
async fn a_pushed_group_is_stored_and_shown() {
    let bench = Bench::new().await;
    let publisher = pushed(&bench, 1).await;
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);
    assert_eq!(bench.status(&publisher).await, feed_v1::GroupStatus::Active);
    bench.assert_consistent(&publisher).await;
}

#[tokio::test]
async fn a_difference_puts_and_removes() {
    let bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    let (before, basis) = (publisher.manifest(), publisher.previous.unwrap());
    let gone = publisher.first_record();
    publisher.withdraw_record(&gone);
    let new = publisher.add("three", b"third");
    let head = publisher.sign();
    let push = transfer(
        &publisher.log,
        Some(&head),
        Some((&before, basis)),
        &publisher.manifest(),
        &[new],
    );
    let result = bench.push(push).await.unwrap();
    assert_eq!((result.kept, result.refused), (1, 0));
    assert_eq!(bench.shown(&publisher).await, ["three", "two"]);
    bench.assert_consistent(&publisher).await;
}

#[tokio::test]
async fn a_stranger_cannot_blank_a_group_by_pushing_its_head_without_bodies() {
    let bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    publisher.records.clear();
    let new = publisher.add("three", b"third");
    let head = publisher.sign();
    let bare = transfer(
        &publisher.log,
        Some(&head),
        None,
        &publisher.manifest(),
        &[],
    );
    let result = bench.push(bare.clone()).await.unwrap();
    assert_eq!(result.outcome, Outcome::Wanted(vec![record_hash(&new)]));
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);

    let mut with_missing_record = bare;
    let end = with_missing_record.pop().unwrap();
    with_missing_record.push(hedgerow_core::sync::missing_record_item(&record_hash(&new)));
    with_missing_record.push(end);
    let result = bench.push(with_missing_record).await.unwrap();
    assert!(matches!(result.outcome, Outcome::Wanted(_)));
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);
}

#[tokio::test]
async fn bodies_of_an_interrupted_push_are_used_by_the_next() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    let one = publisher.add("one", b"first");
    let two = publisher.add("two", b"second");
    let head = publisher.sign();
    let manifest = publisher.manifest();
    let mut interrupted = transfer(&publisher.log, Some(&head), None, &manifest, &[one]);
    interrupted.pop();
    assert_eq!(bench.push_error(interrupted).await, "sync_incomplete");
    assert!(bench.shown(&publisher).await.is_empty());
    let rest = transfer(&publisher.log, Some(&head), None, &manifest, &[two]);
    let result = bench.push(rest).await.unwrap();
    assert!(matches!(result.outcome, Outcome::Stored(_)), "{result:?}");
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);
}

#[tokio::test]
async fn a_pull_may_lack_bodies_and_another_source_fills_them_in() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    let one = publisher.add("one", b"first");
    let two = publisher.add("two", b"second");
    let head = publisher.sign();
    let manifest = publisher.manifest();
    let lacking = transfer(&publisher.log, Some(&head), None, &manifest, &[one]);
    let result = bench.pull(lacking).await.unwrap();
    assert!(matches!(result.outcome, Outcome::Stored(_)));
    assert_eq!(bench.shown(&publisher).await, ["one"]);
    let wanted = bench
        .store()
        .list_wanted(&publisher.id(), &View::public(), 10)
        .await
        .unwrap();
    assert_eq!(wanted, [record_hash(&two)]);

    let basis = Some((&manifest, publisher.previous.unwrap()));
    let fill = transfer(&publisher.log, Some(&head), basis, &manifest, &[two]);
    let result = bench.pull(fill).await.unwrap();
    assert_eq!(result.kept, 1);
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);
}

#[tokio::test]
async fn a_repeated_push_changes_nothing() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    publisher.add("one", b"first");
    let head = publisher.sign();
    let push = publisher.whole(&head);
    let first = bench.push(push.clone()).await.unwrap();
    let revision = bench.store().latest_revision().await.unwrap();
    let again = bench.push(push).await.unwrap();
    assert_eq!(again.outcome, first.outcome);
    assert_eq!(bench.store().latest_revision().await.unwrap(), revision);
}

#[tokio::test]
async fn a_record_of_unknown_kind_is_stored_and_relayed_byte_for_byte() {
    use hedgerow_server::feed::FeedSource;
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    let mut unknown = publisher.add("one", b"of a kind that this build lacks");
    // With a field that this build does not know either.
    unknown.extend_from_slice(&[0xa2, 0x06, 3, b'n', b'e', b'w']);
    let name = publisher.records.keys().next().unwrap().clone();
    publisher.put_bytes(name, unknown.clone());
    bench.publish(&mut publisher).await;
    let feed = crate::feed::StoredFeed::new(bench.store().clone(), bench.clock.clone());
    let hash = record_hash(&unknown);
    let relayed = feed
        .bodies(&publisher.id(), &View::public(), &[hash])
        .await
        .unwrap();
    assert_eq!(relayed, [Some(unknown)]);
}
