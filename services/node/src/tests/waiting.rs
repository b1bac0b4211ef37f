//! Not signing: before an answer, while behind, after equivocation, with a wrong clock;
//! and the ways out.

use std::fs;
use std::time::Duration;

use hedgerow_core::time::Clock as _;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1::GroupStatus;

use crate::take_newer::TakeNewerError;
use crate::take_newer::WhatHappens;
use crate::testing::LABEL;
use crate::testing::Steward;
use crate::testing::TestNode;
use crate::testing::aggregator::TestAggregator;
use crate::testing::eventually;
use crate::testing::title;

async fn up_to_date(steward: &Steward) {
    eventually("the newest head is acknowledged", || async {
        let group = steward.group().await;
        group.heads[0].waiting_records == 0
            && group.deliveries.iter().all(|delivery| delivery.up_to_date)
    })
    .await;
}

async fn stopped_with(steward: &Steward, reason: &str) {
    eventually(&format!("the node has stopped: {reason}"), || async {
        steward.head_state().await.stopped_reason == reason
    })
    .await;
}

/// A copy of the node's files, as a backup would have them.
fn back_up(test: &TestNode) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(
        test.config.database_file(),
        folder.path().join("node.sqlite"),
    )
    .unwrap();
    folder
}

fn restore(test: &TestNode, backup: &tempfile::TempDir) {
    let file = test.config.database_file();
    for side in ["-wal", "-shm"] {
        let mut name = file.clone().into_os_string();
        name.push(side);
        drop(fs::remove_file(name));
    }
    fs::copy(backup.path().join("node.sqlite"), file).unwrap();
}

#[tokio::test]
async fn edits_wait_visibly_until_an_aggregator_answers() {
    let aggregator = TestAggregator::start(1).await;
    aggregator.fall_silent(true);
    let test = TestNode::running(&[aggregator.address()]).await;
    let steward = test.steward();
    let answer = steward.create("One").await;
    assert!(answer.head.is_empty());
    assert!(!answer.record.unwrap().published);
    let state = steward.head_state().await;
    assert!(state.waiting_for_answer);
    assert_eq!(state.waiting_records, 1);

    aggregator.fall_silent(false);
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
    aggregator.fall_silent(true);
    test.start().await;
    let steward = test.steward();
    let two = steward.create("Two").await.record.unwrap();
    assert!(!two.published);
    // A take-back does not wait to stop being served.
    let one = steward
        .list()
        .await
        .into_iter()
        .find(|record| title(&record.record) == "One");
    steward.take_back(one.unwrap().name.unwrap()).await;
    assert_eq!(steward.head_state().await.waiting_records, 2);
    let request = hedgerow_proto::v1::SyncRequest {
        group_id: steward.group_id.to_vec(),
        ..Default::default()
    };
    let mut items = test.feed().sync(request).await.unwrap().into_inner();
    while let Some(item) = items.message().await.unwrap() {
        let body = matches!(
            item.item.unwrap().item,
            Some(hedgerow_proto::v1::sync_item::Item::Body(_))
        );
        assert!(!body, "its body is gone at once");
    }
    aggregator.fall_silent(false);
    up_to_date(&steward).await;
    assert_eq!(aggregator.titles(&steward.group_id), ["Two"]);
}

#[tokio::test]
async fn an_override_signs_far_ahead() {
    let aggregator = TestAggregator::start(1).await;
    aggregator.fall_silent(true);
    let test = TestNode::running(&[aggregator.address()]).await;
    let steward = test.steward();
    steward.create("One").await;
    let answer = steward.sign_without_answer().await.unwrap();
    let head = steward.head().await;
    assert_eq!(head.envelope(), answer.head);
    assert_eq!(head.position().seq.get(), 1_000_001);
    steward.create("Two").await;
    assert_eq!(steward.head().await.position().seq.get(), 1_000_002);
}

