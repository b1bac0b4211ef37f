//! New groups: committed at once if they arrive whole; their key events are stored in any case.

use futures::StreamExt;
use hedgerow_core::name::View;
use tokio::sync::oneshot;

use hedgerow_testkit::transfer;

use super::*;

async fn stored_row(bench: &Bench, publisher: &FakeGroup) -> hedgerow_store::GroupRow {
    bench.row(publisher).await
}

#[tokio::test]
async fn the_summary_of_a_new_group_equals_its_stored_row() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    publisher.add("good", b"good");
    publisher.add("large", &vec![0; 70_000]);
    let result = bench.publish(&mut publisher).await;
    assert_eq!((result.kept, result.refused), (1, 1));
    let summary = result.summary.unwrap();
    let row = stored_row(&bench, &publisher).await;
    assert_eq!((summary.row.tip, summary.row.shown), (row.tip, row.shown));
    assert_eq!(summary.row.revision, row.revision);
    let refusals = bench
        .store()
        .list_refusals(&publisher.id(), &View::public(), 10)
        .await
        .unwrap();
    assert_eq!(summary.refusals, refusals);
    assert_eq!(
        status::admission(&summary.row, &summary.refusals, now()),
        status::admission(&row, &refusals, now())
    );
    bench.assert_consistent(&publisher).await;
}

#[tokio::test]
async fn key_events_are_stored_even_if_their_transfer_is_dropped() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
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
    let processor = Arc::clone(&bench.processor);
    let running = tokio::spawn(async move {
        processor
            .process(
                items,
                Origin::Configured(crate::admission::SourceId::from_number(1)),
            )
            .await
    });
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
async fn key_events_are_stored_even_if_their_head_is_rejected() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    publisher.add("one", b"first");
    publisher.now = now().plus(DAY);
    let head = publisher.sign();
    let refused = bench.push_error(publisher.whole(&head)).await;
    assert_eq!(refused, "head_from_the_future");
    assert_eq!(stored_row(&bench, &publisher).await.head, None);

    let mut bare = FakeGroup::new(2, now());
    bare.add("one", b"first");
    let head = bare.sign();
    let manifest = bare.manifest();
    let no_bodies = transfer(&bare.log, Some(&head), None, &manifest, &[]);
    let result = bench.push(no_bodies).await.unwrap();
    assert!(matches!(result.outcome, Outcome::Wanted(_)));
    assert_eq!(stored_row(&bench, &bare).await.head, None);
}

#[tokio::test]
async fn a_group_pushed_twice_at_the_same_time_begins_once() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    publisher.add("one", b"first");
    let head = publisher.sign();
    let push = publisher.whole(&head);
    let (one, two) = tokio::join!(bench.push(push.clone()), bench.push(push.clone()));
    let mut stored = 0;
    for result in [one, two] {
        match result {
            Ok(result) => {
                assert!(matches!(result.outcome, Outcome::Stored(_)), "{result:?}");
                stored += 1;
            }
            Err(failure) => assert_eq!(failure.reason(), "superseded"),
        }
    }
    assert!(stored > 0);
    assert_eq!(bench.shown(&publisher).await, ["one"]);
    bench.assert_consistent(&publisher).await;
    let again = bench.push(push).await.unwrap();
    assert!(matches!(again.outcome, Outcome::Stored(_)));
}

#[tokio::test]
async fn a_new_group_larger_than_the_buffer_is_staged_and_committed() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    for number in 0..40 {
        publisher.add(&format!("key-{number}"), &vec![number; 60_000]);
    }
    let result = bench.publish(&mut publisher).await;
    assert!(matches!(result.outcome, Outcome::Stored(_)), "{result:?}");
    assert_eq!(bench.shown(&publisher).await.len(), 40);
    let staged = bench.store().staged_bytes(&publisher.id()).await.unwrap();
    assert_eq!(staged, (0, 0));
    bench.assert_consistent(&publisher).await;
}
