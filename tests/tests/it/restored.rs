//! A node that was restored from an old backup.

use std::fs;

use hedgerow_client::{feed_v1, steward_v1};
use hedgerow_tests::{TestNetwork, copy_folder, eventually, sample};

#[tokio::test(flavor = "multi_thread")]
async fn a_node_restored_from_an_old_backup_notices_and_does_not_sign() {
    let mut network = TestNetwork::new();
    let aggregator = network.add_aggregator(&[]).await;
    let node = network.add_node(&[aggregator]).await;
    let group = network.add_group(node, "forgetful").await;
    group.publish("listing", &sample::listing("First")).await;
    network.delivered(&group).await;

    network.stop_node(node).await;
    let folder = network.node_folder(node).to_path_buf();
    let backup = folder.with_extension("backup");
    copy_folder(&folder, &backup);
    network.start_node(node, |_| ()).await;
    group
        .publish("event", &sample::event("After the backup"))
        .await;
    network.delivered(&group).await;
    let feed = network.feed(&network.aggregator_address(aggregator));
    let held = feed
        .get_head(&group.id)
        .await
        .expect("a head")
        .head()
        .hash();

    network.stop_node(node).await;
    fs::remove_dir_all(&folder).expect("the folder can be removed");
    copy_folder(&backup, &folder);
    network.start_node(node, |_| ()).await;

    let stopped = eventually("the node notices that it is behind", || async {
        let state = group.steward.get_state().await.ok()?;
        let head = state.heads.into_iter().next()?;
        (!head.stop_detail.is_empty()).then_some(head)
    })
    .await;
    assert_eq!(stopped.stop_reason(), steward_v1::StopReason::Behind);
    let way_out = format!("hedgerow-node --dir {} restore forgetful", folder.display());
    assert!(
        stopped.stop_detail.contains(&way_out),
        "{}",
        stopped.stop_detail
    );

    // An edit is stored but not signed, and the state shows it as waiting.
    let waiting = group
        .steward
        .create_record("offer", sample::public(&sample::room("Waiting")))
        .await
        .expect("the node stores the record");
    assert!(!waiting.published);
    let state = group.steward.get_state().await.expect("the state");
    assert_eq!(state.heads[0].waiting_records, 1);
    let now = feed
        .get_head(&group.id)
        .await
        .expect("a head")
        .head()
        .hash();
    assert_eq!(now, held, "the aggregator still has the same head");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_signs_only_after_an_aggregator_responds_or_the_steward_overrides() {
    let mut network = TestNetwork::new();
    let aggregator = network.add_aggregator(&[]).await;
    network.stop_aggregator(aggregator).await;
    let node = network.add_node(&[aggregator]).await;
    let group = network.add_group(node, "patient").await;

    let kept = group
        .steward
        .create_record("listing", sample::public(&sample::listing("Waiting")))
        .await
        .expect("the node stores the record");
    assert!(!kept.published, "no aggregator has responded yet");
    let state = group.steward.get_state().await.expect("the state");
    assert!(state.heads[0].waiting_for_aggregator);

    group
        .steward
        .force_sign()
        .await
        .expect("the steward may override");
    let head = network
        .feed(&network.node_address(node))
        .get_head(&group.id)
        .await
        .expect("a head");
    assert!(
        head.head().position().seq.get() > 1_000_000,
        "an override skips numbers, in case newer heads exist"
    );

    network.start_aggregator(aggregator).await;
    network.delivered(&group).await;
    let known = network
        .directory(aggregator)
        .get_group(&group.id)
        .await
        .expect("the aggregator knows the group");
    let admission = known
        .response
        .into_claimed()
        .admission
        .expect("an admission");
    assert_eq!(admission.status(), feed_v1::GroupStatus::Active);
}
