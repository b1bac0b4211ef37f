//! What reaches aggregators.

use std::time::Duration;

use hedgerow_core::head::Indexing;
use hedgerow_proto::v1::GroupStatus;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use crate::config::IndexingChoice;
use crate::testing::Steward;
use crate::testing::TestNode;
use crate::testing::aggregator::TestAggregator;
use crate::testing::event;
use crate::testing::eventually;
use crate::testing::phrase;
use crate::testing::put;

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
async fn a_head_is_brought_with_all_it_needs_and_acknowledged_with_a_receipt() {
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
async fn after_the_first_time_differences_go_out() {
    let aggregator = TestAggregator::start(1).await;
    let test = TestNode::running(&[aggregator.address()]).await;
    let steward = test.steward();
    steward.create("One").await;
    all_acknowledged(&steward).await;
    let two = steward.create("Two").await.record.unwrap();
    all_acknowledged(&steward).await;
    assert_eq!(aggregator.titles(&steward.group_id), ["One", "Two"]);
    steward.take_back(two.name.unwrap()).await;
    all_acknowledged(&steward).await;
    assert_eq!(aggregator.titles(&steward.group_id), ["One"]);
    assert_eq!(aggregator.whole_pushes(), 1);
}

#[tokio::test]
async fn an_aggregator_that_lost_everything_is_given_the_whole_again() {
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
async fn bodies_that_are_wanted_are_brought() {
    let aggregator = TestAggregator::start(1).await;
    let mut test = TestNode::running(&[aggregator.address()]).await;
    let steward = test.steward();
    steward.create("One").await;
    all_acknowledged(&steward).await;
    let mut held = aggregator.held(&steward.group_id).unwrap();
    held.bodies.clear();
    aggregator.hold(&steward.group_id, held);
    // Asked again after a restart, it names what it lacks under the head that it has.
    test.stop().await;
    test.start().await;
    eventually("it has the body again", || async {
        aggregator.titles(&test.steward().group_id) == ["One"]
    })
    .await;
}

#[tokio::test]
async fn what_waited_for_an_aggregator_arrives_when_it_is_back() {
    let aggregator = TestAggregator::start(1).await;
    let test = TestNode::running(&[aggregator.address()]).await;
    let steward = test.steward();
    steward.create("One").await;
    all_acknowledged(&steward).await;
    aggregator.fall_silent(true);
    steward.create("Two").await;
    eventually("the failure shows", || async {
        let delivery = steward.group().await.deliveries.remove(0);
        !delivery.last_error.is_empty() && !delivery.up_to_date
    })
    .await;
    aggregator.fall_silent(false);
    all_acknowledged(&steward).await;
    assert_eq!(aggregator.titles(&steward.group_id), ["One", "Two"]);
}

#[tokio::test]
async fn one_aggregator_that_is_silent_does_not_hold_up_another() {
    let (first, second) = (
        TestAggregator::start(1).await,
        TestAggregator::start(2).await,
    );
    first.fall_silent(true);
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
async fn a_head_is_signed_anew_after_a_week_and_brought_again() {
    let aggregator = TestAggregator::start(1).await;
    let test = TestNode::running(&[aggregator.address()]).await;
    let steward = test.steward();
    steward.create("One").await;
    all_acknowledged(&steward).await;
    let before = steward.head().await;
    test.clock.forward(Duration::from_secs(8 * 24 * 60 * 60));
    eventually("a fresh head is acknowledged", || async {
        let delivery = steward.group().await.deliveries.remove(0);
        delivery.acknowledged_seq == 2 && delivery.up_to_date
    })
    .await;
    let after = steward.head().await;
    assert_eq!(after.root(), before.root());
    assert!(after.expires_at() > before.expires_at());
    assert_eq!(aggregator.titles(&steward.group_id), ["One"]);
}

#[tokio::test]
async fn named_indexing_names_the_configured_aggregators() {
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
async fn an_aggregator_that_was_left_is_told_so_and_drops_the_bodies() {
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
    second.fall_silent(true);
    let bodies = second.bodies();
    test.start().await;
    let steward = test.steward();
    steward.create("Not for the second").await;
    second.fall_silent(false);
    eventually("the second has dropped what it held", || async {
        second.titles(&steward.group_id).is_empty()
            && second.head(&steward.group_id) == Some(steward.head().await.hash())
    })
    .await;
    assert_eq!(
        second.bodies(),
        bodies,
        "it was not even shown the new record"
    );
    assert_eq!(second.held(&steward.group_id).unwrap().manifest.len(), 2);
    eventually("it is no longer among the deliveries", || async {
        steward.group().await.deliveries.len() == 1
    })
    .await;
    // From here on it hears nothing more.
    let pushes = second.pushes();
    steward.create("Two").await;
    all_acknowledged(&steward).await;
    assert_eq!(second.pushes(), pushes);
}

#[tokio::test]
async fn an_aggregator_with_another_key_log_than_before_is_not_believed() {
    let first = TestAggregator::start(1).await;
    let mut test = TestNode::running(&[first.address()]).await;
    let steward = test.steward();
    steward.create("One").await;
    all_acknowledged(&steward).await;
    test.stop().await;
    first.begin_anew(2);
    test.start().await;
    let steward = test.steward();
    eventually("it says why nothing is delivered", || async {
        let delivery = steward.group().await.deliveries.remove(0);
        delivery.last_error.contains("aggregator forget")
    })
    .await;
    assert!(steward.head_state().await.waiting_for_answer);
    test.stop().await;
    let node = test.open().await;
    assert!(node.forget_aggregator(&first.address()).await.unwrap());
    node.close().await;
    test.start().await;
    all_acknowledged(&test.steward()).await;
}

#[tokio::test]
async fn a_group_whose_entries_are_damaged_makes_no_other_stale() {
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
    test.clock.forward(Duration::from_secs(8 * 24 * 60 * 60));
    for steward in &stewards[1..] {
        eventually("its head is signed anew", || async {
            steward.head().await.position().seq.get() == 2
        })
        .await;
    }
}
