//! A group that falls silent is labelled, then hidden, and returns with its next head.

use std::time::Duration;

use hedgerow_client::{directory_v1, feed_v1};
use hedgerow_tests::{TestNetwork, eventually, sample};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_group_goes_stale_then_lapses_and_any_fresh_head_restores_it() {
    let mut network = TestNetwork::new();
    let aggregator = network.add_aggregator(&[]).await;
    let node = network.add_node(&[aggregator]).await;
    let group = network.add_group(node, "sleeping").await;
    group
        .publish("listing", &sample::listing("Sleeping Beauties"))
        .await;
    network.delivered(&group).await;
    let directory = network.directory(aggregator);
    let status = || async {
        let known = directory.get_group(&group.id).await.ok()?;
        known
            .response
            .into_claimed()
            .admission
            .map(|admission| admission.status())
    };
    let request = directory_v1::SearchFilter {
        query: "sleeping beauties".to_owned(),
        ..directory_v1::SearchFilter::default()
    };
    eventually("the group is found", || async {
        let page = directory
            .search(request.clone().into())
            .await
            .expect("a search");
        (!page.hits.is_empty()).then_some(())
    })
    .await;
    network.stop_node(node).await;

    network.clock.advance(29 * DAY);
    assert_eq!(status().await, Some(feed_v1::GroupStatus::Stale));
    let page = directory
        .search(request.clone().into())
        .await
        .expect("a search");
    let hit = page
        .hits
        .into_iter()
        .next()
        .expect("a stale group is still shown")
        .hit
        .into_claimed();
    assert_eq!(
        hit.status(),
        feed_v1::GroupStatus::Stale,
        "the hit is labelled"
    );

    network.clock.advance(181 * DAY);
    assert_eq!(status().await, Some(feed_v1::GroupStatus::Lapsed));
    let page = directory
        .search(request.clone().into())
        .await
        .expect("a search");
    assert!(page.hits.is_empty(), "a lapsed group is hidden");

    network.start_node(node, |_| ()).await;
    eventually(
        "the node's next head restores the group without a steward",
        || async {
            let page = directory
                .search(request.clone().into())
                .await
                .expect("a search");
            (!page.hits.is_empty()).then_some(())
        },
    )
    .await;
    assert_eq!(status().await, Some(feed_v1::GroupStatus::Active));
}
