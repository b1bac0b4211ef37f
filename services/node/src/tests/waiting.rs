//! When a node does not sign: before a response, while behind, after equivocation, with a wrong
//! clock; and the ways out.

use std::time::Duration;

use hedgerow_core::time::{Clock as _, Timestamp};
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::steward_v1::StopReason;

use crate::restore::{RestoreEffect, RestoreError};
use crate::testing::aggregator::TestAggregator;
use crate::testing::{LABEL, Steward, TestNode, eventually, title};

async fn up_to_date(steward: &Steward) {
    eventually("the newest head is acknowledged", || async {
        let group = steward.group().await;
        group.heads[0].waiting_records == 0
            && group.deliveries.iter().all(|delivery| delivery.up_to_date)
    })
    .await;
}

async fn stopped_with(steward: &Steward, reason: StopReason) {
    eventually(&format!("the node has stopped: {reason:?}"), || async {
        steward.head_state().await.stop_reason() == reason
    })
    .await;
}

#[tokio::test]
async fn edits_wait_visibly_until_an_aggregator_answers() {
    let aggregator = TestAggregator::start(1).await;
    aggregator.set_silent(true);
    let test = TestNode::running(&[aggregator.address()]).await;
    let steward = test.steward();
    let response = steward.create("One").await;
    assert!(response.head.is_empty());
    assert!(!response.record.unwrap().published);
    let state = steward.head_state().await;
    assert!(state.waiting_for_aggregator);
    assert_eq!(state.waiting_records, 1);

    aggregator.set_silent(false);
    up_to_date(&steward).await;
    assert!(steward.list().await[0].published);
    assert_eq!(steward.head().await.position().seq.get(), 1);
}

#[tokio::test]
async fn a_restarted_node_signs_nothing_before_an_answer_either() {
    let aggregator = TestAggregator::start(1).await;
    let mut test = TestNode::running(&[aggregator.address()]).await;
    test.steward().create("One").await;
    up_to_date(&test.steward()).await;
    test.stop().await;
    aggregator.set_silent(true);
    test.start().await;
    let steward = test.steward();
    let two = steward.create("Two").await.record.unwrap();
    assert!(!two.published);
    // A withdrawn record is no longer served, although its head cannot be signed yet.
    let one = steward
        .list()
        .await
        .into_iter()
        .find(|record| title(&record.record) == "One");
    steward.withdraw(one.unwrap().name.unwrap()).await;
    assert_eq!(steward.head_state().await.waiting_records, 2);
    let request = hedgerow_proto::feed_v1::SyncRequest {
        group_id: steward.group_id.to_vec(),
        ..Default::default()
    };
    let mut items = test.feed().sync(request).await.unwrap().into_inner();
    while let Some(item) = items.message().await.unwrap() {
        let body = matches!(
            item.item.unwrap().item,
            Some(hedgerow_proto::feed_v1::sync_item::Item::Body(_))
        );
        assert!(!body, "its body is erased at once");
    }
    aggregator.set_silent(false);
    up_to_date(&steward).await;
    assert_eq!(aggregator.titles(&steward.group_id), ["Two"]);
}

#[tokio::test]
async fn a_forced_signature_leaves_a_gap() {
    let aggregator = TestAggregator::start(1).await;
    aggregator.set_silent(true);
    let test = TestNode::running(&[aggregator.address()]).await;
    let steward = test.steward();
    steward.create("One").await;
    let response = steward.force_sign().await.unwrap();
    let head = steward.head().await;
    assert_eq!(head.envelope(), response.head);
    assert_eq!(head.position().seq.get(), 1_000_001);
    steward.create("Two").await;
    assert_eq!(steward.head().await.position().seq.get(), 1_000_002);
}

#[tokio::test]
async fn a_node_from_an_old_backup_does_not_sign_and_restores_the_newer_records() {
    let aggregator = TestAggregator::start(1).await;
    let mut test = TestNode::running(&[aggregator.address()]).await;
    let steward = test.steward();
    let withdrawn_later = steward.create("Withdrawn later").await.record.unwrap();
    steward.create("Stays").await;
    up_to_date(&steward).await;
    test.stop().await;
    let backup = test.back_up();

    test.start().await;
    let steward = test.steward();
    steward.create("After the backup").await;
    steward.withdraw(withdrawn_later.name.unwrap()).await;
    up_to_date(&steward).await;
    let newest = steward.head().await;
    test.stop().await;

    test.restore(&backup);
    test.start().await;
    let steward = test.steward();
    stopped_with(&steward, StopReason::Behind).await;
    let edit = steward
        .create("Typed after the restore")
        .await
        .record
        .unwrap();
    assert!(!edit.published);
    let error = steward.force_sign().await.unwrap_err();
    assert_eq!(error.reason, "behind");
    assert_eq!(aggregator.head(&steward.group_id), Some(newest.hash()));

    // The stop survives a restart, even one in which no aggregator responds.
    test.stop().await;
    aggregator.set_silent(true);
    test.start().await;
    let state = test.steward().head_state().await;
    assert_eq!(state.stop_reason(), StopReason::Behind);
    test.stop().await;
    aggregator.set_silent(false);

    let node = test.open().await;
    let remote = node.remote_state(LABEL).await.unwrap();
    let mut effects: Vec<_> = remote
        .changes
        .iter()
        .map(|change| (change.title.clone().unwrap(), change.effect))
        .collect();
    effects.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(
        effects,
        [
            ("After the backup".to_owned(), RestoreEffect::Added),
            (
                "Typed after the restore".to_owned(),
                RestoreEffect::SetAside
            ),
            ("Withdrawn later".to_owned(), RestoreEffect::Removed),
        ]
    );
    let restored = node.restore(remote).await.unwrap();
    assert_eq!(restored.seq, newest.position().seq.get() + 1);
    node.close().await;

    test.start().await;
    let steward = test.steward();
    let head = steward.head().await;
    assert_eq!(head.previous(), Some(newest.hash()));
    assert_eq!(head.root(), newest.root());
    up_to_date(&steward).await;
    assert_eq!(
        aggregator.titles(&steward.group_id),
        ["After the backup", "Stays"]
    );
    let aside: Vec<String> = steward
        .list()
        .await
        .iter()
        .filter(|record| !record.published)
        .map(|record| title(&record.record))
        .collect();
    assert_eq!(aside, ["Typed after the restore"]);
    steward.create("And on").await;
    up_to_date(&steward).await;
}

