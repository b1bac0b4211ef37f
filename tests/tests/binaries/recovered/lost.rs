//! The machine is lost, and the group comes back from the words.

use std::fs;
use std::time::{Duration, Instant};

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::keys::{EncryptionSecret, SigningKey};
use hedgerow_core::phrase::Phrase;
use hedgerow_core::recovery::Continuation;
use hedgerow_core::tree::Manifest;
use hedgerow_proto::feed_v1::GetKeyLogRequest;
use hedgerow_proto::feed_v1::feed_service_client::FeedServiceClient;
use hedgerow_proto::ingest_v1::PushRequest;
use hedgerow_proto::ingest_v1::ingest_service_client::IngestServiceClient;
use hedgerow_testkit::transfer;
use hedgerow_tests::program;
use hedgerow_transport::connector::{Connector, ConnectorConfig, Trust};

use super::machines::{Machines, assert_has, printed};

#[test]
fn a_group_whose_machine_is_lost_comes_back_from_the_words_in_under_a_minute() {
    let (machines, aggregator, node) = Machines::with_published_group();
    let id = machines.group_id("node");
    machines.publish_well("node", &aggregator, "Teapot");
    machines.until_found(&aggregator, "teapot");
    node.kill();
    fs::remove_dir_all(machines.path("node")).expect("the machine is lost");

    let began = Instant::now();
    let output = machines.recover("new", &[&aggregator]);
    assert_has(
        &output,
        &[
            &id,
            "Kettle: comes back",
            "Teapot: comes back",
            "delivered to",
            "hedgerow login",
            "do not come back",
            "records for a circle",
        ],
    );
    let node = machines.start("new");
    machines.until_published("new", &aggregator, "Teapot");
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "it took too long"
    );
    assert_eq!(machines.group_id("new"), id);

    // It goes on: new records, and the old ones are still there.
    machines.publish_well("new", &aggregator, "Samovar");
    machines.until_found(&aggregator, "samovar");
    machines.until_found(&aggregator, "kettle");
    let shown = machines.until(("new", &aggregator), &["show", &id], |output| {
        output.status.success()
    });
    assert_has(&shown, &["Samovar"]);
    machines.assert_phrase_is_nowhere("new", &[&node, &aggregator]);
    node.stop();
}

#[test]
fn words_without_a_group_get_the_answer_of_each_aggregator() {
    let machines = Machines::new();
    let aggregator = machines.aggregator("aggregator");
    let silent = format!(
        "https://127.0.0.1:{}#sha256={}",
        program::free_port(),
        "0".repeat(64)
    );
    machines.init("node", &[&aggregator]);
    program::add_group(&machines.path("node"), "kettle");
    machines.init("new", &[&aggregator]);
    let recover = ["recover", "kettle", "--aggregator", &silent, "--yes"];
    let output = machines.group("new", &recover);
    assert!(!output.status.success());
    let parts = [
        "no aggregator holds a group of this phrase",
        "it holds no group of this phrase",
        &silent,
    ];
    assert_has(&printed(&output), &parts);
}

#[test]
fn without_an_aggregator_nobody_types_the_words_in_vain() {
    let machines = Machines::new();
    machines.init("new", &[]);
    // The phrase's file does not exist: it is not read either.
    let output = machines.group("new", &["recover", "kettle"]);
    assert!(!output.status.success());
    assert_has(&printed(&output), &["no aggregator is configured"]);
}

/// Rotates the group's keys at the aggregator without a head, as a machine does whose connection
/// breaks during the delivery.
async fn rotate_without_head(address: &str, group: &str, words: &str) {
    let endpoint: Endpoint = address.parse().expect("a printed address");
    let group: GroupId = group.parse().expect("a group id");
    let channel = Connector::new(ConnectorConfig::default())
        .channel(&endpoint, Trust::Configured)
        .expect("a channel");
    let request = GetKeyLogRequest {
        group_id: group.to_vec(),
    };
    let mut feed = FeedServiceClient::new(channel.clone());
    let held = feed.get_key_log(request).await.expect("a key log");
    let log = KeyLog::verify(&held.into_inner().key_log).expect("a valid key log");
    let phrase = Phrase::parse(words).expect("the group's phrase");
    let signing = SigningKey::from_seed([71; 32]).public();
    let encryption = EncryptionSecret::from_seed([72; 32]).public();
    let rotated = Continuation::choose([log], &phrase)
        .and_then(|log| log.rotate(&phrase, &signing, encryption))
        .expect("the phrase continues the log");
    let items = transfer(&rotated, None, None, &Manifest::empty(), &[]);
    let requests: Vec<PushRequest> = items
        .into_iter()
        .map(|item| PushRequest { item: Some(item) })
        .collect();
    let mut ingest = IngestServiceClient::new(channel);
    let pushed = ingest.push(futures::stream::iter(requests)).await;
    pushed.expect("a rotation alone is accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_lost_between_its_key_event_and_its_first_head_gets_its_last_records_back() {
    let (machines, aggregator, node) = Machines::with_published_group();
    let id = machines.group_id("node");
    node.kill();
    rotate_without_head(&aggregator.address, &id, &machines.words()).await;
    machines.until_absent(&aggregator, "kettle");

    let output = machines.recover("new", &[&aggregator]);
    let parts = [
        "Kettle: comes back",
        "No aggregator has a head under the group's newest key event, 1",
        "under key event 0",
        "Key event 2 and head 1 are signed",
    ];
    assert_has(&output, &parts);
    machines.until_found(&aggregator, "kettle");
    let _node = machines.start("new");
    machines.until_published("new", &aggregator, "Kettle");
    assert_eq!(machines.group_id("new"), id);
}
