//! Published records can be found and verified, and aggregators pass them on unaltered.

use hedgerow_client::directory_v1::SearchFilter;
use hedgerow_client::{Feed, GroupId, directory_v1, feed_v1, v1};
use hedgerow_tests::network::{TestGroup, name_of};
use hedgerow_tests::{TestNetwork, eventually, sample};

/// The root in a server's head of a group, or `None` if it has no head.
async fn root(feed: &Feed, group: &GroupId) -> Option<String> {
    let evidence = feed.get_head(group).await.ok()?;
    Some(evidence.head().root().to_string())
}

async fn publish_three(group: &TestGroup, name: &str) {
    group.publish("listing", &sample::listing(name)).await;
    group
        .publish("event", &sample::event("Tea on Thursday"))
        .await;
    group.publish("offer", &sample::room("The back room")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_is_found_near_its_town_with_a_valid_proof() {
    let mut network = TestNetwork::new();
    let aggregator = network.add_aggregator(&[]).await;
    let node = network.add_node(&[aggregator]).await;
    let group = network.add_group(node, "lantern").await;
    publish_three(&group, "Lantern Voices").await;
    network.delivered(&group).await;

    let filter = SearchFilter {
        collections: vec!["listing".to_owned()],
        near: Some(directory_v1::Near {
            center: Some(directory_v1::near::Center::Place("Bradford".to_owned())),
            radius_m: 20_000,
        }),
        ..sample::words("lantern")
    };
    let found = network.found(aggregator, &filter, 1).await.remove(0);

    let hit = found.hit.into_claimed();
    assert_eq!(hit.title, "Lantern Voices");
    assert_eq!(hit.group_id, group.id.to_vec());
    let distance = hit.distance_m.expect("a distance from Bradford");
    assert!(
        (10_000..16_000).contains(&distance),
        "{distance} m from Bradford to Leeds"
    );
    let record = found.record.expect("a valid proof");
    let listing: v1::Listing = record.value().body().expect("a listing");
    let point = listing.places[0].point.expect("the point of the town");
    assert_eq!(
        (point.latitude_e7, point.longitude_e7),
        (537_964_800, -15_478_500)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aggregator_that_follows_another_ends_with_the_same_roots() {
    let mut network = TestNetwork::new();
    let first = network.add_aggregator(&[]).await;
    let second = network
        .add_aggregator(&[network.aggregator_address(first)])
        .await;
    let node = network.add_node(&[first]).await;
    let mut groups = Vec::new();
    for label in ["one", "two", "three"] {
        groups.push(network.add_group(node, label).await);
    }
    for group in &groups {
        publish_three(group, "A group").await;
    }
    for group in &groups {
        network.delivered(group).await;
    }

    let feeds = [
        network.feed(&network.node_address(node)),
        network.feed(&network.aggregator_address(first)),
        network.feed(&network.aggregator_address(second)),
    ];
    for group in &groups {
        let published = root(&feeds[0], &group.id)
            .await
            .expect("the node has a head");
        for feed in &feeds[1..] {
            eventually("the roots are equal", || async {
                (root(feed, &group.id).await? == published).then_some(())
            })
            .await;
        }
    }

    // It serves searches from its own copy.
    let rooms = SearchFilter {
        collections: vec!["offer".to_owned()],
        ..sample::words("back room")
    };
    network.found(second, &rooms, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aggregator_pulls_from_a_node_that_does_not_push() {
    let mut network = TestNetwork::new();
    let node = network.add_node(&[]).await;
    let group = network.add_group(node, "quiet").await;
    publish_three(&group, "Quiet Corner").await;
    let aggregator = network.add_aggregator(&[network.node_address(node)]).await;

    let filter = SearchFilter {
        collections: vec!["listing".to_owned()],
        ..sample::words("quiet corner")
    };
    network.found(aggregator, &filter, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_reaches_every_aggregator() {
    let mut network = TestNetwork::new();
    let first = network.add_aggregator(&[]).await;
    let second = network
        .add_aggregator(&[network.aggregator_address(first)])
        .await;
    let node = network.add_node(&[first]).await;
    let group = network.add_group(node, "changing").await;
    let record = group.publish("listing", &sample::listing("Before")).await;
    network.delivered(&group).await;
    group
        .steward
        .update_record(
            &name_of(&record),
            sample::public(&sample::listing("Afterwards")),
            &record.etag,
        )
        .await
        .expect("an update");

    for aggregator in [first, second] {
        network
            .found(aggregator, &sample::words("afterwards"), 1)
            .await;
        let hits = network.search(aggregator, &sample::words("before")).await;
        assert!(hits.is_empty(), "the old name is no longer found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_forbids_indexing_is_known_but_hidden() {
    let mut network = TestNetwork::new();
    let aggregator = network.add_aggregator(&[]).await;
    let node = network.add_node(&[aggregator]).await;
    let group = network.add_group(node, "private").await;
    publish_three(&group, "For ourselves").await;
    network.delivered(&group).await;
    let filter = SearchFilter {
        collections: vec!["listing".to_owned()],
        ..sample::words("ourselves")
    };
    network.found(aggregator, &filter, 1).await;

    network.stop_node(node).await;
    network
        .start_node(node, |config| {
            config.indexing = hedgerow_node::IndexingChoice::Nobody;
        })
        .await;
    // The next head carries the new policy.
    publish_three(&group, "For ourselves").await;

    eventually("the aggregator reports that it is not invited", || async {
        let known = network
            .directory(aggregator)
            .get_group(&group.id)
            .await
            .ok()?;
        let admission = known.response.into_claimed().admission?;
        (admission.status() == feed_v1::GroupStatus::NotInvited).then_some(())
    })
    .await;
    let hits = network
        .search(aggregator, &sample::words("ourselves"))
        .await;
    assert!(hits.is_empty(), "none of its records is found");
}