#[tokio::test]
async fn a_node_restored_from_a_backup_does_not_sign_and_takes_the_newer_records() {
    let aggregator = TestAggregator::start(1).await;
    let mut test = TestNode::running(&[aggregator.address()]).await;
    let steward = test.steward();
    let taken_back_later = steward.create("Taken back later").await.record.unwrap();
    steward.create("Stays").await;
    up_to_date(&steward).await;
    test.stop().await;
    let backup = back_up(&test);

    test.start().await;
    let steward = test.steward();
    steward.create("After the backup").await;
    steward.take_back(taken_back_later.name.unwrap()).await;
    up_to_date(&steward).await;
    let newest = steward.head().await;
    test.stop().await;

    restore(&test, &backup);
    test.start().await;
    let steward = test.steward();
    stopped_with(&steward, "behind").await;
    let edit = steward
        .create("Typed after the restore")
        .await
        .record
        .unwrap();
    assert!(!edit.published);
    let refused = steward.sign_without_answer().await.unwrap_err();
    assert_eq!(refused.reason, "behind");
    assert_eq!(aggregator.head(&steward.group_id), Some(newest.hash()));

    // Stopping outlasts a restart, even one in which nobody answers.
    test.stop().await;
    aggregator.fall_silent(true);
    test.start().await;
    assert_eq!(test.steward().head_state().await.stopped_reason, "behind");
    test.stop().await;
    aggregator.fall_silent(false);

    let node = test.open().await;
    let newer = node.newer(LABEL).await.unwrap();
    let mut what: Vec<_> = newer
        .records
        .iter()
        .map(|record| (record.title.clone().unwrap(), record.what))
        .collect();
    what.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(
        what,
        [
            ("After the backup".to_owned(), WhatHappens::Comes),
            ("Taken back later".to_owned(), WhatHappens::Goes),
            ("Typed after the restore".to_owned(), WhatHappens::SetAside),
        ]
    );
    let taken = node.take_newer(newer).await.unwrap();
    assert_eq!(taken.seq, newest.position().seq.get() + 1);
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
async fn with_nothing_newer_there_is_nothing_to_take() {
    let aggregator = TestAggregator::start(1).await;
    let mut test = TestNode::running(&[aggregator.address()]).await;
    test.steward().create("One").await;
    up_to_date(&test.steward()).await;
    test.stop().await;
    let node = test.open().await;
    let refused = node.newer(LABEL).await.unwrap_err();
    assert!(matches!(refused, TakeNewerError::NothingNewer), "{refused}");
    aggregator.fall_silent(true);
    let refused = node.newer(LABEL).await.unwrap_err();
    assert!(
        matches!(refused, TakeNewerError::NobodyAnswered(_)),
        "{refused}"
    );
}

#[tokio::test]
async fn two_heads_of_one_number_stop_the_node_for_good() {
    let aggregator = TestAggregator::start(1).await;
    let mut test = TestNode::running(&[aggregator.address()]).await;
    test.steward().create("One").await;
    up_to_date(&test.steward()).await;
    test.stop().await;
    let backup = back_up(&test);
    test.start().await;
    test.steward().create("In one life").await;
    up_to_date(&test.steward()).await;
    let first_life = aggregator.held(&test.steward().group_id).unwrap();
    test.stop().await;

    // The other life signs while the aggregator has forgotten the first.
    restore(&test, &backup);
    aggregator.hold(
        &test.open().await.publisher(LABEL).await.unwrap().group_id,
        Default::default(),
    );
    test.start().await;
    test.steward().create("In another life").await;
    up_to_date(&test.steward()).await;
    aggregator.hold(&test.steward().group_id, first_life);
    test.stop().await;
    test.start().await;
    let steward = test.steward();
    stopped_with(&steward, "equivocation").await;
    assert!(!steward.create("Too late").await.record.unwrap().published);
    test.stop().await;
    let refused = test.open().await.newer(LABEL).await.unwrap_err();
    assert!(
        matches!(refused, TakeNewerError::Equivocation(_)),
        "{refused}"
    );
}

#[tokio::test]
async fn a_clock_before_its_own_heads_signs_nothing_until_it_is_set_right() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    steward.create("One").await;
    let right = steward.head().await.issued_at();
    test.clock.set(Timestamp::from_seconds(0));
    let two = steward.create("Two").await.record.unwrap();
    assert!(!two.published);
    let state = steward.head_state().await;
    assert_eq!(state.stopped_reason, "clock_behind");
    assert!(state.stopped.contains("set it right"), "{}", state.stopped);
    test.clock.set(right);
    eventually("what waited is signed by itself", || async {
        steward.head_state().await.waiting_records == 0
    })
    .await;
    assert_eq!(steward.head().await.count(), 2);
}

#[tokio::test]
async fn a_clock_that_was_ahead_stops_no_group_for_good() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let right = test.clock.now();
    test.clock
        .set(right.plus(Duration::from_secs(10 * 365 * 24 * 60 * 60)));
    steward.create("Signed in another decade").await;
    let ahead = steward.head().await;
    test.clock.set(right);
    assert!(!steward.create("Two").await.record.unwrap().published);
    assert_eq!(steward.head_state().await.stopped_reason, "clock_behind");

    steward.sign_without_answer().await.unwrap();
    let head = steward.head().await;
    assert_eq!(head.count(), 2);
    assert_eq!(head.issued_at(), right);
    let next = ahead.position().seq.next();
    assert_eq!(
        Some(head.position().seq),
        next,
        "nothing was forgotten: no gap"
    );
    assert!(steward.create("Three").await.record.unwrap().published);
}

#[tokio::test]
async fn an_aggregator_that_says_nothing_of_the_group_has_not_answered() {
    let aggregator = TestAggregator::start(1).await;
    let mut test = TestNode::running(&[aggregator.address()]).await;
    test.steward().create("One").await;
    up_to_date(&test.steward()).await;
    test.stop().await;
    let id = test.open().await.publisher(LABEL).await.unwrap().group_id;
    let mut held = aggregator.held(&id).unwrap();
    // Neither `never_seen` nor a head that verifies.
    held.head = Some(b"no head at all".to_vec());
    aggregator.hold(&id, held);
    test.start().await;
    let steward = test.steward();
    eventually("it says what is wrong with the answer", || async {
        let delivery = steward.group().await.deliveries.remove(0);
        delivery.last_error.contains("does not verify")
    })
    .await;
    assert!(steward.head_state().await.waiting_for_answer);
    let status = steward
        .group()
        .await
        .deliveries
        .remove(0)
        .admission
        .unwrap()
        .status();
    assert_eq!(status, GroupStatus::Active, "as it last said");
}
