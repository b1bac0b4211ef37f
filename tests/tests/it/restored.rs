//! A node that was restored from an old backup.

use std::fs;

use hedgerow_client::v1;
use hedgerow_tests::TestNetwork;
use hedgerow_tests::copy_folder;
use hedgerow_tests::eventually;
use hedgerow_tests::network::AggregatorSetup;
use hedgerow_tests::sample;

#[tokio::test(flavor = "multi_thread")]
async fn a_node_restored_from_an_old_backup_sees_that_it_is_behind_and_does_not_sign() {
    let mut network = TestNetwork::new();
    let aggregator = network.add_aggregator(AggregatorSetup::default()).await;
    let node = network.add_node(&[aggregator]).await;
    let group = network.add_group(node, "forgetful").await;
    group
        .steward
        .create("listing", sample::public(&sample::listing("First")))
        .await
        .expect("a listing");
    network.delivered(&group).await;

    network.stop_node(node).await;
    let folder = network.node_folder(node).to_path_buf();
    let backup = folder.with_extension("backup");
    copy_folder(&folder, &backup);
    network.start_node(node, |_| ()).await;
    group
        .steward
        .create("event", sample::public(&sample::event("After the backup")))
        .await
        .expect("an event");
    network.delivered(&group).await;
    let feed = network.feed(&network.aggregator_address(aggregator));
    let held = feed.head(&group.id).await.expect("a head").head().hash();

    network.stop_node(node).await;
    fs::remove_dir_all(&folder).expect("the disk is lost");
    copy_folder(&backup, &folder);
    network.start_node(node, |_| ()).await;

    let stopped = eventually("the node sees that it is behind", || async {
        let state = group.steward.state().await.ok()?;
        let head = state.heads.into_iter().next()?;
        (!head.stopped_reason.is_empty()).then_some(head)
    })
    .await;
    assert_eq!(stopped.stopped_reason, "behind");
    assert!(
        stopped.stopped.contains("take-newer"),
        "{}",
        stopped.stopped
    );

    // An edit waits, visibly, and is signed by nobody.
    let waiting = group
        .steward
        .create("offer", sample::public(&sample::room("Waiting")))
        .await
        .expect("it is kept");
    assert!(!waiting.published);
    let state = group.steward.state().await.expect("the state");
    assert_eq!(state.heads[0].waiting_records, 1);
    let now = feed.head(&group.id).await.expect("a head").head().hash();
    assert_eq!(now, held, "the aggregator holds what it held");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_signs_nothing_until_an_aggregator_has_answered_or_its_steward_overrides() {
    let mut network = TestNetwork::new();
    let aggregator = network.add_aggregator(AggregatorSetup::default()).await;
    network.stop_aggregator(aggregator).await;
    let node = network.add_node(&[aggregator]).await;
    let group = network.add_group(node, "patient").await;

    let kept = group
        .steward
        .create("listing", sample::public(&sample::listing("Waiting")))
        .await
        .expect("it is kept");
    assert!(!kept.published, "nobody has answered yet");
    let state = group.steward.state().await.expect("the state");
    assert!(state.heads[0].waiting_for_answer);

    group
        .steward
        .sign_without_answer()
        .await
        .expect("the steward overrides");
    let head = network
        .feed(&network.node_address(node))
        .head(&group.id)
        .await
        .expect("a head");
    assert!(
        head.head().position().seq.get() > 1_000_000,
        "an override leaves a gap"
    );

    network.start_aggregator(aggregator).await;
    network.delivered(&group).await;
    let known = network
        .directory(aggregator)
        .get_group(&group.id)
        .await
        .expect("it is known");
    let admission = known
        .answer
        .take_the_servers_word()
        .admission
        .expect("an admission");
    assert_eq!(admission.status(), v1::GroupStatus::Active);
}
