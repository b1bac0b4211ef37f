//! Delivery to aggregators.

use std::time::Duration;

use hedgerow_core::head::Indexing;
use hedgerow_proto::feed_v1::GroupStatus;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use crate::config::IndexingChoice;
use crate::testing::aggregator::TestAggregator;
use crate::testing::{Steward, TestNode, event, eventually, phrase, put};

async fn all_acknowledged(steward: &Steward) {
    eventually(
        "every aggregator has acknowledged the newest head",
        || async {
            let group = steward.group().await;
            let waits = group.heads[0].waiting_records > 0 || group.heads[0].head.is_empty();
            !waits && group.deliveries.iter().all(|delivery| delivery.up_to_date)
        },
    )
    .await;
}

#[tokio::test]
async fn a_head_is_delivered_with_its_records_and_acknowledged_with_a_receipt() {
    let aggregator = TestAggregator::start(1).await;
    let test = TestNode::running(&[aggregator.address()]).await;
    let steward = test.steward();
    steward.create("One").await;
    all_acknowledged(&steward).await;
    assert_eq!(
        aggregator.head(&steward.group_id),
        Some(steward.head().await.hash())
    );
    assert_eq!(aggregator.titles(&steward.group_id), ["One"]);
    let delivery = steward.group().await.deliveries.remove(0);
    assert!(!delivery.receipt.is_empty());
    assert_eq!(delivery.acknowledged_seq, 1);
    assert_eq!(delivery.admission.unwrap().status(), GroupStatus::Active);
    assert_eq!(delivery.last_error, "");
}

#[tokio::test]
async fn after_the_first_delivery_only_differences_are_sent() {
    let aggregator = TestAggregator::start(1).await;
    let test = TestNode::running(&[aggregator.address()]).await;
    let steward = test.steward();
    steward.create("One").await;
    all_acknowledged(&steward).await;
    let two = steward.create("Two").await.record.unwrap();
    all_acknowledged(&steward).await;
    assert_eq!(aggregator.titles(&steward.group_id), ["One", "Two"]);
    steward.withdraw(two.name.unwrap()).await;
    all_acknowledged(&steward).await;
    assert_eq!(aggregator.titles(&steward.group_id), ["One"]);
    assert_eq!(aggregator.whole_pushes(), 1);
}

#[tokio::test]
async fn an_aggregator_that_lost_everything_gets_the_whole_manifest_again() {
    let aggregator = TestAggregator::start(1).await;
    let test = TestNode::running(&[aggregator.address()]).await;
    let steward = test.steward();
    steward
        .publish((0..30).map(|n| put(event(&format!("Event {n}")))).collect())
        .await
        .unwrap();
    all_acknowledged(&steward).await;
    aggregator.hold(&steward.group_id, Default::default());
    steward.create("One more").await;
    all_acknowledged(&steward).await;
    assert_eq!(aggregator.titles(&steward.group_id).len(), 31);
}

#[tokio::test]
async fn bodies_that_an_aggregator_lost_are_delivered_again() {
    let aggregator = TestAggregator::start(1).await;
    let mut test = TestNode::running(&[aggregator.address()]).await;
    let steward = test.steward();
    steward.create("One").await;
    all_acknowledged(&steward).await;
    let mut held = aggregator.held(&steward.group_id).unwrap();
    held.bodies.clear();
    aggregator.hold(&steward.group_id, held);
    // After a restart the node announces again, and the response requests the missing body.
    test.stop().await;
    test.start().await;
    eventually("it has the body again", || async {
        aggregator.titles(&test.steward().group_id) == ["One"]
    })
    .await;
}

#[tokio::test]
async fn edits_made_during_an_outage_are_delivered_after_it() {
    let aggregator = TestAggregator::start(1).await;
    let test = TestNode::running(&[aggregator.address()]).await;
    let steward = test.steward();
    steward.create("One").await;
    all_acknowledged(&steward).await;
    aggregator.set_silent(true);
    steward.create("Two").await;
    eventually("the failure is visible", || async {
        let delivery = steward.group().await.deliveries.remove(0);
        !delivery.last_error.is_empty() && !delivery.up_to_date
    })
    .await;
    aggregator.set_silent(false);
    all_acknowledged(&steward).await;
    assert_eq!(aggregator.titles(&steward.group_id), ["One", "Two"]);
}

#[tokio::test]
async fn an_aggregator_that_fails_does_not_delay_another() {
    let (first, second) = (
        TestAggregator::start(1).await,
        TestAggregator::start(2).await,
    );
    first.set_silent(true);
    let test = TestNode::running(&[first.address(), second.address()]).await;
    let steward = test.steward();
    steward.create("One").await;
    eventually("the second has it", || async {
        second.titles(&steward.group_id) == ["One"]
    })
    .await;
    assert!(first.held(&steward.group_id).is_none());
}

