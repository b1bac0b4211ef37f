//! Time labels and hides; it never orders, and nothing stops for good.

use std::time::Duration;

use hedgerow_client::v1;
use hedgerow_tests::TestNetwork;
use hedgerow_tests::eventually;
use hedgerow_tests::network::AggregatorSetup;
use hedgerow_tests::sample;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_group_goes_stale_then_lapses_and_any_fresh_head_restores_it() {
    let mut network = TestNetwork::new();
    let aggregator = network.add_aggregator(AggregatorSetup::default()).await;
    let node = network.add_node(&[aggregator]).await;
    let group = network.add_group(node, "sleeping").await;
    group
        .steward
        .create(
            "listing",
            sample::public(&sample::listing("Sleeping Beauties")),
        )
        .await
        .expect("a listing");
    network.delivered(&group).await;
    let directory = network.directory(aggregator);
    let status = || async {
        let known = directory.get_group(&group.id).await.ok()?;
        known
            .answer
            .take_the_servers_word()
            .admission
            .map(|admission| admission.status())
    };
    let request = v1::SearchRequest {
        query: "sleeping beauties".to_owned(),
        ..Default::default()
    };
    eventually("it is found", || async {
        let page = directory.search(request.clone()).await.expect("a search");
        (!page.hits.is_empty()).then_some(())
    })
    .await;
    network.stop_node(node).await;

    network.clock.advance(29 * DAY);
    assert_eq!(status().await, Some(v1::GroupStatus::Stale));
    let page = directory.search(request.clone()).await.expect("a search");
    let hit = page
        .hits
        .into_iter()
        .next()
        .expect("stale is still shown")
        .hit
        .take_the_servers_word();
    assert_eq!(hit.status(), v1::GroupStatus::Stale, "and labelled");

    network.clock.advance(181 * DAY);
    assert_eq!(status().await, Some(v1::GroupStatus::Lapsed));
    let page = directory.search(request.clone()).await.expect("a search");
    assert!(page.hits.is_empty(), "a lapsed group is out of sight");

    network.start_node(node, |_| ()).await;
    eventually(
        "a fresh head restores it, with nobody doing anything",
        || async {
            let page = directory.search(request.clone()).await.expect("a search");
            (!page.hits.is_empty()).then_some(())
        },
    )
    .await;
    assert_eq!(status().await, Some(v1::GroupStatus::Active));
}
