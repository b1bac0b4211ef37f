//! Bodies: none may be missing from a push, any from a pull.

use hedgerow_core::name::View;
use hedgerow_core::record::record_hash;

use super::*;
use crate::tests::items;

#[tokio::test]
async fn what_a_group_pushes_is_held_and_shown() {
    let bench = Bench::new().await;
    let publisher = pushed(&bench, 1).await;
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);
    assert_eq!(bench.status(&publisher).await, v1::GroupStatus::Active);
    bench.assert_sound(&publisher).await;
}

#[tokio::test]
async fn a_difference_puts_and_removes() {
    let bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    let (before, basis) = (publisher.manifest(), publisher.previous.unwrap());
    let gone = publisher.records[0].clone();
    publisher.take_back(&gone);
    let new = publisher.add("three", b"third");
    let head = publisher.sign();
    let push = items(
        &publisher.log,
        Some(&head),
        Some((&before, basis)),
        &publisher.manifest(),
        &[new],
    );
    let applied = bench.push(push).await.unwrap();
    assert_eq!((applied.kept, applied.refused), (1, 0));
    assert_eq!(bench.shown(&publisher).await, ["three", "two"]);
    bench.assert_sound(&publisher).await;
}

#[tokio::test]
async fn a_stranger_cannot_blank_a_group_by_pushing_its_head_without_bodies() {
    let bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    publisher.records.clear();
    let new = publisher.add("three", b"third");
    let head = publisher.sign();
    let bare = items(
        &publisher.log,
        Some(&head),
        None,
        &publisher.manifest(),
        &[],
    );
    let applied = bench.push(bare.clone()).await.unwrap();
    assert_eq!(applied.outcome, Outcome::Wanted(vec![record_hash(&new)]));
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);

    let mut says_not_here = bare;
    let end = says_not_here.pop().unwrap();
    says_not_here.push(hedgerow_core::sync::not_here_item(&record_hash(&new)));
    says_not_here.push(end);
    let applied = bench.push(says_not_here).await.unwrap();
    assert!(matches!(applied.outcome, Outcome::Wanted(_)));
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);
}

#[tokio::test]
async fn bodies_of_a_broken_push_are_there_for_the_next() {
    let bench = Bench::new().await;
    let mut publisher = Publisher::new(1, now());
    let one = publisher.add("one", b"first");
    let two = publisher.add("two", b"second");
    let head = publisher.sign();
    let manifest = publisher.manifest();
    let mut broken = items(&publisher.log, Some(&head), None, &manifest, &[one]);
    broken.pop();
    assert_eq!(bench.refused(broken).await, "sync_incomplete");
    assert!(bench.shown(&publisher).await.is_empty());
    let rest = items(&publisher.log, Some(&head), None, &manifest, &[two]);
    let applied = bench.push(rest).await.unwrap();
    assert!(matches!(applied.outcome, Outcome::Held(_)), "{applied:?}");
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);
}

#[tokio::test]
async fn a_pull_may_lack_bodies_and_another_source_fills_them_in() {
    let bench = Bench::new().await;
    let mut publisher = Publisher::new(1, now());
    let one = publisher.add("one", b"first");
    let two = publisher.add("two", b"second");
    let head = publisher.sign();
    let manifest = publisher.manifest();
    let lacking = items(&publisher.log, Some(&head), None, &manifest, &[one]);
    let applied = bench.pull(lacking).await.unwrap();
    assert!(matches!(applied.outcome, Outcome::Held(_)));
    assert_eq!(bench.shown(&publisher).await, ["one"]);
    let wanted = bench
        .store()
        .wanted(&publisher.id(), &View::public(), 10)
        .await
        .unwrap();
    assert_eq!(wanted, [record_hash(&two)]);

    let basis = Some((&manifest, publisher.previous.unwrap()));
    let fill = items(&publisher.log, Some(&head), basis, &manifest, &[two]);
    let applied = bench.pull(fill).await.unwrap();
    assert_eq!(applied.kept, 1);
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);
}

#[tokio::test]
async fn the_same_push_again_changes_nothing() {
    let bench = Bench::new().await;
    let mut publisher = Publisher::new(1, now());
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
async fn an_unknown_kind_is_kept_byte_for_byte_and_passed_on() {
    use hedgerow_rpc::feed::FeedSource;
    let bench = Bench::new().await;
    let mut publisher = Publisher::new(1, now());
    let mut strange = publisher.add("one", b"of a kind that this build lacks");
    // A field that this build does not know either.
    publisher.records.clear();
    strange.extend_from_slice(&[0xa2, 0x06, 3, b'n', b'e', b'w']);
    publisher.records.push(strange.clone());
    let head = publisher.sign();
    bench.push(publisher.whole(&head)).await.unwrap();
    let feed = crate::feed::StoredFeed::new(bench.store().clone(), bench.clock.clone());
    let hash = record_hash(&strange);
    let passed_on = feed
        .body(&publisher.id(), &View::public(), &hash)
        .await
        .unwrap();
    assert_eq!(passed_on, Some(strange));
}
