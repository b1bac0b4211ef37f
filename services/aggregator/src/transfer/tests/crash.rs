//! A transfer that is cut off at any moment changes all or nothing; acknowledged heads survive
//! reopening the store.

use hedgerow_core::name::View;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_cut_off_at_any_moment_leaves_all_or_nothing() {
    let mut bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    let mut signed = vec![publisher.previous.unwrap()];
    // The index in `signed` of the last head that was acknowledged or read.
    let mut acknowledged = 0;
    for round in 0..60_u64 {
        publisher.records.pop_first();
        publisher.add(&format!("key-{round}"), &round.to_be_bytes());
        let head = publisher.sign();
        let hash = publisher.previous.unwrap();
        signed.push(hash);
        let push = publisher.whole(&head);
        let processor = Arc::clone(&bench.processor);
        let running = tokio::spawn(async move {
            let origin = Origin::Configured(crate::admission::SourceId::from_number(1));
            processor
                .process(stream::iter(push.into_iter().map(Ok)), origin)
                .await
        });
        let stop = running.abort_handle();
        let cut = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_micros(round * 400)).await;
            stop.abort();
        });
        if let Ok(Ok(result)) = running.await {
            assert_eq!(result.outcome, Outcome::Stored(hash));
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
            bench.processor = Arc::new(TransferProcessor::new(
                store,
                bench.clock.clone(),
                OWN,
                &config,
            ));
        }
        bench.assert_consistent(&publisher).await;
        let stored = bench
            .store()
            .head(&publisher.id(), &View::public())
            .await
            .unwrap()
            .unwrap();
        let at = signed
            .iter()
            .position(|hash| *hash == stored.facts.hash)
            .unwrap();
        assert!(
            at >= acknowledged,
            "round {round}: an acknowledged head is lost"
        );
        acknowledged = at;
        assert_eq!(bench.shown(&publisher).await.len(), 2, "round {round}");
    }
    assert!(acknowledged > 0, "no transfer was committed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_highest_head_of_many_concurrent_transfers_stays() {
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
            let processor = Arc::clone(&bench.processor);
            tokio::spawn(async move {
                processor
                    .process(
                        stream::iter(push.into_iter().map(Ok)),
                        Origin::Configured(crate::admission::SourceId::from_number(1)),
                    )
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
    bench.assert_consistent(&publisher).await;
    if let Err(failure) = bench.pull(pushes.pop().unwrap()).await {
        panic!("the newest head is accepted or stored already: {failure}");
    }
    let stored = bench
        .store()
        .head(&publisher.id(), &View::public())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.facts.hash, last);
    assert_eq!(bench.shown(&publisher).await.len(), 10);
}
