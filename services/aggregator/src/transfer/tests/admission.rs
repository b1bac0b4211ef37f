//! Groups that leave, that the operator excluded, or that lapsed.

use hedgerow_core::head::Indexing;
use hedgerow_core::name::View;

use super::*;
use hedgerow_store::Exclude;

#[tokio::test]
async fn a_group_that_leaves_is_erased_except_for_its_head() {
    let bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    publisher.indexing = Indexing::Named(vec![GroupId::from_bytes([3; 32])]);
    let head = publisher.sign();
    let result = bench.push(publisher.whole(&head)).await.unwrap();
    assert!(
        matches!(result.outcome, Outcome::NotInvited(_)),
        "{result:?}"
    );
    assert_eq!(
        bench.status(&publisher).await,
        feed_v1::GroupStatus::NotInvited
    );
    assert!(bench.shown(&publisher).await.is_empty());
    let record = &publisher.first_record();
    let hash = hedgerow_core::record::record_hash(record);
    let body = bench
        .store()
        .body(&publisher.id(), &View::public(), &hash)
        .await
        .unwrap();
    assert_eq!(body, None);
    assert_eq!(
        bench.store().staged_bytes(&publisher.id()).await.unwrap(),
        (0, 0)
    );
    let state = bench
        .store()
        .view_state(&publisher.id(), &View::public())
        .await
        .unwrap();
    assert_eq!(state.highest, Some(head));
    publisher.indexing = Indexing::Named(vec![OWN]);
    bench.publish(&mut publisher).await;
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);
}

#[tokio::test]
async fn an_excluded_group_is_hidden_and_its_highest_head_is_stored() {
    let bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    let id = publisher.id();
    let exclude = Exclude {
        group_id: id,
        reason: "not a group".into(),
        now: now(),
    };
    bench.store().exclude(exclude).await.unwrap();
    publisher.add("three", b"third");
    let head = publisher.sign();
    let result = bench.push(publisher.whole(&head)).await.unwrap();
    assert_eq!(result.outcome, Outcome::Excluded);
    assert!(bench.shown(&publisher).await.is_empty());
    assert_eq!(
        bench.status(&publisher).await,
        feed_v1::GroupStatus::Excluded
    );
    let state = bench
        .store()
        .view_state(&id, &View::public())
        .await
        .unwrap();
    assert_eq!(state.highest, Some(head.clone()));
    bench.store().include(&id).await.unwrap();
    bench.push(publisher.whole(&head)).await.unwrap();
    assert_eq!(bench.shown(&publisher).await, ["one", "three", "two"]);
}

#[tokio::test]
async fn a_group_excluded_in_advance_is_not_stored() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    let exclude = Exclude {
        group_id: publisher.id(),
        reason: "no".into(),
        now: now(),
    };
    bench.store().exclude(exclude).await.unwrap();
    assert_eq!(
        bench.publish(&mut publisher).await.outcome,
        Outcome::Excluded
    );
    assert_eq!(bench.store().group(&publisher.id()).await.unwrap(), None);
}

#[tokio::test]
async fn a_silent_group_goes_stale_lapses_is_erased_and_comes_back() {
    let bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    bench.clock.advance(29 * DAY);
    assert_eq!(bench.status(&publisher).await, feed_v1::GroupStatus::Stale);
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);
    bench.clock.advance(181 * DAY);
    assert_eq!(bench.status(&publisher).await, feed_v1::GroupStatus::Lapsed);
    assert!(bench.shown(&publisher).await.is_empty(), "before any sweep");
    sweep(&bench).await;
    assert!(!bench.row(&publisher).await.shown);
    bench.clock.advance(200 * DAY);
    sweep(&bench).await;
    let stored = bench
        .store()
        .manifest(&publisher.id(), &View::public())
        .await
        .unwrap();
    assert_eq!(stored, None);
    publisher.now = bench.processor.now();
    bench.publish(&mut publisher).await;
    assert_eq!(bench.status(&publisher).await, feed_v1::GroupStatus::Active);
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);
}

async fn sweep(bench: &Bench) {
    crate::retention::sweep(
        bench.store().as_ref(),
        bench.processor.now(),
        Duration::from_secs(60),
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn after_a_restore_a_group_is_unconfirmed_until_its_head_is_repeated() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    publisher.add("one", b"first");
    let head = publisher.sign();
    let push = publisher.whole(&head);
    bench.push(push.clone()).await.unwrap();
    bench.store().begin_stream("another").await.unwrap();
    let unconfirmed = || async {
        let row = bench.row(&publisher).await;
        status::admission(&row, &[], now()).unconfirmed
    };
    assert!(unconfirmed().await);
    bench.push(push).await.unwrap();
    assert!(!unconfirmed().await);
}

#[tokio::test]
async fn a_head_that_expired_long_ago_does_not_show_the_group_again() {
    let bench = Bench::new().await;
    let publisher = pushed(&bench, 1).await;
    bench.clock.advance(DAY * 300);
    crate::retention::sweep(
        bench.store().as_ref(),
        bench.processor.now(),
        Duration::from_secs(60),
    )
    .await
    .unwrap();
    let shown = || async {
        let row = bench.store().group(&publisher.id()).await;
        row.unwrap().unwrap().shown
    };
    assert!(!shown().await);
    let mut next = publisher.clone();
    next.now = now().plus(DAY);
    bench.publish(&mut next).await;
    assert!(!shown().await, "not even before the next sweep");
    next.now = bench.processor.now();
    bench.publish(&mut next).await;
    assert!(shown().await);
    assert_eq!(bench.status(&next).await, feed_v1::GroupStatus::Active);
}
