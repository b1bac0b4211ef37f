//! A transfer that is cut off at any moment changes all or nothing; what was acknowledged
//! is there after the store is opened again.

use hedgerow_core::name::View;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_cut_off_at_any_moment_leaves_all_or_nothing() {
    let mut bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    let mut signed = vec![publisher.previous.unwrap()];
    // The place in `signed` of the last head that was acknowledged or seen.
    let mut acknowledged = 0;
    for round in 0..60_u64 {
        publisher.records.remove(0);
        publisher.add(&format!("key-{round}"), &round.to_be_bytes());
        let head = publisher.sign();
        let hash = publisher.previous.unwrap();
        signed.push(hash);
        let push = publisher.whole(&head);
        let apply = Arc::clone(&bench.apply);
        let running = tokio::spawn(async move {
            let origin = Origin::Configured;
            apply
                .take(stream::iter(push.into_iter().map(Ok)), &origin)
                .await
        });
        let stop = running.abort_handle();
        let cut = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_micros(round * 400)).await;
            stop.abort();
        });
        if let Ok(Ok(applied)) = running.await {
            assert_eq!(applied.outcome, Outcome::Held(hash));
            acknowledged = signed.len() - 1;
        }
        cut.await.unwrap();
        if round % 10 == 0 {
            bench.store().close().await;
            let store = open(&bench.folder).await;
            let config = IngestConfig {
                creates: 100_000,
                ..IngestConfig::default()
            };
            bench.apply = Arc::new(Apply::new(store, bench.clock.clone(), OWN, config));
        }
        bench.assert_sound(&publisher).await;
        let held = bench
            .store()
            .head(&publisher.id(), &View::public())
            .await
            .unwrap()
            .unwrap();
        let at = signed.iter().position(|hash| *hash == held.hash).unwrap();
        assert!(
            at >= acknowledged,
            "round {round}: an acknowledged head is lost"
        );
        acknowledged = at;
        assert_eq!(bench.shown(&publisher).await.len(), 2, "round {round}");
    }
    assert!(acknowledged > 0, "none came through");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_transfers_at_once_the_highest_head_stays() {
    let bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    let mut pushes = Vec::new();
    for round in 0..8_u8 {
        publisher.add(&format!("key-{round}"), &[round]);
        let head = publisher.sign();
        pushes.push(publisher.whole(&head));
    }
    let last = publisher.previous.unwrap();
    let running: Vec<_> = pushes
        .iter()
        .cloned()
        .map(|push| {
            let apply = Arc::clone(&bench.apply);
            tokio::spawn(async move {
                apply
                    .take(stream::iter(push.into_iter().map(Ok)), &Origin::Configured)
                    .await
            })
        })
        .collect();
    for push in running {
        if let Err(failure) = push.await.unwrap() {
            assert!(
                ["superseded", "head_superseded"].contains(&failure.reason()),
                "{failure}"
            );
        }
    }
    bench.assert_sound(&publisher).await;
    if let Err(failure) = bench.pull(pushes.pop().unwrap()).await {
        panic!("the newest is taken or held: {failure}");
    }
    let held = bench
        .store()
        .head(&publisher.id(), &View::public())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(held.hash, last);
    assert_eq!(bench.shown(&publisher).await.len(), 10);
}
