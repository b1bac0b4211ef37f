//! Records that were withdrawn are gone from every server.

use hedgerow_tests::network::name_of;
use hedgerow_tests::{TestNetwork, eventually, sample};

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_record_is_absent_from_search_and_proof_on_every_aggregator() {
    let mut network = TestNetwork::new();
    let first = network.add_aggregator(&[]).await;
    let second = network
        .add_aggregator(&[network.aggregator_address(first)])
        .await;
    let node = network.add_node(&[first]).await;
    let group = network.add_group(node, "regrets").await;
    let record = group
        .publish("listing", &sample::listing("Said too much"))
        .await;
    let name = name_of(&record);
    let filter = sample::words("said too much");
    for aggregator in [first, second] {
        network.found(aggregator, &filter, 1).await;
    }

    group
        .steward
        .withdraw_record(&name)
        .await
        .expect("the record is withdrawn");

    for aggregator in [first, second] {
        let feed = network.feed(&network.aggregator_address(aggregator));
        eventually("the aggregator has the head without the record", || async {
            let presence = feed.get_presence(&group.id, &name).await.ok()?;
            matches!(presence.value(), hedgerow_client::Presence::Absent).then_some(())
        })
        .await;
        // The index may lag behind the store: hits are filtered by the store.
        let hits = network.search(aggregator, &filter).await;
        assert!(hits.is_empty(), "search does not show a withdrawn record");
        let found = network
            .directory(aggregator)
            .get_record(&group.id, &name)
            .await;
        assert!(found.is_err_and(|error| error.is_not_found()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_without_records_still_has_a_head() {
    let mut network = TestNetwork::new();
    let aggregator = network.add_aggregator(&[]).await;
    let node = network.add_node(&[aggregator]).await;
    let group = network.add_group(node, "leaving").await;
    let record = group.publish("listing", &sample::listing("Going")).await;
    let name = name_of(&record);
    network.delivered(&group).await;
    group
        .steward
        .withdraw_record(&name)
        .await
        .expect("the record is withdrawn");
    network.delivered(&group).await;

    let feed = network.feed(&network.aggregator_address(aggregator));
    let evidence = feed
        .get_head(&group.id)
        .await
        .expect("a head without records");
    assert_eq!(evidence.head().count(), 0);
}
