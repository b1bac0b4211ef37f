//! What is hidden is hidden in every output.

use std::fs;
use std::path::Path;

use hedgerow_client::Options;
use hedgerow_client::Steward;
use hedgerow_client::StewardToken;
use hedgerow_client::v1;
use hedgerow_tests::TestNetwork;
use hedgerow_tests::network::AggregatorSetup;
use hedgerow_tests::sample;

const MARKER: &str = "zanzibarwhisper";

/// Whether any file below `folder` has the marker in it, in UTF-8.
fn stands_in(folder: &Path) -> bool {
    fs::read_dir(folder).expect("a folder").any(|entry| {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            return stands_in(&path);
        }
        let bytes = fs::read(&path).expect("a file");
        bytes
            .windows(MARKER.len())
            .any(|window| window == MARKER.as_bytes())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_only_record_leaves_the_node_in_no_form() {
    let mut network = TestNetwork::new();
    let aggregator = network.add_aggregator(AggregatorSetup::default()).await;
    let node = network.add_node(&[aggregator]).await;
    let group = network.add_group(node, "careful").await;
    let circumstances = v1::Circumstances {
        funding_words: format!("We may have to close: {MARKER}."),
        ..Default::default()
    };
    let kept = group
        .steward
        .create("circumstances", sample::node_only(&circumstances))
        .await
        .expect("it is kept");
    let mut hidden = sample::listing("Not for everyone");
    hidden.description = MARKER.to_owned();
    group
        .steward
        .create("listing", sample::node_only(&hidden))
        .await
        .expect("it is kept");
    group
        .steward
        .create("listing", sample::public(&sample::listing("For everyone")))
        .await
        .expect("a listing");
    network.delivered(&group).await;

    for address in [
        network.node_address(node),
        network.aggregator_address(aggregator),
    ] {
        let published = network
            .feed(&address)
            .published(&group.id)
            .await
            .expect("a manifest");
        assert_eq!(
            published.evidence().head().count(),
            1,
            "{address}: not even the count tells of what is hidden"
        );
    }
    let name = kept
        .name
        .as_ref()
        .expect("a name")
        .try_into()
        .expect("a record's name");
    let feed = network.feed(&network.node_address(node));
    let presence = feed.presence(&group.id, &name).await.expect("a proof");
    assert!(matches!(
        presence.value(),
        hedgerow_client::Presence::Absent
    ));
    assert!(stands_in(network.node_folder(node)), "the node keeps it");
    assert!(
        !stands_in(network.aggregator_folder(aggregator)),
        "the aggregator has no byte of it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_kept_in_no_file_of_the_aggregator() {
    let mut network = TestNetwork::new();
    let aggregator = network.add_aggregator(AggregatorSetup::default()).await;
    let request = v1::SearchRequest {
        query: MARKER.to_owned(),
        ..Default::default()
    };
    network
        .directory(aggregator)
        .search(request)
        .await
        .expect("a search");
    network.stop_aggregator(aggregator).await;
    assert!(!stands_in(network.aggregator_folder(aggregator)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_its_own_group_only() {
    let mut network = TestNetwork::new();
    let node = network.add_node(&[]).await;
    let ours = network.add_group(node, "ours").await;
    let theirs = network.add_group(node, "theirs").await;
    let record = theirs
        .steward
        .create("listing", sample::public(&sample::listing("Theirs")))
        .await
        .expect("a listing");
    let name = record
        .name
        .as_ref()
        .expect("a name")
        .try_into()
        .expect("a record's name");

    let refused = ours
        .steward
        .take_back(&name)
        .await
        .expect_err("not ours to take back");
    assert!(
        refused.is_not_found(),
        "to us there is no such record: {refused}"
    );
    let kept = theirs
        .steward
        .read(&name)
        .await
        .expect("it is still theirs");
    assert!(kept.published);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_refused_with_the_way_out() {
    let mut network = TestNetwork::new();
    let node = network.add_node(&[]).await;
    let group = network.add_group(node, "ours").await;
    let text = fs::read_to_string(&group.token_file).expect("the steward's file");
    let mut file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    file["token"] = "0".repeat(64).into();
    let wrong = network.node_folder(node).join("wrong.json");
    fs::write(&wrong, file.to_string()).expect("a file");

    let token = StewardToken::read(&wrong).expect("it reads well");
    let steward = Steward::connect(token, Options::default()).expect("an address");
    let refused = steward.state().await.expect_err("it opens nothing");
    assert_eq!(refused.reason(), "token_unknown");
    assert!(
        refused.to_string().contains("hedgerow-node group token"),
        "{refused}"
    );
}
