//! What was taken back is gone.

use hedgerow_client::RecordName;
use hedgerow_client::v1;
use hedgerow_tests::TestNetwork;
use hedgerow_tests::eventually;
use hedgerow_tests::network::AggregatorSetup;
use hedgerow_tests::sample;

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_taken_back_is_absent_from_search_and_proof_everywhere() {
    let mut network = TestNetwork::new();
    let first = network.add_aggregator(AggregatorSetup::default()).await;
    let second = network
        .add_aggregator(AggregatorSetup {
            sources: vec![network.aggregator_address(first)],
        })
        .await;
    let node = network.add_node(&[first]).await;
    let group = network.add_group(node, "regrets").await;
    let record = group
        .steward
        .create("listing", sample::public(&sample::listing("Said too much")))
        .await
        .expect("a listing");
    let name: RecordName = record
        .name
        .as_ref()
        .expect("a name")
        .try_into()
        .expect("a record's name");
    let request = v1::SearchRequest {
        query: "said too much".to_owned(),
        ..Default::default()
    };
    for aggregator in [first, second] {
        let directory = network.directory(aggregator);
        eventually("the record is found", || async {
            let page = directory.search(request.clone()).await.expect("a search");
            (!page.hits.is_empty()).then_some(())
        })
        .await;
    }

    group
        .steward
        .take_back(&name)
        .await
        .expect("it is taken back");

    for aggregator in [first, second] {
        let feed = network.feed(&network.aggregator_address(aggregator));
        eventually("the head without the record is here", || async {
            let presence = feed.presence(&group.id, &name).await.ok()?;
            matches!(presence.value(), hedgerow_client::Presence::Absent).then_some(())
        })
        .await;
        // From this moment on nothing shows it, however far the index is.
        let directory = network.directory(aggregator);
        let page = directory.search(request.clone()).await.expect("a search");
        assert!(
            page.hits.is_empty(),
            "search shows nothing that was taken back"
        );
        let gone = directory.get_record(&group.id, &name).await;
        assert!(gone.is_err_and(|error| error.is_not_found()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_took_everything_back_still_has_a_head_of_nothing() {
    let mut network = TestNetwork::new();
    let aggregator = network.add_aggregator(AggregatorSetup::default()).await;
    let node = network.add_node(&[aggregator]).await;
    let group = network.add_group(node, "leaving").await;
    let record = group
        .steward
        .create("listing", sample::public(&sample::listing("Going")))
        .await
        .expect("a listing");
    let name = record
        .name
        .as_ref()
        .expect("a name")
        .try_into()
        .expect("a record's name");
    network.delivered(&group).await;
    group
        .steward
        .take_back(&name)
        .await
        .expect("it is taken back");
    network.delivered(&group).await;

    let feed = network.feed(&network.aggregator_address(aggregator));
    let evidence = feed.head(&group.id).await.expect("a head of nothing");
    assert_eq!(evidence.head().count(), 0);
}
