//! Aggregators that follow each other end with equal roots.

use hedgerow_core::id::Root;
use hedgerow_core::name::View;
use hedgerow_core::tree::Manifest;
use hedgerow_proto::feed_v1::feed_service_client::FeedServiceClient;
use hedgerow_store::Exclude;
use hedgerow_transport::failure::CallFailure;

use super::*;
use hedgerow_testkit::transfer;

async fn root(served: &Served, publisher: &FakeGroup) -> Option<Root> {
    let stored = served
        .store
        .manifest(&publisher.id(), &View::public())
        .await
        .unwrap();
    stored.map(|(_, manifest)| manifest.root())
}

async fn shown(served: &Served, publisher: &FakeGroup) -> usize {
    let row = served.store.group(&publisher.id()).await.unwrap();
    if !row.is_some_and(|row| row.shown) {
        return 0;
    }
    served
        .store
        .list_records(&publisher.id(), &View::public(), None, 100)
        .await
        .unwrap()
        .len()
}

async fn wait_for_root_of(served: &Served, publisher: &FakeGroup) {
    let wanted = Some(publisher.manifest().root());
    eventually("the roots are equal", || async {
        root(served, publisher).await == wanted
    })
    .await;
}

/// Signs the group's next head and pushes the whole group.
async fn push_next(served: &Served, publisher: &mut FakeGroup) {
    let head = publisher.sign();
    served.push(publisher.whole(&head)).await;
}

/// An aggregator, one that follows it, and a group that both have.
async fn followed() -> (Served, Served, FakeGroup) {
    let first = Served::start(Vec::new()).await;
    let second = Served::start(vec![first.address.clone()]).await;
    let mut one = publisher(1);
    push_next(&first, &mut one).await;
    wait_for_root_of(&second, &one).await;
    (first, second, one)
}

