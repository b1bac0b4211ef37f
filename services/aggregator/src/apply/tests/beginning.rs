//! Groups that begin: at once where all came, and never without the key events that came.

use futures::StreamExt;
use hedgerow_core::name::View;
use tokio::sync::oneshot;

use super::*;

/// What a sender is told of a group that is held.
async fn stored(bench: &Bench, publisher: &Publisher) -> crate::store::GroupRow {
    bench.store().group(&publisher.id()).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_group_that_came_whole_stands_as_the_store_says() {
    let bench = Bench::new().await;
    let mut publisher = Publisher::new(1, now());
    publisher.add("good", b"good");
    publisher.add("large", &vec![0; 70_000]);
    let head = publisher.sign();
    let applied = bench.push(publisher.whole(&head)).await.unwrap();
    assert_eq!((applied.kept, applied.refused), (1, 1));
    let stands = applied.stands.unwrap();
    let row = stored(&bench, &publisher).await;
    assert_eq!((stands.row.tip, stands.row.shown), (row.tip, row.shown));
    assert_eq!(stands.row.revision, row.revision);
    let refusals = bench
        .store()
        .refusals(&publisher.id(), &View::public(), 10)
        .await
        .unwrap();
    assert_eq!(stands.refusals, refusals);
    assert_eq!(
        status::admission(&stands.row, &stands.refusals, now()),
        status::admission(&row, &refusals, now())
    );
    bench.assert_sound(&publisher).await;
}

#[tokio::test]
async fn key_events_that_came_are_kept_where_the_transfer_is_dropped() {
    let bench = Bench::new().await;
    let mut publisher = Publisher::new(1, now());
    publisher.rotate();
    publisher.add("one", b"first");
    let head = publisher.sign();
    let mut items = publisher.whole(&head);
    items.truncate(items.len() - 2);
    let (reached, all_came) = oneshot::channel();
    let end = stream::once(async move {
        let _ = reached.send(());
        std::future::pending().await
    });
    let items = stream::iter(items.into_iter().map(Ok)).chain(end);
    let apply = Arc::clone(&bench.apply);
    let running = tokio::spawn(async move { apply.take(items, &Origin::Configured).await });
    all_came.await.unwrap();
    let id = publisher.id();
    assert_eq!(bench.store().group(&id).await.unwrap(), None);
    let changed = bench.store().changed();
    let before = *changed.borrow();
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    let mut changed = changed;
    changed
        .wait_for(|revision| *revision > before)
        .await
        .unwrap();
    assert_eq!(
        bench.store().key_log(&id).await.unwrap(),
        publisher.log.envelopes()
    );
}

#[tokio::test]
async fn a_head_that_cannot_come_in_leaves_its_groups_key_events() {
    let bench = Bench::new().await;
    let mut publisher = Publisher::new(1, now());
    publisher.add("one", b"first");
    publisher.now = now().plus(DAY);
    let head = publisher.sign();
    let refused = bench.refused(publisher.whole(&head)).await;
    assert_eq!(refused, "head_from_the_future");
    assert_eq!(stored(&bench, &publisher).await.head, None);

    let mut bare = Publisher::new(2, now());
    bare.add("one", b"first");
    let head = bare.sign();
    let manifest = bare.manifest();
    let no_bodies = crate::tests::items(&bare.log, Some(&head), None, &manifest, &[]);
    let applied = bench.push(no_bodies).await.unwrap();
    assert!(matches!(applied.outcome, Outcome::Wanted(_)));
    assert_eq!(stored(&bench, &bare).await.head, None);
}

#[tokio::test]
async fn a_group_that_two_bring_at_once_begins_once() {
    let bench = Bench::new().await;
    let mut publisher = Publisher::new(1, now());
    publisher.add("one", b"first");
    let head = publisher.sign();
    let push = publisher.whole(&head);
    let (one, two) = tokio::join!(bench.push(push.clone()), bench.push(push.clone()));
    let mut held = 0;
    for applied in [one, two] {
        match applied {
            Ok(applied) => {
                assert!(matches!(applied.outcome, Outcome::Held(_)), "{applied:?}");
                held += 1;
            }
            Err(failure) => assert_eq!(failure.reason(), "superseded"),
        }
    }
    assert!(held > 0);
    assert_eq!(bench.shown(&publisher).await, ["one"]);
    bench.assert_sound(&publisher).await;
    let again = bench.push(push).await.unwrap();
    assert!(matches!(again.outcome, Outcome::Held(_)));
}

#[tokio::test]
async fn a_group_with_more_than_is_kept_at_hand_comes_in_too() {
    let bench = Bench::new().await;
    let mut publisher = Publisher::new(1, now());
    for number in 0..40 {
        publisher.add(&format!("key-{number}"), &vec![number; 60_000]);
    }
    let head = publisher.sign();
    let applied = bench.push(publisher.whole(&head)).await.unwrap();
    assert!(matches!(applied.outcome, Outcome::Held(_)), "{applied:?}");
    assert_eq!(bench.shown(&publisher).await.len(), 40);
    let staged = bench.store().staged_bytes(&publisher.id()).await.unwrap();
    assert_eq!(staged, (0, 0));
    bench.assert_sound(&publisher).await;
}