#[tokio::test]
async fn without_a_newer_head_there_is_nothing_to_restore() {
    let aggregator = TestAggregator::start(1).await;
    let mut test = TestNode::running(&[aggregator.address()]).await;
    test.steward().create("One").await;
    up_to_date(&test.steward()).await;
    test.stop().await;
    let node = test.open().await;
    let error = node.remote_state(LABEL).await.unwrap_err();
    assert!(matches!(error, RestoreError::UpToDate), "{error}");
    aggregator.set_silent(true);
    let error = node.remote_state(LABEL).await.unwrap_err();
    assert!(matches!(error, RestoreError::NoResponse(_)), "{error}");
}

#[tokio::test]
async fn two_heads_with_one_number_stop_the_node_permanently() {
    let aggregator = TestAggregator::start(1).await;
    let mut test = TestNode::running(&[aggregator.address()]).await;
    test.steward().create("One").await;
    up_to_date(&test.steward()).await;
    test.stop().await;
    let backup = test.back_up();
    test.start().await;
    test.steward().create("In one copy").await;
    up_to_date(&test.steward()).await;
    let first_copy = aggregator.held(&test.steward().group_id).unwrap();
    test.stop().await;

    // The other copy signs while the aggregator does not have the first one's head.
    test.restore(&backup);
    aggregator.hold(
        &test.open().await.group(LABEL).await.unwrap().group_id,
        Default::default(),
    );
    test.start().await;
    test.steward().create("In another copy").await;
    up_to_date(&test.steward()).await;
    aggregator.hold(&test.steward().group_id, first_copy);
    test.stop().await;
    test.start().await;
    let steward = test.steward();
    stopped_with(&steward, StopReason::Equivocation).await;
    assert!(!steward.create("Too late").await.record.unwrap().published);
    test.stop().await;
    let error = test.open().await.remote_state(LABEL).await.unwrap_err();
    assert!(matches!(error, RestoreError::Equivocation(_)), "{error}");
}

#[tokio::test]
async fn with_a_clock_before_its_newest_head_a_node_signs_nothing_until_it_is_set_right() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    steward.create("One").await;
    let right = steward.head().await.issue_time();
    test.clock.set(Timestamp::from_seconds(0));
    let two = steward.create("Two").await.record.unwrap();
    assert!(!two.published);
    let state = steward.head_state().await;
    assert_eq!(state.stop_reason(), StopReason::ClockBehind);
    assert!(
        state.stop_detail.contains("set it right"),
        "{}",
        state.stop_detail
    );
    test.clock.set(right);
    eventually("the waiting edit is signed automatically", || async {
        steward.head_state().await.waiting_records == 0
    })
    .await;
    assert_eq!(steward.head().await.count(), 2);
}

#[tokio::test]
async fn a_clock_that_was_ahead_does_not_stop_a_group_permanently() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let right = test.clock.now();
    test.clock
        .set(right.plus(Duration::from_secs(10 * 365 * 24 * 60 * 60)));
    steward.create("Signed in another decade").await;
    let ahead = steward.head().await;
    test.clock.set(right);
    assert!(!steward.create("Two").await.record.unwrap().published);
    let state = steward.head_state().await;
    assert_eq!(state.stop_reason(), StopReason::ClockBehind);

    steward.force_sign().await.unwrap();
    let head = steward.head().await;
    assert_eq!(head.count(), 2);
    assert_eq!(head.issue_time(), right);
    let next = ahead.position().seq.next();
    assert_eq!(
        Some(head.position().seq),
        next,
        "no head was lost, so there is no gap"
    );
    assert!(steward.create("Three").await.record.unwrap().published);
}

#[tokio::test]
async fn a_response_without_a_valid_head_is_not_an_answer() {
    let aggregator = TestAggregator::start(1).await;
    let mut test = TestNode::running(&[aggregator.address()]).await;
    test.steward().create("One").await;
    up_to_date(&test.steward()).await;
    test.stop().await;
    let id = test.open().await.group(LABEL).await.unwrap().group_id;
    let mut held = aggregator.held(&id).unwrap();
    // Neither `never_seen` nor a valid head.
    held.head = Some(b"no head at all".to_vec());
    aggregator.hold(&id, held);
    test.start().await;
    let steward = test.steward();
    eventually("the error says what is wrong with the response", || async {
        let delivery = steward.group().await.deliveries.remove(0);
        delivery.last_error.contains("does not verify")
    })
    .await;
    assert!(steward.head_state().await.waiting_for_aggregator);
    let status = steward
        .group()
        .await
        .deliveries
        .remove(0)
        .admission
        .unwrap()
        .status();
    assert_eq!(status, GroupStatus::Active, "as it last reported");
}
