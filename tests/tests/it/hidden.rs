//! Hidden records and queries appear in no output and in no file where they do not belong.

use std::fs;
use std::path::Path;

use hedgerow_client::{Options, Steward, StewardToken, v1};
use hedgerow_testkit::files_containing;
use hedgerow_tests::network::name_of;
use hedgerow_tests::{TestNetwork, sample};

const MARKER: &str = "zanzibarwhisper";

/// Whether any file below `folder` contains the marker.
fn contains_marker(folder: &Path) -> bool {
    !files_containing(folder, &[MARKER]).is_empty()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_only_record_never_leaves_the_node() {
    let mut network = TestNetwork::new();
    let aggregator = network.add_aggregator(&[]).await;
    let node = network.add_node(&[aggregator]).await;
    let group = network.add_group(node, "careful").await;
    let circumstances = v1::Circumstances {
        funding_words: format!("We may have to close: {MARKER}."),
        ..Default::default()
    };
    let kept = group
        .steward
        .create_record("circumstances", sample::node_only(&circumstances))
        .await
        .expect("the node stores the record");
    let mut hidden = sample::listing("Not for everyone");
    hidden.description = MARKER.to_owned();
    group
        .steward
        .create_record("listing", sample::node_only(&hidden))
        .await
        .expect("the node stores the record");
    group
        .publish("listing", &sample::listing("For everyone"))
        .await;
    network.delivered(&group).await;

    for address in [
        network.node_address(node),
        network.aggregator_address(aggregator),
    ] {
        let published = network
            .feed(&address)
            .get_all_records(&group.id)
            .await
            .expect("a manifest");
        assert_eq!(
            published.evidence().head().count(),
            1,
            "{address}: the count does not include hidden records"
        );
    }
    let name = name_of(&kept);
    let feed = network.feed(&network.node_address(node));
    let presence = feed.get_presence(&group.id, &name).await.expect("a proof");
    assert!(matches!(
        presence.value(),
        hedgerow_client::Presence::Absent
    ));
    assert!(
        contains_marker(network.node_folder(node)),
        "the node stores the record"
    );
    assert!(
        !contains_marker(network.aggregator_folder(aggregator)),
        "the aggregator has no copy of it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_stored_in_no_file_of_the_aggregator() {
    let mut network = TestNetwork::new();
    let aggregator = network.add_aggregator(&[]).await;
    network.search(aggregator, &sample::words(MARKER)).await;
    network.stop_aggregator(aggregator).await;
    assert!(!contains_marker(network.aggregator_folder(aggregator)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_gives_access_to_its_own_group_only() {
    let mut network = TestNetwork::new();
    let node = network.add_node(&[]).await;
    let ours = network.add_group(node, "ours").await;
    let theirs = network.add_group(node, "theirs").await;
    let record = theirs.publish("listing", &sample::listing("Theirs")).await;
    let name = name_of(&record);

    let error = ours
        .steward
        .withdraw_record(&name)
        .await
        .expect_err("the record belongs to another group");
    assert!(
        error.is_not_found(),
        "the error does not show that the record exists: {error}"
    );
    let kept = theirs
        .steward
        .get_record(&name)
        .await
        .expect("their own token still reads it");
    assert!(kept.published);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_about_a_wrong_token_names_the_command_that_renews_it() {
    let mut network = TestNetwork::new();
    let node = network.add_node(&[]).await;
    let group = network.add_group(node, "ours").await;
    let text = fs::read_to_string(&group.token_file).expect("the steward's file");
    let mut file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    file["token"] = "0".repeat(64).into();
    let wrong = network.node_folder(node).join("wrong.json");
    fs::write(&wrong, file.to_string()).expect("a file");

    let token = StewardToken::read(&wrong).expect("the file is well-formed");
    let steward = Steward::new(token, Options::default()).expect("an address");
    let error = steward.get_state().await.expect_err("the token is wrong");
    assert_eq!(error.reason(), "token_unknown");
    assert!(
        error.to_string().contains("hedgerow-node group token"),
        "{error}"
    );
}