fn exclusion(publisher: &FakeGroup, reason: &str) -> Exclude {
    Exclude {
        group_id: publisher.id(),
        reason: reason.into(),
        now: now(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_of_aggregators_ends_with_equal_roots() {
    let first = Served::start(Vec::new()).await;
    let second = Served::start(vec![first.address.clone()]).await;
    let third = Served::start(vec![second.address.clone()]).await;
    let mut groups: Vec<_> = (1..=5).map(publisher).collect();
    for group in &mut groups {
        push_next(&first, group).await;
    }
    for group in &groups {
        wait_for_root_of(&third, group).await;
        eventually("the bodies have arrived", || async {
            shown(&third, group).await == 2
        })
        .await;
    }
    let gone = groups[0].first_record();
    groups[0].withdraw_record(&gone);
    groups[0].add("three", b"third");
    push_next(&first, &mut groups[0]).await;
    wait_for_root_of(&third, &groups[0]).await;

    groups[1].rotate();
    let rotation = transfer(&groups[1].log, None, None, &Manifest::empty(), &[]);
    first.push(rotation).await;
    eventually("heads before a rotation are ended", || async {
        shown(&third, &groups[1]).await == 0
    })
    .await;
    push_next(&first, &mut groups[1]).await;
    eventually("a head after the rotation is shown", || async {
        shown(&third, &groups[1]).await == 2
    })
    .await;

    groups[2].deactivate();
    let end = transfer(&groups[2].log, None, None, &Manifest::empty(), &[]);
    first.push(end).await;
    eventually("a deactivation arrives without a head", || async {
        third
            .store
            .group(&groups[2].id())
            .await
            .unwrap()
            .unwrap()
            .ended
    })
    .await;
    third.stop().await;
    second.stop().await;
    first.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_resumes_where_it_stopped() {
    let (first, second, mut one) = followed().await;
    let sources = vec![first.address.clone()];
    let folder = second.stop().await;
    let mut two = publisher(2);
    push_next(&first, &mut two).await;
    one.records.clear();
    push_next(&first, &mut one).await;
    let config = Config {
        sources,
        ..Config::new(folder.path())
    };
    let second = Served::serve(config, folder).await;
    wait_for_root_of(&second, &one).await;
    wait_for_root_of(&second, &two).await;
    assert_eq!(shown(&second, &one).await, 0);
    second.stop().await;
    first.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exclusion_applies_only_to_the_aggregator_that_made_it() {
    let (first, second, one) = followed().await;
    let exclude = exclusion(&one, "ours to decide");
    first.store.exclude(exclude).await.unwrap();
    // Once a later group has arrived, the follower has read the row of the exclusion.
    let mut two = publisher(2);
    push_next(&first, &mut two).await;
    wait_for_root_of(&second, &two).await;
    assert_eq!(shown(&second, &one).await, 2);
    let third = Served::start(vec![first.address.clone()]).await;
    wait_for_root_of(&third, &two).await;
    assert_eq!(third.store.group(&one.id()).await.unwrap(), None);
    third.stop().await;
    second.stop().await;
    first.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_starts_over_after_a_miss_and_resumes_otherwise() {
    let first = Served::start(Vec::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config {
        sources: vec![first.address.clone()],
        ..Config::new(folder.path())
    };
    config.crawl.sweep_seconds = 1;
    let second = Served::make(config, folder).await;
    let source = || async {
        let row = second.store.source(&first.address.to_string()).await;
        row.unwrap().expect("the source has a row")
    };
    let mut one = publisher(1);
    push_next(&first, &mut one).await;
    wait_for_root_of(&second, &one).await;
    let begun = source().await.listed_at;
    let exclude = exclusion(&one, "by mistake");
    second.store.exclude(exclude.clone()).await.unwrap();
    assert_eq!(second.store.list_exclusions().await.unwrap().len(), 1);
    assert!(second.store.include(&one.id()).await.unwrap());
    assert_eq!(
        shown(&second, &one).await,
        2,
        "they were hidden, not erased"
    );
    second.store.exclude(exclude).await.unwrap();
    second.store.erase_excluded(&one.id()).await.unwrap();
    assert!(second.store.include(&one.id()).await.unwrap());
    assert_eq!(shown(&second, &one).await, 0);
    eventually("the missed group is shown again", || async {
        shown(&second, &one).await == 2
    })
    .await;
    let again = source().await;
    assert!(again.listed_at > begun && !again.missed);
    eventually("the next sweep", || async {
        source().await.answered_at > again.answered_at
    })
    .await;
    assert_eq!(source().await.listed_at, again.listed_at);
    let mut two = publisher(2);
    push_next(&first, &mut two).await;
    wait_for_root_of(&second, &two).await;
    second.stop().await;
    first.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_is_included_again_is_fetched_without_a_sweep() {
    // With the usual intervals: the next sweep is in an hour.
    let (first, second, one) = followed().await;
    let exclude = exclusion(&one, "by mistake");
    second.store.exclude(exclude).await.unwrap();
    second.store.erase_excluded(&one.id()).await.unwrap();
    // Longer than the interval in which a running aggregator reads the exclusions.
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert_eq!(shown(&second, &one).await, 0);
    assert!(second.store.include(&one.id()).await.unwrap());
    eventually("the group is shown again", || async {
        shown(&second, &one).await == 2
    })
    .await;
    second.stop().await;
    first.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_from_the_future_or_of_another_stream_is_unknown() {
    let first = Served::start(Vec::new()).await;
    let mut one = publisher(1);
    push_next(&first, &mut one).await;
    let watch = async |after: String| {
        let mut feed = bounded!(FeedServiceClient::new(first.channel.clone()));
        let rows = feed.watch_heads(feed_v1::WatchHeadsRequest { after }).await;
        let row = rows.unwrap().into_inner().message().await;
        row.map_err(|status| CallFailure::from(status).reason)
    };
    let row = watch(String::new()).await.unwrap().expect("a row");
    let (stream, revision) = row.cursor.split_once(':').unwrap();
    let ahead = revision.parse::<u64>().unwrap() + 1;
    for cursor in [format!("{stream}:{ahead}"), format!("other:{revision}")] {
        assert_eq!(watch(cursor).await.unwrap_err(), "cursor_unknown");
    }
    first.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ring_of_aggregators_becomes_quiet() {
    let first = Served::start(Vec::new()).await;
    let second = Served::start(vec![first.address.clone()]).await;
    let address = second.address.clone();
    let listen = first.address.port;
    let folder = first.stop().await;
    let config = Config {
        sources: vec![address],
        ..Config::new(folder.path())
    };
    let first = Served::serve_at(config, folder, listen).await;
    let mut one = publisher(1);
    push_next(&first, &mut one).await;
    wait_for_root_of(&second, &one).await;
    let mut two = publisher(2);
    push_next(&second, &mut two).await;
    wait_for_root_of(&first, &two).await;
    let before = (
        first.store.latest_revision().await.unwrap(),
        second.store.latest_revision().await.unwrap(),
    );
    tokio::time::sleep(Duration::from_secs(2)).await;
    let after = (
        first.store.latest_revision().await.unwrap(),
        second.store.latest_revision().await.unwrap(),
    );
    assert_eq!(before, after, "the ring keeps changing");
    second.stop().await;
    first.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unreachable_source_does_not_delay_the_others() {
    let unreachable = Endpoint::parse("https://127.0.0.1:9").unwrap();
    let first = Served::start(Vec::new()).await;
    let second = Served::start(vec![unreachable, first.address.clone()]).await;
    let mut one = publisher(1);
    push_next(&first, &mut one).await;
    wait_for_root_of(&second, &one).await;
    second.stop().await;
    first.stop().await;
}
