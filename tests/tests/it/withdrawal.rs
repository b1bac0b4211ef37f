//! Records that were withdrawn are gone from every server.

use hedgerow_client::{RecordName, directory_v1};
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
        .steward
        .create_record("listing", sample::public(&sample::listing("Said too much")))
        .await
        .expect("a listing");
    let name: RecordName = record
        .name
        .as_ref()
        .expect("a name")
        .try_into()
        .expect("a valid name");
    let request = directory_v1::SearchFilter {
        query: "said too much".to_owned(),
        ..directory_v1::SearchFilter::default()
    };
    for aggregator in [first, second] {
        let directory = network.directory(aggregator);
        eventually("the record is found", || async {
            let page = directory
                .search(request.clone().into())
                .await
                .expect("a search");
            (!page.hits.is_empty()).then_some(())
        })
        .await;
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
        let directory = network.directory(aggregator);
        let page = directory
            .search(request.clone().into())
            .await
            .expect("a search");
        assert!(
            page.hits.is_empty(),
            "search does not show a withdrawn record"
        );
        let found = directory.get_record(&group.id, &name).await;
        assert!(found.is_err_and(|error| error.is_not_found()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_without_records_still_has_a_head() {
    let mut network = TestNetwork::new();
    let aggregator = network.add_aggregator(&[]).await;
    let node = network.add_node(&[aggregator]).await;
    let group = network.add_group(node, "leaving").await;
    let record = group
        .steward
        .create_record("listing", sample::public(&sample::listing("Going")))
        .await
        .expect("a listing");
    let name = record
        .name
        .as_ref()
        .expect("a name")
        .try_into()
        .expect("a valid name");
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