#[tokio::test]
async fn an_unchanged_head_is_renewed_after_a_week_and_delivered_again() {
    let aggregator = TestAggregator::start(1).await;
    let test = TestNode::running(&[aggregator.address()]).await;
    let steward = test.steward();
    steward.create("One").await;
    all_acknowledged(&steward).await;
    let before = steward.head().await;
    test.clock.advance(Duration::from_secs(8 * 24 * 60 * 60));
    eventually("a renewed head is acknowledged", || async {
        let delivery = steward.group().await.deliveries.remove(0);
        delivery.acknowledged_seq == 2 && delivery.up_to_date
    })
    .await;
    let after = steward.head().await;
    assert_eq!(after.root(), before.root());
    assert!(after.expire_time() > before.expire_time());
    assert_eq!(aggregator.titles(&steward.group_id), ["One"]);
}

#[tokio::test]
async fn named_indexing_lists_the_configured_aggregators() {
    let (first, second) = (
        TestAggregator::start(1).await,
        TestAggregator::start(2).await,
    );
    let mut test = TestNode::new(&[first.address(), second.address()]).await;
    test.config.indexing = IndexingChoice::Named;
    test.start().await;
    let steward = test.steward();
    steward.create("One").await;
    let mut named = vec![first.id(), second.id()];
    named.sort();
    eventually("both are named, and hold the record", || async {
        !steward.head_state().await.head.is_empty()
            && *steward.head().await.indexing() == Indexing::Named(named.clone())
            && first.titles(&steward.group_id) == ["One"]
            && second.titles(&steward.group_id) == ["One"]
    })
    .await;
}

#[tokio::test]
async fn a_removed_aggregator_is_notified_and_deletes_the_bodies() {
    let (first, second) = (
        TestAggregator::start(1).await,
        TestAggregator::start(2).await,
    );
    let mut test = TestNode::new(&[first.address(), second.address()]).await;
    test.config.indexing = IndexingChoice::Named;
    test.start().await;
    let steward = test.steward();
    steward.create("One").await;
    eventually("both hold the record", || async {
        first.titles(&steward.group_id) == ["One"] && second.titles(&steward.group_id) == ["One"]
    })
    .await;
    all_acknowledged(&steward).await;

    test.stop().await;
    test.config.aggregators = vec![first.address()];
    second.set_silent(true);
    let bodies = second.bodies();
    test.start().await;
    let steward = test.steward();
    steward.create("Not for the second").await;
    second.set_silent(false);
    eventually("the second has deleted its bodies", || async {
        second.titles(&steward.group_id).is_empty()
            && second.head(&steward.group_id) == Some(steward.head().await.hash())
    })
    .await;
    assert_eq!(second.bodies(), bodies, "the new record was not sent to it");
    assert_eq!(second.held(&steward.group_id).unwrap().manifest.len(), 2);
    eventually("it is no longer among the deliveries", || async {
        steward.group().await.deliveries.len() == 1
    })
    .await;
    // From here on it is not contacted.
    let pushes = second.pushes();
    steward.create("Two").await;
    all_acknowledged(&steward).await;
    assert_eq!(second.pushes(), pushes);
}

#[tokio::test]
async fn an_aggregator_with_a_different_key_log_is_not_trusted() {
    let first = TestAggregator::start(1).await;
    let mut test = TestNode::running(&[first.address()]).await;
    let steward = test.steward();
    steward.create("One").await;
    all_acknowledged(&steward).await;
    test.stop().await;
    first.reset_identity(2);
    test.start().await;
    let steward = test.steward();
    eventually("the error says why nothing is delivered", || async {
        let delivery = steward.group().await.deliveries.remove(0);
        delivery.last_error.contains("aggregator forget")
    })
    .await;
    assert!(steward.head_state().await.waiting_for_aggregator);
    test.stop().await;
    let node = test.open().await;
    assert!(node.forget_aggregator(&first.address()).await.unwrap());
    node.close().await;
    test.start().await;
    all_acknowledged(&test.steward()).await;
}

#[tokio::test]
async fn corrupt_rows_of_one_group_do_not_make_others_stale() {
    let mut test = TestNode::new(&[]).await;
    let node = test.open().await;
    for (number, label) in [(2, "them"), (3, "those")] {
        node.add_group(label, &phrase(number)).await.unwrap();
    }
    node.close().await;
    test.start().await;
    let mut stewards = ["us", "them", "those"].map(|label| test.steward_of(label));
    stewards.sort_by_key(|steward| steward.group_id);
    for steward in &stewards {
        steward.create("One").await;
    }
    let options = SqliteConnectOptions::new().filename(test.config.database_file());
    let mut database = options.connect().await.unwrap();
    sqlx::query("UPDATE key_event SET envelope = x'00' WHERE group_id = ?")
        .bind(stewards[0].group_id.to_vec())
        .execute(&mut database)
        .await
        .unwrap();
    test.clock.advance(Duration::from_secs(8 * 24 * 60 * 60));
    for steward in &stewards[1..] {
        eventually("its head is renewed", || async {
            steward.head().await.position().seq.get() == 2
        })
        .await;
    }
}
